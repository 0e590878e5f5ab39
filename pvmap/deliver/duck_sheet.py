"""The duck curve of each district as a sheet with a chart, and what the district takes of its own sun."""

from __future__ import annotations

from pvmap.deliver.sheets import HEADER_ZH, Book
from pvmap.planning.grid.duck import Duck

SERIES = (
    ("load_kw", "负荷", "#4d4d4d"),
    ("pv_kw", "光伏", "#d55e00"),
    ("net_kw", "净负荷", "#0072b2"),
)
NAME = "鸭子曲线"
CHART_ROWS = 17  # rows a chart covers
MEANT = [
    "光伏按尚可开发的技术规模计。就地消纳：光伏电量中被本县（市、区）同一小时负荷用掉的部分；消纳率=就地消纳÷光伏电量，未计弃光与外送。",
    "反送电：光伏出力高于本县（市、区）负荷的小时，多余电力向上级电网倒送；净负荷为负即反送电。",
    "Photovoltaics: all that can still be built. Taken on the spot: what the district's own load uses in the same "
    "hour, over all its photovoltaics; reverse flow: hours in which photovoltaics exceed the load, so that the rest "
    "flows up to the grid.",
]


def write_duck(book: Book, duck: Duck) -> None:
    """Write what districts take and send back, the mean days of all months, and a chart of each district's deepest dip.

    Parameters
    ----------
    book
        Workbook being written.
    duck
        ``duck.duck``; its days are sorted by district, month and hour.
    """
    days = duck.days.reset_index(drop=True)
    sheet = book.sheet(NAME, "duck curve")
    row = book.table(sheet, duck.districts, freeze=False) + 1
    row = book.lines(sheet, row, MEANT) + 1
    book.table(sheet, days, row=row, freeze=False, fit=False)
    begin = row + 2  # of the days
    for number, (_, rows) in enumerate(days.groupby("district", sort=False)):
        month = int(rows["month"].to_numpy()[rows["net_kw"].to_numpy().argmin()])
        at = rows.index[rows["month"] == month]
        first, last = begin + int(at[0]), begin + int(at[-1])
        chart = book.file.add_chart({"type": "line"})
        for column, name, colour in SERIES:
            number_of = list(days.columns).index(column)
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
        chart.set_x_axis({"name": f"{month}月平均日（万千瓦），负值为反送电"})
        chart.set_legend({"position": "bottom"})
        sheet.insert_chart(
            HEADER_ZH + number * CHART_ROWS, max(len(days.columns), len(duck.districts.columns)) + 1, chart
        )
