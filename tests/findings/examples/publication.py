"""Examples of `pvmap/findings/catalogue/publication.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from findings.examples import example
from findings.examples.village import BUILDINGS, HEAD, check, feature, put, rectangle, rows

from pvmap.findings import Finding

SENSITIVE = '[inputs.sensitive]\npath = "s.geojson"\n'


def public(folder: Path, body: str, use: str = 'use = "public"\nreview_number = "GS(2026)1"\n') -> list[Finding]:
    put(folder, "b.geojson", rows(4))
    put(folder, "s.geojson", [feature(rectangle(10.0, 10.0, 5.0, 5.0))])
    return check(folder, BUILDINGS + body, head=HEAD + use)


@example("sensitive-left-out")
def a_hall_within_a_sensitive_area(folder: Path, faulty: bool) -> Iterable[Finding]:
    return public(folder, SENSITIVE) if faulty else public(folder, SENSITIVE, use="")


@example("nothing-marked-sensitive")
def a_public_build_without_sensitive_areas(folder: Path, faulty: bool) -> Iterable[Finding]:
    return public(folder, "" if faulty else SENSITIVE)


@example("decisions-on-sites-left-out")
def a_decision_on_a_hall_within_a_sensitive_area(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "o.csv", f"site_id,decision,reason,by,date\nrooftop-b{0 if faulty else 1},refuse,r,b,d\n")
    return public(folder, SENSITIVE + '[inputs.overrides]\npath = "o.csv"\n')
