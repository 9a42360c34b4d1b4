"""The books check themselves: every invariant in words, the latest sweeps, and the log of changes."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhanggui.audit.models import AuditRecord, SweepResult
from zhanggui.clockwork.sweep_invariants import CHECKS, meanings, sweep_and_record
from zhanggui.portals.desk.details import Fact
from zhanggui.portals.desk.drawers import render_drawer
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.acts import act_in_words, object_in_words
from zhanggui.portals.platform.mall.holds import MALL_HOLDS
from zhanggui.portals.platform.names import parties, party_name

# What holds when a check finds nothing, by the name of the check.
HOLDS = {
    **MALL_HOLDS,
    "entry_unbalanced": gettext_lazy("Every journal entry balances: its legs add up to zero."),
    "posting_crosses_books": gettext_lazy(
        "Every leg is on an account of its entry's own entity and currency."
    ),
    "delta_differs_from_postings": gettext_lazy(
        "Balances per account and day are the sums of their postings."
    ),
    "trial_balance_not_zero": gettext_lazy("The trial balance of every entity and currency is zero."),
    "folded_balance_differs": gettext_lazy("Balances kept ready are the sums they were folded from."),
    "day_sums_differ": gettext_lazy("Sums of postings kept by day are those of the entries."),
    "batch_changed": gettext_lazy("No posted entry was changed after it was written."),
    "entry_without_batch": gettext_lazy("No entry was written around the ledger."),
    "seal_broken": gettext_lazy("The hash chain over the batches of entries is unbroken."),
    "details_differ_from_entry": gettext_lazy("Fee details and their journal entries say the same."),
    "statement_differs_from_lines": gettext_lazy("Closed statements are the sums of their lines."),
    "statement_differs_from_ledger": gettext_lazy("Statements and their ledger accounts say the same."),
    "confirmed_differs_from_ledger": gettext_lazy("Confirmed amounts are what the ledger owes."),
    "payables_differ_from_statements": gettext_lazy("What we owe in the ledger is what the statements say."),
    "reversed_above_original": gettext_lazy("No fee was given back beyond what was billed."),
    "refunded_above_paid": gettext_lazy("No order line was refunded beyond what was paid."),
    "payment_parts_differ": gettext_lazy(
        "The buyer's money is all accounted for: goods, freight, differences."
    ),
    "line_on_no_statement": gettext_lazy("Every billed line stands on exactly one statement."),
    "done_orders_open": gettext_lazy("Orders that billing no longer looks at are billed or cancelled."),
    "detail_sums_differ": gettext_lazy("Sums of fee details kept by day are those of the details."),
    "statement_sums_differ": gettext_lazy("Sums kept of open statements are those of their lines."),
    "archive_chain_broken": gettext_lazy("The hash chain over the archives of old periods is unbroken."),
    "line_ranges_differ": gettext_lazy(
        "Ranges of lines are as they were opened, and as well guarded as the table."
    ),
    "finished_range_differs": gettext_lazy("Finished ranges of lines are as they were finished."),
    "archived_statement_differs": gettext_lazy("Archived statements are as they were archived."),
    "split_differs_from_shares": gettext_lazy("Splits are the sums of their shares."),
    "subsidies_differ_from_ledger": gettext_lazy(
        "Subsidies to sub-merchants are in the books as they were paid."
    ),
    "sub_merchants_part_torn": gettext_lazy(
        "What buyers paid to a sub-merchant is given out to the cent, and never more than lies there."
    ),
    "split_not_by_its_rule": gettext_lazy("Every split goes the way that its rule says."),
    "shares_above_ceiling": gettext_lazy("No payment is split above its ceiling."),
    "shares_above_owed": gettext_lazy("Nobody got more of an order by split than it owes them."),
    "split_in_transit_differs": gettext_lazy(
        "Money on its way by split is the sum of the shares on their way."
    ),
    "share_differs_from_details": gettext_lazy(
        "Every share, and every share taken back, is on a statement as its detail says."
    ),
    "returned_differs_from_returns": gettext_lazy("What came back of a share is the sum of its returns."),
    "split_paid_differs_from_ledger": gettext_lazy(
        "Shares that arrived, less those taken back, are what left our accounts at channels."
    ),
    "notice_read_for_another": gettext_lazy("Whoever read a notice is named with the notice's own party."),
    "leaf_changed": gettext_lazy("No billed line was changed after it was written."),
    "details_not_parallel": gettext_lazy(
        "Every billed line has the amounts and bases that its pattern names."
    ),
    "statement_chain_broken": gettext_lazy("The hash chain of each party's statements is unbroken."),
    "open_twice": gettext_lazy("No day belongs to two open statements of one series."),
    "pull_differs_from_batches": gettext_lazy("Every pull of a feed counts just the charges it brought."),
    "published_rules_changed": gettext_lazy("No published rule was changed after it was published."),
    "guard_asleep": gettext_lazy("Every guard of posted rows in the database is awake."),
    "held_line_billable": gettext_lazy("No line of an order on hold can be billed."),
    "adjustment_without_its_detail": gettext_lazy("Every approved adjustment has exactly one fee detail."),
    "rebates_differ_from_runs": gettext_lazy("Rebates given are what the runs of their agreements came to."),
    "deposit_differs_from_ledger": gettext_lazy(
        "Deposits are the sums of their movements and never below zero."
    ),
    "pledged_differs_from_orders": gettext_lazy(
        "What is pledged of deposits is what waiting documents ask for."
    ),
    "reserved_differs_from_holds": gettext_lazy("Frozen money is what the holds say."),
    "withheld_differs_from_movements": gettext_lazy(
        "What statements withhold is what holds and set-offs took."
    ),
    "receipt_differs_from_ledger": gettext_lazy(
        "Receipts are claimed, given back or still unclaimed, to the cent."
    ),
    "receivable_differs_from_debt": gettext_lazy("Receivables are what is open of the debts."),
    "debt_in_the_wrong_station": gettext_lazy("Every debt stands where its open amount puts it."),
    "paid_above_statement": gettext_lazy("No statement is paid beyond what it owes."),
    "in_transit_differs_from_payouts": gettext_lazy("Money in transit is the sum of the payouts on the way."),
    "given_back_differs_from_payouts": gettext_lazy(
        "What is given back waits, is on its way or left, never more than was approved."
    ),
    "own_account_differs_from_payouts": gettext_lazy("Our accounts paid what the executed payouts come to."),
    "executed_attempt_missing": gettext_lazy("Every executed payout has exactly one executed attempt."),
    "attempt_differs_from_payout": gettext_lazy(
        "Attempts carry the amount of their payout; one at a time is open."
    ),
    "payout_without_approval": gettext_lazy("Every payout let go was approved with its amount and receiver."),
    "receiver_not_as_approved": gettext_lazy("Payouts go to the receiver that was approved."),
    "statement_station_differs": gettext_lazy("Statements stand where their payouts put them."),
    "batch_differs_from_payouts": gettext_lazy("Batches are the sums of their payouts."),
    "sent_file_missing": gettext_lazy("Every message sent was kept as a file."),
    "invoice_parts_differ_from_details": gettext_lazy("What is to be invoiced is what the details say."),
    "invoice_differs_from_lines": gettext_lazy("Invoices are the sums of their lines."),
    "invoice_of_other_details": gettext_lazy(
        "Invoice lines are about details of their own party, entity and mode."
    ),
    "detail_invoiced_twice": gettext_lazy("No detail is invoiced twice."),
    "red_above_original": gettext_lazy("Red letters never take back more than was charged."),
    "invoice_axis_differs": gettext_lazy("The invoice state of a statement is what its invoices say."),
    "received_above_expected": gettext_lazy("Received invoices never cover more than expected."),
    "verified_by_uploader": gettext_lazy("Nobody checked an input invoice of their own."),
    "withholding_differs_from_detail": gettext_lazy("Tax withheld is the detail it names."),
    "withheld_tax_given_back_differs": gettext_lazy(
        "Withheld tax comes back with the share of its income that was refunded."
    ),
    "filed_month_changed": gettext_lazy("Filed tax months still add up to what was filed."),
    "invoice_file_changed": gettext_lazy("Kept invoice files are what they were."),
    "bill_rows_missing": gettext_lazy("Every row of every bill is kept."),
    "bill_row_not_in_one_place": gettext_lazy("Every row of a bill is matched or in one difference."),
    "run_totals_differ": gettext_lazy("Runs come to the totals of their bills."),
    "suspense_differs": gettext_lazy("Suspense is what lies in open differences."),
    "payouts_at_channels_differ": gettext_lazy(
        "At a channel, payouts stand on their account until a bill has them, no more and no less."
    ),
    "entry_without_resolution": gettext_lazy(
        "Entries over differences and settled differences belong together."
    ),
    "entry_without_run": gettext_lazy("Entries of fees, settlements and refunds belong to a run."),
    "match_crosses_amounts": gettext_lazy("Matched amounts differ by no more than the tolerance."),
    "approved_by_maker": gettext_lazy("Nobody approved a document of their own."),
    "approved_without_checks": gettext_lazy("Every approved document had all the approvals it needed."),
    "approval_content_changed": gettext_lazy("What was put up for approval is what was carried out."),
    "alert_without_its_rule": gettext_lazy("Every alert names the rule version that raised it."),
    "alert_raised_twice": gettext_lazy("No rule raised the same thing twice."),
    "alert_history_broken": gettext_lazy("The history of every alert leads to the state it is in."),
    "merged_buyer_not_final": gettext_lazy(
        "Merged buyers lead to one who stands, with all their log-ins and addresses."
    ),
    "union_of_two_buyers": gettext_lazy("Nobody at WeChat or Weibo is two buyers here."),
    "buyer_without_way_in": gettext_lazy("Every active buyer can log in."),
    "audit_chain_broken": gettext_lazy("The log of changes is complete and in order."),
    "security_audit_differs": gettext_lazy("Security audits hold every finding that was counted."),
    "sealed_without_key": gettext_lazy("Every sealed value can be opened by a key of the key ring."),
}


def check_rows(result: SweepResult | None) -> list[dict[str, Any]]:
    """Every check in words, with what the sweep found."""
    said = meanings()
    rows = []
    for check in CHECKS:
        name = check.__name__
        found = result.counts.get(name) if result else None
        samples = (result.samples.get(name) or []) if result else []
        rows.append({
            "name": name, "text": HOLDS.get(name) or said.get(name, name), "found": found, "samples": samples,
            "columns": list(samples[0]) if samples else [],
            "cells": [list(sample.values()) for sample in samples],
        })  # fmt: skip
    return sorted(rows, key=lambda row: -(row["found"] or 0))


@needs("audit.view")
def checks_page(request: HttpRequest) -> HttpResponse:
    """The latest sweep, and those before it."""
    results = list(SweepResult.objects.order_by("-id")[:10])
    latest = results[0] if results else None
    return render(request, "platform/checks.html", {
        "title": _("Self-check of the books"), "latest": latest, "rows": check_rows(latest),
        "earlier": results[1:],
    })  # fmt: skip


@require_POST
@needs("audit.view")
def run_checks(request: HttpRequest) -> HttpResponse:
    """Sweep now and keep the result."""
    result = sweep_and_record(at=timezone.now(), actor=request.user.get_username())
    text = (
        _("All %(count)s checks hold.")
        if result.violations == 0
        else _("%(count)s checks run; see what they found.")
    )
    level = messages.SUCCESS if result.violations == 0 else messages.ERROR
    messages.add_message(request, level, text % {"count": len(result.counts)})
    return HttpResponseRedirect(reverse("platform:checks"))


class AuditList(ListPage):
    """Who changed what, before and after."""

    name = "platform.audit"
    title = gettext_lazy("Activity log")
    permission = "audit.view"
    sort = "-at"

    def get_source(self) -> QuerySetSource:
        """Records."""
        return QuerySetSource(AuditRecord.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By person, object, act and day."""
        acts = AuditRecord.objects.order_by("action").values_list("action", flat=True).distinct()
        kinds = AuditRecord.objects.order_by("object_kind").values_list("object_kind", flat=True).distinct()
        return [
            TextFilter("q", _("Person or object"), contains=["actor"], starts=["object_id"]),
            TextFilter("actor", _("Who"), exact=["actor"]),
            TextFilter("object", _("Object"), exact=["object_id"]),
            SelectFilter("kind", _("Kind"), [(kind, object_in_words(kind)) for kind in kinds],
                         field="object_kind"),
            DateRangeFilter("at", _("Time")),
            SelectFilter("action", _("Act"), [(act, act_in_words(act)) for act in acts]),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Time, person, act, object."""
        return [
            IntegerColumn("id", _("No."), sort="id", phone=""),
            DateTimeColumn("at", _("Time"), sort="at"),
            TextColumn("actor", _("Who"), value=lambda r: actor_name(r.actor), sort="actor", phone="sub"),
            LinkColumn("action", _("Act"), value=lambda r: act_in_words(r.action), drawer=True,
                       href=lambda r: reverse("platform:audit_record", args=[r.id])),
            TextColumn("object_kind", _("Kind"), phone="",
                       value=lambda r: object_in_words(r.object_kind)),
            TextColumn("object_id", _("Object"), code=True),
        ]  # fmt: skip


@needs("audit.view")
def audit_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """One record: before and after, side by side."""
    row = AuditRecord.objects.filter(id=record_id).first()
    if row is None:
        raise Http404(_("There is no such record."))
    before, after = row.before or {}, row.after or {}
    names = (
        list(dict.fromkeys([*before, *after])) if isinstance(before, dict) and isinstance(after, dict) else []
    )
    context = {
        "row": row, "values": [(name, before.get(name, "–"), after.get(name, "–")) for name in names],
        "facts": [
            Fact(_("Who"), actor_name(row.actor)),
            Fact(_("Time"), f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"),
            Fact(_("Kind"), object_in_words(row.object_kind)),
            Fact(_("Object"), row.object_id, copy=True),
            Fact(_("Party"), party_name(parties([row.party_id]).get(row.party_id), _("Platform"))),
            Fact(_("Hash"), bytes(row.hash).hex()[:16], copy=True),
        ],
    }  # fmt: skip
    return render_drawer(request, "platform/audit_record.html", context, title=act_in_words(row.action))
