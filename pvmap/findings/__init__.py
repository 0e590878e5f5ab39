"""What is doubtful about what was read: one sentence and one remedy in two languages, counted and placed."""

from pvmap.findings.catalogue import CATALOGUE
from pvmap.findings.finding import EXAMPLES, LANGUAGES, Finding, Language, add_up, finding, from_record, worst_first
from pvmap.findings.kind import SEVERITIES, Kind
from pvmap.findings.telling import by_code, line
from pvmap.findings.words import word

__all__ = [
    "CATALOGUE",
    "EXAMPLES",
    "LANGUAGES",
    "SEVERITIES",
    "Finding",
    "Kind",
    "Language",
    "add_up",
    "by_code",
    "finding",
    "from_record",
    "line",
    "word",
    "worst_first",
]
