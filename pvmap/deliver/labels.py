"""What a column is called in Chinese and English, and in which unit readers expect it."""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """Headers, the factor from the table's unit to the shown one, and the number format."""

    zh: str
    en: str
    factor: float = 1.0
    number: str = "#,##0.00"


MU_PER_M2 = 15.0 / 10_000.0
WHOLE, ONE, THREE, PERCENT = "#,##0", "#,##0.0", "0.000", "0.0%"
MWP, TEN_MW = (1e-3, "#,##0.0"), (1e-4, "#,##0.000")  # kWp DC in MWp, kW AC in 万千瓦

LABELS: dict[str, Label] = {
    "site_id": Label("编号", "site id"),
    "site_type": Label("类型", "kind"),
    "building_use": Label("建筑用途", "building use"),
    "class": Label("类别", "class"),
    "name": Label("名称", "name"),
    "district": Label("县（市、区）", "district"),
    "township": Label("乡镇（街道）", "township"),
    "zone_id": Label("区域", "zone"),
    "level": Label("层级", "level"),
    "group": Label("分组", "group"),
    "month": Label("月份", "month", 1.0, "0"),
    "hour": Label("时", "hour of the day, local", 1.0, "0"),
    "in_english": Label("英文", "in English"),
    "rank": Label("序号", "rank within district and kind", 1.0, "0"),
    "load_kw": Label("负荷（万千瓦）", "load (10 MW)", 1e-4, "#,##0.000"),
    "pv_kw": Label("光伏（万千瓦，交流侧）", "photovoltaics (10 MW, AC)", 1e-4, "#,##0.000"),
    "net_kw": Label("净负荷（万千瓦，负值为反送电）", "net load (10 MW, negative: reverse flow)", 1e-4, "#,##0.000"),
    "load_kwh": Label("年用电量（亿千瓦时）", "load of the year (100 GWh)", 1e-8, "#,##0.0000"),
    "pv_kwh": Label("光伏年发电量（亿千瓦时）", "photovoltaics of the year (100 GWh)", 1e-8, "#,##0.0000"),
    "taken_kwh": Label("就地消纳电量（亿千瓦时）", "used by the load of the same hour (100 GWh)", 1e-8, "#,##0.0000"),
    "taken_share": Label("就地消纳率", "share used on the spot by the district", 1.0, PERCENT),
    "reverse_kwh": Label("反送电量（亿千瓦时）", "energy of reverse flow (100 GWh)", 1e-8, "#,##0.0000"),
    "reverse_hours": Label("反送电小时数", "hours of reverse flow", 1.0, WHOLE),
    "reverse_peak_kw": Label("最大反送电力（万千瓦）", "largest reverse flow (10 MW)", 1e-4, "#,##0.000"),
    "case": Label("算例", "case"),
    "limit_mwp": Label("开发上限（兆瓦峰，直流侧）", "most that may be built (MWp, DC)", 1.0, ONE),
    "built_mwp": Label("优化新建（兆瓦峰，直流侧）", "built by the solver (MWp, DC)", 1.0, ONE),
    "built_mwac": Label("优化新建（万千瓦，交流侧）", "built by the solver (10 MW, AC)", 0.1, "#,##0.000"),
    "pv_gwh": Label("光伏上网与自用（亿千瓦时）", "photovoltaics delivered (100 GWh)", 0.01, "#,##0.0000"),
    "curtailed_gwh": Label("弃光电量（亿千瓦时）", "curtailed (100 GWh)", 0.01, "#,##0.0000"),
    "curtailment_rate": Label("弃光率", "curtailment rate", 1.0, "0.00%"),
    "import_gwh": Label("受电量（亿千瓦时）", "imports (100 GWh)", 0.01, "#,##0.0000"),
    "export_gwh": Label("外送电量（亿千瓦时）", "exports (100 GWh)", 0.01, "#,##0.0000"),
    "peak_import_mw": Label("最大受电（万千瓦）", "largest import (10 MW)", 0.1, "#,##0.000"),
    "self_sufficiency": Label("电量自给率", "self-sufficiency", 1.0, PERCENT),
    "storage_mw": Label("储能功率（万千瓦）", "power of storage (10 MW)", 0.1, "#,##0.000"),
    "shed_gwh": Label("缺供电量（亿千瓦时）", "load not served (100 GWh)", 0.01, "#,##0.0000"),
    "system_cost_cny": Label("系统年成本（亿元）", "yearly cost of the system (100 million CNY)", 1e-8),
    "shadow_cny_per_kw": Label(
        "影子价格（元/千瓦·年，交流侧）", "what one kW AC more of the target costs a year (CNY)", 1.0, ONE
    ),
    "open_mwac": Label("目标尚缺（万千瓦，交流侧）", "still asked for by the target (10 MW, AC)", 0.1, "#,##0.000"),
    "battery_mw": Label("用户侧储能功率（万千瓦）", "battery behind the meter (10 MW)", 0.1, "#,##0.000"),
    "value_cny_per_kwh_day": Label("储能收益（元/千瓦时·日）", "value of storage (CNY/kWh and day)", 1.0, THREE),
    "cost_cny_per_kwh_day": Label("储能成本（元/千瓦时·日）", "cost of storage (CNY/kWh and day)", 1.0, THREE),
    "self_use_share_with": Label("含储能自用比例", "share used on the spot, with battery", 1.0, PERCENT),
    "peak_mw": Label("最大购电（万千瓦）", "largest purchase (10 MW)", 0.1, "#,##0.000"),
    "peak_mw_with": Label("含储能最大购电（万千瓦）", "largest purchase, with battery (10 MW)", 0.1, "#,##0.000"),
    "confidence": Label("可信度", "confidence"),
    "n_sites": Label("场址数", "sites", 1.0, WHOLE),
    "area_m2": Label("布置面积（万平方米）", "array area (10,000 m2)", 1e-4),
    "usable_area_m2": Label("可安装面积（万平方米）", "area that can carry arrays (10,000 m2)", 1e-4),
    "roof_class": Label("屋顶类别", "class of roof"),
    "roof_area_m2": Label("屋顶总面积（万平方米）", "roof area (10,000 m2)", 1e-4),
    "installable_share": Label("可安装比例", "share that can carry modules", 1.0, PERCENT),
    "asked_share": Label("文件要求比例", "share the notice asks for", 1.0, PERCENT),
    "used_area_m2": Label("布置面积（平方米）", "array area (m2)", 1.0, WHOLE),
    "footprint_area_m2": Label("占地面积（平方米）", "footprint (m2)", 1.0, WHOLE),
    "footprint_total_m2": Label("占地面积（亩）", "footprint (mu)", MU_PER_M2, WHOLE),
    "capacity_kwp": Label("技术可开发规模（兆瓦峰，直流侧）", "technical potential (MWp, DC)", *MWP),
    "capacity_kwac": Label("技术可开发规模（万千瓦，交流侧）", "technical potential (10 MW, AC)", *TEN_MW),
    "site_kwp": Label("技术可开发规模（千瓦峰，直流侧）", "technical potential (kWp, DC)", 1.0, WHOLE),
    "site_kwac": Label("技术可开发规模（千瓦，交流侧）", "technical potential (kW, AC)", 1.0, WHOLE),
    "site_kwh": Label("首年发电量（万千瓦时）", "first-year energy (10 MWh)", 1e-4, ONE),
    "energy_kwh": Label("首年发电量（亿千瓦时）", "first-year energy (100 GWh)", 1e-8, "#,##0.0000"),
    "energy_kwh_mean_25_years": Label(
        "25年平均发电量（亿千瓦时）", "25-year mean energy (100 GWh)", 1e-8, "#,##0.0000"
    ),
    "specific_yield_kwh_per_kwp": Label("首年利用小时（直流侧）", "first-year hours (DC)", 1.0, WHOLE),
    "hours_ac": Label("首年利用小时（交流侧）", "first-year hours (AC)", 1.0, WHOLE),
    "hours_mean_25_years": Label("25年平均利用小时（直流侧）", "25-year mean hours (DC)", 1.0, WHOLE),
    "poa_global_kwh_per_m2": Label("斜面辐照量（千瓦时/平方米）", "plane irradiation (kWh/m2)", 1.0, WHOLE),
    "poa_mj_per_m2": Label("斜面辐照量（兆焦/平方米）", "plane irradiation (MJ/m2)", 1.0, WHOLE),
    "shading_loss": Label("遮挡损失", "shading loss", 1.0, PERCENT),
    "capex_cny": Label("投资（亿元）", "investment (100 million CNY)", 1e-8),
    "site_capex_cny": Label("投资（万元）", "investment (10,000 CNY)", 1e-4, ONE),
    "capex_cny_per_w": Label("单位造价（元/瓦，直流侧）", "investment (CNY/W DC)"),
    "lcoe_cny_per_kwh": Label("度电成本（元/千瓦时）", "levelised cost (CNY/kWh)", 1.0, THREE),
    "value_cny_per_kwh": Label("度电价值（元/千瓦时）", "levelised value (CNY/kWh)", 1.0, THREE),
    "required_price_cny_per_kwh": Label(
        "保本电价（税后，元/千瓦时）", "required price, after tax (CNY/kWh)", 1.0, THREE
    ),
    "self_use_share": Label("自用比例", "share used on the spot", 1.0, PERCENT),
    "npv_cny": Label("税后净现值（万元）", "net present value after tax (10,000 CNY)", 1e-4, ONE),
    "irr": Label("全投资内部收益率（税后）", "project rate of return, after tax", 1.0, PERCENT),
    "payback_years": Label("静态回收期（年）", "simple payback (years)", 1.0, ONE),
    "at_grid_parity": Label("平价（税后净现值≥0）", "at parity (NPV after tax not negative)"),
    "reaches_target_irr": Label("内部收益率达标", "return reaches the target"),
    "below_coal_benchmark": Label("低于煤电基准价", "below coal benchmark"),
    "share_at_grid_parity": Label(
        "平价容量占比（税后净现值≥0）", "capacity at parity (NPV not negative)", 1.0, PERCENT
    ),
    "share_at_target_irr": Label("内部收益率达标容量占比", "capacity that reaches the target return", 1.0, PERCENT),
    "share_below_coal": Label("低于煤电基准价容量占比", "capacity below coal benchmark", 1.0, PERCENT),
    "co2_t_per_year": Label(
        "首年减排（万吨CO2，电网平均基准）", "CO2 avoided, first year, grid average (10,000 t)", 1e-4, "#,##0.000"
    ),
    "co2_fossil_t_per_year": Label(
        "首年减排（万吨CO2，火电基准）", "CO2 avoided, first year, fossil power (10,000 t)", 1e-4, "#,##0.000"
    ),
    "standard_coal_t_per_year": Label(
        "首年节煤（万吨标准煤，电网平均基准）",
        "standard coal, first year, grid average (10,000 t)",
        1e-4,
        "#,##0.000",
    ),
    "standard_coal_fossil_t_per_year": Label(
        "首年节煤（万吨标准煤，火电基准）", "standard coal, first year, fossil power (10,000 t)", 1e-4, "#,##0.000"
    ),
    "mu_per_mw": Label("地面用地（亩/兆瓦峰，直流侧）", "land of mines and ponds (mu/MWp DC)", 1.0, ONE),
    "m2_per_kw": Label("占地（平方米/千瓦，直流侧）", "footprint (m2/kW DC)", 1.0, ONE),
    "unit": Label("面积单位", "unit of area"),
    "whole_area_m2": Label("场址总面积（万平方米）", "whole area of sites (10,000 m2)", 1e-4),
    "area_mu": Label("场址总面积（亩）", "whole area of sites (mu)", 1.0, WHOLE),
    "kwp_per_unit": Label("单位面积规模（千瓦峰，直流侧）", "capacity per unit (kWp, DC)", 1.0, THREE),
    "kwac_per_unit": Label("单位面积规模（千瓦，交流侧）", "capacity per unit (kW, AC)", 1.0, THREE),
    "mwh_per_unit": Label("单位面积首年发电量（兆瓦时）", "first-year energy per unit (MWh)", 1.0, THREE),
    "income_cny_per_unit": Label("单位面积首年产值（元）", "first-year value per unit (CNY)", 1.0, WHOLE),
    "co2_t_per_unit": Label("单位面积首年减排（吨CO2）", "first-year CO2 per unit (t)", 1.0, THREE),
    "p50_kwh": Label("P50 单年（亿千瓦时）", "P50, single year (100 GWh)", 1e-8, "#,##0.0000"),
    "p75_kwh": Label("P75 单年（亿千瓦时）", "P75, single year (100 GWh)", 1e-8, "#,##0.0000"),
    "p90_kwh": Label("P90 单年（亿千瓦时）", "P90, single year (100 GWh)", 1e-8, "#,##0.0000"),
    "p90_added_kwh": Label("各点P90相加（仅作对比，不可用）", "sum of sites' P90 (do not use)", 1e-8, "#,##0.0000"),
    "sigma": Label("标准差", "standard deviation", 1.0, PERCENT),
    "capacity_practical_kwp": Label("现实情景（兆瓦峰，直流侧）", "practical case (MWp, DC)", *MWP),
    "practical_kwac": Label("现实情景（万千瓦，交流侧）", "practical case (10 MW, AC)", *TEN_MW),
    "capacity_policy_floor_kwp": Label(
        "政策底线（兆瓦峰，直流侧，含已建）", "policy floor (MWp, DC, existing included)", *MWP
    ),
    "policy_floor_kwac": Label(
        "政策底线（万千瓦，交流侧，含已建）", "policy floor (10 MW, AC, existing included)", *TEN_MW
    ),
    "installed_mw": Label("已建（兆瓦峰，直流侧）", "installed (MWp, DC)", 1.0, "#,##0.0"),
    "installed_mwac": Label("已建（万千瓦，交流侧）", "installed (10 MW, AC)", 0.1, "#,##0.000"),
    "technical_mw": Label("技术可开发规模（兆瓦峰，直流侧）", "technical potential (MWp, DC)", 1.0, "#,##0.0"),
    "technical_mwac": Label("技术可开发规模（万千瓦，交流侧）", "technical potential (10 MW, AC)", 0.1, "#,##0.000"),
    "practical_mw": Label("现实情景（兆瓦峰，直流侧）", "practical case (MWp, DC)", 1.0, "#,##0.0"),
    "practical_mwac": Label("现实情景（万千瓦，交流侧）", "practical case (10 MW, AC)", 0.1, "#,##0.000"),
    "floor_mw": Label(
        "政策底线（兆瓦峰，直流侧，含已建）", "policy floor (MWp, DC, existing included)", 1.0, "#,##0.0"
    ),
    "floor_mwac": Label(
        "政策底线（万千瓦，交流侧，含已建）", "policy floor (10 MW, AC, existing included)", 0.1, "#,##0.000"
    ),
    "target_mw": Label("目标（兆瓦峰，直流侧）", "target (MWp, DC)", 1.0, "#,##0.0"),
    "gap_mw": Label("缺口（兆瓦峰，直流侧）", "gap (MWp, DC)", 1.0, "#,##0.0"),
    "target_mwac": Label("目标（万千瓦，交流侧）", "target (10 MW, AC)", 0.1, "#,##0.000"),
    "gap_mwac": Label("缺口（万千瓦，交流侧）", "gap (10 MW, AC)", 0.1, "#,##0.000"),
    "year": Label("目标年份", "target year", 1.0, "0"),
    "reachable": Label("可达（已装+现实）", "reachable (installed + practical)"),
    "cumulative_mw": Label("累计规模（兆瓦峰，直流侧）", "cumulative capacity (MWp, DC)", 1.0, "#,##0.0"),
    "cumulative_mwac": Label("累计规模（万千瓦，交流侧）", "cumulative capacity (10 MW, AC)", 0.1, "#,##0.000"),
    "cumulative_gwh": Label("累计首年发电量（亿千瓦时）", "cumulative first-year energy (100 GWh)", 0.01, "#,##0.0000"),
    "key": Label("参数键", "key"),
    "meaning_zh": Label("参数", "assumption, in Chinese"),
    "basis_zh": Label("依据", "basis, in Chinese"),
    "basis": Label("依据（英文）", "basis"),
    "verified": Label("是否核实", "verified"),
    "clause_zh": Label("条款", "clause, in Chinese"),
    "reason_zh": Label("排除原因", "reason, in Chinese"),
    "item_en": Label("项目（英文）", "item"),
    "entry_en": Label("内容（英文）", "entry"),
    "name_en": Label("名称（英文）", "name, in English"),
    "value": Label("取值", "value", 1.0, "General"),
    "default": Label("默认值", "default", 1.0, "General"),
    "about": Label("参数（英文）", "assumption"),
    "low": Label("下限", "low", 1.0, "General"),
    "high": Label("上限", "high", 1.0, "General"),
    "lcoe_low": Label("取下限时成本（元/千瓦时）", "cost at low (CNY/kWh)", 1.0, "0.0000"),
    "lcoe_high": Label("取上限时成本（元/千瓦时）", "cost at high (CNY/kWh)", 1.0, "0.0000"),
    "gwh_low": Label("取下限时电量（亿千瓦时）", "energy at low (100 GWh)", 0.01, "#,##0.0000"),
    "gwh_high": Label("取上限时电量（亿千瓦时）", "energy at high (100 GWh)", 0.01, "#,##0.0000"),
    "option": Label("成本选项", "cost option"),
    "difference_cny_per_kwh": Label("差额（元/千瓦时）", "difference (CNY/kWh)", 1.0, "0.0000"),
    "inside": Label("在区间内", "inside"),
    "band_value": Label("取值", "value", 1.0, ONE),
    "band_low": Label("预期下限", "expected, low", 1.0, ONE),
    "band_high": Label("预期上限", "expected, high", 1.0, ONE),
    "share": Label("占同类用地", "share of the kind's footprint", 1.0, PERCENT),
    "unit_zh": Label("单位", "unit, in Chinese"),
    "reason": Label("排除原因（英文）", "reason"),
    "clause": Label("条款（英文）", "clause"),
    "excluded_m2": Label("排除面积（亩）", "excluded (mu)", MU_PER_M2, ONE),
    "decision": Label("主管部门意见", "bureau's decision"),
    "decision_note": Label("意见说明", "note"),
    "severity": Label("程度", "severity"),
    "place": Label("位置", "place"),
    "count_of_total": Label("数量 / 总数", "count / total"),
    "finding": Label("核查发现", "finding", 1.0, "@"),
    "remedy": Label("处理办法", "remedy", 1.0, "@"),
    "first_rows": Label("涉及的前几行（从 0 起）", "first rows (from 0)"),
    "first_sites": Label("涉及的前几处场址", "first sites"),
    "number": Label("序号", "number", 1.0, "0"),
    "identity_name_zh": Label("应相等的两项", "what must agree"),
    "identity_name_en": Label("英文说明", "in English"),
    "identity_left": Label("左侧", "left", 1.0, "#,##0.000"),
    "identity_right": Label("右侧", "right", 1.0, "#,##0.000"),
    "identity_holds": Label("成立", "holds"),
    "item": Label("项目", "item"),
    "entry": Label("内容", "entry", 1.0, "General"),
}
