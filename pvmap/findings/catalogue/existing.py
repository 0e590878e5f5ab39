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
        remedy_en="Subtract them from the districts' totals.",
        remedy_zh="请从相应区县的合计中扣除。",
        cause="Plants on ground that no layer holds, or larger than what their site can carry.",
        threshold="any capacity that no site within reach took",
        source="judgement: what stands is part of the potential",
        adds=("capacity_mw",),
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
