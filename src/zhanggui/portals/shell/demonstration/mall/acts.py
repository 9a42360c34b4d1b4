"""The acts of opening the mall and of its first month, each with its moment, then those of the day on which the
demonstration is played: a name, what is done, and whether in one transaction with its mark."""

from collections.abc import Callable
from datetime import datetime

from zhanggui.portals.shell.demonstration.mall import (
    applying,
    asking,
    billing,
    first_month,
    month_end,
    opening,
    signing,
    splitting,
    trading,
)
from zhanggui.portals.shell.demonstration.mall.first_month import OPENING, after, then, this_month
from zhanggui.portals.shell.demonstration.mall.month_end import WITHDRAWN

type Do = Callable[[datetime], None]
type MallAct = tuple[str, Do, bool]
type DatedAct = tuple[str, Callable[[], datetime], Do, bool]

OPENING_ACTS: tuple[MallAct, ...] = (
    (OPENING, opening.open_line, True),
    ("mall: types, categories, brands", opening.open_catalogue, True),
    ("mall: pictures", opening.draw_pictures, False),
    ("mall: goods of suppliers", opening.open_suppliers, True),
    ("mall: shops", opening.open_shops, True),
    ("mall: supply goods listed", opening.list_supply, True),
    ("mall: goods of shops", opening.fill_shops, True),
    ("mall: codes of digital goods", opening.fill_digital, True),
    ("mall: coupons and rules", opening.open_promotions, True),
)


def _only_then(do: Do) -> Do:
    """Done where the mall was open by then: not in a home in which an earlier version opened it."""

    def act(at: datetime) -> None:
        if first_month.was(at):
            do(at)

    return act


_FIRST_MONTH: tuple[DatedAct, ...] = (
    ("mall: a shop is paid at WeChat Pay", then(4, 10), first_month.open_sub_merchant, False),
    ("mall: members are promised a rebate", then(5, 10), first_month.promise_rebates, True),
    ("mall: the first orders", then(6, 20), first_month.buy, False),
    ("mall: they are shipped", then(7, 10), first_month.ship, True),
    ("mall: they arrive", then(9, 18), first_month.receive, False),
    ("mall: the first splits", then(9, 19), first_month.split, False),
    ("mall: a set comes back", then(12, 11), first_month.bring_back, False),
    ("mall: they are completed", then(22, 1), first_month.complete, True),
    ("mall: the first statements close", after(1, 2), month_end.close, False),
    ("mall: members get their rebate", after(1, 3), month_end.rebate_members, False),
    ("mall: accounts at banks", after(2, 10), month_end.open_accounts, True),
    ("mall: the first statements are confirmed", after(8, 10), month_end.confirm, False),
    ("mall: money goes to the bank", after(*WITHDRAWN), first_month.withdraw, True),
    ("mall: the first statements are paid", after(12, 10), month_end.pay, False),
    ("mall: the second statements close", this_month(1, 2), month_end.close_second, False),
)
FIRST_MONTH_ACTS: tuple[DatedAct, ...] = (
    *((name, then(2, 9), do, at_once) for name, do, at_once in OPENING_ACTS),
    ("mall: WeChat Pay opens", then(2, 14), trading.open_channel, True),
    ("mall: an account at WeChat Pay", then(2, 15), billing.open_account, True),
    ("mall: rules of splits", then(2, 16), splitting.publish_rules, True),
    ("mall: buyers sign up", then(3, 9), trading.sign_buyers_up, True),
    *((name, when, _only_then(do), at_once) for name, when, do, at_once in _FIRST_MONTH),
)
MALL_ACTS: tuple[MallAct, ...] = (
    ("mall: contracts are signed", signing.sign_contracts, True),
    ("mall: two apply", applying.apply, True),
    ("mall: buyers order and pay", trading.buy, False),
    ("mall: shops ship", trading.ship, True),
    ("mall: goods arrive", trading.receive, False),
    ("mall: accounts for shares", splitting.open_accounts, False),
    ("mall: orders are split", splitting.split, False),
    ("mall: one thing comes back", trading.bring_back, False),
    ("mall: a share comes back", splitting.take_back, False),
    ("mall: buyers ask", asking.ask, True),
    ("mall: the channel's bills", billing.fetch_bills, False),
    ("mall: the bank's statement", month_end.take_statement, False),
)
