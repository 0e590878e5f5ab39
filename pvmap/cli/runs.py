"""Commands about runs that have ended: what changed between two of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from pvmap.cli.terminal import say, show
from pvmap.foreign_text import visible


def diff(
    run_a: Annotated[Path, typer.Argument(help="Run folder, the older: data/processed/CITY or a copy of it.")],
    run_b: Annotated[Path, typer.Argument(help="Run folder, the newer.")],
) -> None:
    """Tell what changed between two runs and why, by district."""
    from pvmap import pipeline

    found = pipeline.compare(run_a, run_b)
    for cause in found.causes or ["Inputs, settings and versions are the same."]:
        say(cause)
    grid = Table(title="By district", title_justify="left")
    for heading in found.districts.columns:
        grid.add_column(str(heading))
    for row in found.districts.itertuples(index=False):
        grid.add_row(*(f"{value:,.4g}" if isinstance(value, float) else Text(visible(str(value))) for value in row))
    show(grid)
    if len(found.columns):
        grid = Table("column", "sites", "largest change", title="What changed of sites in both", title_justify="left")
        for name, sites, largest in found.columns.itertuples(index=False):
            grid.add_row(str(name), f"{sites:,}", f"{largest:+,.4g}" if largest == largest else "")
        show(grid)
    show(f"{len(found.sites):,} sites are new, gone or changed.")
