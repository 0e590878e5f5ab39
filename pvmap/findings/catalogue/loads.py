"""Series by the hour that the bureau brings: loads and market prices."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="hours-of-another-year",
        severity="note",
        sentence_en="{layer}: it has hours of {held}; they are matched to {year} by month, day and hour.",
        sentence_zh="{layer}：含 {held} 年的逐时数据，按月、日、时对应到 {year} 年。",
        remedy_en="Bring the hours of {year} where working days matter.",
        remedy_zh="如需区分工作日，请提供 {year} 年的数据。",
        cause="A load or price series of another year than the weather's.",
        threshold="more than 24 hours of a district, area or transformer lie in another year than that of the profiles",
        source="judgement: sun and season agree by date, working days do not",
    ),
    Kind(
        code="hours-labelled-by-their-end",
        severity="note",
        sentence_en="{layer}: times of 24:00, or that begin after a midnight and run to one, say that it labels ends "
        "of intervals, and it is read so.",
        sentence_zh="{layer}：出现 24:00，或自零点后一个时段起、至零点止，说明时间标签为时段终点，按终点读取。",
        remedy_en="Nothing need be done; starts of intervals run from 00:00 to 23:00.",
        remedy_zh="无需处理；若为时段起点，应为 00:00 至 23:00。",
        cause="Dispatching systems count the hours of a day from 1 to 24.",
        threshold="any time of 24:00, or times from one step after a midnight to a midnight, in the clock of the file",
        source="judgement: a day has no start at 24:00, and whole days of starts have their first midnight",
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
    Kind(
        code="load-stands-out",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} hours of {other} stand far above all others: {value:,.6g} kW, the "
        "next being {next:,.6g} kW.",
        sentence_zh="{layer}：{other}的 {total} 个小时中有 {count} 个远高于其他各时：{value:,.6g} 千瓦，其次为 "
        "{next:,.6g} 千瓦。",
        remedy_en="Look at these hours: a number for not known counts as load; give what was measured.",
        remedy_zh="请核对这些时段：表示“未知”的数字会被计为负荷，请填写实测值。",
        cause="A number such as 99999 where a meter failed, or a lost decimal point.",
        threshold="at most 5 % of the hours, five times the next lower load and more, and that above the median",
        source="judgement: loads rise to their peak step by step",
    ),
    Kind(
        code="load-total-among-districts",
        severity="doubtful",
        sentence_en="{layer}: the load of {name} is that of all districts together in every hour; it counts beside "
        "them, as the load of what lies outside all districts.",
        sentence_zh="{layer}：{name} 的负荷逐时等于各区县之和；程序将其视为区县以外的负荷，与各区县相加。",
        remedy_en="Drop its rows if it is the total.",
        remedy_zh="如为合计，请删去这些行。",
        cause="A total under the city's short name.",
        threshold="within 1 % of the sum of two districts and more in every hour",
        source="judgement: no two loads are alike by chance for a year",
    ),
    Kind(
        code="prices-far-off-in-hours",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} prices are more than 20 times the city file's market of {own}.",
        sentence_zh="{layer}：{total} 个电价中有 {count} 个超过城市文件市场电价（{own}）的 20 倍。",
        remedy_en="Check the unit of these hours: prices are those of a kWh.",
        remedy_zh="请检查这些时段的单位：按每千瓦时读取，元/MWh 须除以 1000，分/kWh 须除以 100。",
        cause="Months of another source, in MWh or fen, in one file with others.",
        threshold="more than 1 % of the hours above 20 times, either side of zero, the mean of "
        "planning.tariff's market",
        source="judgement: scarcity lasts hours, a unit lasts months",
    ),
    Kind(
        code="prices-far-off",
        severity="doubtful",
        sentence_en="{layer}: its prices are {mean} a kWh in the mean, those of the city file's market {own}.",
        sentence_zh="{layer}：其电价平均每千瓦时 {mean}，而城市文件中的市场电价为 {own}。",
        remedy_en="Check their unit: prices are those of a kWh, of an MWh they are to be divided by 1,000; or "
        "correct planning.tariff.market_cny_per_kwh.",
        remedy_zh="请检查单位：按每千瓦时读取，元/MWh 须除以 1000，分/kWh 须除以 100；或更正 "
        "planning.tariff.market_cny_per_kwh。",
        cause="Prices a MWh, in fen or in 10,000 yuan under the name of yuan a kWh; a column of zeros.",
        threshold="a mean more than 20 times, or less than a 20th, of planning.tariff's own market",
        source="judgement: years of one market differ by a factor of three, units by a hundred and more",
    ),
    Kind(
        code="load-far-off",
        severity="doubtful",
        sentence_en="{layer}: its load is {given_gwh} GWh a year, that of the buildings about {own_gwh}.",
        sentence_zh="{layer}：其负荷每年 {given_gwh} GWh，而按建筑估算约 {own_gwh} GWh。",
        remedy_en="Check its unit: load_kw is in kW, MW are to be multiplied by 1,000.",
        remedy_zh="请检查单位：load_kw 以千瓦计，兆瓦须乘以 1000。",
        cause="MW or W under the name of kW, a file of some feeders alone, a column of zeros.",
        threshold="less than a 20th, of a single district too, or more than 1,000 times, of footprints x "
        " planning.tariff.load_kwh_per_m2",
        source="judgement: industry takes many times what buildings take, nobody a 20th of it",
    ),
)
