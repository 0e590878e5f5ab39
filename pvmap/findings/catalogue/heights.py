"""Heights of buildings: where they come from and what was assumed."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="dsm-without-dem",
        severity="doubtful",
        sentence_en="{layer}: without inputs.dem no building takes its height from it.",
        sentence_zh="{layer}：未提供 inputs.dem，建筑高度无法由其推算。",
        remedy_en="Give a terrain model as inputs.dem.",
        remedy_zh="请以 inputs.dem 提供地形模型。",
        cause="A surface model gives heights above the sea, not above the ground.",
        threshold="inputs.dsm without inputs.dem",
        source="judgement: height is surface minus ground",
    ),
    Kind(
        code="heights-measured",
        severity="note",
        sentence_en="{layer}: {count} of {total} buildings without a height take it from there; the others lie outside "
        "it or stand out by less than {least_m:g} m.",
        sentence_zh="{layer}：{total} 栋无高度的建筑中有 {count} 栋由其取得高度；"
        "其余位于其范围之外或高出地面不足 {least_m:g} 米。",
        remedy_en="Nothing, unless the share surprises you.",
        remedy_zh="如比例合理，无需处理。",
        cause="Footprints without heights beside a measured surface model.",
        threshold="any building without a height of its own",
        source="judgement: a measured height is better than an assumed one",
    ),
    Kind(
        code="dsm-cells-filled",
        severity="note",
        sentence_en="{layer}: {count} of {total} cells inside buildings have no height; filled from ground plus height "
        "of the building, else from the nearest measured cell.",
        sentence_zh="{layer}：建筑内 {total} 个栅格中有 {count} 个缺少高程，已按地面加建筑高度或最近的实测值补齐。",
        remedy_en="Fill the surface model if these buildings matter.",
        remedy_zh="如相关建筑重要，请补全表面模型。",
        cause="Voids of the measurement, or footprints beyond the model's edge.",
        threshold="any cell without a height inside a building",
        source="judgement: the building stands there whether it was measured or not",
    ),
    Kind(
        code="dsm-drawn",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} roofs are even to a millimetre, so they were drawn and not measured: "
        "no obstacle is seen on them, and what obstacles usually take is taken off.",
        sentence_zh="{layer}：{total} 处屋顶中有 {count} 处平整到毫米，属建模绘制而非实测，"
        "看不到障碍物，已按常见比例扣除。",
        remedy_en="Bring the surface model as it was measured; heights and planes of this one are used.",
        remedy_zh="请提供实测的地表模型；本模型的高度与屋面仍予采用。",
        cause="The model was made of building outlines with a height each, or of a city model's planes.",
        threshold="3/4 of a roof's cells in line with their neighbours within 1 mm, heights finer than 0.1 m",
        source="judgement: laser scans and photogrammetry scatter by 20 mm and more",
    ),
    Kind(
        code="height-errors",
        severity="note",
        sentence_en="Heights of {count} roofs with arrays are taken to err by their source ({errors}); over heights as "
        "they may be the roofs give {more:+.1%} against heights as read. P50, P75 and P90 count that, energy_kwh does "
        "not. In five towns of known heights, intervals meant to hold 80 % of the roofs held 74 to 87 %.",
        sentence_zh="{count} 处有组件屋顶的高度误差按来源计（{errors}）；考虑误差后，屋顶发电量较按原高度计算相差 "
        "{more:+.1%}。P50、P75、P90 已计入，首年发电量未计入。在五个高度已知的城区检验，名义 80% 的区间"
        "实际包含 74%–87% 屋顶的真值。",
        remedy_en="Say under inputs.buildings where heights come from (height_origin) and how much they err "
        "(height_rmse_m).",
        remedy_zh="请在 inputs.buildings 下说明高度来源（height_origin）及其误差（height_rmse_m）。",
        cause="A taller neighbour takes more than a lower one gives back, so errors of heights lower energies.",
        threshold="any roof with arrays whose height was drawn",
        source="judgement: an error that is not told cannot be doubted",
    ),
    Kind(
        code="heights-assumed-cost",
        severity="note",
        sentence_en="{count} of {total} roofs with arrays stand on assumed heights and lose {assumed:.1%} of their "
        "yearly energy to neighbours; those of known height lose {known:.1%}.",
        sentence_zh="{total} 处有组件的屋顶中有 {count} 处高度为假定值，其年发电量因邻近遮挡损失 {assumed:.1%}；"
        "高度已知者损失 {known:.1%}。",
        remedy_en="Bring heights where the two differ much.",
        remedy_zh="如两者相差较大，请补充建筑高度。",
        cause="Footprints without heights: their shade is that of a typical building of their use.",
        threshold="any roof with an assumed height beside one with a known height, shade on",
        source="judgement: means of loss_neighbours by capacity; the neighbours of both may be of either kind",
    ),
    Kind(
        code="heights-all-assumed-cost",
        severity="note",
        sentence_en="All {count} roofs with arrays stand on assumed heights; the {assumed:.1%} of their yearly energy "
        "that neighbours take rests on nothing else.",
        sentence_zh="全部 {count} 处有组件的屋顶高度均为假定值，其年发电量因邻近遮挡损失 {assumed:.1%}，"
        "该比例全由假定高度推算。",
        remedy_en="Bring heights or storeys, or a surface model, before shade matters to a decision.",
        remedy_zh="如决策与遮挡有关，请先提供高度、层数或地表模型。",
        cause="A layer of footprints without any height.",
        threshold="no roof with arrays has a known height, shade on",
        source="judgement: as for heights-assumed-cost",
    ),
)
