"""The catalogue as a page to read: docs/findings.md."""

from __future__ import annotations

import string

from pvmap.findings.catalogue import TOPICS
from pvmap.findings.kind import Kind

HEAD = """# Findings

Generated from `pvmap/findings/catalogue/` by `pvmap findings --markdown`.

Whatever a reader or a stage must guess, repair, set aside or extrapolate it says by a finding. `check` and `map` print
the same ones, worst first, one line a code; run.json, the map, the workbook and `explain` show them too. *Refused*:
rows or files that are not used. *Doubtful*: used, and probably wrong; `check` then ends with exit code 1. *Note*: used,
and worth knowing. Words in braces are filled in. Rows count from 0, as in the table rejects.
"""


def as_markdown() -> str:
    """Describe every code in Markdown; docs/findings.md is this text."""
    lines = [HEAD]
    for topic in TOPICS:
        lines += [f"## {(topic.__doc__ or '').strip().rstrip('.')}", ""]
        for kind in sorted(topic.KINDS, key=lambda kind: kind.code):
            lines += _entry(kind)
    return "\n".join(lines)


def plain(template: str) -> str:
    """Template with the bare names of its values.

    Examples
    --------
    >>> plain("{gap_km:,.1f} km")
    '{gap_km} km'
    """
    parts = string.Formatter().parse(template)
    return "".join(text + (f"{{{name}}}" if name else "") for text, name, _, _ in parts)


def _entry(kind: Kind) -> list[str]:
    return [
        f"### {kind.code}",
        "",
        f"{kind.severity.capitalize()}. {plain(kind.sentence_en)} *{plain(kind.remedy_en)}*",
        "",
        f"{plain(kind.sentence_zh)}*{plain(kind.remedy_zh)}*",
        "",
        f"- Cause: {kind.cause}",
        f"- Threshold: {kind.threshold}",
        f"- Source: {kind.source}",
        "",
    ]
