"""The plan by year: targets that cannot be met."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="target-not-met",
        severity="doubtful",
        sentence_en="{layer}: {other}, {kind}: {count} of {total} years are missed, most in {year}, by {gap:,.1f} of "
        "{target:,.1f} MW (AC); what binds is {limit}, and a megawatt more of it would be worth {price:,.0f} x 10,000 "
        "CNY.",
        sentence_zh="{layer}：{other}、{kind}，{total} 个年度目标中 {count} 个未完成，{year} 年缺口最大："
        "目标 {target:,.1f} 兆瓦（交流侧）缺 {gap:,.1f} 兆瓦；约束为{limit}，其影子价格 {price:,.0f} 万元/兆瓦。",
        remedy_en="Lower the target, or loosen what binds; a missing megawatt is priced far above any plant, so the "
        "figure says how much it matters, not what it costs.",
        remedy_zh="请调整目标或放宽该约束；缺口按远高于造价的罚价计，影子价格表示轻重，不是成本。",
        cause="Targets beyond what the potential, the yearly limits or the grid leave.",
        threshold="any target of which something is missing",
        source="judgement: the linear programme builds all it may before it misses a target",
    ),
)
