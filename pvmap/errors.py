"""What can go wrong because of what a user gave us.

Each message is one sentence that names the place, the value and the remedy; the command line prints it and exits with
``exit_code``. A Python traceback is reserved for our own bugs.
"""

from collections.abc import Iterable


class PvmapError(Exception):
    """Something the user can put right."""

    exit_code = 2


class ConfigError(PvmapError):
    """A city file that cannot be understood."""


class InputError(PvmapError):
    """An input file that is missing, unreadable or not what the city file says."""


class DiskError(InputError):
    """Storage that cannot be written to or read from now; it may pass, so a tile that met it is tried again."""


class FetchError(InputError):
    """A provider that does not give what was asked for; its layer is missing, the others are not."""


class OfflineError(FetchError):
    """The network was asked for although the user forbade it."""


class WeatherError(InputError):
    """Weather that is incomplete or contradicts the sun."""


class TableError(PvmapError):
    """A table that breaks its contract in ``pvmap/tables``."""


class Refusals(InputError):
    """Several things the user can put right, told at once."""

    def __init__(self, sentences: Iterable[str]):
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class TileError(PvmapError):
    """Some tiles failed; the rest of the city was finished."""

    exit_code = 3
