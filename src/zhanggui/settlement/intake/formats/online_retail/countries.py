"""The countries of the buyers: their published names are the codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ZH: Final = {
    "Australia": "澳大利亚",
    "Austria": "奥地利",
    "Bahrain": "巴林",
    "Belgium": "比利时",
    "Brazil": "巴西",
    "Canada": "加拿大",
    "Channel Islands": "海峡群岛",
    "Cyprus": "塞浦路斯",
    "Czech Republic": "捷克",
    "Denmark": "丹麦",
    "EIRE": "爱尔兰",
    "European Community": "欧洲共同体",
    "Finland": "芬兰",
    "France": "法国",
    "Germany": "德国",
    "Greece": "希腊",
    "Hong Kong": "中国香港",
    "Iceland": "冰岛",
    "Israel": "以色列",
    "Italy": "意大利",
    "Japan": "日本",
    "Lebanon": "黎巴嫩",
    "Lithuania": "立陶宛",
    "Malta": "马耳他",
    "Netherlands": "荷兰",
    "Norway": "挪威",
    "Poland": "波兰",
    "Portugal": "葡萄牙",
    "RSA": "南非",
    "Saudi Arabia": "沙特阿拉伯",
    "Singapore": "新加坡",
    "Spain": "西班牙",
    "Sweden": "瑞典",
    "Switzerland": "瑞士",
    "USA": "美国",
    "United Arab Emirates": "阿联酋",
    "United Kingdom": "英国",
    "Unspecified": "未注明",
}
_EN: Final = {"EIRE": "Ireland", "RSA": "South Africa"}


def country_names(code: str) -> Mapping[str, str]:
    """The names of a country by its published name."""
    return {"zh": _ZH.get(code, code), "en": _EN.get(code, code)}
