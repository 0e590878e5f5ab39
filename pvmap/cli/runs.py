"""Commands about runs that have ended: what changed between two of them, and one for others to have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from pvmap.cli.options import CityArgument, RootOption
from pvmap.cli.terminal import Bars, progress, say, show, tell
from pvmap.cli.words import column, complaint, money, word
from pvmap.cli.words import name as named
from pvmap.foreign_text import visible

if TYPE_CHECKING:
    import pandas as pd

NAMED_BY_ROW = r"-row\d+(?:\.\d+)?(?:~\d+)?$"  # as sites are called that have no id of their own
SIDES = ("before", "after", "difference")
COUNTS = {"n_sites_before": "sites before", "n_sites_after": "sites after"} | {
    "added": "new",
    "removed": "gone",
    "changed": "changed",
}


def diff(
    run_a: Annotated[Path, typer.Argument(help="Run folder, the older: a copy, or what `map --keep` has kept.")],
    run_b: Annotated[Path, typer.Argument(help="Run folder, the newer: data/processed/CITY.")],
) -> None:
    """Tell what changed between two runs and why, for the whole city and by district."""
    from pvmap import pipeline

    found = pipeline.compare(run_a, run_b)
    for cause in found.causes or [word("Inputs, settings and versions are the same.")]:
        say(complaint(cause))
    kinds, districts = found.summed("site_type"), found.summed("district")
    _tell_ratios(kinds.iloc[-1], money(found.money))
    for title, heading, frame in (("Whole city", "kind", kinds), ("By district", "district", districts)):
        names = (
            [named("kind", name) for name in kinds.index] if frame is kinds else [*districts.index[:-1], word("all")]
        )
        cells = [Text(visible(name or word("outside")), overflow="ellipsis", no_wrap=True) for name in names]
        _show(word(title), word(heading), cells, _amounts(frame))
        _show("", word(heading), cells, {word(told): [f"{n:,}" for n in frame[name]] for name, told in COUNTS.items()})
    if len(found.columns):
        largest = ["" if change != change else f"{change:+,.4g}" for change in found.columns["largest_change"]]
        moved = {word("sites"): [f"{n:,}" for n in found.columns["sites"]], word("largest change"): largest}
        names = [column(one) for one in found.columns["column"]]
        _show(word("What changed of sites in both"), word("column"), names, moved)
    say(word("{n} sites are new, gone or changed.", n=f"{len(found.sites):,}"))
    if n_by_row := int(found.sites["site_id"].str.contains(NAMED_BY_ROW).sum()):
        told = "{n} of them are named by their row, which may be another site's now; give the layer ids of its own."
        say(word(told, n=f"{n_by_row:,}"))


def upload(
    city: CityArgument,
    address: Annotated[str, typer.Argument(help="Folder in object storage: s3://BUCKET/FOLDER; see PVMAP_STORAGE.")],
    root: RootOption = None,
) -> None:
    """Send a finished run, its tables, files and map, to object storage."""
    from pvmap import pipeline

    with progress() as bars:
        manifest = pipeline.upload_run(pipeline.open_city(city, root), address, Bars(bars), tell)
    say(word("Uploaded; {manifest} names every file.", manifest=manifest))


def _tell_ratios(city: pd.Series, money: str) -> None:
    """Tell cost and yield of the whole city, each where either run builds anything."""
    cost, hours = (
        [_number(city[f"{name}_{side}"], digits, side) or "–" for side in SIDES]
        for name, digits in (("cny_per_kwh", 4), ("kwh_per_kwp", 0))
    )
    if any(one != "–" for one in cost):
        before, after, change = cost
        say(word("Levelised cost: {a} -> {b} {money}/kWh ({change}).", a=before, b=after, change=change, money=money))
    if any(one != "–" for one in hours):
        before, after, change = hours
        say(word("Specific yield: {a} -> {b} kWh/kWp ({change}).", a=before, b=after, change=change))


def _amounts(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Give capacity and energy before, after and their difference; narrow enough for 80 columns."""
    return {
        f"{unit}\n{word(side)}": [_number(value, 1, side) for value in frame[f"{name}_{side}"]]
        for name, unit in (("mwp", "MWp"), ("gwh", "GWh"))
        for side in SIDES
    }


def _number(value: float, digits: int, side: str) -> str:
    sign = "+" if side == "difference" else ""
    return "" if value != value else f"{value:{sign},.{digits}f}"


def _show(title: str, heading: str, names: Sequence[str | Text], columns: dict[str, list[str]]) -> None:
    grid = Table(title=title or None, title_justify="left", box=box.SIMPLE, padding=(0, 1))
    grid.add_column(heading)
    for name in columns:
        grid.add_column(name, justify="right")
    for name, *cells in zip(names, *columns.values(), strict=True):
        grid.add_row(name, *cells)
    show(grid)
