"""How people look on while Dask computes: its live pages, and its report of the run. Both need bokeh."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pvmap.errors import ConfigError
from pvmap.pages import PROFILE, require_page


class Watch(NamedTuple):
    """What is wanted.

    Attributes
    ----------
    dashboard
        Called with the address of Dask's live pages once there is one; None where nobody wants to see them.
    profile
        Where Dask's report is written: who computed what and when, what was sent, and what the time went into.
    """

    dashboard: Callable[[str], None] | None = None
    profile: Path | None = None

    def require_possible(self, here: bool) -> None:
        """Make sure that there is something to look at.

        Parameters
        ----------
        here
            Whether all is computed in this process, without Dask.

        Raises
        ------
        ConfigError
            Pages are wanted, and there is no Dask or no bokeh to make them, or no place for them.
        """
        if self.dashboard is None and self.profile is None:
            return
        if here:
            raise ConfigError("--dashboard and --profile show Dask's workers; leave out --workers 0.")
        if find_spec("bokeh") is None:
            raise ConfigError("--dashboard and --profile need bokeh: pip install 'pvmap[dashboard]'.")
        if self.profile is not None:
            require_page(self.profile, "--profile", PROFILE)
            if not self.profile.parent.is_dir():
                raise ConfigError(f"--profile {self.profile}: there is no folder {self.profile.parent}; make it first.")
