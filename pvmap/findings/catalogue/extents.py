"""Layers that do not lie where the others do."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="layers-apart",
        severity="doubtful",
        sentence_en="{layer} and {other} do not meet: {gap_km:,.1f} km lie between them.",
        sentence_zh="{layer}与{other}互不相交，相距 {gap_km:,.1f} 千米。",
        remedy_en="Check the CRS of both.",
        remedy_zh="请核对两者的坐标系。",
        cause="A wrong CRS, or the file of another city.",
        threshold="bounding boxes that do not touch; of layers that are no districts, 20 km apart or more",
        source="judgement: layers of one city overlap",
    ),
    Kind(
        code="none-inside",
        severity="doubtful",
        sentence_en="None of {layer} lies inside {other}.",
        sentence_zh="{layer}全部位于{other}之外。",
        remedy_en="Check the CRS and the extent of both.",
        remedy_zh="请核对两者的坐标系与范围。",
        cause="A wrong CRS, or the file of a neighbouring city.",
        threshold="no feature inside any outline",
        source="judgement: an outline is there to contain",
    ),
    Kind(
        code="roof-planes-elsewhere",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} roof planes lie on no building and tell nothing; planes of the other "
        "roofs are assumed.",
        sentence_zh="{layer}：{total} 个屋面中有 {count} 个不在任何建筑上，未起作用；其余屋顶的屋面按假定计。",
        remedy_en="Check the CRS of the model (inputs.roofs_cityjson.crs) and its extent.",
        remedy_zh="请核对该模型的坐标系（inputs.roofs_cityjson.crs）与范围。",
        cause="A wrong CRS, or the model of another quarter.",
        threshold="more than half of the planes meet the box of no building",
        source="judgement: a city model is made of the city's buildings",
    ),
    Kind(
        code="shifted-by-gcj02",
        severity="doubtful",
        sentence_en="{layer} look shifted by GCJ-02: {outside:.1%} of {kind} lie outside {other}, {converted:.1%} if "
        "{layer} are converted.",
        sentence_zh="{layer}疑似 GCJ-02 偏移坐标：{kind}有 {outside:.1%} 位于{other}之外，"
        "转换{layer}后为 {converted:.1%}。",
        remedy_en='Set datum = "gcj02" for {layer} if they come from a Chinese web map.',
        remedy_zh='如{layer}来自国内网络地图，请为其设置 datum = "gcj02"。',
        cause="Data taken from a Chinese web map, whose coordinates are shifted by some 500 m.",
        threshold="the conversion halves what lies outside, and that is at least 10 features and 0.2 %",
        source="judgement: a 500 m shift of a city's outline leaves about 1 % of an evenly spread layer outside",
    ),
    Kind(
        code="outside-districts",
        severity="doubtful",
        sentence_en="{count} of {total} sites lie outside all {layer} and are summed under one without a name.",
        sentence_zh="{total} 处场址中有 {count} 处位于{layer}所有范围之外，汇总在无名一栏之下。",
        remedy_en="Check that input (inputs.districts, inputs.townships) and the extent of the other layers.",
        remedy_zh="请核对该输入（inputs.districts、inputs.townships）及其他图层的范围。",
        cause="Outlines that are older, coarser or shifted, or sites of a neighbouring city.",
        threshold="any site whose point no district with a name contains, or no township where there are some",
        source="judgement: sums by district must be complete",
    ),
    Kind(
        code="districts-overlap",
        severity="doubtful",
        sentence_en="{count} of {total} sites lie in several outlines of {layer}, the largest of which is {other}; the "
        "smallest counts.",
        sentence_zh="{total} 处场址中有 {count} 处同时位于{layer}的多个范围内，其中最大的是{other}；按最小的范围统计。",
        remedy_en="Take the outline of the whole out by a where of that input, and draw apart what overlaps.",
        remedy_zh="请在该输入中用 where 去掉整体轮廓，并修正相互重叠的范围。",
        cause="Files that hold a city's own outline beside those of its districts, or zones within districts.",
        threshold="any site whose point lies in outlines of two names of one level",
        source="judgement: a whole is larger than its parts",
    ),
)
