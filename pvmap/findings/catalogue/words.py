"""Words in columns that nobody knows, or that were only half known."""

from pvmap.findings.kind import Kind

SOURCE = "judgement: a word taken for its opposite is worse than one that is missing"

KINDS = (
    Kind(
        code="use-words-not-known",
        severity="doubtful",
        sentence_en="{layer}: nobody knows the use in {count} of {total} rows of {column}: {words}.",
        sentence_zh="{layer}：字段 {column} 的 {total} 行中有 {count} 行的用途无法识别：{words}。",
        remedy_en="Translate them in the city file, under uses of this input.",
        remedy_zh="请在城市文件该输入的 uses 中给出对应用途。",
        cause="Words of a local classification.",
        threshold="any word that neither the city file nor the shipped words hold",
        source=SOURCE,
    ),
    Kind(
        code="uses-missing",
        severity="note",
        sentence_en="{layer}: {count} of {total} buildings have no use and count as {use}.",
        sentence_zh="{layer}：{total} 栋建筑中有 {count} 栋没有用途，按 {use} 计。",
        remedy_en="Map a column to building_use, or set default_use to what most of them are.",
        remedy_zh="请把用途字段对应到 building_use，或将 default_use 设为多数建筑的用途。",
        cause="Footprints without uses.",
        threshold="any building without a use",
        source="judgement: the use decides the form of the roof and its obstacles",
    ),
    Kind(
        code="words-read-by-part",
        severity="note",
        sentence_en="{layer}: {count} of {total} rows of {column} were read by a part of their word: {words}.",
        sentence_zh="{layer}：字段 {column} 的 {total} 行中有 {count} 行按词的一部分识别：{words}。",
        remedy_en="Look whether that is meant; if not, translate the words in the city file (uses or words).",
        remedy_zh="请确认是否如此；若有误，请在城市文件的 uses 或 words 中指定。",
        cause="Compounds, for example primary school.",
        threshold="any word that is not known as a whole but holds a known one",
        source="judgement: the last word of a compound says what it is",
    ),
    Kind(
        code="dyke-words-not-known",
        severity="doubtful",
        sentence_en="{layer}: nobody knows whether {count} of {total} ponds include their dykes: {words} in {column}.",
        sentence_zh="{layer}：字段 {column} 的 {total} 行中有 {count} 行无法识别是否含塘埂：{words}。",
        remedy_en='Translate them in the city file, for example words = {{ "..." = "yes" }}; until then the setting '
        "fishpond.polygons_include_dykes holds.",
        remedy_zh='请在城市文件中翻译，例如 words = {{ "..." = "yes" }}；在此之前按 '
        "fishpond.polygons_include_dykes 计。",
        cause="Words other than yes and no.",
        threshold="any word that neither the city file nor the shipped words hold",
        source=SOURCE,
    ),
    Kind(
        code="water-words-not-known",
        severity="doubtful",
        sentence_en="{layer}: nobody knows the kind of water in {count} of {total} rows of {column}: {words}; these "
        "ponds are kept.",
        sentence_zh="{layer}：字段 {column} 的 {total} 行中有 {count} 行的水面类型无法识别：{words}；"
        "这些水面予以保留。",
        remedy_en='Translate them in the city file, for example words = {{ "..." = "reservoir" }}.',
        remedy_zh='请在城市文件中翻译，例如 words = {{ "..." = "reservoir" }}。',
        cause="Words of a local classification; some of them may be waters on which photovoltaics are banned.",
        threshold="any word that neither the city file nor the shipped words hold",
        source=SOURCE,
    ),
    Kind(
        code="remarks-not-known",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} rows are left out for remarks in {column} that nobody knows: {words}.",
        sentence_zh="{layer}：{total} 行中有 {count} 行因字段 {column} 中无法识别的备注而被排除：{words}。",
        remedy_en='If a remark means nothing of the kind, say so: words = {{ "..." = "kept" }}.',
        remedy_zh='若备注并非排除之意，请注明：words = {{ "..." = "kept" }}。',
        cause="A column of remarks mapped to excluded.",
        threshold="any remark that neither the city file nor the shipped words hold",
        source=SOURCE,
    ),
)
