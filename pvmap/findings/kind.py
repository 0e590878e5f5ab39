"""One kind of finding: what its code means, when it is raised and what helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["refused", "doubtful", "note"]
SEVERITIES: tuple[Severity, ...] = ("refused", "doubtful", "note")


@dataclass(frozen=True)
class Kind:
    """An entry of the catalogue.

    Attributes
    ----------
    code
        Name of the kind, words joined by hyphens.
    severity
        refused: rows or files that are not used; doubtful: used, and probably wrong; note: used, and worth knowing.
    sentence_en, sentence_zh
        What was found, with ``{layer}``, ``{column}``, ``{count}``, ``{total}``, ``{rows}``, ``{sites}`` and the
        finding's own values in braces.
    remedy_en, remedy_zh
        What the user can do, with the same braces.
    cause
        What usually lies behind it, for the catalogue's page.
    threshold
        When it is raised, in words and numbers.
    source
        Key of a reference or ``judgement: ...``: why there.
    adds, most
        Names of values that add up, and of those whose largest counts, when findings of parts are joined.
    """

    code: str
    severity: Severity
    sentence_en: str
    sentence_zh: str
    remedy_en: str
    remedy_zh: str
    cause: str
    threshold: str
    source: str
    adds: tuple[str, ...] = ()
    most: tuple[str, ...] = ()
