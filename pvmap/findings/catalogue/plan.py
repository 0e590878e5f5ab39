"""The plan by year: targets that cannot be met."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="target-not-met",
        severity="doubtful",
        sentence_en="{layer}: {other}, {kind}: {count} of {total} years are missed, most in {year}, by {gap:,.1f} of "
        "{target:,.1f} MW (AC); what binds is {limit}, and a megawatt more of it would be worth {price:,.0f} "
        "ten thousand CNY.",
        sentence_zh="{layer}：{other}、{kind}，{total} 个年度目标中 {count} 个未完成，{year} 年缺口最大："
        "目标 {target:,.1f} 兆瓦（交流侧）缺 {gap:,.1f} 兆瓦；约束为{limit}，其影子价格 {price:,.0f} 万元/兆瓦。",
        remedy_en="Lower the target, or loosen what binds; a missing megawatt is priced far above any plant, so the "
        "figure says how much it matters, not what it costs.",
        remedy_zh="请调整目标或放宽该约束；缺口按远高于造价的罚价计，影子价格表示轻重，不是成本。",
        cause="Targets beyond what the potential, the yearly limits or the grid leave.",
        threshold="any target of which something is missing",
        source="judgement: the linear programme builds all it may before it misses a target",
    ),
    Kind(
        code="years-outside-plan",
        severity="note",
        sentence_en="{layer}: {count} of {total} rows are of years outside {first} to {last} and play no part.",
        sentence_zh="{layer}：{total} 行中有 {count} 行的年份不在 {first}—{last} 年内，不参与计算。",
        remedy_en="Set planning.build_out.first_year and last_year if they should.",
        remedy_zh="如应参与，请调整 planning.build_out 的 first_year 与 last_year。",
        cause="Targets of an earlier plan, or projects expected after its end.",
        threshold="any year before the first or after the last that is planned",
        source="judgement: a plan says nothing of years it does not cover",
    ),
)
