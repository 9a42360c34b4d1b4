"""Reads over reconciliation."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind
from zhanggui.settlement.reconciliation.errors import (
    UnknownBill,
    UnknownDifference,
    UnknownNote,
    UnknownOwnAccount,
)
from zhanggui.settlement.reconciliation.kinds import LIVE, BillKind, Leg, OurKind
from zhanggui.settlement.reconciliation.models import (
    Bill,
    Difference,
    DifferenceNote,
    ReconciliationRule,
    ReconciliationRun,
)
from zhanggui.settlement.reconciliation.records import Expected
from zhanggui.settlement.reconciliation.rules import Window

RAILS = {
    "wechat": ("wechat", "wechat_pay", "wechat_red_packet"),
    "alipay": ("alipay",),
    "unionpay": ("unionpay",),
    "offline": ("offline",),
}


def rule_for(own_account_id: int) -> ReconciliationRule:
    """This function will return the account's own rule, else the general one, else one of defaults."""
    found = ReconciliationRule.objects.filter(own_account_id__in=[own_account_id, 0])
    rows = {row.own_account_id: row for row in found}
    return rows.get(own_account_id) or rows.get(0) or ReconciliationRule(own_account_id=0)


def rules_in_force() -> list[tuple[str, bool, ReconciliationRule]]:
    """This function will return, for the general rule ("*") and each open account of ours, its code, whether it has
    a rule of its own, and the rule that holds."""
    rows = {row.own_account_id: row for row in ReconciliationRule.objects.all()}
    general = rows.get(0) or ReconciliationRule(own_account_id=0)
    accounts = OwnAccount.objects.filter(active=True).order_by("code").values_list("code", "id")
    held = [(code, number in rows, rows.get(number) or general) for code, number in accounts]
    return [("*", 0 in rows, general), *held]


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


def channel_of(account: OwnAccount) -> str:
    """This function will return who writes the bills of an account: `bank`, `wechat`, `alipay`, `unionpay`, `offline`
    (ourselves), or what its rail is called."""
    if account.kind == OwnAccountKind.BANK:
        return "bank"
    name = str(account.details.get("channel") or account.rail)
    return next((channel for channel, names in RAILS.items() if name in names), name)


def account_for(channel: str, code: str = "") -> OwnAccount:
    """This function will return our account of this code, or the only one of the channel. Raises
    UnknownOwnAccount."""
    accounts = list(OwnAccount.objects.filter(active=True).order_by("id"))
    fitting = [one for one in accounts if channel_of(one) == channel]
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


def kept_evidence(difference_id: int, note_id: int) -> DifferenceNote:
    """This function will return the note of a difference that a file was kept with. Raises UnknownNote."""
    rows = DifferenceNote.objects.filter(id=note_id, difference_id=difference_id)
    found = rows.exclude(evidence_name="").first()
    if found is None:
        raise UnknownNote(
            f"no file was kept with a note {note_id} on difference {difference_id}; look at the difference"
        )
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


def sides_of(row: Difference) -> dict[str, dict[str, Any]]:
    """This function will return both sides of a difference as they are kept: `ours` and `theirs`, empty where
    there is none."""
    theirs: list[dict[str, Any]] = []
    if row.row_number > 0:
        theirs = rows_of(
            "select r.bill_id, r.row_number, r.occurred_at, r.amount_minor, r.fee_milli, r.own_number,"
            " r.own_refund_number, r.channel_number, r.channel_refund_number, r.flow_number, r.title, r.memo,"
            " b.source_name from settlement_external_record r join settlement_bill b on b.id = r.bill_id"
            " where r.bill_id = %s and r.row_number = %s",
            [row.bill_id, row.row_number],
        )
    ours: list[dict[str, Any]] = []
    if row.our_kind == OurKind.PAYMENT:
        ours = rows_of(
            "select o.id as order_id, o.order_no, coalesce(o.paid_at, o.ordered_at) as occurred_at,"
            " coalesce(p.amount_minor, o.paid_minor) as amount_minor, coalesce(p.reference, '') as reference,"
            " coalesce(p.channel_number, '') as channel_number, o.source_status"
            " from settlement_staged_order o left join settlement_staged_payment p on p.order_id = o.id"
            " and p.sequence = %s where o.id = %s",
            [row.our_b, row.our_a],
        )
    elif row.our_kind == OurKind.REFUND:
        ours = rows_of(
            "select r.order_id, r.order_no, r.refund_no, r.refunded_at as occurred_at, -(r.goods_minor"
            " + r.freight_minor) as amount_minor, r.reason from settlement_staged_refund r where r.id = %s",
            [row.our_a],
        )
    elif row.our_kind in (OurKind.PAYOUT, OurKind.PAYOUT_FEE):
        ours = rows_of(
            "select p.number as payout_number, t.end_to_end as own_number, t.reference as channel_number,"
            " coalesce(t.answered_at, t.recorded_at) as occurred_at, t.amount_minor, p.state as payout_state,"
            " p.reason from settlement_payout p join settlement_payout_attempt t on t.payout_id = p.id"
            " and t.attempt = abs(%s) %% 1000 where p.id = %s",
            [row.our_b, row.our_a],
        )
    elif row.our_kind in (OurKind.BILL_ROW, OurKind.BILL_FEE):
        ours = rows_of(
            "select r.bill_id, r.row_number, r.occurred_at, r.amount_minor, r.fee_milli, r.own_number,"
            " r.channel_number, b.source_name from settlement_external_record r"
            " join settlement_bill b on b.id = r.bill_id where r.bill_id = %s and r.row_number = %s",
            [row.our_a, row.our_b],
        )
    return {"ours": ours[0] if ours else {}, "theirs": theirs[0] if theirs else {}}


