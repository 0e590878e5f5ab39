"""The masks a bureau should bring: what nobody gave is listed as not checked, with the rule it would have answered.

Clauses were mostly read as copies: re-check each before it is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pvmap.findings import Finding
from pvmap.findings.words import WORDS
from pvmap.settings.city import Settings
from pvmap.settings.countries import HOME
from pvmap.sites.mask_doubts import UNCHECKED
from pvmap.tables.vocabulary import SITE_TYPES

LAND = ("mine", "fishpond")
MINE = ("mine",)
POND = ("fishpond",)


class ExpectedMask(NamedTuple):
    """One mask: names (either may stand in a city file), clause with its source, kinds, why no file answers."""

    name: str
    name_zh: str
    clause: str
    applies_to: tuple[str, ...]
    reason: str = ""
    reason_zh: str = ""

    def as_record(self) -> dict[str, str]:
        """Return what run.json keeps."""
        told = {"name": self.name, "name_zh": self.name_zh, "clause": self.clause}
        return told | ({"reason": self.reason, "reason_zh": self.reason_zh} if self.reason else {})


LAND_RULE = "自然资办发〔2023〕12号 (sourced; [land2023])"
WATER_RULE = "水河湖〔2022〕216号 3.5 (sourced; [water2022])"


def _practice(rule: str) -> str:
    return f"{rule} (unverified; judgement: professional practice)"


EXPECTED_MASKS = (
    ExpectedMask("permanent basic farmland", "永久基本农田", LAND_RULE, LAND),
    ExpectedMask("arable land", "耕地", LAND_RULE, LAND),
    ExpectedMask(
        "farmland to be restored",
        "即可恢复、工程恢复农用地",
        _practice("farmland flagged restorable in the land survey"),
        POND,
    ),
    ExpectedMask("ecological red line", "生态保护红线", LAND_RULE, LAND),
    ExpectedMask("nature reserve", "自然保护地", LAND_RULE, LAND),
    ExpectedMask("scenic area", "风景名胜区", _practice("landscape under protection"), LAND),
    ExpectedMask("basic grassland", "基本草原", LAND_RULE, MINE),
    ExpectedMask("protected forest", "一级保护林地", LAND_RULE, MINE),
    ExpectedMask(
        "forest",
        "乔木林、竹林",
        "no arbor or bamboo forest; shrub cover under 50 % (unverified; [land2023])",
        MINE,
    ),
    ExpectedMask(
        "restored to forest or park",
        "已修复造林",
        "tree cover over 50 % in WorldCover 2021 (unverified; [restored_mines]; [worldcover] class 10)",
        MINE,
    ),
    ExpectedMask("drinking-water source zone", "饮用水水源保护区", _practice("water for people to drink"), LAND),
    ExpectedMask("river, lake and reservoir management range", "河湖水库管理范围", WATER_RULE, LAND),
    ExpectedMask(
        "aquaculture ban zone",
        "养殖水域禁养区",
        "plan of aquaculture waters and tidal flats (unverified; [nanjing_aquaculture])",
        POND,
    ),
    ExpectedMask("germplasm reserve", "水产种质资源保护区", _practice("stocks of fish under protection"), POND),
    ExpectedMask("Yangtze shore 1 km", "长江干流岸线1公里", _practice("1 km along the main stem"), LAND),
    ExpectedMask("Grand Canal 2 km", "大运河核心监控区2公里", _practice("2 km along the canal"), LAND),
    ExpectedMask("flood detention area", "蓄滞洪区", _practice("ground that takes the flood"), LAND),
    ExpectedMask("deep water", "水深超过4米", _practice("no concrete piles in water deeper than 4 m"), POND),
    ExpectedMask("geological hazard zone", "地质灾害高易发区", _practice("slides and falling rock"), MINE),
    ExpectedMask(
        "unstable workings",
        "采空沉陷区",
        _practice("underground workings; subsidence of 10 mm a year and more"),
        MINE,
    ),
    ExpectedMask("active mining right", "有效采矿权", _practice("the mine is at work"), MINE),
    ExpectedMask(
        "blasting distance",
        "爆破安全距离300米",
        _practice("300 m around active blasting"),
        LAND,
    ),
    ExpectedMask("flooded pit", "矿坑积水区", _practice("water stands in the pit"), MINE),
    ExpectedMask(
        "line and traffic corridor",
        "高压线、铁路、高速公路廊道",
        _practice("50-100 m off high-voltage lines, railways and expressways"),
        LAND,
    ),
    ExpectedMask(
        "out of reach of the grid",
        "超出接网距离",
        _practice("farther than 5 km from 10 kV, 10 km from 35 and 110 kV"),
        LAND,
    ),
    ExpectedMask(
        "heritage protection zone", "文物保护与历史文化保护区", _practice("monuments and old quarters"), SITE_TYPES
    ),
    ExpectedMask("planned for demolition", "拟征收拆除范围", _practice("the roof will not stand long"), ("rooftop",)),
)


def not_checked(settings: Settings, findings: Iterable[Finding]) -> tuple[ExpectedMask, ...]:
    """List the masks that no file answers: expected ones nobody named, named ones without a file, or with a wrong one.

    Expected masks that bind no kind of site the city has are left out.

    Parameters
    ----------
    settings
        The city.
    findings
        Of the city; those about masks say which of them does not answer its rule.
    """
    doubts = {(found.layer, found.column): found for found in findings if found.code in UNCHECKED}
    unanswered: dict[str, Finding] = {}
    present = {
        kind
        for kind, inputs in (
            ("rooftop", settings.inputs.buildings),
            ("mine", settings.inputs.mines),
            ("fishpond", settings.inputs.fishponds),
        )
        if inputs
    }
    given: dict[str, set[str]] = {}  # kinds that a name's files bind
    for mask in settings.masks:
        name = mask.name.strip().lower()
        files = [one.path for one in (mask.input, mask.raster) if one is not None]
        wrong = [doubts[mask.name, path] for path in files if (mask.name, path) in doubts]
        if wrong:
            unanswered[name] = wrong[0]
        elif files:
            given.setdefault(name, set()).update(mask.applies_to)

    def left_open(mask: ExpectedMask) -> set[str]:
        """Give the kinds of the city's sites that no mask of that name binds."""
        bound = given.get(mask.name.lower(), set()) | given.get(mask.name_zh, set())
        return present & set(mask.applies_to) - bound

    def with_reason(mask: ExpectedMask) -> ExpectedMask:
        found = unanswered.get(mask.name.lower()) or unanswered.get(mask.name_zh)
        if found:
            return mask._replace(reason=found.sentence("en"), reason_zh=found.sentence("zh"))
        if {mask.name.lower(), mask.name_zh} & given.keys():
            kinds = sorted(left_open(mask))
            english, chinese = (", ".join(WORDS[kind][language] for kind in kinds) for language in (0, 1))
            reason, reason_zh = f"its mask does not bind {english} (applies_to)", f"图层未适用于{chinese}（applies_to）"
            return mask._replace(reason=reason, reason_zh=reason_zh)
        return mask

    expected = [
        with_reason(mask) for mask in (EXPECTED_MASKS if settings.city.country == HOME else ()) if left_open(mask)
    ]
    known = {name for mask in EXPECTED_MASKS for name in (mask.name.lower(), mask.name_zh)}
    named = [
        with_reason(ExpectedMask(mask.name, mask.name, mask.clause, mask.applies_to))
        for mask in {one.name: one for one in settings.masks}.values()
        if mask.name.strip().lower() not in known | given.keys()
    ]
    return (*expected, *named)


GRID_RULE = "DL/T 2041-2025 (unverified; [dlt2041])"
GRID = ExpectedMask(
    "hosting capacity of the grid",
    "电网承载力",
    GRID_RULE,
    SITE_TYPES,
    "not checked: no transformers given",
    "未核查：未提供变电设备资料",
)
ENGINEERING = ExpectedMask(
    "power flow, short circuit, voltage and harmonics",
    "潮流、短路电流、电压偏差与谐波",
    GRID_RULE,
    SITE_TYPES,
    "not checked: needs impedances; an engineering verification by the grid company",
    "未核查：需阻抗参数，由电网企业核验",
)


def grid_checks(settings: Settings) -> tuple[ExpectedMask, ...]:
    """List what of the grid is not checked: all of it, or what follows the thermal limit."""
    if settings.city.country != HOME:  # the standard is China's
        return ()
    return (ENGINEERING,) if settings.inputs.grid_devices is not None else (GRID, ENGINEERING)
