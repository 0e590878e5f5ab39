"""How to read this map: headings and lines, Chinese first, English beside it."""

from __future__ import annotations

HELP: tuple[tuple[tuple[str, str], tuple[tuple[str, str], ...]], ...] = (
    (
        ("看图", "Looking"),
        (
            (
                "缩放到最小时显示区县、乡镇和 1 千米网格的合计；放大后每个点是一处场址；再放大显示轮廓。",
                "Zoomed out: sums per district, township or cell. Zoom in: a point is a site; then its outline.",
            ),
            (
                "鼠标停留显示要点，点击显示全部数字、逐月发电量和未用满的原因。",
                "Hover for the essentials; click for every number, twelve months, and why not all of it is used.",
            ),
            (
                "只用键盘：方向键移动，加减键缩放，回车打开地图中心处的场址，Esc 关闭。",
                "By keyboard: arrows pan, plus and minus zoom, Enter opens the site at the centre, Esc closes.",
            ),
        ),
    ),
    (
        ("筛选与合计", "Filter and sums"),
        (
            (
                "图例就是筛选：取消勾选一类，它就从地图、合计、供给曲线、表格和下载中消失。",
                "The legend is the filter: untick a class and it leaves map, sums, supply curve, table and download.",
            ),
            (
                "合计和供给曲线只统计中心位于当前视野内的场址；比率是合计之比，不是平均数的平均。",
                "Sums and supply curve count the sites whose centre lies in view; ratios are ratios of sums.",
            ),
        ),
    ),
    (
        ("数字的含义", "What the numbers mean"),
        (
            (
                "技术可开发规模分直流侧（组件，兆瓦峰）与交流侧（逆变器，万千瓦）；"
                "发电量为首年交流侧电量，25 年平均另行标出。",
                "Technical potential is given DC (modules, MWp) and AC (inverters); energy is AC, first year; the "
                "25-year mean is given beside it.",
            ),
            (
                "P50、P90：单个年份有五成、九成把握达到的发电量；各处的 P90 不能相加。",
                "P50, P90: what a single year reaches with 50 % and 90 % probability; never add P90 of sites.",
            ),
            (
                "可信等级：按该处 P90 与 P50 之比分级，界限列于“计算所用参数”；未作不确定性分析的城市按资料分级："
                "A 屋面有实测，B 高度实测且用途已知，C 二者知其一，D 皆未知。等级低的数字只宜用于汇总。",
                "Confidence: graded by P90 over P50, the limits stand among the assumptions; where no heights are "
                "drawn, by what is known: A measured planes, B measured height and known use, C one, D neither. Low "
                "grades are for sums only.",
            ),
            (
                "平价：税后净现值不小于零，即该处各小时电量的平均价值不低于保本电价。",
                "Parity: the net present value after tax is not negative: the site's own hours are worth at least the "
                "price that it requires.",
            ),
            (
                "图上数字为三位有效数字；完整数字见表格下载与工作簿。",
                "The map prints three significant digits; table download and workbook hold more.",
            ),
        ),
    ),
    (
        ("联网", "Network"),
        (
            (
                "本图不联网。勾选在线底图后才向该服务请求图片；天地图需要您自己的密钥，只保存在本机浏览器。",
                "No network is needed; only a ticked base map is asked for pictures. Your Tianditu key stays here.",
            ),
        ),
    ),
)
