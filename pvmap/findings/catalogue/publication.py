"""What a build for the public leaves out."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="sensitive-left-out",
        severity="note",
        sentence_en="{layer}: {count} of {total} sites touch a sensitive area and are left out of the public build, "
        "sums included.",
        sentence_zh="{layer}：{total} 处场址中有 {count} 处触及敏感区域，公开版已全部剔除，合计中也不含。",
        remedy_en='Nothing need be done; use = "internal" shows them to those who may see them.',
        remedy_zh='无需处理；内部使用版（use = "internal"）仍会列出。',
        cause="Military, water, energy or other sites that must not be told of.",
        threshold="a site's outline meets a polygon of inputs.sensitive, and city.use is public",
        source="judgement: a sum that holds what is not shown tells of it",
    ),
    Kind(
        code="nothing-marked-sensitive",
        severity="doubtful",
        sentence_en="{layer}: the build is for the public, and no sensitive areas were given, so that every site is "
        "shown.",
        sentence_zh="{layer}：本次为公开版，但未提供敏感区域图层，所有场址均会公开。",
        remedy_en="Name their polygons under inputs.sensitive, or have it confirmed that there are none.",
        remedy_zh="请在 inputs.sensitive 中提供敏感区域，或请主管部门确认没有。",
        cause="A public build of a city whose sensitive areas nobody has listed.",
        threshold="city.use is public and inputs.sensitive is absent",
        source="judgement: whoever publishes must have asked",
    ),
    Kind(
        code="decisions-on-sites-left-out",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} decisions name no site that may be shown and change nothing.",
        sentence_zh="{layer}：{total} 项决定中有 {count} 项所指的场址不在可公开之列，未产生作用。",
        remedy_en='Nothing need be done if these are sites left out; a misspelt id is refused by use = "internal".',
        remedy_zh='如属被剔除的场址则无需处理；若是编号写错，用 use = "internal" 运行时会被拒绝。',
        cause="Decisions of the bureau on sites within a sensitive area, or misspelt ids.",
        threshold="city.use is public, and no more ids are unknown than sites are left out",
        source="judgement: which sites are left out is written nowhere, so that nothing can tell of them",
    ),
)
