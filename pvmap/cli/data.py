"""Commands about public data: fetch a city's layers."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from pvmap.cli.options import CityArgument, RawOption, RootOption
from pvmap.cli.terminal import Bars, progress, say, show, show_findings
from pvmap.cli.words import word
from pvmap.errors import ConfigError

UNITS = {".parquet": "{n} rows", ".tif": "{n} cells", ".json": "{n} hours"}  # by endings of what is fetched


def fetch(
    city: CityArgument,
    layers: Annotated[list[str] | None, typer.Argument(help="Layers; by default those of the city file.")] = None,
    root: RootOption = None,
    raw: RawOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody; say what is missing.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would be asked of whom, on what terms.")] = False,
) -> None:
    """Fetch public data for a city's window: buildings, water, terrain, weather and more."""
    from pvmap import pipeline

    try:
        from pvmap.sources.remote import fetch as remote
        from pvmap.sources.remote.record import told_of
        from pvmap.sources.remote.where import with_window
    except ImportError as error:
        raise ConfigError(f"Fetching needs {error.name}, which is not installed; pip install 'pvmap[fetch]'.") from None

    job = pipeline.open_city(city, root, raw)
    settings, chosen = with_window(job.settings, job.folders.raw), tuple(layers or ())
    if plan:
        headings = ("layer", "provider", "from", "size", "licence", "there")
        grid = Table(*(Column(word(one), overflow="fold", no_wrap=one == "size") for one in headings))
        for one in remote.planned(settings, job.folders.raw, chosen):
            there = word("yes") if one.was_there else ""
            size = word("not known") if isnan(one.size) else f"≤{one.size / 1e6:,.1f} MB"
            addresses = Text("\n".join(one.addresses))
            grid.add_row(one.layer, one.provider.name, addresses, size, one.provider.licence, there)
        show(grid)
        return
    door = remote.door_for(settings.fetch, offline=offline)
    with progress() as bars:
        outcomes = remote.fetch(settings, job.folders.raw, door, chosen, Bars(bars))
    for outcome in outcomes:
        for entry in outcome.entries:
            told = {"file": entry["file"], "provider": entry["provider"], "licence": entry["licence"]}
            rows = word(UNITS[Path(entry["file"]).suffix], n=f"{entry['rows']:,}")
            what = word("{file}: {rows} of {provider}, {licence}", rows=rows, **told)
            say(what + (word(", was there") if outcome.was_there else ""))
    show_findings(told_of(entry for outcome in outcomes for entry in outcome.entries))
    remote.require_some(outcomes)
