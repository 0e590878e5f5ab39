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
)
