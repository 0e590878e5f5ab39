"""The sheet that says which sites to measure first."""

from __future__ import annotations

import pandas as pd

from pvmap.deliver.sheets import Book
from pvmap.planning.risk.narrowing import measure_first

MEANT = [
    "按各场址所占本县（市、区）输入误差（高度、轮廓、用途、形式）方差的比例排序：先测前列者，全县数据最快变得可靠。天气与模型误差不在其内。",
    "Ranked by the share of the district's variance from errors of inputs (heights, outlines, uses, forms) that each "
    "site holds: measured in this order, the district's numbers grow sure fastest. Weather and model are left out.",
]


def write_measure_first(book: Book, appraisal: pd.DataFrame, sites: pd.DataFrame) -> None:
    """Write the list, where heights were drawn.

    Parameters
    ----------
    book
        Workbook being written.
    appraisal, sites
        Contract tables in the same order.
    """
    frame = measure_first(appraisal, sites)
    if len(frame):
        sheet = book.sheet("优先实测", "measure these first")
        row = book.table(sheet, frame) + 1
        book.lines(sheet, row, MEANT)
