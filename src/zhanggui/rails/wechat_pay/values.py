"""How WeChat Pay writes values: moments in Beijing, amounts in cents, texts that may not be long."""

from datetime import datetime, timedelta, timezone

from zhanggui.payments.channel import ChannelRefused

BEIJING = timezone(timedelta(hours=8))
CURRENCY = "CNY"


def written(moment: datetime) -> str:
    """A moment as WeChat wants it: 2026-10-03T10:00:00+08:00."""
    return moment.astimezone(BEIJING).replace(microsecond=0).isoformat()


def moment(text: object) -> datetime | None:
    """A moment as WeChat tells it; None when it tells none."""
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def cut(text: str, *, characters: int = 0, octets: int = 0) -> str:
    """A text not longer than so many characters, or so many bytes of UTF-8."""
    if characters:
        text = text[:characters]
    if octets:
        text = text.encode()[:octets].decode("utf-8", "ignore")
    return text


def must_be_cny(currency: str) -> None:
    """Raises ChannelRefused for any other currency: this gateway has one."""
    if currency != CURRENCY:
        raise ChannelRefused("CURRENCY_NOT_OFFERED", f"WeChat Pay takes {CURRENCY}, not {currency}")
