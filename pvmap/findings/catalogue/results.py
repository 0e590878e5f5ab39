"""Results that are not what such a city should come out at, or that rest on a simplification."""

from pvmap.findings.kind import Kind

BEFORE_USE_EN = "Check the inputs before using any number of this run."
BEFORE_USE_ZH = "使用本次任何结果之前，请先核对输入数据。"

KINDS = (
    Kind(
        code="amounts-in-another-money",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} amounts are still those given in {meant} and count as {money}, "
        "one for one, first {keys}.",
        sentence_zh="{layer}：{total} 项金额中有 {count} 项仍为以{meant}计的默认值，"
        "未经换算即按{money}计，例如 {keys}。",
        remedy_en="Write your own amounts into the city file, or leave city.currency out.",
        remedy_zh="请在城市文件中写明当地金额，或删除 city.currency。",
        cause="A city that counts in another money than the plain amounts of its country pack.",
        threshold="any amount left at its default where city.currency is not the pack's",
        source="judgement: rates of exchange are not known here, and prices do not follow them",
    ),
    Kind(
        code="yield-outside-band",
        severity="doubtful",
        sentence_en="{layer}: yield is {value:,.0f} kWh/kWp, outside the expected {low:,.0f}-{high:,.0f}.",
        sentence_zh="{layer}：首年利用小时为 {value:,.0f}，超出预期范围 {low:,.0f}–{high:,.0f}。",
        remedy_en=BEFORE_USE_EN + " In another climate than the lower Yangtze's, set the band that is to be expected "
        "there: planning.policy.bands.yield_kwh_per_kwp.",
        remedy_zh=BEFORE_USE_ZH + "若本市气候不同于长江下游，请另设预期区间 planning.policy.bands.yield_kwh_per_kwp。",
        cause="Weather that is too sunny or of another place, or wrong heights around the sites.",
        threshold="planning.policy.bands.yield_kwh_per_kwp of the kind",
        source="judgement: the bands and their reasons stand beside their values in the assumptions",
    ),
    Kind(
        code="capacity-outside-band",
        severity="doubtful",
        sentence_en="{layer}: capacity, existing included, is {value:,.0f} MWp, outside the expected "
        "{low:,.0f}-{high:,.0f}.",
        sentence_zh="{layer}：技术可开发规模（含已建）为 {value:,.0f} 兆瓦峰，超出预期范围 {low:,.0f}–{high:,.0f}。",
        remedy_en=BEFORE_USE_EN,
        remedy_zh=BEFORE_USE_ZH,
        cause="Footprints, uses or plants that are not what they seem.",
        threshold="planning.policy.bands.capacity_wp_per_m2 of the classes times their footprint",
        source="judgement: the bands and their reasons stand beside their values in the assumptions",
    ),
    Kind(
        code="certainty-left-out",
        severity="note",
        sentence_en="{layer}: P50, P75 and P90 have one spread for every site, whatever is known of it, and do not "
        "count errors of heights, which lower the energy of roofs among others.",
        sentence_zh="{layer}：各场址的 P50、P75、P90 均按同一离散程度计，不反映各自资料的可靠程度，"
        "也未计入建筑高度误差（该误差会使有邻近遮挡的屋顶发电量偏低）。",
        remedy_en='Drop certainty = "off" where single sites are compared by their risk.',
        remedy_zh='如需按风险比较各场址，请删去 certainty = "off"。',
        cause='certainty = "off" in the city file.',
        threshold="any run without an analysis of errors",
        source="judgement: whoever reads a P90 did not write the city file",
    ),
    Kind(
        code="raster-squares-missing",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} squares are missing, first: {reason}.",
        sentence_zh="{layer}：{total} 个方块中缺少 {count} 个，首个原因：{reason}。",
        remedy_en="Run again; if it fails again, check inputs.dsm there.",
        remedy_zh="请重新运行；如仍失败，请核对该处的 inputs.dsm。",
        cause="A surface model that cannot be read there.",
        threshold="any square that failed",
        source="judgement: a hole in the raster is no shade",
    ),
    Kind(
        code="identity-broken",
        severity="doubtful",
        sentence_en="Self-check {number} does not hold: {left:,.6g} against {right:,.6g}.",
        sentence_zh="自检第 {number} 项不成立：{left:,.6g} 与 {right:,.6g}。",
        remedy_en="Use no number of this run; remove its run folder and run again, and report it if it stays.",
        remedy_zh="请勿使用本次结果；删除该运行目录后重新计算，如仍出现请反馈。",
        cause="A fault of the program, or tables that were changed after they were written.",
        threshold="sums that differ by more than a millionth, or any row that breaks a rule; the list is in run.json",
        source="judgement: sums taken in another order agree far better",
    ),
)
