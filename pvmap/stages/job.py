"""What a worker is told: paths, settings and which sites; no tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pvmap.settings.city import Settings

PREPARED = "prepared"  # folder below the run: sites as they were read, before tiles have graded them
TECHNICAL = "technical"  # folder below the run: what the sites can carry, whatever stands there already
PARTS = "parts"  # folder below the run: what tiles have left
YEARS = "years"  # folder below the run: weather of every year, where several were asked for
FOLDERS = (PARTS, PREPARED, TECHNICAL, YEARS)
FINER, MOST_PIECES = 4, 64  # a tile that finds no memory is cut so, and so often


@dataclass(frozen=True)
class TileJob:
    """One tile of a run.

    Attributes
    ----------
    settings, raw, processed, crs
        The city: its settings, input folder, run folder and metric CRS.
    name, low, high, n_sites
        The tile: sites with Hilbert codes in [low, high), and how many they are.
    stamp
        What its part must carry to be current.
    pieces
        How many pieces it is assessed in, one after the other: more need less memory, and change no result.
    """

    settings: Settings
    raw: Path
    processed: Path
    crs: str
    name: str
    low: int
    high: int
    stamp: str
    n_sites: int = 0
    pieces: int = 1

    @property
    def prepared(self) -> Path:
        """Folder of the sites as every tile reads them."""
        return self.processed / PREPARED

    @property
    def part(self) -> Path:
        """Folder of the tile's part files."""
        return self.processed / PARTS / self.name

    def smaller(self) -> TileJob | None:
        """Give the same tile in more pieces; None where that would not help any more."""
        pieces = min(self.pieces * FINER, self.n_sites)
        return replace(self, pieces=pieces) if self.pieces < pieces <= MOST_PIECES else None
