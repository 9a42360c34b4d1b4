"""Reads over reconciliation."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind
from zhanggui.settlement.reconciliation.errors import UnknownBill, UnknownDifference, UnknownOwnAccount
from zhanggui.settlement.reconciliation.kinds import LIVE, BillKind
from zhanggui.settlement.reconciliation.models import (
    Bill,
    Difference,
    ReconciliationRule,
    ReconciliationRun,
)
from zhanggui.settlement.reconciliation.records import Expected
from zhanggui.settlement.reconciliation.rules import Window

RAILS = {"wechat": ("wechat", "wechat_pay"), "alipay": ("alipay",), "unionpay": ("unionpay",)}


def rule_for(own_account_id: int) -> ReconciliationRule:
    """This function will return the account's own rule, else the general one, else one of defaults."""
    found = ReconciliationRule.objects.filter(own_account_id__in=[own_account_id, 0])
    rows = {row.own_account_id: row for row in found}
    return rows.get(own_account_id) or rows.get(0) or ReconciliationRule(own_account_id=0)


def zone_of(account: OwnAccount) -> ZoneInfo:
    """This function will return the zone in which the account's bills count days."""
    named = account.details.get("zone")
    return ZoneInfo(str(named)) if named else ZoneInfo(str(timezone.get_default_timezone()))


def window_of(account: OwnAccount, starts_on: date, ends_before: date) -> Window:
    """This function will return the days of a bill of the account."""
    return Window(starts_on, ends_before, zone_of(account), int(account.details.get("cut_hour", 0)))


def expected_of(account: OwnAccount) -> Expected:
    """This function will say what a bill of the account must be of."""
    number = account.details.get("merchant_number", "")
    if account.kind == OwnAccountKind.BANK and not number:
        number = account.number_masked[-4:] if account.number_masked[-4:].isalnum() else ""
    return Expected(account.currency, str(number), zone_of(account), dict(account.details))


def account_for(channel: str, code: str = "") -> OwnAccount:
    """This function will return our account of this code, or the only one of the channel. Raises
    UnknownOwnAccount."""
    accounts = list(OwnAccount.objects.filter(active=True).order_by("id"))
    if channel == "bank":
        fitting = [one for one in accounts if one.kind == OwnAccountKind.BANK]
    else:
        fitting = [
            one for one in accounts
            if one.kind == OwnAccountKind.CHANNEL and one.rail in RAILS.get(channel, (channel,))
        ]  # fmt: skip
    if code:
        fitting = [one for one in fitting if one.code == code]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(one.code for one in fitting) or "none"
    wanted = f"account {code!r}" if code else "one account"
    raise UnknownOwnAccount(
        f"{wanted} of channel {channel} is needed, there is: {known}; name one with --account, or set it up first",
        channel=channel,
    )


def bill(bill_id: int) -> Bill:
    """This function will return a bill. Raises UnknownBill."""
    found = Bill.objects.select_related("own_account").filter(id=bill_id).first()
    if found is None:
        raise UnknownBill(f"there is no bill {bill_id}")
    return found


def difference(difference_id: int, *, lock: bool = False) -> Difference:
    """This function will return a difference, locked if wished. Raises UnknownDifference."""
    rows = Difference.objects.select_for_update(of=("self",)) if lock else Difference.objects.all()
    found = rows.select_related("own_account", "run").filter(id=difference_id).first()
    if found is None:
        raise UnknownDifference(f"there is no difference {difference_id}")
    return found


def open_differences_count() -> int:
    """This function will count the differences that wait for somebody."""
    return Difference.objects.filter(state="open").count()


def live_differences(own_account_id: int) -> int:
    """This function will count the account's differences that are not settled."""
    return Difference.objects.filter(own_account_id=own_account_id, state__in=LIVE).count()


def runs_of(bill_id: int) -> list[ReconciliationRun]:
    """This function will return the passes over a bill, oldest first."""
    return list(ReconciliationRun.objects.filter(bill_id=bill_id).order_by("id"))


def fund_bills_within(own_account_id: int, starts_on: date, ends_before: date) -> list[Bill]:
    """This function will return the account's fund bills that lie within these days."""
    return list(
        Bill.objects.filter(
            own_account_id=own_account_id, kind=BillKind.FUND, starts_on__gte=starts_on,
            ends_before__lte=ends_before,
        ).order_by("starts_on")
    )  # fmt: skip


def rows_of(query: str, params: Any) -> list[dict[str, Any]]:
    """This function will return a query's rows as dicts."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
