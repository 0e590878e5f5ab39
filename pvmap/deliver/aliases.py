"""What the fields of the GeoPackage are called in Chinese, with units and meanings."""

from __future__ import annotations

from pvmap import chinese
from pvmap.currency import CNY, in_money
from pvmap.deliver.label import Label
from pvmap.deliver.labels import LABELS
from pvmap.deliver.words import KINDS
from pvmap.tables import TABLES
from pvmap.tables.column import Column
from pvmap.tables.vocabulary import SITE_TYPES

PER_KIND = ("n_sites", "capacity_kwp", "capacity_kwac", "energy_kwh")  # of a zone, kind by kind beside the sum of all


def field_alias(column: str, currency: str = CNY) -> tuple[str, str]:
    """Chinese title of a field with the table's own unit, in the city's money, and the contract's description."""
    own, _, kind = column.rpartition("_")
    if kind in SITE_TYPES and own in PER_KIND:
        title, about = field_alias(own, currency)
        return f"{KINDS[kind].zh} {title}", about
    spec = _spec(column)
    unit = in_money(chinese.unit(spec.unit), currency) if spec is not None else ""
    title = field_title(column)
    return (f"{title}（{unit}）" if unit else title), spec.about if spec is not None else ""


def _spec(column: str) -> Column | None:
    found = (TABLES[name].column(column) for name in ("appraisal", "zones", "sites", "hosting"))
    return next((one for one in found if one is not None), None)


def field_title(column: str) -> str:
    """Chinese title of a field, without its unit."""
    if column.startswith("energy_kwh_month_"):
        return f"{int(column[-2:])}月发电量"
    for start, title in SCENARIO.items():
        if column.startswith(start):
            return f"{title}（情景 {column.removeprefix(start)}）"
    return PLAIN[column] if column in PLAIN else LABELS.get(column, Label(column, column)).zh.split("（")[0]


SCENARIO = {"npv_cny_": "税后净现值", "irr_": "内部收益率", "at_target_irr_": "内部收益率达标"}
PLAIN = {
    "expected_kwh": "计入高度误差的期望年发电量",
    "spread_height": "高度误差引起的相对标准差",
    "spread_outline": "轮廓误差引起的相对标准差",
    "spread_use": "用途未知引起的相对标准差",
    "spread_form": "屋面或地面形式引起的相对标准差",
    "certainty_reason_1": "不确定性首要原因",
    "certainty_reason_2": "不确定性次要原因",
    "certainty_reason_3": "不确定性第三原因",
    "district": "区县",
    "township": "乡镇街道",
    "capacity_kwp": "技术可开发规模，直流侧",
    "capacity_kwac": "技术可开发规模，交流侧",
    "capacity_practical_kwp": "现实可开发规模，直流侧",
    "practical_kwac": "现实可开发规模，交流侧",
    "capacity_policy_floor_kwp": "政策底线，直流侧，含已建",
    "specific_yield_kwh_per_kwp": "首年利用小时，直流侧",
    "at_grid_parity": "平价，即税后净现值≥0",
    "irr": "全投资内部收益率，税后",
    "required_price_cny_per_kwh": "保本电价，税后",
    "co2_t_per_year": "首年减排二氧化碳，电网平均基准",
    "co2_fossil_t_per_year": "首年减排二氧化碳，火电基准",
    "standard_coal_t_per_year": "首年节煤，电网平均基准",
    "standard_coal_fossil_t_per_year": "首年节煤，火电基准",
    "height_m": "高度",
    "existing_pv_kwp": "已建，直流侧",
    "source": "来源",
    "data_note": "数据说明",
    "loss_terrain": "地形遮挡损失",
    "loss_neighbours": "周边建筑遮挡损失",
    "loss_rows": "阵列互遮损失",
    "opex_cny_per_year": "年运维与租金",
    "self_use_kwh": "首年自用电量",
    "revenue_cny": "首年收入",
    "revenue_later_cny": "首年收入（不计机制电价）",
    "capacity_gross_kwp": "技术可开发规模，直流侧，含已建",
    "excluded_m2": "排除面积（平方米）",
    "excluded_share": "排除面积占比",
    "main_reason": "主要原因",
    "main_clause": "主要原因的依据",
    "reasons": "全部原因与面积",
    "self_use_cny": "首年自用价值",
    "export_market_cny": "首年上网电量市场价值",
    "plan_class": "规划类别",
    "device_id": "接入变压器编号",
    "device_by": "接入依据",
    "grid_grade": "最终等级",
    "grade_own": "自身等级",
    "connect_rank": "接入次序",
    "connectable_kwac": "近期可开发量，交流侧",
    "planned_kwac": "规划建成，交流侧",
    "limited_by": "受限于",
    "load_kwh": "年用电量",
    "self_sufficiency": "电力自给率",
    "carbon_t_per_tce": "单位能耗碳排放",
    "near_zero_gap_t_per_year": "距近零碳差距",
    "kind": "对象类别",
    "level_kv": "电压等级",
    "parent_id": "上级设备",
    "mode": "运行方式",
    "rating_mva": "主变容量",
    "upward_mw": "反送限值",
    "downward_mw": "下送能力",
    "load_mw": "评估时刻负荷",
    "load_by": "负荷来源",
    "tau": "最大出力系数",
    "tau_by": "出力系数来源",
    "hosting_by": "承载力依据",
    "hosting_mw": "承载力下限，交流侧，含已建",
    "hosting_max_mw": "承载力上限，交流侧，含已建",
    "connected_mw": "已并网，交流侧",
    "registered_mw": "已备案未并网，交流侧",
    "connectable_mw": "可开放并网容量，交流侧",
    "connectable_max_mw": "可开放并网容量上限，交流侧",
    "registrable_mw": "可开放备案容量，交流侧",
    "registrable_max_mw": "可开放备案容量上限，交流侧",
    "holiday_registrable_mw": "节假日可开放备案容量，交流侧，仅供参考",
    "potential_mw": "所接场址现实可开发规模，交流侧",
    "allocated_mw": "近期可开发量，交流侧",
    "headroom_left_mw": "剩余可开放容量，交流侧",
    "available_gwh": "可发电量",
    "curtailed_gwh": "弃光电量",
    "curtailment_rate": "弃光率",
    "reinforcement_mva": "消纳其余潜力需增容",
    "storage_mw": "或需新增储能",
}
