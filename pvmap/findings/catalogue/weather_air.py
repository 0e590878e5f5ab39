"""What is doubtful about the air of a weather point: its temperature and wind."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="weather-too-warm",
        severity="doubtful",
        sentence_en="{layer}: a yearly mean of {temperature} degC is warmer than any place at latitude {latitude}.",
        sentence_zh="{layer}：年均气温 {temperature} °C 高于纬度 {latitude}° 的任何地方。",
        remedy_en='Check whether it is Fahrenheit: weather.points.units = {{ temp_air = "degF" }}.',
        remedy_zh='请检查是否为华氏度：weather.points.units = {{ temp_air = "degF" }}。',
        cause="Fahrenheit under the name of Celsius.",
        threshold="above 34 degC less 0.6 K a degree of latitude beyond 25 degrees",
        source="judgement: an envelope above the yearly means of the warmest stations of each latitude",
    ),
    Kind(
        code="weather-too-windy",
        severity="doubtful",
        sentence_en="{layer}: a yearly mean wind of {wind_speed} m/s is that of no city.",
        sentence_zh="{layer}：年均风速 {wind_speed} m/s，没有城市如此。",
        remedy_en='Check whether it is km/h or knots: weather.points.units = {{ wind_speed = "km/h" }}.',
        remedy_zh='请检查是否为 km/h 或节：weather.points.units = {{ wind_speed = "km/h" }}。',
        cause="Another unit, or wind at the height of a turbine.",
        threshold="above 10 m/s",
        source="judgement: the windiest cities have some 8 m/s at 10 m",
    ),
    Kind(
        code="weather-steady-air",
        severity="doubtful",
        sentence_en="{layer}: its air temperature is {temperature} degC in nearly every hour of the year, as nowhere.",
        sentence_zh="{layer}：全年几乎每个小时的气温都是 {temperature} °C，没有地方如此。",
        remedy_en="Bring measured or modelled temperatures: modules lose some 0.3-0.4 % a kelvin.",
        remedy_zh="请提供实测或模拟气温：组件温度每升高 1 K，出力降低约 0.3-0.4 %。",
        cause="A filler in the place of temperatures, or a mean of the year in every hour.",
        threshold="standard deviation of all hours below 0.5 K",
        source="judgement: day and night alone differ by several kelvins on the steadiest coasts",
    ),
    Kind(
        code="weather-seasons-reversed",
        severity="doubtful",
        sentence_en="{layer}: at latitude {latitude} its warmest month is {warmest} and its coldest {coldest}, against "
        "the sun.",
        sentence_zh="{layer}：纬度 {latitude}°，最暖月为 {warmest} 月、最冷月为 {coldest} 月，"
        "与太阳高度的季节变化相反。",
        remedy_en="Check the months, the sign of temp_air and whether the file is of the other hemisphere.",
        remedy_zh="请检查月份、temp_air 的正负号，以及文件是否来自另一半球。",
        cause="A year that starts in another month, a sign lost, a file of the other side of the equator.",
        threshold="monthly means correlate negatively with the sun's height; beyond 30 degrees of latitude, means that "
        "differ by 4 K at least",
        source="judgement: seas delay the year by two months at most",
    ),
)
