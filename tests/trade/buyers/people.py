"""Buyers of tests."""

from datetime import UTC, datetime
from typing import Any

from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.log_in_with_identity import log_in_with_identity
from zhanggui.trade.buyers.operations.sign_up import sign_up

AT = datetime(2026, 10, 3, 9, 0, tzinfo=UTC)
PASSWORD = "oolong-und-regen-17"


def named(username: str = "lin", **more: Any) -> Buyer:
    return sign_up(username=username, password=PASSWORD, at=AT, **more)


def from_weixin(
    subject: str = "o-web-1", *, app: str = "wx-web", union: str = "", nickname: str = "小林"
) -> Buyer:
    return log_in_with_identity(
        provider="weixin", app=app, subject=subject, union=union, nickname=nickname, at=AT
    )[0]
