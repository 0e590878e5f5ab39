"""What a column is called, and in which unit it is shown."""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """Headers, the factor from the table's unit to the shown one, and the number format."""

    zh: str
    en: str
    factor: float = 1.0
    number: str = "#,##0.00"
