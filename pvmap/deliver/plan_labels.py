"""Labels of the plan's tables: hosting, build-out, scenarios. Their MW are AC and are shown as 万千瓦 (10 MW)."""

from __future__ import annotations

from pvmap.deliver.label import Label

TEN_MW = (0.1, "#,##0.000")  # MW in 万千瓦
WHOLE, THREE, PERCENT = "#,##0", "0.000", "0.0%"

PLAN_LABELS: dict[str, Label] = {
    "device_id": Label("设备编号", "transformer"),
    "station": Label("变电站", "station"),
    "level_kv": Label("电压等级（千伏）", "level (kV)", 1.0, "0"),
    "parent_id": Label("上级设备", "superior"),
    "mode": Label("运行方式", "mode"),
    "rating_mva": Label("主变容量（兆伏安）", "rating (MVA)", 1.0, "#,##0.0"),
    "upward_mw": Label("反送限值（万千瓦）", "upward limit (10 MW)", *TEN_MW),
    "downward_mw": Label("下送能力（万千瓦）", "carried down (10 MW)", *TEN_MW),
    "load_mw": Label("评估时刻负荷（万千瓦）", "load at the assessed hour (10 MW)", *TEN_MW),
    "load_by": Label("负荷来源", "load from"),
    "tau": Label("最大出力系数", "output coefficient", 1.0, THREE),
    "tau_by": Label("出力系数来源", "coefficient from"),
    "hosting_by": Label("承载力依据", "made of"),
    "hosting_mw": Label(
        "承载力下限（万千瓦，交流侧，含已建）", "hosting, lower (10 MW, AC, existing included)", *TEN_MW
    ),
    "hosting_max_mw": Label(
        "承载力上限（万千瓦，交流侧，含已建）", "hosting, upper (10 MW, AC, existing included)", *TEN_MW
    ),
    "connected_mw": Label("已并网（万千瓦，交流侧）", "connected (10 MW, AC)", *TEN_MW),
    "grid_registered_mw": Label("已备案未并网（万千瓦，交流侧）", "registered, not connected (10 MW, AC)", *TEN_MW),
    "connectable_mw": Label("可开放并网容量（万千瓦，交流侧）", "open for connection (10 MW, AC)", *TEN_MW),
    "registrable_mw": Label("可开放备案容量（万千瓦，交流侧）", "open for registration (10 MW, AC)", *TEN_MW),
    "holiday_registrable_mw": Label(
        "节假日可开放备案容量（万千瓦，交流侧，仅供参考）", "the same on holidays (10 MW, AC, for information)", *TEN_MW
    ),
    "grade_own": Label("自身等级", "own grade"),
    "grid_grade": Label("最终等级", "grade"),
    "limited_by": Label("受限于", "limited by"),
    "sites_below": Label("所接场址数（有现实可开发规模的）", "sites below with practical potential", 1.0, WHOLE),
    "potential_mw": Label(
        "所接场址现实可开发规模（万千瓦，交流侧）", "practical potential of sites below (10 MW, AC)", *TEN_MW
    ),
    "allocated_mw": Label("近期可开发量（万千瓦，交流侧）", "connectable within headroom (10 MW, AC)", *TEN_MW),
    "headroom_left_mw": Label("剩余可开放容量（万千瓦，交流侧）", "headroom left (10 MW, AC)", *TEN_MW),
    "available_gwh": Label("可发电量（亿千瓦时）", "energy available (100 GWh)", 0.01, "#,##0.0000"),
    "curtailed_gwh": Label("弃光电量（亿千瓦时）", "curtailed (100 GWh)", 0.01, "#,##0.0000"),
    "lost_gwh": Label("未利用电量（亿千瓦时）", "not taken (100 GWh)", 0.01, "#,##0.0000"),
    "curtailed_hours": Label("弃光小时数（小时/年）", "hours with curtailment (h/yr)", 1.0, "#,##0"),
    "curtailment_rate": Label("弃光率", "curtailment rate", 1.0, PERCENT),
    "scenario_curtailment": Label("情景弃光率", "curtailment rate of the scenario", 1.0, PERCENT),
    "reinforcement_mva": Label("消纳其余潜力需增容（兆伏安）", "reinforcement for the rest (MVA)", 1.0, "#,##0.0"),
    "storage_mw": Label("或需新增储能（万千瓦）", "or storage for it (10 MW)", *TEN_MW),
    "plan_year": Label("年份", "year", 1.0, "0"),
    "stock_mw": Label("规划前已建（万千瓦，交流侧）", "standing before (10 MW, AC)", *TEN_MW),
    "registered_mw": Label("备案项目建成（万千瓦，交流侧）", "registered, realised (10 MW, AC)", *TEN_MW),
    "built_mw": Label("当年新建（万千瓦，交流侧）", "built in the year (10 MW, AC)", *TEN_MW),
    "built_mwp": Label("当年新建（兆瓦峰，直流侧）", "built in the year (MWp, DC)", 1.0, "#,##0.0"),
    "year_end_mwac": Label(
        "年末累计规模（万千瓦，交流侧，含已建）",
        "standing at the end of the year (10 MW, AC, existing included)",
        *TEN_MW,
    ),
    "year_end_mwp": Label(
        "年末累计规模（兆瓦峰，直流侧，含已建）",
        "standing at the end of the year (MWp, DC, existing included)",
        1.0,
        "#,##0.0",
    ),
    "missed_mwac": Label("年末目标缺口（万千瓦，交流侧）", "missing of the target then (10 MW, AC)", *TEN_MW),
    "investment_cny": Label("当年投资（亿元）", "investment of the year (100 million CNY)", 1e-8),
    "energy_gwh": Label(
        "规划项目当年发电量（亿千瓦时，建设当年按半年）",
        "energy of what is planned (100 GWh, first year half)",
        0.01,
        "#,##0.0000",
    ),
    "binds": Label("约束", "what binds"),
    "price_cny_per_mw": Label("影子价格（万元/兆瓦）", "shadow price (10,000 CNY/MW)", 1e-4, "#,##0"),
    "home_share": Label("户用占比", "share of homes", 1.0, PERCENT),
    "ci_share": Label("工商业占比", "share of commerce and industry", 1.0, PERCENT),
    "scenario": Label("情景", "scenario"),
    "bid_cny_per_kwh": Label("机制电价（元/千瓦时）", "mechanism price (CNY/kWh)", 1.0, THREE),
    "mechanism_share": Label("机制电量比例", "share under the mechanism", 1.0, PERCENT),
    "at_target_irr_mw": Label("内部收益率达标（万千瓦，交流侧）", "return at the target (10 MW, AC)", *TEN_MW),
    "eligible_share": Label("可参与竞价比例", "share that may bid", 1.0, PERCENT),
    "at_target_irr_if_eligible_mw": Label(
        "若均可竞价时达标（万千瓦，交流侧）", "the same, might all bid (10 MW, AC)", *TEN_MW
    ),
    "irr_if_eligible": Label("若均可竞价时内部收益率", "return, might all bid", 1.0, PERCENT),
    "break_even_bid_cny_per_kwh": Label("达标所需报价（元/千瓦时）", "break-even bid (CNY/kWh)", 1.0, THREE),
    "area_level": Label("园区类型", "kind of area"),
    "connectable_kwac": Label("近期可开发量（万千瓦，交流侧）", "connectable (10 MW, AC)", 1e-4, "#,##0.000"),
    "planned_kwac": Label("规划建成（万千瓦，交流侧）", "planned (10 MW, AC)", 1e-4, "#,##0.000"),
    "self_sufficiency": Label("电力自给率", "self-sufficiency in electricity", 1.0, PERCENT),
    "carbon_t_per_tce": Label("单位能耗碳排放（吨/吨标准煤）", "CO2 per energy used (t/tce)", 1.0, THREE),
    "near_zero_gap_t_per_year": Label("距近零碳差距（吨CO2/年）", "beyond near-zero carbon (t CO2/year)", 1.0, WHOLE),
    "bid_verdict": Label("报价判断", "verdict on the bid"),
}