def day_ends(own_account_id: int, starts_on: date, ends_before: date) -> list[dict[str, Any]]:
    """This function will return, for each day that the account has a bill with a balance of, what the bill and the
    ledger say at its end, minor units: `moved` is of that day, `closing` and `ledger` stand at its end."""
    found = rows_of(
        "select b.id as bill_id, b.starts_on, b.ends_before, b.currency, b.opening_minor, b.closing_minor,"
        " b.closing_minor - b.opening_minor as their_move,"
        " coalesce((select sum(d.amount) from ledger_delta d join ledger_account a on a.id = d.account_id"
        "  where a.purpose in ('1012.02', '1002') and a.reference = b.own_account_id and a.party_id = 0"
        "  and d.booked_date >= b.starts_on and d.booked_date < b.ends_before), 0)::bigint as our_move,"
        " coalesce((select sum(d.amount) from ledger_delta d join ledger_account a on a.id = d.account_id"
        "  where a.purpose in ('1012.02', '1002') and a.reference = b.own_account_id and a.party_id = 0"
        "  and d.booked_date < b.ends_before), 0)::bigint as ledger_minor,"
        " (select count(*) from settlement_difference f where f.own_account_id = b.own_account_id"
        "  and f.state in ('open', 'suspended') and f.day < b.ends_before) as waiting"
        " from settlement_bill b where b.own_account_id = %s and b.kind in ('fund', 'statement')"
        " and b.starts_on >= %s and b.starts_on < %s and b.closing_minor is not null order by b.starts_on desc",
        [own_account_id, starts_on, ends_before],
    )
    for row in found:
        row["gap"] = row["their_move"] - row["our_move"]
    return found


def ledger_balance(own_account_id: int) -> int:
    """This function will return what the ledger says now of an account of ours, minor units."""
    [found] = rows_of(
        "select coalesce(sum(d.amount), 0)::bigint as balance from ledger_account a"
        " join ledger_delta d on d.account_id = a.id where a.purpose in ('1012.02', '1002') and a.reference = %s"
        " and a.party_id = 0",
        [own_account_id],
    )
    return int(found["balance"])


def latest_balances(own_account_id: int, days: int) -> list[dict[str, Any]]:
    """This function will return `day_ends` of the days up to the account's latest bill with a balance."""
    latest = Bill.objects.filter(own_account_id=own_account_id, closing_minor__isnull=False).order_by(
        "-ends_before"
    )
    row = latest.first()
    if row is None:
        return []
    return day_ends(own_account_id, row.ends_before - timedelta(days=days), row.ends_before)


def kept_as_taken_in(row: Bill) -> bool:
    """This function will say whether the rows kept of a bill still come to what it was when it was taken in."""
    [found] = rows_of(
        "select count(*) as rows, coalesce(sum(amount_minor), 0)::bigint as moved,"
        " coalesce(sum(fee_milli), 0)::bigint as fees from settlement_external_record where bill_id = %s",
        [row.id],
    )
    return (found["rows"], found["moved"], found["fees"]) == (
        row.rows, row.in_minor + row.out_minor, row.fee_milli,
    )  # fmt: skip


def rows_placed_by(run: ReconciliationRun) -> int | None:
    """This function will count the rows of its bill that a run placed for the first time, matched or differing.
    None for a run that notes what leaves for the bank, which places none."""
    if run.leg == Leg.BANK and run.bill.kind == BillKind.FUND:
        return None
    [found] = rows_of(
        "select (select count(*) from settlement_reconciliation_match m where m.run_id = %(run)s"
        "   and m.bill_id = %(bill)s and not exists (select from settlement_difference d where d.leg = m.leg"
        "    and d.bill_id = m.bill_id and d.row_number = m.row_number and d.run_id < m.run_id))"
        " + (select count(*) from settlement_difference d where d.run_id = %(run)s and d.bill_id = %(bill)s"
        "   and d.row_number <> 0 and not exists (select from settlement_difference e where e.leg = d.leg"
        "    and e.bill_id = d.bill_id and e.row_number = d.row_number and e.run_id < d.run_id)) as placed",
        {"run": run.id, "bill": run.bill_id},
    )
    return int(found["placed"])
