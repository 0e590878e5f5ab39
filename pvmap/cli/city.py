"""Commands about one city: its map, its files for planners, a check of its inputs, one site explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from pvmap import __version__, ancestor, disk
from pvmap.cli.options import CityArgument, RawOption, RootOption
from pvmap.cli.terminal import Bars, progress, say, show, show_findings, tell
from pvmap.cli.words import complaint, speaks_chinese, word
from pvmap.cli.words import name as named
from pvmap.errors import ConfigError

NAMED = 5  # failed tiles that are told with their reasons
MOST_WORKERS = 1024  # processes on one machine; more is a slip of the keyboard

if TYPE_CHECKING:
    from pvmap.findings import Finding
    from pvmap.pipeline import Checked, Report


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
    country: Annotated[
        Literal["CN", "generic"] | None,
        typer.Option(help="With public data: whose rules hold, China's or plain ones; else the place says."),
    ] = None,
) -> None:
    """Begin a city: a short city file with comments, and the folder its files go into."""
    from pvmap.new_city import new_city

    given = sum(one is not None for one in (bbox, boundary, source))
    if given > 1:
        raise ConfigError("--bbox, --boundary and --from each say where the city lies; give one of them.")
    if country is not None and not given:
        raise ConfigError(
            "--country is for a city that begins with public data; give --bbox, --boundary or --from too."
        )
    if given:
        from pvmap.new_from_public import new_from_public

        path, raw, rules = new_from_public(name, root, bbox, boundary, country)
        told = "Wrote {path} with country = {country}, {why}: correct it if need be, then `pvmap fetch {name}`."
        why = word("guessed from the place" if country is None else "as you said")
        say(word(told, path=path, country=repr(rules), why=why, name=name))
        return
    path, raw = new_city(name, root)
    told = "Wrote {path}: name your files in it, put them into {raw}, then `pvmap check {name}`."
    say(word(told, path=path, raw=raw, name=name))


def make_map(
    city: CityArgument = "demo",
    root: RootOption = None,
    raw: RawOption = None,
    workers: Annotated[
        int | None, typer.Option(min=0, max=MOST_WORKERS, help="Worker processes; 0 computes in this process.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a running Dask scheduler, tcp:// or tls://.")
    ] = None,
    layout: Annotated[
        Literal["file", "folder"], typer.Option(help="file: one HTML; folder: index.html and tiles/ for a web server.")
    ] = "file",
    keep: Annotated[
        str | None, typer.Option(help="Keep the run that is there under this name, to compare with; see `pvmap diff`.")
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(help="Run folder to compare with on the map; see --keep.", exists=True, file_okay=False),
    ] = None,
    dashboard: Annotated[
        bool,
        typer.Option("--dashboard", help="Say where Dask's live pages are; needs `pip install 'pvmap[dashboard]'`."),
    ] = False,
    profile: Annotated[
        Path | None, typer.Option(help="Write Dask's report of the run (HTML) there; needs the same.")
    ] = None,
) -> None:
    """Build a city's tables and its map."""
    if workers != 0 and scheduler is None:
        disk.require_scratch()
        ancestor.begin()
    from pvmap import pipeline
    from pvmap.memory import keep_what_is_loaded
    from pvmap.watch import Watch

    keep_what_is_loaded()
    job = pipeline.open_city(city, root, raw)
    say(f"pvmap {__version__}: {job.settings.city.title_zh} / {job.settings.city.title_en}")
    with progress() as bars:
        report = pipeline.make_map(
            job,
            workers=workers,
            scheduler=scheduler,
            layout=layout,
            keep=keep,
            older=compare,
            watch=Watch((lambda link: say(word("Dashboard: {link}", link=link))) if dashboard else None, profile),
            progress=Bars(bars),
            tell=tell,
        )
    _show_totals(report)
    show_findings(report.findings)
    say(word("Open {index}", index=report.index))
    report.require_whole()


