"""Shapes that were mended or set aside."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="polygons-repaired",
        severity="note",
        sentence_en="{layer}: {count} of {total} polygons are invalid and were repaired.",
        sentence_zh="{layer}：{total} 个多边形中有 {count} 个图形无效，已修复。",
        remedy_en="Look at rows {rows}; repair them in the source if the shape matters.",
        remedy_zh="请查看第 {rows} 行；如形状重要，请在源数据中修正。",
        cause="Outlines that cross or touch themselves.",
        threshold="any polygon that is not valid by OGC Simple Features",
        source="judgement: the repaired shape keeps the area that was drawn",
    ),
)
