"""Words that files use: Chinese and English synonyms of uses, waters, yes and no, and remarks that leave a site out.

Each table is read by ``pvmap.sites.words``; a city file adds to it with ``uses`` and ``words`` of an input.
Sources: [gbt21010] (land use), the third national land survey's working classes (codes with a letter),
[gbt50280] (planning terms), [osm_wiki] for the values of building, water and waterway. What no list holds
is judgement: plain meaning of the word.
"""

from __future__ import annotations

USE_WORDS: dict[str, tuple[str, ...]] = {
    "industrial_steel": ("钢结构厂房", "彩钢厂房", "轻钢厂房", "单层厂房", "steel hall", "hangar", "机库"),
    "industrial_concrete": ("混凝土厂房", "多层厂房", "框架厂房", "标准厂房"),
    "industrial": (
        *("工业", "工业用地", "厂房", "工厂", "车间", "仓库", "仓储", "仓储用地", "物流", "物流仓储", "采矿用地"),
        *("0601", "0602", "0604", "06", "industrial", "industry", "factory", "warehouse", "manufacture", "works"),
        *("storage tank", "logistics", "workshop"),
    ),
    "commercial": (
        *(
            "商业",
            "商务",
            "商场",
            "商店",
            "商铺",
            "超市",
            "市场",
            "零售",
            "零售商业用地",
            "批发市场用地",
            "宾馆",
            "酒店",
        ),
        *("旅馆", "旅馆用地", "餐饮", "餐饮用地", "办公", "办公楼", "写字楼", "商务金融用地", "娱乐用地", "商服用地"),
        *("05", "0501", "0502", "0503", "0504", "0505", "0506", "0507", "05h1"),
        *("commercial", "retail", "shop", "shops", "mall", "supermarket", "market", "kiosk", "hotel", "office"),
        *("offices", "bank", "restaurant", "commerce", "business", "cinema", "service station"),
    ),
    "government": (
        *(
            "政府",
            "机关",
            "党政机关",
            "机关办公",
            "机关团体用地",
            "行政",
            "行政办公",
            "村委会",
            "派出所",
            "法院",
            "公共服务",
        ),
        *("0801", "government", "public", "civic", "townhall", "town hall", "courthouse", "police", "fire station"),
        *("administration", "military", "government office"),
    ),
    "education": (
        *(
            "教育",
            "教育用地",
            "学校",
            "小学",
            "中学",
            "大学",
            "学院",
            "幼儿园",
            "校舍",
            "教学楼",
            "科教",
            "科研",
            "科研用地",
        ),
        *("图书馆", "0803", "0804", "education", "educational", "school", "university", "college", "kindergarten"),
        *("campus", "library", "research"),
    ),
    "health": (
        *("医疗", "医院", "卫生院", "诊所", "医疗卫生用地", "养老院", "敬老院", "门诊", "卫生", "0805"),
        *("health", "healthcare", "hospital", "clinic", "medical", "nursing home", "doctors"),
    ),
    "residential_high": ("高层住宅", "高层", "high rise", "highrise", "tower block", "小高层"),
    "residential_low": (
        *("多层住宅", "低层住宅", "house", "houses", "detached", "semidetached house", "semi detached", "terrace"),
        *("bungalow", "villa", "别墅"),
    ),
    "residential_rural": (
        *(
            "农村住宅",
            "农村房屋",
            "农村宅基地",
            "宅基地",
            "农房",
            "农民房",
            "民房",
            "0702",
            "rural",
            "farm",
            "farmhouse",
        ),
    ),
    "residential": (
        *(
            "住宅",
            "居住",
            "居民",
            "居民楼",
            "住宅楼",
            "住宅用地",
            "城镇住宅用地",
            "居住用地",
            "家属楼",
            "宿舍",
            "公寓",
            "小区",
        ),
        *("07", "0701", "residential", "apartment", "apartments", "flat", "flats", "dwelling", "housing", "home"),
        *("dormitory", "single family", "multi family", "multifamily"),
    ),
    "other": (
        *(
            "其他",
            "其它",
            "附属",
            "附属用房",
            "车库",
            "车棚",
            "棚房",
            "简易房",
            "寺庙",
            "庙",
            "教堂",
            "公厕",
            "门卫",
            "温室",
        ),
        *("other", "garage", "garages", "carport", "shed", "hut", "roof", "greenhouse", "church", "chapel", "temple"),
        *("mosque", "cathedral", "religious", "train station", "transportation", "barn", "stable", "cowshed", "sty"),
        *("farm auxiliary", "service", "outbuilding", "toilets", "grandstand", "stadium", "sports hall", "pavilion"),
        *("parking", "ruins", "bunker", "container", "water tower", "transformer tower", "construction"),
    ),
}
NO_USE_WORDS = (
    "yes",
    "building",
    "建筑",
    "建筑物",
    "房屋",
    "一般房屋",
    "普通房屋",
    "unknown",
    "unclassified",
    "未知",
    "不详",
)

