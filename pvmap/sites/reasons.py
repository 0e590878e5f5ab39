"""Why ground or roof is not used: every reason the rules of this package can give, apart from the masks' own names.

English is the key in the table "exclusions"; the Chinese stands beside it for maps and workbooks.
"""

from __future__ import annotations

SETBACK = "setback"
OBSTACLES = "obstacles"
ACCESS = "access and maintenance"
STRUCTURE = "ownership and structure"
POLE_FACING = "north-facing plane"
SMALL_ROOF = "roof too small"
NO_TERRAIN = "no terrain"
TERRAIN_SHARE = "share of broken ground"
HIGHWALL = "highwall"
ASPECT = "slope and aspect"
SMALL_PATCH = "patch too small"
ROADS = "roads and inverters"
DYKES = "dykes"
SMALL_POND = "pond too small"
NARROW_POND = "pond too narrow"
SMALL_CLUSTER = "cluster too small"
BANNED_WATER = "river, lake or reservoir"

REASONS_ZH = {
    SETBACK: "屋面退让",
    OBSTACLES: "屋面障碍物",
    ACCESS: "检修与运维通道",
    STRUCTURE: "产权与结构条件",
    POLE_FACING: "北向坡面",
    SMALL_ROOF: "屋面过小",
    NO_TERRAIN: "无地形数据",
    TERRAIN_SHARE: "破碎地形占比",
    HIGHWALL: "高陡边坡",
    ASPECT: "坡度坡向不符",
    SMALL_PATCH: "连片面积不足",
    ROADS: "道路与逆变设备",
    DYKES: "塘埂",
    SMALL_POND: "鱼塘过小",
    NARROW_POND: "鱼塘过窄",
    SMALL_CLUSTER: "连片鱼塘不足",
    BANNED_WATER: "河流、湖泊、水库",
    "heritage": "文物与历史保护建筑",
    "temporary building": "临时建筑",
    "illegal building": "违法建筑",
    "planned for demolition": "拟拆除建筑",
    "class A or B fire hazard, acid or dust": "甲乙类厂房及酸雾粉尘环境",
    "steel roof at the end of its life": "到期彩钢屋面",
    "unsafe building": "危险房屋",
    "left out by its source": "数据来源注明排除",
}

# Values of the column `excluded` that say why a single site is out.
SOURCE_REASONS = {
    "heritage": "heritage",
    "temporary": "temporary building",
    "illegal": "illegal building",
    "demolition": "planned for demolition",
    "hazardous": "class A or B fire hazard, acid or dust",
    "old_steel": "steel roof at the end of its life",
    "structure": "unsafe building",
    "stated": "left out by its source",
}
