"""Commands about one city: its map, its files for planners, a check of its inputs, one site explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from pvmap import __version__
from pvmap.cli.options import CityArgument, RawOption, RootOption
from pvmap.cli.terminal import Bars, progress, say, show, show_findings

if TYPE_CHECKING:
    from pvmap.pipeline import Report


def new(
    name: Annotated[str, typer.Argument(help="Short name: small letters, digits, _ and -.")],
    root: Annotated[Path, typer.Option("--root", help="Folder that holds or gets pipelines/ and data/.")] = Path("."),
    bbox: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option("--bbox", metavar="W S E N", help="Begin with public data: west, south, east, north [degrees]."),
    ] = None,
    boundary: Annotated[
        Path | None, typer.Option("--boundary", help="Begin with public data around the outline in this file.")
    ] = None,
    source: Annotated[
        Literal["fetched"] | None, typer.Option("--from", help="Begin with what pvmap fetch has brought already.")
    ] = None,
) -> None:
    """Begin a city: a short city file with comments, and the folder its files go into."""
    from pvmap.new_city import new_city

    if bbox is not None or boundary is not None or source is not None:
        from pvmap.new_from_public import new_from_public

        path, raw, country = new_from_public(name, root, bbox, boundary)
        say(f"Wrote {path} with country = {country!r}: correct it if need be, then `pvmap fetch {name}`.")
        return
    path, raw = new_city(name, root)
    say(f"Wrote {path}: name your files in it, put them into {raw}, then `pvmap check {name}`.")


def make_map(
    city: CityArgument = "demo",
    root: RootOption = None,
    raw: RawOption = None,
    workers: Annotated[int | None, typer.Option(min=0, help="Worker processes; 0 computes in this process.")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a running Dask scheduler, tcp:// or tls://.")
    ] = None,
    layout: Annotated[
        Literal["file", "folder"], typer.Option(help="file: one HTML; folder: index.html and tiles/ for a web server.")
    ] = "file",
    keep: Annotated[
        str | None, typer.Option(help="Keep the run that is there under this name, to compare with; see `pvmap diff`.")
    ] = None,
) -> None:
    """Build a city's tables and its map."""
    from pvmap import pipeline

    job = pipeline.open_city(city, root, raw)
    say(f"pvmap {__version__}: {job.settings.city.title_zh} / {job.settings.city.title_en}")
    with progress() as bars:
        report = pipeline.make_map(
            job, workers=workers, scheduler=scheduler, layout=layout, keep=keep, progress=Bars(bars)
        )
    _show_totals(report)
    show_findings(report.findings)
    say(f"Open {report.index}")
    report.require_whole()


def plan(
    city: CityArgument,
    root: RootOption = None,
    raw: RawOption = None,
    solve: Annotated[
        bool, typer.Option("--solve", help="Solve the network too; needs `pip install 'pvmap[solve]'`.")
    ] = False,
    weeks: Annotated[int, typer.Option(min=0, help="Typical weeks to solve; 0: the whole year.")] = 4,
) -> None:
    """Write what planners take away: workbook, report, GeoPackage, hourly profiles, PyPSA network."""
    from pvmap import pipeline

    with progress() as bars:
        written = pipeline.write_plan(pipeline.open_city(city, root, raw), Bars(bars), weeks=weeks if solve else None)
    for path in written:
        say(str(path))


def check(
    city: CityArgument,
    root: RootOption = None,
    raw: RawOption = None,
    page: Annotated[
        Path | None, typer.Option("--html", help="Write one page, to open without internet, there.")
    ] = None,
) -> None:
    """Read a city's inputs and say what is wrong or doubtful, without computing anything."""
    from pvmap import pipeline

    checked = pipeline.check_city(pipeline.open_city(city, root, raw), page)
    for told in checked.lines:
        say(told)
    show_findings(checked.findings)
    raise typer.Exit(1 if any(found.severity != "note" for found in checked.findings) else 0)


def explain(city: CityArgument, site_id: str, root: RootOption = None, raw: RawOption = None) -> None:
    """Tell how one site's number came about."""
    from pvmap import pipeline

    for told in pipeline.explain_site(pipeline.open_city(city, root, raw), site_id):
        say(told)


def _show_totals(report: Report) -> None:
    grid = Table(title="Technical potential, first year")
    for heading in ("kind", "sites", "MWp", "GWh/yr", "kWh/kWp"):
        grid.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind, row in report.totals.items():
        numbers = (row["capacity_mwp"], row["energy_gwh"])
        hours = f"{row['specific_yield_kwh_per_kwp']:,.0f}"
        grid.add_row(kind, f"{row['n_sites']:,}", *(f"{number:,.1f}" for number in numbers), hours)
    show(grid)
