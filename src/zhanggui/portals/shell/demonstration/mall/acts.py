"""The acts of opening the mall, in order: a name, what is done, and whether in one transaction with its mark."""

from collections.abc import Callable
from datetime import datetime

from zhanggui.portals.shell.demonstration.mall import (
    applying,
    asking,
    billing,
    opening,
    signing,
    splitting,
    trading,
)

type MallAct = tuple[str, Callable[[datetime], None], bool]

OPENING_ACTS: tuple[MallAct, ...] = (
    ("mall: its line and parties", opening.open_line, True),
    ("mall: types, categories, brands", opening.open_catalogue, True),
    ("mall: pictures", opening.draw_pictures, False),
    ("mall: goods of suppliers", opening.open_suppliers, True),
    ("mall: shops", opening.open_shops, True),
    ("mall: supply goods listed", opening.list_supply, True),
    ("mall: goods of shops", opening.fill_shops, True),
    ("mall: codes of digital goods", opening.fill_digital, True),
    ("mall: coupons and rules", opening.open_promotions, True),
)
MALL_ACTS: tuple[MallAct, ...] = (
    *OPENING_ACTS,
    ("mall: contracts are signed", signing.sign_contracts, True),
    ("mall: two apply", applying.apply, True),
    ("mall: WeChat Pay opens", trading.open_channel, True),
    ("mall: an account at WeChat Pay", billing.open_account, True),
    ("mall: rules of splits", splitting.publish_rules, True),
    ("mall: buyers sign up", trading.sign_buyers_up, True),
    ("mall: buyers order and pay", trading.buy, False),
    ("mall: shops ship", trading.ship, True),
    ("mall: goods arrive", trading.receive, False),
    ("mall: accounts for shares", splitting.open_accounts, False),
    ("mall: orders are split", splitting.split, False),
    ("mall: one thing comes back", trading.bring_back, False),
    ("mall: a share comes back", splitting.take_back, False),
    ("mall: buyers ask", asking.ask, True),
    ("mall: the channel's bills", billing.fetch_bills, False),
)
