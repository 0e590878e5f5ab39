"""Weather that is probably wrong for the city, or contradicts the sun."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="weather-far-from-city",
        severity="doubtful",
        sentence_en="The nearest weather of {count} of {total} sites, {layer} at {longitude} E, {latitude} N, is up to "
        "{distance_km} km away.",
        sentence_zh="{total} 个场地中有 {count} 个的最近气象点 {layer}（东经 {longitude}°，北纬 {latitude}°）最远相距 "
        "{distance_km} 公里。",
        remedy_en="Add weather of the city's own place to weather.points.",
        remedy_zh="请在 weather.points 中加入本地气象数据。",
        cause="Weather of another city, swapped coordinates, or a city file copied without its weather.",
        threshold="more than weather.max_distance_km (100 km) between a site and its nearest weather point",
        source="judgement: yearly irradiation changes by several percent over 100 km of plain, and the sun's hour by "
        "four minutes a degree",
        most=("distance_km",),
    ),
    Kind(
        code="weather-other-hemisphere",
        severity="doubtful",
        sentence_en="The weather {layer} at latitude {latitude} belongs to the other hemisphere than the city at "
        "{city_latitude}: its seasons are reversed.",
        sentence_zh="气象点 {layer}（纬度 {latitude}°）与城市（纬度 {city_latitude}°）不在同一半球：季节相反。",
        remedy_en="Check the sign of weather.points.latitude, or bring weather of the city's own place.",
        remedy_zh="请检查 weather.points.latitude 的正负号，或改用本地气象数据。",
        cause="A latitude south written without its sign.",
        threshold="latitudes of opposite sign, more than weather.max_distance_km apart",
        source="judgement: near the equator both hemispheres share a climate",
    ),
    Kind(
        code="weather-other-time-zone",
        severity="doubtful",
        sentence_en="The sun over the weather {layer} at {longitude} E stands {hours} h from that over the city.",
        sentence_zh="气象点 {layer}（东经 {longitude}°）的太阳时与城市相差 {hours} 小时。",
        remedy_en="Bring weather of the city's own place: hours, and all that hangs on them, are shifted.",
        remedy_zh="请改用本地气象数据：逐时结果及其电价都已偏移。",
        cause="Weather of another city, or a longitude west written without its sign.",
        threshold="15 degrees of longitude or more, which is one hour of the sun",
        source="judgement: an hour is the step of the results",
    ),
    Kind(
        code="typical-year-outside-its-region",
        severity="doubtful",
        sentence_en="The typical weather year is made from the climate of {longitude} E, {latitude} N, "
        "{distance_km} km away from the city.",
        sentence_zh="典型气象年依据东经 {longitude}°、北纬 {latitude}° 的气候合成，距城市 {distance_km} 公里。",
        remedy_en="Name a weather file under weather.points, or the city's own monthly climate under weather.typical.",
        remedy_zh="请在 weather.points 中给出气象文件，或在 weather.typical 中给出本市的月气候值。",
        cause="A city file without weather takes the synthetic year of the default climate.",
        threshold="more than weather.climate_radius_km (200 km) between the city and the default climate's place, "
        "where weather.typical names no monthly totals of its own",
        source="judgement: a monthly climate is that of a region, not of a country",
        most=("distance_km",),
    ),
    Kind(
        code="correction-outside-its-region",
        severity="doubtful",
        sentence_en="The weather is corrected to the monthly totals of {longitude} E, {latitude} N, {distance_km} km "
        "away from the city.",
        sentence_zh="气象数据按东经 {longitude}°、北纬 {latitude}° 的月总量订正，该地距城市 {distance_km} 公里。",
        remedy_en="State the city's own totals under weather.correction, or drop the table.",
        remedy_zh="请在 weather.correction 中给出本市的月总量，或删去该表。",
        cause="An empty weather.correction takes the default climate's totals.",
        threshold="more than weather.climate_radius_km (200 km) between the city and the default climate's place",
        source="judgement: a monthly climate is that of a region, not of a country",
        most=("distance_km",),
    ),
    Kind(
        code="weather-place-overruled",
        severity="doubtful",
        sentence_en="{layer} says that it is of {longitude} E, {latitude} N; the city file puts it {distance_km} km "
        "away.",
        sentence_zh="{layer} 自称位于东经 {longitude}°、北纬 {latitude}°，城市文件却将其置于 {distance_km} 公里之外。",
        remedy_en="Drop longitude and latitude of weather.points, or bring weather of that place.",
        remedy_zh="请删去 weather.points 的 longitude 和 latitude，或改用该地的气象数据。",
        cause="Weather of another city with the coordinates of one's own, swapped or mistyped ones.",
        threshold="more than weather.max_distance_km (100 km) between the two",
        source="judgement: a file's place moves the sun over its light, and hides how far it was brought",
    ),
    Kind(
        code="weather-clock-disagrees",
        severity="doubtful",
        sentence_en="{layer}: its light stands {hours} h from where the sun stands by its clock, UTC{clock_hours}; it "
        "fits a clock of UTC{fitting_hours}.",
        sentence_zh="{layer}：按其时钟 UTC{clock_hours}，辐射与太阳相差 {hours} 小时；与 UTC{fitting_hours} 相符。",
        remedy_en="Set weather.points.utc_offset_hours = {fitting_value} in the place of a zone that its times or "
        "weather.points state, or correct its longitude.",
        remedy_zh="请设置 weather.points.utc_offset_hours = {fitting_value}，取代时间自带的时区或 "
        "weather.points.timezone，或更正经度。",
        cause="UTC taken as local time or the other way round, or a longitude without its sign.",
        threshold="75 minutes or more between the sun that fits best and the format's convention",
        source="judgement: labels of hourly data differ by an hour at most, beyond that it is the clock",
    ),
    Kind(
        code="weather-sun-disagrees",
        severity="doubtful",
        sentence_en="{layer}: the sun fits best {fit_minutes} min from the label, {stated_minutes} min is taken.",
        sentence_zh="{layer}：太阳位置与标签相差 {fit_minutes} 分钟时最相符，现取 {stated_minutes} 分钟。",
        remedy_en="Check whether its times label the start, middle or end of the hour, and its clock; or set "
        "weather.points.sun_offset_minutes.",
        remedy_zh="请核对时间标签表示时段的起点、中点还是终点，以及时钟；或设置 weather.points.sun_offset_minutes。",
        cause="Times that label another moment of the hour than the format's convention says.",
        threshold="more than weather.sun_tolerance_minutes (15 min) by closure, twice that by symmetry of the days",
        source="judgement: closure finds the sun to a minute or two; fog and clouds have hours of their own",
    ),
    Kind(
        code="weather-components-disagree",
        severity="doubtful",
        sentence_en="{layer}: ghi, dni and dhi do not add up: ghi - dhi - dni cos z is {share_percent} % of ghi in "
        "sunny hours, wherever the sun is put.",
        sentence_zh="{layer}：ghi、dni、dhi 不闭合：晴时 ghi - dhi - dni·cos z 为 ghi 的 {share_percent} %，"
        "无论太阳取在何时刻。",
        remedy_en="Find out which of the three is wrong and leave it out: it then follows from the other two.",
        remedy_zh="请查明哪一项有误并将其去掉：程序将由另两项推算。",
        cause="A soiled or misaligned pyrheliometer, a shade ring without its correction, a column under a wrong name.",
        threshold="mean of |ghi - dhi - dni cos z| over that of ghi above 3 %, in hours of dni above 100 W/m2, at the "
        "best of all moments of the hour",
        source="judgement: sound files close within 1 %; BSRN flags single minutes beyond 8 %",
    ),
    Kind(
        code="weather-beam-horizontal",
        severity="doubtful",
        sentence_en="{layer}: its dni is beam on the horizontal: ghi - dhi - dni is {share_percent} % of ghi without "
        "cos z; dni is taken from closure of ghi and dhi instead.",
        sentence_zh="{layer}：其 dni 实为水平面直接辐射：不乘 cos z 时 ghi - dhi - dni 仅为 ghi 的 {share_percent} %；"
        "现由 ghi 与 dhi 的闭合关系求得 dni。",
        remedy_en="Leave the column out, or bring direct normal irradiance.",
        remedy_zh="请去掉该列，或提供法向直接辐射。",
        cause="Direct horizontal irradiance (BHI, SID, direct radiation) under the name of direct normal.",
        threshold="ghi - dhi - dni within 2 % of ghi in sunny hours where ghi - dhi - dni cos z is not within 3 %",
        source="judgement: no sky makes both true",
    ),
    Kind(
        code="weather-beam-follows-height",
        severity="doubtful",
        sentence_en="{layer}: it has no ghi, and its brightest dni under a low sun is {share_percent} % of that under "
        "a high one, as of beam on the horizontal: ghi is made of dhi + dni, and dni of closure.",
        sentence_zh="{layer}：无 ghi 列，且低太阳高度下最强的 dni 仅为高太阳高度下的 {share_percent} %，"
        "与水平面直接辐射相符：现以 dhi + dni 作为 ghi，并由闭合关系求得 dni。",
        remedy_en="Bring ghi as well, which decides what dni is.",
        remedy_zh="请同时提供 ghi，以便判定 dni 的含义。",
        cause="Direct horizontal irradiance under the name of direct normal, in a file without global.",
        threshold="98 % quantile of dni at cos(zenith) 0.15-0.35 below 0.9 x 0.35 / (highest cos(zenith)) of that in "
        "hours above 0.75 of the highest; 24 hours of each at least",
        source="judgement: sound files have 70 to 95 %, pvlib's clear skies 36 (Linke turbidity 7) to 92 %; beam on "
        "the horizontal 13 to 39 % up to 60 degrees of latitude, against a limit of 32 to 40 %",
    ),
    Kind(
        code="weather-components-disagree-by-month",
        severity="doubtful",
        sentence_en="{layer}: in {count} of {total} months ghi, dni and dhi do not add up ({months}): ghi - dhi - dni "
        "cos z is up to {share_percent} % of ghi, though they do over the year.",
        sentence_zh="{layer}：{total} 个月中有 {count} 个月（{months}）的 ghi、dni、dhi 不闭合：ghi - dhi - dni·cos z "
        "最多为 ghi 的 {share_percent} %，而全年大体闭合。",
        remedy_en="Find out which of the three failed there and leave its cells empty: they then follow from the other "
        "two.",
        remedy_zh="请查明当时哪一项失效并将其单元格留空：程序将由另两项推算。",
        cause="A tracker that stood still, a shade ring out of place, zeros that stand for missing values.",
        threshold="|ghi - dhi - dni cos z| above 8 % of a month's ghi in its hours of ghi above 100 W/m2",
        source="judgement: months of sound files close within 3 %; BSRN flags single minutes beyond 8 %",
    ),
    Kind(
        code="weather-beam-unlikely",
        severity="doubtful",
        sentence_en="{layer}: its dni is above ghi in {count} of {total} clear hours of a low sun, where that of every "
        "sky is: {columns} is set aside.",
        sentence_zh="{layer}：低太阳高度的 {total} 个晴朗小时中，dni 仅 {count} 次大于 ghi，而真实天空几乎总是如此："
        "不采用 {columns}。",
        remedy_en="Check whether dni is beam on the horizontal or another quantity; bring direct normal irradiance, or "
        "ghi and dhi.",
        remedy_zh="请检查 dni 是否为水平面直接辐射或其他量；请提供法向直接辐射，或提供 ghi 和 dhi。",
        cause="Direct horizontal or diffuse irradiance under the name of direct normal, with dhi derived from it or "
        "missing.",
        threshold="dni above ghi in less than half of the hours of a clearness index above 0.6 and a sun between 9 and "
        "30 degrees high; 24 such hours at least",
        source="judgement: sound files have 94 to 100 %",
    ),
    Kind(
        code="weather-diffuse-unlikely",
        severity="doubtful",
        sentence_en="{layer}: its dhi is {clear_percent} % of ghi under a clear sky and {dull_percent} % under a dull "
        "one, as of no sky: {columns} is set aside.",
        sentence_zh="{layer}：其 dhi 在晴天占 ghi 的 {clear_percent} %、在阴天占 {dull_percent} %，与任何天空都不符："
        "不采用 {columns}。",
        remedy_en="Check whether dhi holds beam, global or another light; bring diffuse horizontal irradiance, or ghi "
        "alone.",
        remedy_zh="请检查 dhi 是否为直接辐射、总辐射或其他量；请提供水平面散射辐射，或只提供 ghi。",
        cause="Direct or global irradiance under the name of diffuse, or what a shade ring left of it, with dni "
        "derived from it or missing.",
        threshold="a mean share above 60 % at a clearness index above 0.6, or below 80 % at one below 0.2; 24 such "
        "hours at least",
        source="judgement: sound files have 20 to 30 % and 90 to 100 %",
    ),
    Kind(
        code="weather-unlit-days",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} hours of a high sun hold no light at all, first {first} UTC; they "
        "count as dark.",
        sentence_zh="{layer}：太阳较高的 {total} 个小时中有 {count} 个完全没有辐射，首个为 {first} UTC；按无辐射计。",
        remedy_en="Fill them in the file, or leave out the year they stand in; zeros that stand for missing values "
        "darken the year.",
        remedy_zh="请在文件中补齐，或去掉所在年份；以零代替缺测会使全年辐射偏低。",
        cause="Outages of a logger written as zeros, days that a provider lacks.",
        threshold="a clearness index below 0.003 in more than 1.5 % of the hours of a sun higher than 17 degrees",
        source="judgement: the darkest hour of real files lets 0.009 through",
    ),
    Kind(
        code="weather-unlit-hours",
        severity="note",
        sentence_en="{layer}: {count} of {total} hours of a high sun hold no light at all, first {first} UTC; they "
        "count as dark.",
        sentence_zh="{layer}：太阳较高的 {total} 个小时中有 {count} 个完全没有辐射，首个为 {first} UTC；按无辐射计。",
        remedy_en="Fill them in the file where they matter.",
        remedy_zh="如有必要，请在文件中补齐。",
        cause="Outages of a satellite or logger written as zeros.",
        threshold="a clearness index below 0.003 in more than 0.1 % of the hours of a sun higher than 17 degrees",
        source="judgement: the darkest hour of real files lets 0.009 through; a typical year of PVGIS lacks 1.2 %",
    ),
    Kind(
        code="weather-above-extraterrestrial",
        severity="doubtful",
        sentence_en="{layer}: {ours} is above what reaches the top of the atmosphere in {count} of {total} hours of "
        "daylight.",
        sentence_zh="{layer}：{total} 个白昼小时中有 {count} 个的 {ours} 超过大气层顶的辐射。",
        remedy_en="Check its unit and its clock; no light at the ground is above the extraterrestrial.",
        remedy_zh="请检查单位和时钟；地面辐射不可能超过地外辐射。",
        cause="A wrong unit or calibration, a plane that is not horizontal, a clock that is off, monthly totals of "
        "another unit or place under weather.correction.",
        threshold="more than 0.1 % of the hours of daylight above the extraterrestrial irradiance at the highest sun "
        "of the hour + 20 W/m2",
        source="judgement: hourly means never exceed it, single hours of reanalyses at sunrise may",
    ),
    Kind(
        code="weather-too-bright",
        severity="doubtful",
        sentence_en="{layer}: its brightest hours have {share_percent} % of the light outside the atmosphere: too "
        "much.",
        sentence_zh="{layer}：最亮时段的辐射为大气层外的 {share_percent} %，过高。",
        remedy_en="Check unit, calibration and whether it is on the horizontal plane.",
        remedy_zh="请检查单位、标定以及是否为水平面辐射。",
        cause="A wrong calibration or unit, irradiance on a tilted plane.",
        threshold="98th percentile of the clearness index above 0.9, sun higher than 17 degrees",
        source="judgement: the clearest air of mountains lets 0.85 through",
    ),
    Kind(
        code="weather-too-dull",
        severity="doubtful",
        sentence_en="{layer}: its brightest hours have {share_percent} % of the light outside the atmosphere: too "
        "little.",
        sentence_zh="{layer}：最亮时段的辐射仅为大气层外的 {share_percent} %，过低。",
        remedy_en="Check unit, calibration, horizon and clock; weather.points.units states a unit.",
        remedy_zh="请检查单位、标定、遮挡和时钟；单位可在 weather.points.units 中说明。",
        cause="A wrong calibration or unit, a shaded or soiled sensor, daily means in the place of monthly totals.",
        threshold="98th percentile of the clearness index below 0.45, sun higher than 17 degrees",
        source="judgement: even the dullest places of China have some clear hours a year",
    ),
    Kind(
        code="weather-light-at-night",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} hours of the night hold light, {share_percent} % of the year's; it is "
        "taken as none.",
        sentence_zh="{layer}：{total} 个夜间小时中有 {count} 个有辐射，占全年 {share_percent} %；按零处理。",
        remedy_en="Check its clock and longitude, and the zero of the pyranometer.",
        remedy_zh="请检查时钟、经度以及辐射表零点。",
        cause="A clock or longitude that is off, or a sensor that does not read zero in the dark.",
        threshold="more than 0.1 % of the year's ghi while the sun is more than 10 degrees below the horizon",
        source="judgement: twilight ends the light that photovoltaics can use",
    ),
    Kind(
        code="weather-years-not-shared",
        severity="doubtful",
        sentence_en="{layer}: {count} of its {total} years are not held by every weather point and are left out of the "
        "years that are simulated: {years}.",
        sentence_zh="{layer}：其 {total} 年中有 {count} 年并非各气象点都有，多年模拟时略去：{years}。",
        remedy_en="Bring the same years for every point.",
        remedy_zh="请为各气象点提供相同的年份。",
        cause="Files of different providers or downloads.",
        threshold="any year that some point lacks, where weather.several_years is set",
        source="judgement: a year that half of the city lacks is no year of the city",
    ),
)
