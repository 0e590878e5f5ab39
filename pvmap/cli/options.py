"""What several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CityArgument = Annotated[str, typer.Argument(help="A city's name (pipelines/NAME.toml) or the path of its TOML file.")]
RootOption = Annotated[
    Path | None,
    typer.Option("--root", help="Folder that holds data/ and maps/; by default the one that holds pipelines/."),
]
RawOption = Annotated[Path | None, typer.Option("--raw", help="Folder of the input files instead of data/raw/CITY.")]
