"""The command line: one screen a command."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pvmap import __version__
from pvmap.errors import ConfigError, PvmapError, Refusals, TileError
from pvmap.findings import Finding, by_code, line
from pvmap.foreign_text import visible, visible_lines

if TYPE_CHECKING:
    from pvmap.pipeline import Report

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
screen = Console()
complaints = Console(stderr=True, soft_wrap=True)
MARKS: dict[str, str | tuple[str, str]] = {
    "refused": ("Refused: ", "red"),
    "doubtful": ("Warning: ", "yellow"),
    "note": "",
}

CityArgument = Annotated[str, typer.Argument(help="A city's name (pipelines/NAME.toml) or the path of its TOML file.")]
RootOption = Annotated[
    Path | None,
    typer.Option("--root", help="Folder that holds data/ and maps/; by default the one that holds pipelines/."),
]
RawOption = Annotated[Path | None, typer.Option("--raw", help="Folder of the input files instead of data/raw/CITY.")]


class _Stopped(BaseException):
    """Ctrl-C; no KeyboardInterrupt, which the libraries below answer in ways of their own."""


def run() -> None:
    """Run the command line; what a user can put right becomes one sentence and an exit code."""

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # impatience would only disturb the cleaning up
        raise _Stopped

    before = signal.signal(signal.SIGINT, stop)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # letters the terminal cannot show
    try:
        app(standalone_mode=True)
    except PvmapError as error:
        for sentence in error.sentences if isinstance(error, Refusals) else (str(error),):
            complaints.print(Text.assemble(("pvmap:", "red"), " ", visible_lines(sentence)))
        sys.exit(error.exit_code)
    except _Stopped:
        complaints.print("[red]pvmap:[/red] stopped; what is finished is kept: run again to resume.", highlight=False)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, before)


@app.command("map")
def map_command(
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
) -> None:
    """Build a city's tables and its map."""
    from pvmap import pipeline

    job = pipeline.open_city(city, root, raw)
    _say(f"pvmap {__version__}: {job.settings.city.title_zh} / {job.settings.city.title_en}")
    with _progress() as bars:
        report = pipeline.make_map(job, workers=workers, scheduler=scheduler, layout=layout, progress=_Bars(bars))
    _print_totals(report)
    _print_findings(report.findings)
    _say(f"Open {report.index}")
    if report.failures:
        lines = "\n".join(f"  tile {name}: {visible(reason)}" for name, reason in report.failures.items())
        raise TileError(
            f"{len(report.failures)} tile(s) failed, the map says so; run again to try only these:\n{lines}"
        )


@app.command()
def plan(city: CityArgument, root: RootOption = None, raw: RawOption = None) -> None:
    """Write what planners take away: workbook, GeoPackage, hourly profiles, PyPSA network."""
    from pvmap import pipeline

    with _progress() as bars:
        written = pipeline.write_plan(pipeline.open_city(city, root, raw), _Bars(bars))
    for path in written:
        _say(str(path))


@app.command()
def diff(
    run_a: Annotated[Path, typer.Argument(help="Run folder, the older: data/processed/CITY or a copy of it.")],
    run_b: Annotated[Path, typer.Argument(help="Run folder, the newer.")],
) -> None:
    """Tell what changed between two runs and why, by district."""
    from pvmap import pipeline

    found = pipeline.compare(run_a, run_b)
    for cause in found.causes or ["Inputs, settings and versions are the same."]:
        _say(cause)
    grid = Table(title="By district", title_justify="left")
    for heading in found.districts.columns:
        grid.add_column(str(heading))
    for row in found.districts.itertuples(index=False):
        grid.add_row(*(f"{value:,.4g}" if isinstance(value, float) else Text(visible(str(value))) for value in row))
    screen.print(grid)
    if len(found.columns):
        grid = Table("column", "sites", "largest change", title="What changed of sites in both", title_justify="left")
        for name, sites, largest in found.columns.itertuples(index=False):
            grid.add_row(str(name), f"{sites:,}", f"{largest:+,.4g}" if largest == largest else "")
        screen.print(grid)
    screen.print(f"{len(found.sites):,} sites are new, gone or changed.")


