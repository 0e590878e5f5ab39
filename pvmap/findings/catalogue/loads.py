"""Series by the hour that the bureau brings: loads and market prices."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="hours-of-another-year",
        severity="note",
        sentence_en="{layer}: its hours are those of {held}; they are matched to {year} by month, day and hour.",
        sentence_zh="{layer}：其逐时数据为 {held} 年，按月、日、时对应到 {year} 年。",
        remedy_en="Bring the hours of {year} where working days matter.",
        remedy_zh="如需区分工作日，请提供 {year} 年的数据。",
        cause="A load or price series of another year than the weather's.",
        threshold="most of its hours lie in another year than that of the profiles",
        source="judgement: sun and season agree by date, working days do not",
    ),
    Kind(
        code="hours-labelled-by-their-end",
        severity="note",
        sentence_en="{layer}: times of 24:00, or to midnight after a year, say that it labels ends of intervals, and "
        "it is read so.",
        sentence_zh="{layer}：出现 24:00 或止于次年零点，说明时间标签为时段终点，按终点读取。",
        remedy_en="Nothing need be done; starts of intervals run from 00:00 to 23:00.",
        remedy_zh="无需处理；若为时段起点，应为 00:00 至 23:00。",
        cause="Dispatching systems count the hours of a day from 1 to 24.",
        threshold="any time of 24:00, or times from one step after a new year to a new year",
        source="judgement: a day has no start at 24:00, and a year of starts has its first midnight",
    ),
    Kind(
        code="districts-without-load",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} districts have no load in it: {names}.",
        sentence_zh="{layer}：{total} 个区县中有 {count} 个没有负荷：{names}。",
        remedy_en="Add their load: the network holds none there, and no duck curve is drawn.",
        remedy_zh="请补充其负荷：电网模型中该处负荷为零，也不绘制鸭子曲线。",
        cause="A file of some districts, or one whose load stands under another name.",
        threshold="any district of the run",
        source="judgement: a network without demand buys no sun",
    ),
)
