"""What is doubtful about what was read: one sentence and one remedy in two languages, counted and placed."""

from pvmap.findings.catalogue import CATALOGUE
from pvmap.findings.finding import LANGUAGES, Finding, add_up, finding, from_record, worst_first
from pvmap.findings.kind import SEVERITIES, Kind

__all__ = [
    "CATALOGUE",
    "LANGUAGES",
    "SEVERITIES",
    "Finding",
    "Kind",
    "add_up",
    "finding",
    "from_record",
    "worst_first",
]