WATER_WORDS: dict[str, tuple[str, ...]] = {
    "pond": (
        *(
            "pond",
            "fishpond",
            "fish pond",
            "fishponds",
            "aquaculture",
            "fish farm",
            "养殖",
            "养殖坑塘",
            "坑塘",
            "坑塘水面",
        ),
        *(
            "鱼塘",
            "池塘",
            "养殖池塘",
            "精养池塘",
            "虾塘",
            "蟹塘",
            "养殖水面",
            "塘",
            "山塘",
            "1104",
            "1104a",
            "水产养殖",
        ),
    ),
    "basin": ("basin", "蓄水池", "wastewater", "污水池", "沉淀池", "reflecting pool", "settling basin"),
    "reservoir": ("reservoir", "水库", "水库水面", "水库养殖", "1103"),
    "lake": ("lake", "lakes", "湖", "湖泊", "湖泊水面", "1102", "lagoon", "oxbow", "湖荡"),
    "river": (
        *("river", "rivers", "riverbank", "stream", "河", "河流", "河流水面", "河道", "江", "溪", "1101"),
        *("内陆滩涂", "1106", "沿海滩涂", "1105", "滩涂"),
    ),
    "canal": ("canal", "ditch", "drain", "沟渠", "沟渠水面", "干渠", "渠道", "运河", "1107", "1107a", "渠"),
    "wetland": ("wetland", "wetlands", "marsh", "swamp", "湿地", "沼泽", "沼泽地", "沼泽草地", "1108", "0402"),
}

MINING_WORDS = (
    *("quarry", "mine", "mining", "open pit", "pit", "resource extraction", "surface mine", "mineshaft", "adit"),
    *("采矿用地", "采矿", "采石场", "采石", "矿山", "露天矿", "矿坑", "0602", "盐田及采矿用地", "工矿用地", "废弃矿山"),
)

YES_WORDS = (*("1", "yes", "y", "true", "t", "x", "on", "with", "是", "有", "对", "真", "√", "✓", "✔"),)
NO_WORDS = (
    *("0", "no", "n", "false", "f", "off", "without", "否", "无", "没有", "错", "假", "×", "✗", "✘", "非", "不"),
)
DYKE_WORDS: dict[str, tuple[str, ...]] = {
    "yes": (
        *("included", "includes", "incl", "dykes", "dyke", "with dykes", "含", "包含", "包括", "含有", "已含", "内含"),
        *("含塘埂", "有塘埂", "含埂", "包含塘埂", "包括塘埂", "带塘埂"),
    ),
    "no": (
        *("excluded", "excl", "not included", "without dykes", "no dykes", "water only", "不含", "不包含", "不包括"),
        *("未含", "未包含", "不含塘埂", "无塘埂", "无埂", "净水面", "纯水面", "不含埂"),
    ),
}
MISSING_WORDS = ("", "-", "--", "—", "——", "/", "\\", "n/a", "na", "nan", "null", "none", "nil", "?", "<na>", "空")

NOT_EXCLUDED_WORDS = (
    *(
        "正常",
        "在用",
        "使用中",
        "可用",
        "保留",
        "无异常",
        "良好",
        "完好",
        "合法",
        "已验收",
        "无问题",
        "不排除",
        "现状保留",
    ),
    *("normal", "ok", "okay", "good", "fine", "keep", "kept", "in use", "usable", "available", "existing", "legal"),
    *("not excluded", "included", "active"),
)
LEFT_OUT_WORDS = ("excluded", "exclude", "out", "left out", "not usable", "排除", "剔除", "不可用", "禁止", "不适宜")
EXCLUSION_WORDS: dict[str, tuple[str, ...]] = {
    "heritage": (
        *("heritage", "monument", "listed", "listed building", "historic", "protected building"),
        *("文物", "文保", "文物保护", "文物保护单位", "历史建筑", "保护建筑", "不可移动文物", "历史文化保护", "古建筑"),
    ),
    "temporary": ("temporary", "temp", "provisional", "临时", "临时建筑", "临建", "临时用房", "活动板房", "工棚"),
    "illegal": ("illegal", "unauthorised", "unauthorized", "违法", "违建", "违章", "违法建筑", "违章建筑", "违法建设"),
    "demolition": (
        *("demolition", "to be demolished", "planned for demolition", "demolished", "demolish"),
        *(
            "拆除",
            "拟拆除",
            "待拆",
            "待拆除",
            "拟拆迁",
            "拆迁",
            "征收",
            "拟征收",
            "拟征收拆除",
            "已拆除",
            "已拆",
            "拟拆",
        ),
    ),
    "hazardous": (
        *(
            "hazardous",
            "fire hazard",
            "explosive",
            "hazard",
            "甲类",
            "乙类",
            "甲乙类",
            "甲类厂房",
            "乙类厂房",
            "危化品",
        ),
        *("易燃易爆", "酸雾", "粉尘", "危险品"),
    ),
    "old_steel": ("old steel", "old_steel", "到期彩钢", "彩钢到期", "老旧彩钢", "锈蚀", "彩钢瓦老化"),
    "structure": ("dangerous", "unsafe", "derelict", "ruin", "危房", "危旧房", "d级", "d级危房", "c级危房", "危险房屋"),
}
