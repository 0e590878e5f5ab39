"""The plan by year: targets that cannot be met, and tables of it of which something plays no part."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="numbers-not-read",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} columns hold numbers that nobody reads and that change nothing: "
        "{names}; columns that are read: {known}.",
        sentence_zh="{layer}：{total} 列中有 {count} 列含数值但未被读取，不影响任何结果：{names}；"
        "可读取的列：{known}。",
        remedy_en='Rename the column if one of those is meant, or say so with columns = {{ ours = "theirs" }}; '
        "delete it otherwise.",
        remedy_zh='如即为其中某列，请改名，或在城市文件中写明 columns = {{ 本程序列名 = "原列名" }}；否则请删除该列。',
        cause="A price, cost or limit in a column of another name, or one that this table does not have.",
        threshold="any column of numbers that is none of the table's, remarks and serial numbers aside",
        source="judgement: a number in a table of prices, costs or limits is meant to count",
    ),
    Kind(
        code="texts-not-read",
        severity="note",
        sentence_en="{layer}: {count} of {total} columns of text are not read: {names}; columns that are "
        "read: {known}.",
        sentence_zh="{layer}：{total} 列中有 {count} 列文字未被读取：{names}；可读取的列：{known}。",
        remedy_en='Nothing, if they are remarks; else say with columns = {{ ours = "theirs" }} which column they are.',
        remedy_zh='如为备注则无需处理；否则请用 columns = {{ 本程序列名 = "原列名" }} 说明其对应的列。',
        cause="Remarks, names and dates for the people who keep the table; or a column of another name.",
        threshold="any column of text that is none of the table's, columns that are called remarks aside",
        source="judgement: what is not read should be known not to be",
    ),
    Kind(
        code="rows-of-no-scenario",
        severity="note",
        sentence_en="{layer}: {count} of {total} rows are of years that no scenario is of ({years}) and play no part.",
        sentence_zh="{layer}：{total} 行中有 {count} 行的年份与任何情景的建成年（{years}）不符，不参与计算。",
        remedy_en="Give a scenario that year of building if they should.",
        remedy_zh="如应参与，请在 [[scenarios]] 中设置相应的 year。",
        cause="Results of auctions of several years, of which a scenario takes that of its own year of building.",
        threshold="any year that is no scenario's",
        source="judgement: a plant gets what its year's auction gave",
    ),
    Kind(
        code="corrections-odd",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} corrected capacities cannot be kilowatts of their sites, first "
        "{value:g} kWp ({sites}): more than modules cover, or less than one of them.",
        sentence_zh="{layer}：{total} 项更正容量中有 {count} 项与场址面积不符，例如 {value:g} 千瓦峰（{sites}）："
        "超出组件满铺的规模，或不足一块组件。",
        remedy_en="Write value_kwp in kilowatts.",
        remedy_zh="value_kwp 请以千瓦填写。",
        cause="Watts or megawatts in a column of kilowatts, a number for nothing, or another site's row.",
        threshold="more than modules side by side on twice the site's ground, or less than one module",
        source="judgement: no roof or pit has twice the surface of its ground",
    ),
    Kind(
        code="eligibility-not-known",
        severity="note",
        sentence_en="{layer}: {count} of {total} have a bid, and nobody says which classes may make it: none do, and "
        "what it would be might all bid stands beside.",
        sentence_zh="{layer}：{total} 个情景中有 {count} 个设有机制电价，但未说明哪些类别可参与竞价：按均不可参与计，"
        "并列出若均可竞价的结果供对照。",
        remedy_en="Give inputs.mechanism (results by year and class), or name classes with eligible in [[scenarios]].",
        remedy_zh="请提供 inputs.mechanism（分年、分类别的竞价结果），"
        "或在 [[scenarios]] 中以 eligible 列明可参与的类别。",
        cause="Who may bid differs by province and year; results are published by the grid company.",
        threshold="any scenario with a share under the mechanism, no class named and no results given",
        source="judgement: what may not be bid for is not to be counted on",
    ),
    Kind(
        code="scenario-prices-flat",
        severity="doubtful",
        sentence_en="{layer}: the market's prices average {capture:.3f} {money}/kWh over photovoltaics, which cannot "
        "be scaled to the midday price of {count} of {total} scenarios; there every hour earns the midday price.",
        sentence_zh="{layer}：市场电价按光伏出力加权平均为 {capture:.3f} {money}/千瓦时，"
        "无法缩放至 {total} 个情景中 {count} 个的午间电价；这些情景各小时均按午间电价计。",
        remedy_en="See inputs.market_prices: its unit and sign; or read these scenarios as without hours.",
        remedy_zh="请核对 inputs.market_prices 的单位与正负号；否则这些情景应视为不分时。",
        cause="Prices at or below zero while the sun shines, or in another unit.",
        threshold="a mean over photovoltaics below a twentieth of the midday price",
        source="judgement: a factor of more than twenty, or below zero, makes prices that no market had",
    ),
    Kind(
        code="target-not-met",
        severity="doubtful",
        sentence_en="{layer}: {other}, {kind}: {count} of {total} years are missed, most in {year}, by {gap:,.1f} of "
        "{target:,.1f} MW (AC); what binds is {limit}, and a megawatt more of it would be worth {price:,.0f} "
        "ten thousand {money}.",
        sentence_zh="{layer}：{other}、{kind}，{total} 个年度目标中 {count} 个未完成，{year} 年缺口最大："
        "目标 {target:,.1f} 兆瓦（交流侧）缺 {gap:,.1f} 兆瓦；约束为{limit}，"
        "其影子价格 {price:,.0f} 万{money}/兆瓦。",
        remedy_en="Lower the target, or loosen what binds; a missing megawatt is priced far above any plant, so the "
        "figure says how much it matters, not what it costs.",
        remedy_zh="请调整目标或放宽该约束；缺口按远高于造价的罚价计，影子价格表示轻重，不是成本。",
        cause="Targets beyond what the potential, the yearly limits or the grid leave.",
        threshold="any target of which something is missing",
        source="judgement: the linear programme builds all it may before it misses a target",
    ),
    Kind(
        code="targets-fall",
        severity="doubtful",
        sentence_en="{layer}: {other}, {kind}: cumulative targets fall from {before:,.1f} MW in {year} to "
        "{after:,.1f} MW in {later}.",
        sentence_zh="{layer}：{other}、{kind}的累计目标由 {year} 年的 {before:,.1f} 兆瓦降至 "
        "{later} 年的 {after:,.1f} 兆瓦。",
        remedy_en="Say kind new where they are what is to be added in each year; else correct the years.",
        remedy_zh="如为各年新增规模，请将 kind 填为“新增”；否则请更正年份或数值。",
        cause="Targets of each year's additions in a table whose kind is empty, rows in another order.",
        threshold="any cumulative target below one of an earlier year for the same place and class",
        source="judgement: nobody plans to take plants down",
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
    Kind(
        code="areas-unnamed",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} areas have no name and are left out.",
        sentence_zh="{layer}：{total} 个区域中有 {count} 个没有名称，未纳入。",
        remedy_en="Give each a name; areas of one name count as one.",
        remedy_zh="请逐一命名；同名区域按一个计。",
        cause="A drawing with lines to be named later, or the wrong column of names.",
        threshold="any area whose name is empty",
        source="judgement: sums without a name say nothing",
    ),
    Kind(
        code="areas-overlap",
        severity="note",
        sentence_en="{layer}: {count} of {total} sites in areas lie in several of them and count in each; do not add "
        "these areas up.",
        sentence_zh="{layer}：区域内 {total} 处场址中有 {count} 处同属多个区域，各区域均计入；这些区域不可相加。",
        remedy_en="Draw the areas apart if they are to be added up.",
        remedy_zh="如需相加，请勾绘互不重叠的范围。",
        cause="A park within a larger zone, or outlines drawn coarsely.",
        threshold="any site whose representative point lies in areas of two names of one level",
        source="judgement: what is counted twice must be known",
    ),
    Kind(
        code="areas-without-sites",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} areas hold no site: {names}.",
        sentence_zh="{layer}：{total} 个区域中有 {count} 个没有任何场址：{names}。",
        remedy_en="Check their place and CRS, or whether buildings are missing there.",
        remedy_zh="请核对其位置与坐标系，或该处是否缺少建筑数据。",
        cause="Another CRS, an area of another city, or a park that is not built yet.",
        threshold="any area that holds the representative point of no site",
        source="judgement: zeros by mistake look like zeros by nature",
    ),
)
