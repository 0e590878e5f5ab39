"""Plants that already stand and could not be booked."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="plants-meet-no-site",
        severity="note",
        sentence_en="{layer}: {capacity_mw:,.1f} MW of {count} plant(s) meet no site that could hold them, by "
        "district, in MW: {by_district}.",
        sentence_zh="{layer}：{count} 座电站共 {capacity_mw:,.1f} 兆瓦未落在可容纳它们的场址上，"
        "按区县（兆瓦）：{by_district}。",
        remedy_en="Subtract them from the districts' totals; for targets to count them as standing, name what stands: "
        "installed_mw in planning.policy.targets.",
        remedy_zh="请从相应区县的合计中扣除；如目标考核需计入，请在 planning.policy.targets 中以 installed_mw "
        "写明已建规模。",
        cause="Plants on ground that no layer holds, or larger than what their site can carry.",
        threshold="any capacity that no site within reach took",
        source="judgement: what stands is part of the potential",
        adds=("capacity_mw",),
    ),
    Kind(
        code="plants-beyond-their-ground",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} plant(s) on sites state more than 100 times what the ground they "
        "stand on can carry; kilowatts seem to be read as megawatts.",
        sentence_zh="{layer}：落在场址上的 {total} 座电站中有 {count} 座的容量超过其占地可容纳规模的 100 倍，"
        "疑似把千瓦当作兆瓦。",
        remedy_en="Bring capacity_mw in megawatts; see rows {rows}.",
        remedy_zh="请以兆瓦填写 capacity_mw；见第 {rows} 行。",
        cause="Registers of rooftop plants hold kW.",
        threshold="more than half of the plants that stand on sites, each above 100 times what its ground carries",
        source="judgement: one point may stand for the plants of a whole works, not for a hundred roofs",
    ),
    Kind(
        code="plants-alike",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} plant(s) have the same {column} and capacity as another row, first "
        "{value}; all of them count, {capacity_mw:,.3g} MW more than one row each.",
        sentence_zh="{layer}：{total} 座电站中有 {count} 座与另一行的 {column} 和容量相同，例如 {value}；目前逐行计入，"
        "比每站只计一行多 {capacity_mw:,.3g} 兆瓦。",
        remedy_en="If they are parts of one plant, make them one multipolygon, or give each its own capacity; see "
        "rows {rows}.",
        remedy_zh="如为同一电站的各部分，请合并为一个多部件图形，或分别填写各部分容量；见第 {rows} 行。",
        cause="A plant on several roofs whose parts were split into rows, or drawn as a point and as an outline.",
        threshold="rows of one id, else of one name, with one capacity, at most nine, or fifty of 0.5 MW and more",
        source="judgement: two plants of one name rarely have one capacity",
    ),
    Kind(
        code="plants-drawn-twice",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} plant(s) stand on the outline of another row with the same capacity; "
        "all of them count, {capacity_mw:,.3g} MW more than one row each.",
        sentence_zh="{layer}：{total} 座电站中有 {count} 座落在另一行的范围内且容量相同；目前逐行计入，"
        "比每站只计一行多 {capacity_mw:,.3g} 兆瓦。",
        remedy_en="If a plant is there as a point and as an outline, keep one of the two; see rows {rows}.",
        remedy_zh="如同一电站既有点位又有范围，请只保留其一；见第 {rows} 行。",
        cause="Two registers joined into one layer, of which each knows the plant.",
        threshold="a plant whose point lies in another one's outline, capacities within 1 %, no rows of one id or name",
        source="judgement: two plants on one roof rarely have one capacity",
        adds=("capacity_mw",),
    ),
    Kind(
        code="plants-refused",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} plant(s) cannot be placed and are not subtracted: {reasons}.",
        sentence_zh="{layer}：{total} 座电站中有 {count} 座无法定位，未予扣除：{reasons}。",
        remedy_en="Give them a point or a polygon; see rows {rows}.",
        remedy_zh="请补充其点位或范围；见第 {rows} 行。",
        cause="Rows without a geometry, lines, or lost coordinates.",
        threshold="any row that is refused, second copies aside",
        source="judgement: what stands is part of the potential",
    ),
    Kind(
        code="plants-without-capacity",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} plant(s) state no capacity_mw and are not subtracted.",
        sentence_zh="{layer}：{total} 座电站中有 {count} 座未填写容量（capacity_mw），未予扣除。",
        remedy_en="Fill in their capacity in rows {rows}.",
        remedy_zh="请补填其容量（行 {rows}）。",
        cause="Registers whose capacity is empty or no number.",
        threshold="any plant without a capacity",
        source="judgement: a plant of unknown size cannot be subtracted",
    ),
)
