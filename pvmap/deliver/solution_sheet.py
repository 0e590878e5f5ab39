"""What a solver made of the network, as a sheet: with storage and without, by district, targets, behind the meter."""

from __future__ import annotations

from pvmap.deliver.plan_sheets import OUTSIDE
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


NOTHING = 1e-3  # of what may be built: less is none


def told(solution: Solution) -> list[tuple[str, str]]:
    """Say what was built and why no more, and what becomes of the plan, each in Chinese and English."""
    groups, cases = solution.groups, solution.cases.set_index("case").to_dict("index")
    most = float(groups["limit_mwp"].sum()) if len(groups) else 0.0
    built = float(cases["with"]["optimal_mwp"])
    if most <= 0:
        out = [
            (
                "没有可新建的光伏：近期可开发量为零，模型只含已建与已备案项目。",
                "Nothing may be built: nothing can be connected; the model holds what stands and what is registered.",
            )
        ]
    else:
        cost, worth = (
            float((groups[n] * groups["limit_mwp"]).sum() / most) for n in ("cost_cny_per_kwh", "worth_cny_per_kwh")
        )
        first_zh = "优化结果不新建光伏" if built <= NOTHING * most else f"优化新建为可开发上限的 {built / most:.1%}"
        first = "The optimum builds none" if built <= NOTHING * most else f"The optimum builds {built / most:.1%}"
        out = [
            (
                f"{first_zh}：可开发部分的平均度电成本 {cost:.3f} 元/千瓦时，其发电时段的平均电价价值 {worth:.3f} "
                f"元/千瓦时；各组度电成本（最低 {groups['cost_cny_per_kwh'].min():.3f}）高于其电价价值的部分不新建，"
                "目标要求的除外。",
                f"{first} of what may be built: it costs {cost:.3f} CNY/kWh on average and is worth {worth:.3f} in its "
                "hours; what costs more than it is worth is not built, unless a target asks for it.",
            )
        ]
    unserved = float(cases["with"]["shed_gwh"])
    if unserved > NOTHING:
        out.append(
            (
                f"有 {unserved / 100.0:,.3f} 亿千瓦时用电无法供应：受电通道小于负荷。请核对变压器容量与全市用电量，"
                "此前以上各数仅供参考。",
                f"{unserved:,.1f} GWh of the load cannot be served: what lines bring is smaller than it. Check the "
                "transformers' ratings and the city's demand; until then the figures above are no plan.",
            )
        )
    if "planned" in cases:
        plan = cases["planned"]
        out.append(
            (
                f"按分年建设安排末年装机（含已建与已备案）、现状负荷校核：弃光率 {plan['curtailment_rate']:.2%}，"
                f"最大受电 {plan['peak_import_mw'] / 10.0:,.3f} 万千瓦，电量自给率 {plan['own_share']:.1%}。",
                "With what the build-out has built by its last year, what stands and what is registered, under "
                f"today's load: {plan['curtailment_rate']:.2%} curtailed, {plan['own_share']:.1%} of the load served "
                "by own sun.",
            )
        )
    return out


def write_solution(book: Book, run: Run, solution: Solution) -> None:
    """Write the sheet; `run` names the city and its classes."""
    sheet = book.sheet("源网荷储", f"source, grid, load and storage, {solution.hours:,} hours solved")
    row = book.transposed(sheet, solution.cases, row=HEADER_ZH) + 1
    for frame in (solution.groups, solution.planned):
        if len(frame):
            named = frame.assign(district=frame["district"].replace(run.settings.city.name, OUTSIDE))
            row = book.table(sheet, named, row=row, freeze=False, fit=False) + 1
    if len(solution.targets):
        targets = named_targets(solution.targets, run.settings.city.name).rename(columns={"target_mwac": "open_mwac"})
        row = book.table(sheet, targets, row=row, freeze=False, fit=False) + 1
    if len(solution.users):
        users = solution.users.set_index("building_use").reindex(
            [use for use in USE_CLASSES if use in set(solution.users["building_use"])]
        )
        row = book.table(sheet, users.reset_index(), row=row, freeze=False, fit=False) + 1
    row = book.lines(sheet, row, [book.marks.wording.words(text) for both in told(solution) for text in both])
    book.lines(sheet, row, MEANT)
