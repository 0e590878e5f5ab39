"""The map of a run as an object: a ``folium.Map`` that holds its data and takes layers of one's own."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import cast

from branca.element import Figure

from pvmap import disk
from pvmap.settings.city import Settings
from pvmap.webmap.build import compose
from pvmap.webmap.page import OfflineMap, Verbatim
from pvmap.webmap.tiles import call


def live_map(processed: Path, settings: Settings, raw: Path | None = None) -> OfflineMap:
    """Compose the map of a run.

    Parameters
    ----------
    processed
        Run folder; see `webmap.build.build_map`.
    settings
        Settings of the run.
    raw
        Folder of its input files, from which hills, waters and roads are drawn.

    Returns
    -------
    OfflineMap
        The page `build_map` writes, all its data in it. What folium can add to a map it can add to this one; layers
        stand in the panel under their names. A notebook shows it.
    """
    with disk.scratch(cleans=False) as scratch:
        page, first, whole, tiles, _ = compose(processed, settings, scratch, raw=raw)
        blocks = [call(*block) for block in chain(first, whole, tiles)]
    body = cast(Figure, page.get_root()).html
    for number, block in enumerate(blocks):
        body.add_child(Verbatim(f"<script>{block}</script>"), name=f"data_{number}")
    return page
