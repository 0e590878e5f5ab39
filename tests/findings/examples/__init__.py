"""One example a code: the same input with a fault that raises it, and without.

An example stands in the module of its topic, named as in `pvmap/findings/catalogue/`, and reads real files with the
real readers. The cheapest part that raises the code is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pvmap.findings import Finding

Example = Callable[[Path, bool], Iterable[Finding]]
EXAMPLES: dict[str, Example] = {}


def example(code: str) -> Callable[[Example], Example]:
    """Register a function of an empty folder and whether to build the fault in; it returns what was found."""

    def register(make: Example) -> Example:
        assert code not in EXAMPLES, f"{code} has two examples"
        EXAMPLES[code] = make
        return make

    return register
