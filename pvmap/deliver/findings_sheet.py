"""The sheet on the data: what was found about the inputs, to settle with whoever gave them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pvmap.deliver.sheets import Book
from pvmap.findings import word

NOTHING = {"severity": "—", "finding": "未发现数据问题 nothing was found"}


def write_findings(book: Book, findings: list[dict[str, Any]]) -> None:
    """Write the findings of run.json in their order, worst first, in Chinese.

    Parameters
    ----------
    book
        Workbook being written.
    findings
        ``Finding.as_record`` of each.
    """
    rows = [
        {
            "severity": found["severity"],
            "place": " ".join(word(one, "zh") for one in (found["layer"], *found["column"].split(" ")) if one),
            "count_of_total": f"{found['count']:,}" + (f" / {found['total']:,}" if found["total"] else ""),
            "finding": found["sentence_zh"],
            "remedy": found["remedy_zh"],
            "first_rows": "、".join(map(str, found["rows"])),
            "first_sites": "、".join(found["sites"]),
        }
        for found in findings
    ]
    book.table(book.sheet("数据核查", "check of the data"), pd.DataFrame(rows or [NOTHING]))
