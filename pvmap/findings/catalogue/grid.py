"""What the grid can take: transformers, what is connected to them, registered projects, published limits."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="grid-checks-left",
        severity="note",
        sentence_en="{layer}: only the thermal limit was checked; power flow, short circuit, voltage and harmonics "
        "were not.",
        sentence_zh="{layer}：仅核查了热稳定；潮流、短路电流、电压偏差和谐波未核查。",
        remedy_en="Have the grid company verify them before a project is connected; they need impedances.",
        remedy_zh="项目接入前请由电网企业核验，这些计算需要阻抗参数。",
        cause="A table of transformers holds ratings and loads, no impedances.",
        threshold="always, where transformers are given",
        source="[dlt2041] read second-hand: an engineering verification follows",
    ),
    Kind(
        code="grid-load-estimated",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} have no load; a share of their district's by their rating is taken.",
        sentence_zh="{layer}：{total} 台中有 {count} 台没有负荷，按容量占比分摊所在区县负荷。",
        remedy_en="Bring load_kw, or their hours as inputs.device_loads; until then the grade is an estimate.",
        remedy_zh="请提供 load_kw 或 inputs.device_loads 逐时负荷；此前等级仅为估计。",
        cause="A table of ratings without measurements.",
        threshold="any transformer without load_kw and without hours",
        source="judgement: stations of one level share their district's load as their ratings do",
    ),
    Kind(
        code="parallel-of-one",
        severity="note",
        sentence_en="{layer}: {count} of {total} are said to run in parallel with one unit; they are taken as single.",
        sentence_zh="{layer}：{total} 台中有 {count} 台为单台却标为并列运行，按单台处理。",
        remedy_en="Correct units or mode if there are more.",
        remedy_zh="如实际不止一台，请更正台数或运行方式。",
        cause="A second unit that is missing in the table.",
        threshold="mode parallel with one unit",
        source="judgement: one unit has nothing to stand in for it",
    ),
    Kind(
        code="registration-expired",
        severity="note",
        sentence_en="{layer}: {count} of {total} registrations, {mw:,.1f} MW, ran out before {day} and drop out.",
        sentence_zh="{layer}：{total} 项备案中有 {count} 项（{mw:,.1f} 兆瓦）在 {day} 前失效，不再计入。",
        remedy_en="Renew valid_until where they still hold.",
        remedy_zh="仍有效的请更新 valid_until。",
        cause="Projects that were never built.",
        threshold="valid_until before planning.hosting.as_of",
        source="[dlt2041] read second-hand: only valid registrations take headroom",
        adds=("mw",),
    ),
    Kind(
        code="registered-otherwise",
        severity="doubtful",
        sentence_en="{layer}: registered projects come to {file:,.1f} MW, registered_kwac of the transformers to "
        "{table:,.1f} MW; the projects are taken.",
        sentence_zh="{layer}：备案清单合计 {file:,.1f} 兆瓦，设备表 registered_kwac 合计 {table:,.1f} 兆瓦，取前者。",
        remedy_en="See which of the two is current.",
        remedy_zh="请核对哪一份为最新。",
        cause="Tables of different days.",
        threshold="a difference of more than a hundredth at the highest transformers",
        source="judgement: a list of projects says more than a sum",
    ),
    Kind(
        code="connected-otherwise",
        severity="doubtful",
        sentence_en="{layer}: {other}: {connected:,.1f} MW are connected below the transformers, the layer of existing "
        "plants holds {stands:,.1f} MW (AC). The grid's headroom rests on the first; what can still be built, and what "
        "stands in the plan, on the second.",
        sentence_zh="{layer}：{other}：变压器以下已并网 {connected:,.1f} 兆瓦，已建光伏图层合 {stands:,.1f} 兆瓦"
        "（交流侧）。可开放容量按前者计算，剩余潜力与规划存量按后者计算。",
        remedy_en="Complete inputs.existing_pv, or correct connected_kwac: with plants missing, roofs that carry "
        "modules already count as free.",
        remedy_zh="请补全已建光伏图层（inputs.existing_pv），或更正 connected_kwac；"
        "图层缺漏时，已装组件的屋顶仍会被计为可开发。",
        cause="A layer that has the large plants only, tables of different days, or DC beside AC.",
        threshold="a difference of more than a quarter of the larger and of 1 MW in a district",
        source="judgement: dates and sides explain a quarter, hardly more",
    ),
    Kind(
        code="hosting-to-share-anew",
        severity="doubtful",
        sentence_en="{layer}: the transformers of {other} can take {equipment:,.0f} MW, less than the least share of "
        "{system:,.0f} MW it was given; it should be shared out anew.",
        sentence_zh="{layer}：{other} 设备级承载力 {equipment:,.0f} 兆瓦，低于分配的下限 {system:,.0f} 兆瓦，"
        "系统级承载力应重新分配。",
        remedy_en="Ask the province for another share, or reinforce the transformers.",
        remedy_zh="请商省级主管部门调整分配，或对设备进行增容改造。",
        cause="Shares by population or by resources, not by what the grid can take.",
        threshold="upper bound of the equipment below the lower bound of the system",
        source="[dlt2041] read second-hand",
    ),
    Kind(
        code="sites-without-device",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} sites, {mw:,.1f} MW, find no transformer; they count as not "
        "connectable.",
        sentence_zh="{layer}：{total} 处场址中有 {count} 处（{mw:,.1f} 兆瓦）找不到可接入的设备，按不可接入处理。",
        remedy_en="Bring supply areas, or longitude and latitude of the transformers.",
        remedy_zh="请提供供电范围，或设备的经纬度。",
        cause="Supply areas with gaps, or transformers without a place.",
        threshold="outside all supply areas and farther than planning.hosting.max_km",
        source="judgement: a site that nobody serves cannot feed in",
        adds=("mw",),
    ),
    Kind(
        code="district-not-checked",
        severity="doubtful",
        sentence_en="{layer}: {other} has no transformer there: {count} of its {total} sites, {mw:,.1f} MW (AC), were "
        "not checked against the grid. The plan by year does not limit them; none of it counts as connectable.",
        sentence_zh="{layer}：设备表中没有{other}的变压器：其 {total} 处场址中有 {count} 处（{mw:,.1f} 兆瓦，交流侧）"
        "未核查电网承载力。分年建设安排不对其设限；近期可开发量不计入。",
        remedy_en="Bring its transformers too; until then read what is planned there as what targets and pace allow.",
        remedy_zh="请补充该区县的变压器；此前其规划规模仅受目标与建设速度约束，未受电网约束。",
        cause="A table of transformers of some districts only.",
        threshold="any site that no device serves, in a district without one",
        source="judgement: what nobody checked is neither free nor full",
        adds=("mw",),
    ),
    Kind(
        code="supply-areas-overlap",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} supply areas lie on another of the same level, first {example}; a "
        "site in several joins the transformer that stands last in the table.",
        sentence_zh="{layer}：{total} 个供电范围中有 {count} 个与同电压等级的另一范围重叠，例如 {example}；"
        "落在多个范围内的场址接入设备表中靠后的一台。",
        remedy_en="Draw apart what overlaps.",
        remedy_zh="请修正相互重叠的供电范围。",
        cause="Areas drawn by hand, or those of an earlier and a later state of the grid.",
        threshold="more than 1 % of the smaller of two areas",
        source="judgement: borders drawn by hand run some metres beside each other",
    ),
    Kind(
        code="devices-far-away",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} stand more than {km:,.0f} km from every site: {names}.",
        sentence_zh="{layer}：{total} 台中有 {count} 台距所有场址超过 {km:,.0f} 公里：{names}。",
        remedy_en="Check longitude and latitude, and datum; until then sites near them find another device or none.",
        remedy_zh="请核对经纬度与 datum；此前其附近的场址将接入其他设备或无设备可接。",
        cause="A digit that is wrong, or coordinates of another system.",
        threshold="50 km, farther than any site joins",
        source="judgement: no line of 220 kV and below feeds a city from so far",
    ),
    Kind(
        code="device-ratings-odd",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} stations have a rating that none of their level has, first {names}: "
        "{mva:,.3g} MVA at {kv:g} kV.",
        sentence_zh="{layer}：{total} 台变电设备中有 {count} 台的容量与其电压等级不符，例如 {names}："
        "{kv:g} 千伏设备容量 {mva:,.3g} 兆伏安。",
        remedy_en="Bring unit_kva in kVA, or tell the unit in the title of its column (rating (MVA)).",
        remedy_zh="请以千伏安填写 unit_kva，或在列名中注明单位，例如“容量（MVA）”。",
        cause="Ratings in MVA in a column of kVA, or a number such as 9999999 where nothing is known.",
        threshold="below 0.001 (from 110 kV on below 2 MVA in all) or above 16 MVA for each kV of the level",
        source="judgement: from 30 kVA at 10 kV to four units of 1,500 MVA at 500 kV",
    ),
    Kind(
        code="device-loads-odd",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} stations carry more than twice their rating, first {names}: "
        "{mw:,.4g} MW on {mva:,.3g} MVA.",
        sentence_zh="{layer}：{total} 台变电设备中有 {count} 台的负荷或已并网容量超过额定容量的两倍，例如 {names}："
        "{mw:,.4g} 兆瓦对 {mva:,.3g} 兆伏安。",
        remedy_en="Check the units of load_kw, connected_kwac and unit_kva; leave empty what is not known.",
        remedy_zh="请核对 load_kw、connected_kwac 与 unit_kva 的单位；未知的请留空。",
        cause="Watts, or a number that stands for not known, among loads, or a rating in another unit.",
        threshold="load or connected plants above twice the rating",
        source="judgement: no transformer lives with twice its rating",
    ),
)
