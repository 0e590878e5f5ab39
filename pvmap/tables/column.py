"""What a contract is made of: columns and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

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


def share(about: str, **more: Any) -> Column:
    """Column of a share, from 0 to 1."""
    return Column("float", "1", about, 0.0, 1.0, **more)


def amount(unit: str, about: str, **more: Any) -> Column:
    """Column of an amount, not negative."""
    return Column("float", unit, about, 0.0, None, **more)


@dataclass(frozen=True)
class Table:
    """One table: its key, its columns and whether it carries geometry in the metric CRS.

    Attributes
    ----------
    families
        Columns whose names end in one of the city file's own: ``{"irr_": ...}`` allows `irr_base` and `irr_high`.
    """

    about: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    geometry: bool = False
    families: Mapping[str, Column] = field(default_factory=lambda: MappingProxyType({}))

    def column(self, name: str) -> Column | None:
        """Return what the contract says of a column, None where it does not know it."""
        if name in self.columns:
            return self.columns[name]
        return next((spec for start, spec in self.families.items() if name.startswith(start)), None)

    def described(self) -> dict[str, Column]:
        """Every column by its name, families with NAME for what the city file says."""
        return {**self.columns, **{f"{start}NAME": spec for start, spec in self.families.items()}}
