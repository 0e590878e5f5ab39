"""Causes of uncertainty by name, and what would mend them: words only, for whoever tells them loads no tables."""

REASONS = {  # as tables have them: in Chinese, what would mend it in English and in Chinese
    "height unknown": ("高度未知", "measure the height", "测量建筑高度"),
    "height from floors": ("高度由层数推算", "measure the height", "测量建筑高度"),
    "height from a public model": ("高度取自公开模型", "measure the height", "测量建筑高度"),
    "height of unstated origin": (
        "高度来源未说明",
        "say where the heights come from, or measure",
        "说明高度来源或实测",
    ),
    "heights around": ("周边建筑高度", "measure the neighbours' heights", "测量周边建筑高度"),
    "use unknown": ("用途未知", "find out the use", "核实建筑用途"),
    "use assumed": ("用途为假定", "find out the use", "核实建筑用途"),
    "outline": ("轮廓误差", "survey the outline", "测绘建筑轮廓"),
    "form of the roof": ("屋面形式", "look at the roof", "查看屋面"),
    "ground unknown": (
        "场地条件未知",
        "bring a terrain model and the mine's own outline",
        "提供地形模型与矿山自身边界",
    ),
    "ground": ("场地条件", "survey the ground", "现场踏勘场地"),
    "dykes unknown": (
        "塘埂与水面未知",
        "bring the pond's own outline and say whether dykes are within it",
        "提供鱼塘自身边界并说明是否含塘埂",
    ),
    "dykes": ("塘埂与水面", "survey dykes and water", "实测塘埂与水面"),
    "weather": ("天气与辐照", "measure irradiance on the spot", "现场测光"),
    "model": ("模型误差", "", ""),
    "soiling": ("积灰", "", ""),
}
