"""The currencies we settle in: code, decimals and names.

Decimals ("exponents") are those of ISO 4217, list one: the minor unit of CNY is 10**-2 yuan. Points are a
currency of ours with the code PTS and no decimals; one point is one minor unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from zhanggui.money.errors import UnknownCurrency


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: `exponent` decimals separate the major unit from the minor one."""

    code: str
    exponent: int
    symbol: str
    name_zh: str
    name_en: str

    @property
    def minor_per_major(self) -> int:
        """How many minor units make one major unit: 100 for CNY, 1 for JPY, 1000 for KWD."""
        return int(10**self.exponent)


POINTS: Final = "PTS"

_TABLE: Final = (
    Currency("CNY", 2, "¥", "人民币", "Chinese yuan"),
    Currency("HKD", 2, "HK$", "港元", "Hong Kong dollar"),
    Currency("MOP", 2, "MOP$", "澳门元", "Macanese pataca"),
    Currency("TWD", 2, "NT$", "新台币", "New Taiwan dollar"),
    Currency("USD", 2, "US$", "美元", "US dollar"),
    Currency("EUR", 2, "€", "欧元", "Euro"),
    Currency("GBP", 2, "£", "英镑", "Pound sterling"),
    Currency("JPY", 0, "JP¥", "日元", "Japanese yen"),
    Currency("KRW", 0, "₩", "韩元", "South Korean won"),
    Currency("SGD", 2, "S$", "新加坡元", "Singapore dollar"),
    Currency("MYR", 2, "RM", "马来西亚林吉特", "Malaysian ringgit"),
    Currency("THB", 2, "฿", "泰铢", "Thai baht"),
    Currency("VND", 0, "₫", "越南盾", "Vietnamese dong"),
    Currency("IDR", 2, "Rp", "印度尼西亚卢比", "Indonesian rupiah"),
    Currency("PHP", 2, "₱", "菲律宾比索", "Philippine peso"),
    Currency("INR", 2, "₹", "印度卢比", "Indian rupee"),
    Currency("PKR", 2, "Rs", "巴基斯坦卢比", "Pakistani rupee"),
    Currency("BDT", 2, "৳", "孟加拉塔卡", "Bangladeshi taka"),
    Currency("LKR", 2, "LKR", "斯里兰卡卢比", "Sri Lankan rupee"),
    Currency("KZT", 2, "₸", "哈萨克斯坦坚戈", "Kazakhstani tenge"),
    Currency("RUB", 2, "₽", "俄罗斯卢布", "Russian rouble"),
    Currency("AUD", 2, "A$", "澳大利亚元", "Australian dollar"),
    Currency("NZD", 2, "NZ$", "新西兰元", "New Zealand dollar"),
    Currency("CAD", 2, "C$", "加拿大元", "Canadian dollar"),
    Currency("MXN", 2, "MX$", "墨西哥比索", "Mexican peso"),
    Currency("BRL", 2, "R$", "巴西雷亚尔", "Brazilian real"),
    Currency("ARS", 2, "AR$", "阿根廷比索", "Argentine peso"),
    Currency("CLP", 0, "CL$", "智利比索", "Chilean peso"),
    Currency("COP", 2, "CO$", "哥伦比亚比索", "Colombian peso"),
    Currency("PEN", 2, "S/", "秘鲁索尔", "Peruvian sol"),
    Currency("CHF", 2, "CHF", "瑞士法郎", "Swiss franc"),
    Currency("SEK", 2, "SEK", "瑞典克朗", "Swedish krona"),
    Currency("NOK", 2, "NOK", "挪威克朗", "Norwegian krone"),
    Currency("DKK", 2, "DKK", "丹麦克朗", "Danish krone"),
    Currency("ISK", 0, "ISK", "冰岛克朗", "Icelandic krona"),
    Currency("PLN", 2, "zł", "波兰兹罗提", "Polish zloty"),
    Currency("CZK", 2, "Kč", "捷克克朗", "Czech koruna"),
    Currency("HUF", 2, "Ft", "匈牙利福林", "Hungarian forint"),
    Currency("RON", 2, "lei", "罗马尼亚列伊", "Romanian leu"),
    Currency("UAH", 2, "₴", "乌克兰格里夫纳", "Ukrainian hryvnia"),
    Currency("TRY", 2, "₺", "土耳其里拉", "Turkish lira"),
    Currency("ILS", 2, "₪", "以色列新谢克尔", "Israeli new shekel"),
    Currency("AED", 2, "AED", "阿联酋迪拉姆", "UAE dirham"),
    Currency("SAR", 2, "SAR", "沙特里亚尔", "Saudi riyal"),
    Currency("QAR", 2, "QAR", "卡塔尔里亚尔", "Qatari riyal"),
    Currency("KWD", 3, "KWD", "科威特第纳尔", "Kuwaiti dinar"),
    Currency("BHD", 3, "BHD", "巴林第纳尔", "Bahraini dinar"),
    Currency("OMR", 3, "OMR", "阿曼里亚尔", "Omani rial"),
    Currency("JOD", 3, "JOD", "约旦第纳尔", "Jordanian dinar"),
    Currency("TND", 3, "TND", "突尼斯第纳尔", "Tunisian dinar"),
    Currency("EGP", 2, "E£", "埃及镑", "Egyptian pound"),
    Currency("ZAR", 2, "R", "南非兰特", "South African rand"),
    Currency("NGN", 2, "₦", "尼日利亚奈拉", "Nigerian naira"),
    Currency("KES", 2, "KSh", "肯尼亚先令", "Kenyan shilling"),
    Currency(POINTS, 0, "PTS", "积分", "Points"),
)

#: Every currency by its code.
CURRENCIES: Final[Mapping[str, Currency]] = MappingProxyType({entry.code: entry for entry in _TABLE})


def currency_of(code: str) -> Currency:
    """The currency with this code. Raises UnknownCurrency."""
    found = CURRENCIES.get(code)
    if found is None:
        near = str(code).strip().upper()
        hint = (
            f" Did you mean {near}?"
            if near in CURRENCIES
            else " Use a three-letter ISO 4217 code such as CNY."
        )
        raise UnknownCurrency(f"{code!r} is not a currency we know.{hint}", currency=code)
    return found


def exponent_of(code: str) -> int:
    """How many decimals the currency has. Raises UnknownCurrency."""
    return currency_of(code).exponent
