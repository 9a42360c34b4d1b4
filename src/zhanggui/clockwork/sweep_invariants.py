"""Sweep every invariant of the books: after every database test, on a schedule, and by `zhanggui audit`."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from zhanggui.approvals import invariants as approvals
from zhanggui.audit import invariants as audit_log
from zhanggui.audit.models import SweepResult
from zhanggui.journeys import invariants as journeys
from zhanggui.ledger import invariants as ledger
from zhanggui.outbox import invariants as outbox
from zhanggui.payments import invariants as payments
from zhanggui.settlement import invariants as settlement
from zhanggui.settlement.adjustments import invariants as adjustments
from zhanggui.settlement.archives import invariants as archives
from zhanggui.settlement.billing import invariants as billing
from zhanggui.settlement.collections import invariants as collections
from zhanggui.settlement.fees import invariants as fees
from zhanggui.settlement.guarantees import invariants as guarantees
from zhanggui.settlement.intake import invariants as intake
from zhanggui.settlement.invoices import invariants as invoices
from zhanggui.settlement.monitoring import invariants as monitoring
from zhanggui.settlement.payouts import invariants as payouts
from zhanggui.settlement.reconciliation import invariants as reconciliation
from zhanggui.settlement.splits import invariants as splits
from zhanggui.settlement.subsidies import invariants as subsidies
from zhanggui.trade.buyers import invariants as buyers
from zhanggui.trade.catalogue import invariants as catalogue
from zhanggui.trade.fulfilment import invariants as fulfilment
from zhanggui.trade.orders import invariants as orders
from zhanggui.trade.promotions import invariants as promotions
from zhanggui.trade.questions import invariants as questions
from zhanggui.trade.returns import invariants as returns
from zhanggui.trade.reviews import invariants as reviews
from zhanggui.vault import invariants as vault

type Check = Callable[[], list[dict[str, Any]]]

CHECKS: tuple[Check, ...] = (
    ledger.entry_unbalanced,
    ledger.posting_crosses_books,
    ledger.delta_differs_from_postings,
    ledger.trial_balance_not_zero,
    ledger.folded_balance_differs,
    ledger.day_sums_differ,
    ledger.batch_changed,
    ledger.entry_without_batch,
    ledger.seal_broken,
    payments.payment_differs_from_parts,
    payments.charge_differs_from_parts,
    payments.paid_without_its_charge,
    payments.refunds_differ_from_charge,
    payments.repairs_contradict_refund,
    splits.split_differs_from_shares,
    splits.sub_merchants_part_torn,
    subsidies.subsidies_differ_from_ledger,
    splits.split_not_by_its_rule,
    splits.shares_above_ceiling,
    splits.shares_above_owed,
    splits.split_in_transit_differs,
    splits.share_differs_from_details,
    splits.returned_differs_from_returns,
    splits.split_paid_differs_from_ledger,
    orders.purchase_differs_from_orders,
    orders.order_differs_from_lines,
    orders.discounts_differ_from_shares,
    orders.purchase_differs_from_payment,
    orders.orders_differ_from_purchase,
    orders.given_back_above_paid,
    returns.case_differs_from_slip,
    returns.way_back_differs_from_case,
    returns.restocked_above_returned,
    questions.question_state_is_not_its_last_message,
    questions.question_of_somebody_else,
    reviews.ratings_differ_from_reviews,
    reviews.review_of_another_order,
    fulfilment.shipped_above_ordered,
    fulfilment.shipped_order_without_parcels,
    fulfilment.reserved_differs_from_orders,
    fulfilment.parcel_of_others,
    fulfilment.digital_items_differ,
    journeys.freight_differs_from_charges,
    settlement.details_differ_from_entry,
    settlement.statement_differs_from_lines,
    settlement.statement_differs_from_ledger,
    settlement.confirmed_differs_from_ledger,
    settlement.payables_differ_from_statements,
    settlement.reversed_above_original,
    settlement.refunded_above_paid,
    settlement.payment_parts_differ,
    settlement.line_on_no_statement,
    billing.done_orders_open,
    settlement.detail_sums_differ,
    settlement.statement_sums_differ,
    archives.archive_chain_broken,
    archives.archived_statement_differs,
    archives.line_ranges_differ,
    archives.finished_range_differs,
    settlement.leaf_changed,
    settlement.details_not_parallel,
    settlement.statement_chain_broken,
    settlement.open_twice,
    intake.held_line_billable,
    adjustments.adjustment_without_its_detail,
    adjustments.rebates_differ_from_runs,
    guarantees.deposit_differs_from_ledger,
    guarantees.pledged_differs_from_orders,
    guarantees.reserved_differs_from_holds,
    guarantees.withheld_differs_from_movements,
    collections.receipt_differs_from_ledger,
    collections.receivable_differs_from_debt,
    collections.debt_in_the_wrong_station,
    fees.published_rules_changed,
    intake.pull_differs_from_batches,
    payouts.paid_above_statement,
    payouts.in_transit_differs_from_payouts,
    payouts.given_back_differs_from_payouts,
    payouts.own_account_differs_from_payouts,
    payouts.executed_attempt_missing,
    payouts.attempt_differs_from_payout,
    payouts.payout_without_approval,
    payouts.receiver_not_as_approved,
    payouts.statement_station_differs,
    payouts.batch_differs_from_payouts,
    payouts.sent_file_missing,
    invoices.invoice_parts_differ_from_details,
    invoices.invoice_differs_from_lines,
    invoices.invoice_of_other_details,
    invoices.detail_invoiced_twice,
    invoices.red_above_original,
    invoices.invoice_axis_differs,
    invoices.received_above_expected,
    invoices.verified_by_uploader,
    invoices.withholding_differs_from_detail,
    invoices.withheld_tax_given_back_differs,
    invoices.filed_month_changed,
    invoices.invoice_file_changed,
    reconciliation.bill_rows_missing,
    reconciliation.bill_row_not_in_one_place,
    reconciliation.run_totals_differ,
    reconciliation.suspense_differs,
    reconciliation.payouts_at_channels_differ,
    reconciliation.entry_without_resolution,
    reconciliation.entry_without_run,
    reconciliation.match_crosses_amounts,
    catalogue.stock_differs_from_movements,
    catalogue.stock_oversold,
    catalogue.stock_out_of_place,
    catalogue.goods_state_without_its_step,
    catalogue.listing_without_its_source,
    ledger.guard_asleep,
    approvals.approved_by_maker,
    approvals.approved_without_checks,
    approvals.approval_content_changed,
    monitoring.alert_without_its_rule,
    monitoring.alert_raised_twice,
    monitoring.alert_history_broken,
    buyers.merged_buyer_not_final,
    buyers.union_of_two_buyers,
    buyers.buyer_without_way_in,
    promotions.coupon_count_differs,
    promotions.coupon_held_too_often,
    promotions.coupons_of_one_owner_combined,
    promotions.coupons_differ_from_purchases,
    outbox.notice_read_for_another,
    audit_log.audit_chain_broken,
    audit_log.security_audit_differs,
    vault.sealed_without_key,
)


def sweep() -> dict[str, list[dict[str, Any]]]:
    """This function will run every check and return, by name, the offending rows (at most 1,000 each)."""
    return {check.__name__: check() for check in CHECKS}


def sweep_and_record(*, at: datetime, actor: str) -> SweepResult:
    """This function will sweep and keep the result, with the first ten rows of each offended check."""
    began = time.monotonic()
    found = sweep()
    return SweepResult.objects.create(
        at=at, actor=actor, seconds_milli=int((time.monotonic() - began) * 1000),
        violations=sum(len(rows) for rows in found.values()),
        counts={name: len(rows) for name, rows in found.items()},
        samples=json.loads(
            json.dumps({name: rows[:10] for name, rows in found.items() if rows}, default=str)
        ),
    )  # fmt: skip


def meanings() -> dict[str, str]:
    """This function will say in words what a row of each check would mean."""
    return {check.__name__: (check.__doc__ or "").strip() for check in CHECKS}
