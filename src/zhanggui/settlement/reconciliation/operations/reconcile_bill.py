"""Run the legs of a bill: what is not placed yet is placed, once, and what that proves is posted."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

from zhanggui.rows.statistics import refresh_statistics
from zhanggui.settlement.reconciliation.kinds import BillKind, Leg
from zhanggui.settlement.reconciliation.locks import lock_account
from zhanggui.settlement.reconciliation.matching.bank import place_bank_rows, post_arrivals
from zhanggui.settlement.reconciliation.matching.fund import (
    fund_bill_of,
    place_fund_rows,
    place_withdrawals,
    trade_bills_of,
)
from zhanggui.settlement.reconciliation.matching.ledger_balance import place_balance
from zhanggui.settlement.reconciliation.matching.payouts import holds_payouts, place_payout_rows
from zhanggui.settlement.reconciliation.matching.placing import Placed, age_suspended, write_placed
from zhanggui.settlement.reconciliation.matching.trade import place_trade_rows
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRun
from zhanggui.settlement.reconciliation.posting import Poster
from zhanggui.settlement.reconciliation.queries import rule_for, window_of
from zhanggui.settlement.reconciliation.readers import payouts_in_trade_bill
from zhanggui.settlement.reconciliation.rules import fee_minor

_TEMPORARY = ("recon_theirs", "recon_ours", "recon_pairs", "recon_left", "recon_placed", "recon_named")


def reconcile_bill(
    *, bill: Bill, clock: Callable[[], datetime], actor: str, close_day: bool = True
) -> list[ReconciliationRun]:
    """This function will run every leg that the bill allows in the caller's transaction and return the new runs.

    Running again places only what has come since; with nothing new there is no run. Two at once wait for each
    other. Fund bills bring the legs of their days: against the trade bill, the ledger, and the bank. With
    `close_day` off, the ledger's balance is not yet compared (more bills of the day are to come).
    """
    lock_account(bill.own_account_id)
    runs: list[ReconciliationRun | None] = []
    if bill.kind == BillKind.TRADE:
        runs.append(_run(Leg.TRADE, bill, clock, actor))
        if holds_payouts(bill, in_trade_bill=payouts_in_trade_bill(bill.channel)):
            runs.append(_run(Leg.PAYOUT, bill, clock, actor))
        fund = fund_bill_of(bill)
        if fund is not None:
            runs += _fund_legs(fund, clock, actor, close_day)
    elif bill.kind == BillKind.FUND:
        runs += _fund_legs(bill, clock, actor, close_day)
    else:
        runs.append(_run(Leg.BANK, bill, clock, actor))
    return [one for one in runs if one is not None]


def _fund_legs(
    fund: Bill, clock: Callable[[], datetime], actor: str, close_day: bool
) -> list[ReconciliationRun | None]:
    runs = [_withdraw(fund, clock, actor), _run(Leg.PAYOUT, fund, clock, actor)]
    if trade_bills_of(fund):
        runs.append(_run(Leg.FUND, fund, clock, actor))
        if close_day:
            runs.append(_run(Leg.LEDGER, fund, clock, actor))
    return runs


def _withdraw(fund: Bill, clock: Callable[[], datetime], actor: str) -> ReconciliationRun | None:
    """Withdrawals are noted once a bill, as on their way to the bank; the bank's statement matches them."""
    amount, rows = place_withdrawals(fund)
    if not rows or ReconciliationRun.objects.filter(bill=fund, leg=Leg.BANK).exists():
        return None
    began, run_id = clock(), _next_run()
    Poster(fund, run_id, began).leaving(-amount)
    placed = Placed(theirs=rows, theirs_minor=amount)
    return _save(run_id, Leg.BANK, fund, placed, 0, (began, clock()), actor)


def _run(leg: Leg, bill: Bill, clock: Callable[[], datetime], actor: str) -> ReconciliationRun | None:
    began, run_id = clock(), _next_run()
    rule = rule_for(bill.own_account_id)
    window = window_of(bill.own_account, bill.starts_on, bill.ends_before)
    _forget()
    first = not ReconciliationRun.objects.filter(bill=bill, leg=leg).exists()
    place = {
        Leg.TRADE: place_trade_rows, Leg.FUND: place_fund_rows, Leg.LEDGER: place_balance,
        Leg.BANK: place_bank_rows, Leg.PAYOUT: place_payout_rows,
    }[leg]  # fmt: skip
    place(bill, window, rule)
    suspense = leg in (Leg.TRADE, Leg.PAYOUT) and rule.post_suspense
    placed = write_placed(
        leg=leg, run_id=run_id, bill=bill, window=window, rule=rule, at=began, suspense=suspense,
        waits_always=leg == Leg.BANK,
    )  # fmt: skip
    age_suspended(bill=bill, leg=leg)
    # A day on which nothing was paid out leaves no run over its payouts.
    if not placed.anything and (leg == Leg.PAYOUT or not first):
        return None
    fees = 0
    poster = Poster(bill, run_id, began)
    if leg == Leg.TRADE:
        if rule.post_settlements:
            poster.settled()
            poster.with_sub_merchants()
        if first and rule.post_fees:
            fees = fee_minor(bill.fee_milli)
            poster.fees(fees)
        poster.suspense(placed.suspense_minor - placed.returned_minor)
    elif leg == Leg.PAYOUT:
        if rule.post_settlements:
            poster.paid_out()
        if rule.post_fees:
            fees = poster.payout_fees()
        poster.suspense(placed.suspense_minor - placed.returned_minor)
    elif leg == Leg.BANK and rule.post_settlements:
        post_arrivals(poster)
    refresh_statistics(["settlement_reconciliation_match", "settlement_difference"], written=placed.matched)
    return _save(run_id, leg, bill, placed, fees, (began, clock()), actor)


def _save(
    run_id: int, leg: Leg, bill: Bill, placed: Placed, fees: int, times: tuple[datetime, datetime], actor: str
) -> ReconciliationRun:
    return ReconciliationRun.objects.create(
        id=run_id, own_account=bill.own_account, leg=int(leg), bill=bill, starts_on=bill.starts_on,
        ends_before=bill.ends_before, currency=bill.currency, our_count=placed.ours, our_minor=placed.ours_minor,
        their_count=placed.theirs, their_minor=placed.theirs_minor, matched_count=placed.matched,
        matched_minor=placed.matched_minor, suspended_count=placed.suspended, differing_count=placed.differing,
        kinds=placed.kinds, fees_minor=fees, started_at=times[0], finished_at=times[1], actor=actor,
    )  # fmt: skip


def _next_run() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('settlement_reconciliation_run', 'id'))")
        return int(cursor.fetchone()[0])


def _forget() -> None:
    """Temporary tables live as long as the transaction; one leg's are not the next one's."""
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists {', '.join(_TEMPORARY)}")
