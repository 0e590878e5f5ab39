"""Well-known public sets: columns, coordinate system, words and terms, one TOML each: a file needs two lines."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import Field

from pvmap.settings.base import Section

ENDING = ".toml"
FETCHED = "fetched"  # what pvmap fetch writes; its terms stand in SOURCES.json
READING = (
    "crs",
    "encoding",
    "layer",
    "where",
    "explode",
    "default_use",
    "height_origin",
)  # where an input says nothing


class Preset(Section):
    """What is known of a public set.

    Attributes
    ----------
    about
        What it is, one sentence.
    licence, attribution
        Terms, and the words that must stand wherever it is shown.
    non_commercial
        Whether its licence forbids commercial use.
    points
        Whether it holds points only: they say where to look, not where modules go.
    columns, also
        Our name = column there, and the column that counts where the first says nothing.
    uses, words
        As an input has them.
    """

    about: str
    licence: str
    attribution: str
    non_commercial: bool = False
    points: bool = False
    columns: dict[str, str] = Field(default_factory=dict)
    also: dict[str, str] = Field(default_factory=dict)
    uses: dict[str, str] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    where: str | None = None
    explode: bool | None = None
    default_use: str | None = None
    height_origin: str | None = None

    def under(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return an input with what it does not say itself; columns of the set need not be in the file."""
        own = given.get("columns") or {}
        merged = {name: {**getattr(self, name), **(given.get(name) or {})} for name in ("columns", "uses", "words")}
        merged["also"] = {**{k: v for k, v in self.also.items() if k not in own}, **(given.get("also") or {})}
        stated = {name: getattr(self, name, None) for name in READING}
        absent_is_fine = [name for name in self.columns if name not in own]
        return {
            **{name: value for name, value in stated.items() if value is not None},
            **given,
            **merged,
            "if_there": [*absent_is_fine, *(given.get("if_there") or ())],
        }


def names() -> list[str]:
    """Name every preset there is."""
    found = files("pvmap.settings.presets").iterdir()
    return sorted(one.name.removesuffix(ENDING) for one in found if one.name.endswith(ENDING))


@cache
def preset(name: str) -> Preset:
    """Return what is known of a set.

    Raises
    ------
    ValueError
        There is no such preset.
    """
    if name not in names():
        raise ValueError(f"no preset is called {name!r}; there are {', '.join(names())}")
    text = files("pvmap.settings.presets").joinpath(name + ENDING).read_text(encoding="utf-8")
    return Preset.model_validate(tomllib.loads(text))
