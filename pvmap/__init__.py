"""City-wide photovoltaic potential of roofs, abandoned mines and fishponds.

>>> import pvmap
>>> run = pvmap.open_run("data/processed/demo")  # doctest: +SKIP
>>> run.appraisal.groupby("district")["capacity_kwp"].sum()  # doctest: +SKIP
>>> run.map().save("demo.html")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pvmap import energy
    from pvmap.run import Run, open_run, run_city

__version__ = "0.1.0"
__all__ = ["Run", "__version__", "energy", "open_run", "run_city"]


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: all that pvmap stands on takes seconds."""
    if name == "energy":
        return import_module("pvmap.energy")
    if name in __all__:
        return getattr(import_module("pvmap.run"), name)
    raise AttributeError(f"module 'pvmap' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what there is to ask for, loaded or not."""
    return sorted({*globals(), *__all__})
