"""What stands for things nobody says of mines and ponds: a share for their ground, water for their outlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.settings.city import Settings

OF_THE_SETTING = "C"  # grade of ponds of which nobody says whether they hold their dykes


def tell_assumed(kind: str, sites: pd.DataFrame, settings: Settings, told: Iterable[Finding]) -> Iterator[Finding]:
    """Tell by file what is assumed of all sites, or of some.

    Parameters
    ----------
    kind, sites
        Sites of one kind as read, with ``source`` and ``confidence``.
    settings
        ``fishpond``, ``mine`` and ``inputs.dem`` are used; whoever states what outlines of ponds hold need not be told.
    told
        What is known to be doubtful: ponds whose words nobody knows are told as such.
    """
    ponds, unknown = settings.fishpond, [one for one in told if one.code == "dyke-words-not-known"]
    for source, mine in sites.groupby("source", sort=False):
        name, total = str(source), len(mine)
        if kind == "mine" and settings.inputs.dem is None:
            share = f"{100.0 * settings.mine.share_without_dem:g}"
            yield finding("mines-by-share", layer=name, count=total, total=total, share_percent=share)
        if kind == "fishpond" and "polygons_include_dykes" not in ponds.model_fields_set:
            count = int(mine["confidence"].eq(OF_THE_SETTING).sum())
            count -= sum(one.count for one in unknown if one.layer.endswith(name.partition(":")[0]))
            share = f"{100.0 * (ponds.water_share if ponds.polygons_include_dykes else 1.0):g}"
            if count > 0:
                yield finding("dykes-not-told", layer=name, count=count, total=total, share_percent=share)
