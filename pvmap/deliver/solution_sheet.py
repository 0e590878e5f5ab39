"""What a solver made of the network, as a sheet: with storage and without, by district, targets, behind the meter."""

from __future__ import annotations

from pvmap.deliver.report_tables import Run, named_targets
from pvmap.deliver.sheets import HEADER_ZH, Book
from pvmap.planning.grid.solve import Solution
from pvmap.planning.policy.classes import USE_CLASSES

MEANT = [
    "弃光率=弃光电量÷可发电量；电量自给率=（光伏-外送）÷用电量；影子价格：目标每增加1千瓦（交流侧），系统每年多支出的费用，"
    "为零即该目标不起约束作用。",
    "用户侧储能按零售分时电价单独计算，不计入全市模型；收益高于成本方有投资价值。",
    "Curtailment over what could be generated; load served by own sun: (photovoltaics - exports) / load. A shadow "
    "price of zero says that the target does not bind. Batteries behind meters earn on retail prices, in networks of "
    "their own.",
]


def write_solution(book: Book, run: Run, solution: Solution) -> None:
    """Write the sheet; `run` names the city and its classes."""
    sheet = book.sheet("源网荷储", f"source, grid, load and storage, {solution.hours:,} hours solved")
    row = book.transposed(sheet, solution.cases, row=HEADER_ZH) + 1
    groups = solution.groups.assign(district=solution.groups["district"].replace(run.settings.city.name, "（界外）"))
    row = book.table(sheet, groups, row=row, freeze=False, fit=False) + 1
    if len(solution.targets):
        targets = named_targets(solution.targets, run.settings.city.name).rename(columns={"target_mwac": "open_mwac"})
        row = book.table(sheet, targets, row=row, freeze=False, fit=False) + 1
    if len(solution.users):
        users = solution.users.set_index("building_use").reindex(
            [use for use in USE_CLASSES if use in set(solution.users["building_use"])]
        )
        row = book.table(sheet, users.reset_index(), row=row, freeze=False, fit=False) + 1
    book.lines(sheet, row, MEANT)
