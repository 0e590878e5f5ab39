"""The duck curve of each district as a sheet with a chart: load, photovoltaics, what is left."""

from __future__ import annotations

import pandas as pd

from pvmap.deliver.sheets import FIRST, Book

SERIES = (
    ("load_kw", "负荷 load", "#4d4d4d"),
    ("pv_kw", "光伏 photovoltaics", "#d55e00"),
    ("net_kw", "净负荷 net", "#0072b2"),
)
NAME = "鸭子曲线"
CHART_ROWS = 17  # rows a chart covers


def write_duck(book: Book, duck: pd.DataFrame) -> None:
    """Write the mean days of all months, and chart each district in the month whose net load dips lowest.

    Parameters
    ----------
    book
        Workbook being written.
    duck
        ``duck.duck_curve``: sorted by district, month and hour.
    """
    duck = duck.reset_index(drop=True)
    sheet = book.sheet(NAME, "duck curve, 万千瓦 10 MW")
    shown = duck.assign(**{column: duck[column] / 1e4 for column, _, _ in SERIES})
    book.table(sheet, shown.rename(columns={column: name for column, name, _ in SERIES}))
    for number, (_, rows) in enumerate(duck.groupby("district", sort=False)):
        month = int(rows["month"].to_numpy()[rows["net_kw"].to_numpy().argmin()])
        at = rows.index[rows["month"] == month]
        first, last = FIRST + int(at[0]), FIRST + int(at[-1])
        chart = book.file.add_chart({"type": "line"})
        for column, name, colour in SERIES:
            number_of = list(shown.columns).index(column)
            chart.add_series(
                {
                    "name": name,
                    "categories": [NAME, first, 2, last, 2],
                    "values": [NAME, first, number_of, last, number_of],
                    "line": {"color": colour, "width": 2},
                }
            )
        # the title is the district's cell: XlsxWriter would take a name with a cell's address in it for a reference
        chart.set_title({"name": [NAME, first, 0], "name_font": {"size": 11}})
        chart.set_x_axis({"name": f"{month}月平均日（万千瓦）  mean day of month {month}, 10 MW"})
        chart.set_legend({"position": "bottom"})
        sheet.insert_chart(FIRST + number * CHART_ROWS, len(shown.columns) + 1, chart)
