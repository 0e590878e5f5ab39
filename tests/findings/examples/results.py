"""Examples of `pvmap/findings/catalogue/results.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from findings.examples import example

from pvmap.findings import Finding
from pvmap.planning.self_check import Identity, as_findings


@example("identity-broken")
def sums_that_disagree(folder: Path, faulty: bool) -> Iterable[Finding]:
    return as_findings(
        [Identity("months add up to the year", "各月之和＝全年", 1.0, 2.0 if faulty else 1.0, not faulty)]
    )
