"""UnionPay knows a message by its number and its time (orderId, txnTime), and is asked for it by both.

Our numbers bear their time, so nobody has to keep it: the first fourteen digits in a number that are a time,
YYYYMMDDhhmmss in Beijing. UnionPay takes 8 to 40 letters and digits.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from zhanggui.payments.channel import ChannelRefused

ZONE = ZoneInfo("Asia/Shanghai")
_NUMBER = re.compile(r"[0-9A-Za-z]{8,40}")
_TIME = re.compile(r"(?=(20\d{12}))")


def sent_at(number: str) -> datetime:
    """This function will return the time that a number bears. Raises ChannelRefused where it bears none, or is none
    that UnionPay takes."""
    if not _NUMBER.fullmatch(number):
        raise ChannelRefused("NUMBER_REFUSED", "a number at UnionPay has 8 to 40 letters and digits")
    for found in _TIME.finditer(number):
        try:
            return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=ZONE)
        except ValueError:
            continue
    raise ChannelRefused(
        "NUMBER_WITHOUT_TIME", f"{number} bears no time YYYYMMDDhhmmss, which UnionPay asks for"
    )


def stamp(at: datetime) -> str:
    """A time as UnionPay writes it."""
    return f"{at.astimezone(ZONE):%Y%m%d%H%M%S}"