@app.command()
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
        _say(told)
    _print_findings(checked.findings)
    raise typer.Exit(1 if any(found.severity != "note" for found in checked.findings) else 0)


@app.command()
def explain(city: CityArgument, site_id: str, root: RootOption = None, raw: RawOption = None) -> None:
    """Tell how one site's number came about."""
    from pvmap import pipeline

    for told in pipeline.explain_site(pipeline.open_city(city, root, raw), site_id):
        _say(told)


@app.command()
def schema(
    table: Annotated[str, typer.Argument(help="Table name; empty lists all.")] = "",
    markdown: Annotated[bool, typer.Option(help="Print Markdown, as docs/tables.md holds it.")] = False,
) -> None:
    """Print the tables' columns with units."""
    from pvmap.contract import as_markdown
    from pvmap.tables import TABLES

    if table and table not in TABLES:
        raise ConfigError(f"No table named {table!r}; there are {', '.join(TABLES)}.")
    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    for name in [table] if table else TABLES:
        grid = Table(title=f"{name}: {TABLES[name].about}", title_justify="left")
        for heading in ("column", "unit", "meaning"):
            grid.add_column(heading)
        for column, spec in TABLES[name].columns.items():
            grid.add_row(column, spec.unit, spec.about)
        screen.print(grid)


@app.command()
def findings(
    code: Annotated[str, typer.Argument(help="A finding's code; empty lists all.")] = "",
    markdown: Annotated[bool, typer.Option(help="Print Markdown, as docs/findings.md holds it.")] = False,
) -> None:
    """Print what can be doubtful about inputs: code, cause, threshold, remedy."""
    from pvmap.findings import CATALOGUE
    from pvmap.findings.page import as_markdown, plain

    if code and code not in CATALOGUE:
        raise ConfigError(f"No finding has the code {code!r}; `pvmap findings` lists them.")
    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    if code:
        for name, text in vars(CATALOGUE[code]).items():
            if isinstance(text, str):
                _say(f"{name:12} {plain(text)}")
        return
    grid = Table(title="What check and map may find", title_justify="left")
    for heading in ("code", "severity", "when"):
        grid.add_column(heading)
    for kind in CATALOGUE.values():
        grid.add_row(kind.code, kind.severity, Text(kind.threshold))
    screen.print(grid)


@app.command()
def references(
    markdown: Annotated[bool, typer.Option(help="Print Markdown, as docs/references.md holds it.")] = False,
) -> None:
    """Print what assumptions and rules rest on, by the keys that their sources name."""
    from pvmap.settings.references import as_markdown
    from pvmap.settings.references import references as every

    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    for one in every().values():
        _say(f"[{one.key}] {one.cited(chinese=False)}: {one.clause}. {one.address}".rstrip())


@app.command()
def template() -> None:
    """Print a city file with every key, its default, mark and source, as pipelines/TEMPLATE.toml holds it."""
    from pvmap.template import as_toml

    typer.echo(as_toml(), nl=False)


def _say(line: str) -> None:
    """Print one line as it is: text of a file is neither markup nor a command to the terminal."""
    screen.print(Text(visible(line)), soft_wrap=True)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=screen)


class _Bars:
    """Shows a step's progress as a bar; the pipeline only says how far it is."""

    def __init__(self, bars: Progress):
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=total)
        self._bars.update(self._tasks[step], completed=done, total=total)


def _print_findings(findings: list[Finding]) -> None:
    """Print a line a code, worst first."""
    for group in by_code(findings):
        screen.print(Text.assemble(MARKS[group[0].severity], visible(line(group))), soft_wrap=True)


def _print_totals(report: Report) -> None:
    grid = Table(title="Technical potential, first year")
    for heading in ("kind", "sites", "MWp", "GWh/yr", "kWh/kWp"):
        grid.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind, row in report.totals.items():
        numbers = (row["capacity_mwp"], row["energy_gwh"])
        hours = f"{row['specific_yield_kwh_per_kwp']:,.0f}"
        grid.add_row(kind, f"{row['n_sites']:,}", *(f"{number:,.1f}" for number in numbers), hours)
    screen.print(grid)
