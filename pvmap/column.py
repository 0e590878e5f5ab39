"""What a contract is made of: columns and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["str", "float", "int", "bool", "time"]


@dataclass(frozen=True)
class Column:
    """One column: kind of value, unit, meaning and what is allowed in it."""

    kind: Kind
    unit: str
    about: str
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] | None = None
    missing: bool = False  # may hold NaN or None
    optional: bool = False  # may be absent: joins when the stage that makes it runs


@dataclass(frozen=True)
class Table:
    """One table: its key, its columns and whether it carries geometry in the metric CRS."""

    about: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    geometry: bool = False