def plan(
    city: CityArgument,
    root: RootOption = None,
    raw: RawOption = None,
    solve: Annotated[
        bool, typer.Option("--solve", help="Solve the network too; needs `pip install 'pvmap[solve]'`.")
    ] = False,
    weeks: Annotated[int, typer.Option(min=0, max=52, help="Typical weeks to solve; 0: the whole year.")] = 4,
) -> None:
    """Write what planners take away: workbook, report, GeoPackage, hourly profiles, PyPSA network."""
    from pvmap import pipeline

    found: list[Finding] = []
    with progress() as bars:
        job = pipeline.open_city(city, root, raw)
        written = pipeline.write_plan(job, Bars(bars), weeks=weeks if solve else None, tell=tell, doubt=found.extend)
    for path in written:
        say(str(path))
    show_findings(found)


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
    for told in _check_lines(checked):
        say(told)
    show_findings(checked.findings)
    raise typer.Exit(1 if any(found.severity != "note" for found in checked.findings) else 0)


def status(city: CityArgument = "demo", root: RootOption = None, raw: RawOption = None) -> None:
    """Tell how far a city is: tiles done, failed, stale and to do, who works on it, and for how long yet."""
    from pvmap import pipeline

    found = pipeline.city_status(pipeline.open_city(city, root, raw))
    if found.owner is None:
        say(word("Nobody works on it."))
    else:
        sentence = "`pvmap {command}` works on it, process {process} on {host} since {since}."
        say(word(sentence, **{name: getattr(found.owner, name) for name in ("command", "process", "host", "since")}))
    counted = word(", ").join(f"{n:,} {word(state)}" for state, n in found.tiles.items()) or word("not read yet")
    say(word("Tiles: {counted}.", counted=counted))
    if found.step is not None:
        step, done, total = found.step
        say(word("Last step: {step}, {done} of {total}.", step=word(step), done=done, total=total))
    if found.ended and found.owner is None:
        say(word("It ended: {why}", why=complaint(found.ended)))
    if found.seconds_left is not None:
        left = timedelta(seconds=round(found.seconds_left))
        say(word("Left at this pace: {left} until all tiles are assessed.", left=left))
    for name, why in list(found.failures.items())[:NAMED]:
        say(word("  tile {name} failed: {why}", name=name, why=complaint(why)))


def explain(
    city: CityArgument,
    site_id: Annotated[str, typer.Argument(help="Site to explain: the popup on the map shows its id.")],
    root: RootOption = None,
    raw: RawOption = None,
) -> None:
    """Tell how one site's number came about."""
    from pvmap import pipeline

    for told in pipeline.explain_site(pipeline.open_city(city, root, raw), site_id):
        tell(told)


def _check_lines(checked: Checked) -> Iterator[str]:
    from pvmap import chinese
    from pvmap.webmap.check_page import layer_name

    for kind, n in checked.counts.items():
        found = {"read": n["rows_read"], "parts": n["parts_exploded"], "kept": n["kept"], "refused": n["refused"]}
        told = "{kind}: {read} rows read + {parts} parts exploded = {kept} kept + {refused} refused"
        yield word(
            told,
            kind=layer_name(kind)[0] if speaks_chinese() else kind,
            **{key: f"{count:,}" for key, count in found.items()},
        )
    for reason, count in checked.refused.items():
        yield word("  {n} refused: {reason}", n=f"{count:,}", reason=named("refused", reason))
    for point in checked.weather:
        told = "weather {name}: {sun} kWh/m2 a year on the horizontal, {source}"
        sun = f"{point['ghi_kwh_per_m2']:,.0f}"
        source = chinese.word(point["source"]) if speaks_chinese() else point["source"]
        yield word(told, name=point["weather_id"], sun=sun, source=source) + (
            "" if point["corrected"] else word(", not corrected")
        )
    if checked.not_checked:
        names = [mask.name_zh or mask.name if speaks_chinese() else mask.name for mask in checked.not_checked]
        yield word("not checked, because no file answers them: {names}", names=word(", ").join(names))


def _show_totals(report: Report) -> None:
    grid = Table(title=word("Technical potential, first year"))
    for heading in ("kind", "sites", "MWp", "GWh/yr", "kWh/kWp"):
        grid.add_column(word(heading), justify="left" if heading == "kind" else "right")
    for kind, row in report.totals.items():
        numbers = (row["capacity_mwp"], row["energy_gwh"])
        hours = "–" if row["specific_yield_kwh_per_kwp"] is None else f"{row['specific_yield_kwh_per_kwp']:,.0f}"
        grid.add_row(named("kind", kind), f"{row['n_sites']:,}", *(f"{number:,.1f}" for number in numbers), hours)
    show(grid)
