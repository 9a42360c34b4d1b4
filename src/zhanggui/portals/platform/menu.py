"""The platform's side menu, with badges for work that waits."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.approvals.queries import pending_count
from zhanggui.parties.queries import platform_standing
from zhanggui.payments.queries import stuck_refund_count
from zhanggui.portals.desk.menus import Item, Menu, Portal, Section, register_portal
from zhanggui.portals.platform.backups import overdue
from zhanggui.portals.platform.goods.listed import waiting_for_review
from zhanggui.portals.platform.invoices.listed import (
    waiting_to_issue,
    waiting_to_verify,
    waiting_to_write_off,
)
from zhanggui.settlement.collections.queries import open_debt_count, unclaimed_count
from zhanggui.settlement.guarantees.queries import deposits_short
from zhanggui.settlement.intake.models import ShadowDifference
from zhanggui.settlement.intake.queries import failing_feeds, open_hold_count
from zhanggui.settlement.monitoring.queries.alerts import open_alerts_count
from zhanggui.settlement.payouts.queries import ended_payouts, waiting_batches, waiting_receivers
from zhanggui.settlement.reconciliation.queries import open_differences_count
from zhanggui.settlement.statements.queries import open_disputes_count, waiting_count
from zhanggui.trade.applications.queries import applications_waiting
from zhanggui.trade.questions.queries import questions_waiting
from zhanggui.trade.returns.queries import cases_to_decide


def _waiting(request: HttpRequest) -> int:
    return waiting_count()


def _disputes(request: HttpRequest) -> int:
    return open_disputes_count()


def _approvals(request: HttpRequest) -> int:
    return pending_count()


def _alerts(request: HttpRequest) -> int:
    return open_alerts_count()


def _to_send(request: HttpRequest) -> int:
    return waiting_batches()


def _failed_payouts(request: HttpRequest) -> int:
    return ended_payouts()


def _to_verify(request: HttpRequest) -> int:
    return waiting_receivers()


def _differences(request: HttpRequest) -> int:
    return open_differences_count()


def _shadow(request: HttpRequest) -> int:
    return ShadowDifference.objects.count()


def _held(request: HttpRequest) -> int:
    return open_hold_count()


def _stuck_refunds(request: HttpRequest) -> int:
    return stuck_refund_count()


def _arbitrations(request: HttpRequest) -> int:
    return cases_to_decide()


def _questions(request: HttpRequest) -> int:
    return questions_waiting(0)


def _failing_feeds(request: HttpRequest) -> int:
    return failing_feeds()


def _unclaimed(request: HttpRequest) -> int:
    return unclaimed_count()


def _debts(request: HttpRequest) -> int:
    return open_debt_count()


def _short(request: HttpRequest) -> int:
    return deposits_short()


def _applications(request: HttpRequest) -> int:
    return applications_waiting()


def _goods_waiting(request: HttpRequest) -> int:
    return waiting_for_review()


MENU = Menu(
    [
        Section("", [Item(_("Dashboard"), "platform:dashboard", "statements.view", icon="home")]),
        Section(
            _("Settlement"),
            [
                Item(_("Statements"), "platform:statements", "statements.view", _waiting, "statement"),
                Item(_("Fee details"), "platform:details", "details.view", icon="list"),
                Item(_("Disputes"), "platform:disputes", "statements.view", _disputes, "scale"),
                Item(_("Adjustments"), "platform:adjustments", "adjustments.view", icon="list"),
                Item(_("Period calendar"), "platform:periods", "periods.view", icon="calendar"),
            ],
        ),
        Section(
            pgettext_lazy("menu", "Money"),
            [
                Item(_("Approvals"), "platform:approvals", "approvals.view", _approvals, "shield"),
                Item(_("Payout batches"), "platform:payout_batches", "payouts.view", _to_send, "statement"),
                Item(_("Payouts"), "platform:payouts", "payouts.view", _failed_payouts, "wallet"),
                Item(_("Bank answers"), "platform:payout_answers", "payouts.view", icon="import"),
                Item(_("Receiving accounts"), "platform:receivers", "receivers.view", _to_verify, "party"),
                Item(_("Receipts"), "platform:receipts", "collections.view", _unclaimed, "import"),
                Item(_("Debts"), "platform:debts", "collections.view", _debts, "scale"),
                Item(_("Deposits"), "platform:deposits", "guarantees.view", _short, "wallet"),
                Item(_("Holds"), "platform:holds", "guarantees.view", icon="shield"),
            ],
        ),
        Section(
            _("Arrangements"),
            [
                Item(_("Contracts"), "platform:contracts", "parties.view", icon="statement"),
                Item(_("Business lines"), "platform:lines", "parties.view", icon="columns"),
                Item(_("Our accounts"), "platform:own_accounts", "own_accounts.view", icon="wallet"),
                Item(_("Approval limits"), "platform:limits", "approvals.view", icon="shield"),
                Item(_("Deposit requirements"), "platform:requirements", "guarantees.view", icon="rules"),
                Item(_("Reserve policies"), "platform:reserve_policies", "guarantees.view", icon="rules"),
                Item(_("Debt policies"), "platform:collection_policies", "collections.view", icon="rules"),
                Item(
                    _("Rebate agreements"), "platform:rebate_agreements", "adjustments.view", icon="statement"
                ),
            ],
        ),
        Section(
            _("Reconciliation"),
            [
                Item(_("Channel bills"), "platform:bills", "reconciliation.view", icon="import"),
                Item(
                    _("Reconciliation runs"),
                    "platform:reconciliation_runs",
                    "reconciliation.view",
                    icon="scale",
                ),
                Item(_("Differences"), "platform:differences", "reconciliation.view", _differences, "shield"),
                Item(_("Day-end balances"), "platform:day_ends", "reconciliation.view", icon="wallet"),
                Item(
                    _("Reconciliation rules"),
                    "platform:reconciliation_rules",
                    "reconciliation.view",
                    icon="rules",
                ),
            ],
        ),
        Section(
            _("Funds view"),
            [
                Item(_("Funds"), "platform:funds", "funds.view", icon="wallet"),
                Item(_("Order flow"), "platform:order_flow", "funds.view", icon="list"),
                Item(_("Analytics"), "platform:analytics", "reports.view", icon="columns"),
                Item(_("Reports"), "platform:reports", "reports.view", icon="statement"),
            ],
        ),
        Section(
            _("Invoices and tax"),
            [
                Item(
                    _("Output invoices"), "platform:invoices", "invoices.view", waiting_to_issue, "statement"
                ),
                Item(
                    _("Input invoices"),
                    "platform:input_invoices",
                    "invoices.view",
                    waiting_to_verify,
                    "import",
                ),
                Item(
                    _("Checking off"), "platform:write_offs", "invoices.view", waiting_to_write_off, "check"
                ),
                Item(
                    _("Tax report"),
                    "platform:tax_report",
                    "invoices.view",
                    icon="scale",
                    under=("/platform/invoices/tax/",),
                ),
                Item(
                    _("Tax data"),
                    "platform:tax_data",
                    "invoices.view",
                    icon="rules",
                    under=("/platform/invoices/data/",),
                ),
            ],
        ),
        Section(
            _("Books"),
            [
                Item(_("Ledger entries"), "platform:journal", "ledger.view", icon="ledger"),
                Item(_("Ledger accounts"), "platform:accounts", "ledger.view", icon="wallet"),
                Item(_("Trial balance"), "platform:trial_balance", "ledger.view", icon="scale"),
            ],
        ),
        Section(
            _("Trade"),
            [
                Item(_("Orders of the mall"), "platform:mall_orders", "orders.view", icon="list"),
                Item(_("Buyers"), "platform:buyers", "buyers.view", icon="user"),
                Item(pgettext_lazy("catalogue", "Shops"), "platform:shops", "goods.view", icon="party"),
                Item(
                    _("Applications of shops"),
                    "platform:applications",
                    "applications.view",
                    _applications,
                    "check",
                ),
                Item(
                    pgettext_lazy("buyers", "Payments"),
                    "platform:mall_payments",
                    "charges_of_buyers.view",
                    icon="wallet",
                ),
                Item(
                    pgettext_lazy("buyers", "Refunds"),
                    "platform:mall_refunds",
                    "charges_of_buyers.view",
                    _stuck_refunds,
                    "replay",
                ),
                Item(_("Splits"), "platform:splits", "splits.view", icon="scale"),
                Item(_("Accounts for shares"), "platform:split_receivers", "splits.view", icon="party"),
                Item(_("After-sale"), "platform:mall_cases", "returns.view", _arbitrations, "scale"),
                Item(
                    pgettext_lazy("questions", "Questions"),
                    "platform:mall_questions",
                    "questions.view",
                    _questions,
                    "question",
                ),
                Item(_("Reviews"), "platform:mall_reviews", "reviews.view", icon="bookmark"),
                Item(
                    pgettext_lazy("channels", "Notices of channels"),
                    "platform:mall_notices",
                    "charges_of_buyers.view",
                    icon="import",
                ),
                Item(_("Coupons"), "platform:coupons", "promotions.view", icon="wallet"),
                Item(_("Spend and save"), "platform:savings", "promotions.view", icon="scale"),
                Item(
                    pgettext_lazy("members", "Member rebates"),
                    "platform:member_rebates",
                    "promotions.view",
                    icon="party",
                ),
                Item(_("Carriers' tariffs"), "platform:carrier_tariffs", "parties.view", icon="list"),
                Item(_("Parameters of the mall"), "platform:mall_parameters", "parties.view", icon="gear"),
            ],
        ),
        Section(
            pgettext_lazy("catalogue", "Goods"),
            [
                Item(
                    pgettext_lazy("catalogue", "Goods"),
                    "platform:goods",
                    "goods.view",
                    _goods_waiting,
                    "list",
                ),
                Item(
                    _("Categories"),
                    "platform:categories",
                    "goods.view",
                    icon="columns",
                    under=("/platform/goods/types/",),
                ),
                Item(_("Brands"), "platform:brands", "goods.view", icon="bookmark"),
            ],
        ),
        Section(
            _("Coming in"),
            [
                Item(_("Orders"), "platform:orders", "orders.view", icon="list"),
                Item(_("Orders on hold"), "platform:order_holds", "orders.view", _held, "shield"),
                Item(_("Imports"), "platform:imports", "imports.view", icon="import"),
                Item(
                    _("Imported charges"),
                    "platform:charges",
                    "imports.view",
                    icon="import",
                    under=("/platform/charge-batches/",),
                ),
                Item(_("Charge feeds"), "platform:feeds", "imports.view", _failing_feeds, "replay"),
                Item(_("Double insurance"), "platform:shadow", "imports.view", _shadow, "shield"),
            ],
        ),
        Section(
            _("Rules"),
            [
                Item(_("Billing rules"), "platform:rule_sets", "rules.view", icon="rules"),
                Item(_("What-if"), "platform:what_if", "rules.view", icon="flask"),
                Item(_("Fee types"), "platform:fees", "fees.view", icon="list"),
            ],
        ),
        Section(
            _("Watching"),
            [
                Item(_("Live"), "platform:live", "alerts.view", icon="replay"),
                Item(_("Alerts"), "platform:alerts", "alerts.view", _alerts, "alert"),
                Item(_("Anomaly rules"), "platform:anomaly_rules", "alerts.view", icon="rules"),
                Item(_("Jobs"), "platform:jobs", "jobs.view", icon="gear"),
            ],
        ),
        Section(
            _("Parties"),
            [Item(_("Merchants"), "platform:parties", "parties.view", icon="party")],
        ),
        Section(
            _("Proof"),
            [
                Item(_("Self-check"), "platform:checks", "audit.view", icon="shield"),
                Item(_("Activity log"), "platform:audit", "audit.view", icon="clock"),
                Item(_("Archives"), "platform:archives", "audit.view", icon="ledger"),
                Item(_("Backups"), "platform:backups", "audit.view", overdue, "download"),
                Item(
                    _("Security audit"),
                    "platform:security_findings",
                    "security.view",
                    icon="shield",
                    under=("/platform/security-audits/",),
                ),
                Item(_("People and roles"), "platform:people", "security.change", icon="user"),
                Item(_("Keys of programs"), "platform:keys", "security.view", icon="gear"),
                Item(_("Download centre"), "desk:exports", "exports.create", icon="download"),
            ],
        ),
    ]
)


def register() -> None:
    """Make the portal known to the desk."""
    register_portal(
        Portal(
            "platform",
            _("Platform"),
            "/platform/",
            may_enter=lambda user: platform_standing(user) is not None,
            menu=MENU,
            order=10,
        )
    )
