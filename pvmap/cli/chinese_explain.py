"""What `explain` says in Chinese, by its English."""

from __future__ import annotations

EXPLAIN: dict[str, str] = {
    "  {kind}, in {place}, {degrees}": "  {kind}，位于 {place}，{degrees}",
    "  {kind}, use {use}, in {place}, {degrees}": "  {kind}，用途 {use}，位于 {place}，{degrees}",
    "  read from {source}, row {row}": "  读自 {source} 第 {row} 行",
    "  height {m:g} m ({source})": "  高度 {m:g} 米（来源 {source}）",
    "  known to grade {grade}; existing plants {kwp:,.1f} kWp": "  资料等级 {grade}；已建光伏 {kwp:,.1f} 千瓦峰",
    "Found about this site": "关于此场址的核查发现",
    "Found about its layer": "关于其图层的核查发现",
    "  {found}": "  {found}",
    "Area: {m2:,.1f} m2 read": "面积：读入 {m2:,.1f} 平方米",
    "  - {m2:,.1f} m2 {reason}: {clause}": "  - {m2:,.1f} 平方米 {reason}：{clause}",
    "  = {m2:,.1f} m2 carry arrays": "  = {m2:,.1f} 平方米布置组件",
    "Sky: {share:.0%} weather {name}, {source}, {corrected}": "天空：{share:.0%} 气象 {name}，{source}，{corrected}",
    "  {sun:,.0f} kWh/m2 a year on the horizontal": "  水平面年辐照 {sun:,.0f} 千瓦时/平方米",
    "Surface {id}: tilt {tilt:.1f}, azimuth {azimuth:.1f}, {mounting}, gcr {gcr:.3f}, {m2:,.1f} m2, at most "
    "{kwp:,.1f} kWp": "阵列面 {id}：倾角 {tilt:.1f}，方位角 {azimuth:.1f}，安装方式 {mounting}，地面覆盖率 "
    "{gcr:.3f}，{m2:,.1f} 平方米，至多 {kwp:,.1f} 千瓦峰",
    "  open-sky light in the plane{under}: {sun:,.0f} kWh/m2": "  无遮挡阵列面辐照{under}：{sun:,.0f} 千瓦时/平方米",
    "  {share:+7.2%}  {step}: {left:,.1f}": "  {share:+7.2%}  {step}：{left:,.1f}",
    "  {recomputed:,.2f} kWh/kWp by plain pvlib, {stored:,.2f} stored ({difference:+.1e}); {n} modules, {kwp:,.1f} "
    "kWp, {kwh:,.0f} kWh in the first year": "  用 pvlib 重算利用小时 {recomputed:,.2f}，存储值 {stored:,.2f}（相"
    "差 {difference:+.1e}）；组件 {n} 块，{kwp:,.1f} 千瓦峰，首年 {kwh:,.0f} 千瓦时",
    "Money, risk, cases": "经济、风险与情景",
    "Unverified assumptions in force (the rest is in run.json and in the workbook)": "所用参数中未核实的（其余见 "
    "run.json 与报表）",
    "  {key} = {value}: {source}": "  {key} = {value}：{source}",
    # money
    " ({decision}: {note})": "（{decision}：{note}）",
    "  No capacity remains here{decided}: nothing to build, nothing to pay.": "  此处没有可建规模{decided}：无投资"
    "，无支出。",
    "  Grid: not checked, as the city file names no transformers (inputs.grid_devices).": (
        "  电网：未核查，城市文件未给变压器（inputs.grid_devices）。"
    ),
    "  Grid: no transformer serves it within planning.hosting.max_km; {plan_class} connects nothing.": (
        "  电网：planning.hosting.max_km 距离内没有供电变压器；{plan_class}不可接入。"
    ),
    "  Grid: {plan_class}, joins {device} ({how}), graded {grid_grade}; of {wanted:,.1f} kW AC in the practical case "
    "{connectable:,.1f} kW are connectable{why}, rank {rank} by {first}.": "  电网：{plan_class}，接入 {device}（"
    "{how}），{grid_grade}；可实施规模 {wanted:,.1f} 千瓦（交流侧）中可接入 {connectable:,.1f} 千瓦{why}，按{first}排"
    "第 {rank}。",
    ", limited by {device}": "，受限于 {device}",
    "  Scenario {scenario} (bid {bid:g} for {share:.0%} of exports, midday {midday:g} {money}/kWh, {taken:.0%} "
    "taken): NPV {npv:,.0f} {money}, IRR {irr:.2%}.": "  电价情景 {scenario}（上网电量的 {share:.0%} 按中标价 "
    "{bid:g}，午间 {midday:g} {money}/千瓦时，消纳 {taken:.0%}）：净现值 {npv:,.0f} {money}，内部收益率 {irr:.2%}。",
    "  Capacity {dc:,.1f} kWp DC, {ac:,.1f} kW AC; first year {kwh:,.0f} kWh = {hours:,.0f} h DC.": (
        "  规模：直流侧 {dc:,.1f} 千瓦峰，交流侧 {ac:,.1f} 千瓦；首年 {kwh:,.0f} 千瓦时 = 直流侧 {hours:,.0f} 小时。"
    ),
    "  Investment {capex:,.0f} {money}: {each:,.0f} {money}/kW (economics.capex_cny_per_kw.{kind}) x {factor:g} for "
    "size (economics.size_factors){grid}.": "  投资 {capex:,.0f} {money}：{each:,.0f} {money}/千瓦（"
    "economics.capex_cny_per_kw.{kind}）× 规模系数 {factor:g}（economics.size_factors）{grid}。",
    " + {each:g} {money}/kW to connect (economics.grid_cny_per_kw.{kind})": " + 接网 {each:g} {money}/千瓦（"
    "economics.grid_cny_per_kw.{kind}）",
    "  Yearly cost {opex:,.0f} {money}: {each:g} {money}/kW (economics.opex_cny_per_kw_year.{kind}){rent}{anew}"
    "{back}.": (
        "  年成本 {opex:,.0f} {money}：运维 {each:g} {money}/千瓦（economics.opex_cny_per_kw_year.{kind}）{rent}"
        "{anew}{back}。"
    ),
    " + {rent:,.0f} {money} of rent (economics.{rate} = {each:g})": " + 租金 {rent:,.0f} {money}（economics.{rate} = "
    "{each:g}）",
    "; inverters anew in year {year} for {replacement:,.0f} {money} (economics.inverter_cny_per_wac)": "；第 {year} "
    "年更换逆变器 {replacement:,.0f} {money}（economics.inverter_cny_per_wac）",
    "; {salvage:,.0f} {money} recovered at the end": "；期末回收残值 {salvage:,.0f} {money}",
    "; coal benchmark {price:g}": "；煤电基准价 {price:g}",
    "  Discounted at {rate:.1%} over {years} years, output {first:g} - {yearly:g} a year: levelised cost {lcoe:.4f} "
    "{money}/kWh (stored {stored:.4f}){benchmark}.": "  折现率 {rate:.1%}，{years} 年，首年出力系数 {first:g}，每"
    "年衰减 {yearly:g}：度电成本 {lcoe:.4f} {money}/千瓦时（存储值 {stored:.4f}）{benchmark}。",
    "  Hours: the site's months spread over the profile of {profile} in {district}.": "  逐时：各月电量按"
    "{district}{profile}的曲线分配到各小时。",
    "  Used on the spot {used:,.0f} kWh ({share:.0%}) of a load of {load:,.0f} kWh/yr, saving {each:.4f} {money}/kWh "
    "({paid}).": "  自用 {used:,.0f} 千瓦时（{share:.0%}），年用电 {load:,.0f} 千瓦时，每千瓦时节省 {each:.4f} "
    "{money}（{paid}）。",
    "  Exported {kwh:,.0f} kWh at {each:.4f} {money}/kWh in the market; case {case}, capture price of the city "
    "{capture:.4f}{mechanism}.": "  上网 {kwh:,.0f} 千瓦时，市场均价 {each:.4f} {money}/千瓦时；情形：{case}，全市"
    "捕获电价 {capture:.4f}{mechanism}。",
    ", mechanism {price:g} for {share:.0%} over {years} years": "，机制电价 {price:g}，覆盖 {share:.0%}，{years} 年",
    "  Levelised value {value:.4f} {money}/kWh against a required price of {required:.4f}: {verdict}. On a {owner}'s "
    "account after tax: NPV {npv:,.0f} {money}, {rate} (target {target:.1%}), {payback}.": (
        "  度电价值 {value:.4f} {money}/千瓦时，保本电价 {required:.4f}：{verdict}。按{owner}税后口径：净现值 "
        "{npv:,.0f} {money}，{rate}（目标 {target:.1%}），{payback}。"
    ),
    "contract {name}": "合同 {name}",
    "  Single year P50 {p50:,.0f}, P75 {p75:,.0f}, P90 {p90:,.0f} kWh (components {components}).": (
        "  单年 P50 {p50:,.0f}，P75 {p75:,.0f}，P90 {p90:,.0f} 千瓦时（分项 {components}）。"
    ),
    "  P90 is {ratio:.2f} of P50: grade {grade} (A from {a:g}, B {b:g}, C {c:g}). Largest causes: {causes}. Over "
    "heights as they may be {kwh:,.0f} kWh on the mean.": "  P90 为 P50 的 {ratio:.2f}：{grade} 级（A 不低于 "
    "{a:g}，B {b:g}，C {c:g}）。主要原因：{causes}。按可能的高度平均为 {kwh:,.0f} 千瓦时。",
    "  Spread {whole:.1%}: {parts}, sky and model {sky:.1%}.": "  离散 {whole:.1%}：{parts}、天气与模型 {sky:.1%}。",
    "  To know its {cause} would narrow it most: the spread falls from {whole:.1%} to {rest:.1%}.": (
        "  核实{cause}最有用：离散由 {whole:.1%} 降至 {rest:.1%}。"
    ),
    "  Practical case {kwp:,.1f} kWp (availability {share:g}, at least {least:g} kWp){floor}.": (
        "  可实施规模 {kwp:,.1f} 千瓦峰（可用比例 {share:g}，至少 {least:g} 千瓦峰）{floor}。"
    ),
    "; policy floor {kwp:,.1f} kWp (not named)": "；政策底线 {kwp:,.1f} 千瓦峰（通知未列此类）",
    "; policy floor {kwp:,.1f} kWp ({share:.0%} of the county's {named} roofs)": "；政策底线 {kwp:,.1f} 千瓦峰（"
    "{named}屋顶的 {share:.0%}）",
    ", standard coal {coal:,.1f} t": "，标准煤 {coal:,.1f} 吨",
    "  First year, baseline grid average: CO2 {co2:,.1f} t ({factor:g} t/MWh){coal}; baseline fossil power: CO2 "
    "{fossil:,.1f} t{coal_fossil}.": "  首年，以电网平均为基线：减排 CO2 {co2:,.1f} 吨（{factor:g} 吨/兆瓦时）"
    "{coal}；以化石电源为基线：{fossil:,.1f} 吨{coal_fossil}。",
    "  Bureau: {decision}, {note}.": "  主管部门：{decision}，{note}。",
    "  Bureau: no decision.": "  主管部门：无意见。",
}
