"""A finding: a code, a place, counts and examples; findings of parts add up to those of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from pvmap.findings.catalogue import CATALOGUE
from pvmap.findings.kind import SEVERITIES, Kind, Severity
from pvmap.findings.words import listed, meanings, money, one_line, quantity, reasons, use, word

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
EXAMPLES = 5  # rows and sites that are named: enough to look at, few enough to print
MONEYS = frozenset({"money", "meant"})  # fields that hold the code of a currency
NAMES = frozenset({"layer", "other", "kind", "limit"})  # fields that hold names of ours, told in the reader's language
LISTS = frozenset({"errors"})  # of which each item begins with one
Value = str | int | float


@dataclass(frozen=True)
class Finding:
    """Something doubtful in what was read or computed.

    Attributes
    ----------
    code
        Key of the catalogue.
    layer
        File, key of the city file or stage that it is about.
    column
        Column of the layer, where it is about one.
    count, total
        How many rows or sites, and out of how many; a total of 0 says that there is none.
    rows
        First few rows of the layer, counted from 0 as in `rejects`.
    sites
        First few ids of sites.
    values
        What else the sentence names. A value called `other`, `kind` or `limit` is a name of ours, as `layer` is;
        what Chinese sentences say in the place of a value is that of its name with `_zh`, where there is one.
    """

    code: str
    layer: str = ""
    column: str = ""
    count: int = 1
    total: int = 0
    rows: tuple[int, ...] = ()
    sites: tuple[str, ...] = ()
    values: dict[str, Value] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """Entry of the catalogue."""
        return CATALOGUE[self.code]

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.kind.severity

    def sentence(self, language: Language = "en") -> str:
        """Say what was found."""
        return self._filled(self.kind.sentence_zh if language == "zh" else self.kind.sentence_en, language)

    def remedy(self, language: Language = "en") -> str:
        """Say what the user can do."""
        return self._filled(self.kind.remedy_zh if language == "zh" else self.kind.remedy_en, language)

    def as_record(self) -> dict[str, Any]:
        """Return what run.json keeps: the fields, the severity, and sentences and remedies in both languages."""
        told = {f"{part}_{one}": getattr(self, part)(one) for part in ("sentence", "remedy") for one in LANGUAGES}
        return {**asdict(self), "severity": self.severity, **told}

    def _filled(self, template: str, language: Language) -> str:
        fields = {**asdict(self), **self.values, "rows": ", ".join(map(str, self.rows)), "sites": ", ".join(self.sites)}
        fields["ours"] = self.column  # one of our columns, where a sentence says so
        if language == "zh":
            fields |= {name.removesuffix("_zh"): value for name, value in self.values.items() if name.endswith("_zh")}
        tell = {"ours": quantity, **dict.fromkeys(NAMES, word), **dict.fromkeys(LISTS, listed)}
        tell |= dict.fromkeys(MONEYS, money) | {"reasons": reasons, "use": use, "words": meanings}
        told = {name: tell[name](value, language) if name in tell else _Told(value) for name, value in fields.items()}
        return template.format_map({**told, "count": f"{self.count:,}", "total": f"{self.total:,}"})


class _Told:
    """A value as a sentence shows it: numbers as its template says, else six digits; text on one line."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __format__(self, form: str) -> str:
        if isinstance(self._value, str):
            return one_line(self._value)
        return format(self._value, form or (",.6g" if isinstance(self._value, float) else ""))


def finding(
    code: str,
    *,
    layer: str = "",
    column: str = "",
    count: int = 1,
    total: int = 0,
    rows: Iterable[Any] = (),
    sites: Iterable[Any] = (),
    **values: Value,
) -> Finding:
    """Make a finding; of rows and sites the first few are kept, numpy's numbers become Python's.

    Examples
    --------
    >>> finding("polygons-repaired", layer="roofs.shp", count=3, total=120).sentence()
    'roofs.shp: 3 of 120 polygons are invalid and were repaired.'
    """
    own = {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}
    some_rows = tuple(int(row) for row in list(rows)[:EXAMPLES])
    some_sites = tuple(str(site) for site in list(sites)[:EXAMPLES])
    return Finding(code, layer, column, int(count), int(total), some_rows, some_sites, own)


def from_record(record: dict[str, Any]) -> Finding:
    """Read a finding back from JSON."""
    fields = {name: record[name] for name in Finding.__dataclass_fields__ if name in record}
    return Finding(**{**fields, "rows": tuple(fields.get("rows", ())), "sites": tuple(fields.get("sites", ()))})


def add_up(findings: Iterable[Finding]) -> list[Finding]:
    """Join findings of one code, layer and column: counts and totals add, the first few examples stay.

    Of other values the first stays, unless the catalogue says that they add or that the largest counts.
    """
    joined: dict[tuple[str, str, str], Finding] = {}
    for one in findings:
        key = (one.code, one.layer, one.column)
        joined[key] = _sum(joined[key], one) if key in joined else one
    return list(joined.values())


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Order by severity, then by how many there are."""
    return sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), -one.count, one.code, one.layer))


def _sum(a: Finding, b: Finding) -> Finding:
    values: dict[str, Any] = {**b.values, **a.values}
    for name in a.kind.adds:
        values[name] = a.values[name] + b.values[name]  # type: ignore[operator]
    for name in a.kind.most:
        values[name] = max(a.values[name], b.values[name])  # type: ignore[type-var]
    return replace(
        a,
        count=a.count + b.count,
        total=a.total + b.total,
        rows=(a.rows + b.rows)[:EXAMPLES],
        sites=tuple(dict.fromkeys(a.sites + b.sites))[:EXAMPLES],
        values=values,
    )
