"""URLs of the platform, under /platform/."""

from django.urls import path

from zhanggui.portals.platform import (
    approvals,
    backups,
    checks,
    dashboard,
    disputes,
    fees,
    finding,
    finding_documents,
    keys,
    menu,
    order_holds,
    orders,
    parties,
    people,
    periods,
    security,
)
from zhanggui.portals.platform.arrangements import (
    limits,
    opening,
    own_accounts,
    policies,
    rebates,
    tolerances,
)
from zhanggui.portals.platform.arrangements import (
    lines as business_lines,
)
from zhanggui.portals.platform.details import listed as details
from zhanggui.portals.platform.details import page as detail
from zhanggui.portals.platform.funds import flow, snapshot
from zhanggui.portals.platform.funds import orders as order_flow
from zhanggui.portals.platform.goods import listed as goods
from zhanggui.portals.platform.goods import types as goods_types
from zhanggui.portals.platform.guarded import adjustments, debts, deposits, dunning, evidence, holds, receipts
from zhanggui.portals.platform.guarded import runs as runs_now
from zhanggui.portals.platform.imports import charges, feeds, runs, uploading
from zhanggui.portals.platform.invoices import acts as invoice_acts
from zhanggui.portals.platform.invoices import documents as tax_documents
from zhanggui.portals.platform.invoices import incoming, tax_lists, tax_setting, taxes, withholding
from zhanggui.portals.platform.invoices import listed as invoices
from zhanggui.portals.platform.invoices import page as invoice
from zhanggui.portals.platform.ledger import accounts, journal
from zhanggui.portals.platform.mall import cases as mall_cases
from zhanggui.portals.platform.mall import payments as mall_payments
from zhanggui.portals.platform.mall import refunds as mall_refunds
from zhanggui.portals.platform.mall.notices import NoticeList
from zhanggui.portals.platform.mall.parameters import parameters_page
from zhanggui.portals.platform.monitoring import alerts, jobs, live, subjects
from zhanggui.portals.platform.monitoring import rules as anomaly_rules
from zhanggui.portals.platform.payouts import files as payout_files
from zhanggui.portals.platform.payouts import listed as payouts
from zhanggui.portals.platform.payouts import pages as payout_pages
from zhanggui.portals.platform.payouts import receivers
from zhanggui.portals.platform.reconciliation import bills, day_ends, differences
from zhanggui.portals.platform.reconciliation import runs as reconciliation_runs
from zhanggui.portals.platform.reports import analytics
from zhanggui.portals.platform.reports import listed as reports
from zhanggui.portals.platform.rule_sets import compared, publishing, what_if
from zhanggui.portals.platform.rule_sets import listed as rules
from zhanggui.portals.platform.statements import acts, lines, page
from zhanggui.portals.platform.statements import listed as statements

app_name = "platform"
STATEMENT = "statements/<int:party_id>/<int:statement_id>/"
INVOICE = "invoices/<int:party_id>/<int:invoice_id>/"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("statements/", statements.StatementList.as_view(), name="statements"),
    path(STATEMENT, page.statement_page, name="statement"),
    path(STATEMENT + "lines/", lines.statement_lines, name="statement_lines"),
    path(STATEMENT + "parts/<slug:grain>/", lines.StatementParts.as_view(), name="statement_parts"),
    path(STATEMENT + "confirm/", acts.confirm_statement, name="statement_confirm"),
    path(STATEMENT + "check/", acts.check_statement, name="statement_check"),
    path(STATEMENT + "print/", acts.print_statement, name="statement_print"),
    path(STATEMENT + "pdf/", acts.statement_pdf, name="statement_pdf"),
    path("details/", details.DetailList.as_view(), name="details"),
    path("details/<str:key>/", detail.detail_page, name="detail"),
    path("details/<str:key>/correct/", detail.correct_detail, name="correct"),
    path("disputes/", disputes.DisputeList.as_view(), name="disputes"),
    path("disputes/<int:dispute_id>/", disputes.dispute_page, name="dispute"),
    path("adjustments/", adjustments.AdjustmentList.as_view(), name="adjustments"),
    path("adjustments/new/", adjustments.new_adjustment, name="new_adjustment"),
    path("adjustments/<int:adjustment_id>/", adjustments.adjustment_page, name="adjustment"),
    path("deposits/", deposits.DepositList.as_view(), name="deposits"),
    path("deposits/<int:deposit_id>/", deposits.deposit_page, name="deposit"),
    path("holds/", holds.HoldList.as_view(), name="holds"),
    path("holds/new/", holds.freeze_page, name="freeze"),
    path("holds/<int:hold_id>/", holds.hold_page, name="hold"),
    path("own-accounts/", own_accounts.OwnAccountList.as_view(), name="own_accounts"),
    path("own-accounts/new/", own_accounts.new_own_account, name="new_own_account"),
    path("own-accounts/<str:code>/", own_accounts.own_account_page, name="own_account"),
    path("lines/", business_lines.LineList.as_view(), name="lines"),
    path("lines/new/", business_lines.new_line, name="new_line"),
    path("lines/<str:code>/", business_lines.line_page, name="line"),
    path("limits/", limits.LimitList.as_view(), name="limits"),
    path("limits/set/", limits.limit_page, name="limit"),
    path("requirements/", policies.RequirementList.as_view(), name="requirements"),
    path("requirements/new/", policies.new_requirement, name="new_requirement"),
    path("reserve-policies/", policies.ReserveList.as_view(), name="reserve_policies"),
    path("reserve-policies/new/", policies.new_reserve_policy, name="new_reserve_policy"),
    path("debt-policies/", policies.CollectionPolicyList.as_view(), name="collection_policies"),
    path("debt-policies/new/", policies.new_collection_policy, name="new_collection_policy"),
    path("rebate-agreements/", rebates.AgreementList.as_view(), name="rebate_agreements"),
    path("rebate-agreements/new/", rebates.new_agreement, name="new_rebate_agreement"),
    path("rebate-agreements/<int:agreement_id>/", rebates.agreement_page, name="rebate_agreement"),
    path("receipts/", receipts.ReceiptList.as_view(), name="receipts"),
    path("receipts/new/", receipts.record_page, name="record_receipt"),
    path("receipts/<int:receipt_id>/", receipts.receipt_page, name="receipt"),
    path("debts/", debts.DebtList.as_view(), name="debts"),
    path("debts/dunning/", dunning.DunningList.as_view(), name="dunning"),
    path("debts/dunning/run/", runs_now.run_dunning, name="run_dunning"),
    path("deposits/demand/", runs_now.demand_deposits, name="demand_deposits"),
    path("holds/release/", runs_now.release_reserves, name="release_reserves"),
    path("rebate-agreements/run/", runs_now.run_rebates, name="run_rebates"),
    path("debts/<int:party_id>/<int:statement_id>/", debts.debt_page, name="debt"),
    path("invoices/", invoices.InvoiceList.as_view(), name="invoices"),
    path("invoices/input/", invoices.InputInvoiceList.as_view(), name="input_invoices"),
    path("invoices/write-offs/", invoices.WriteOffList.as_view(), name="write_offs"),
    path("invoices/draft/", runs_now.draft_invoices, name="draft_invoices"),
    path("invoices/import/", invoice_acts.import_page, name="import_issued"),
    path("invoices/tax/", taxes.report_page, name="tax_report"),
    path("invoices/tax/close/", taxes.close_month, name="close_tax_month"),
    path("invoices/tax/documents/", tax_documents.documents_page, name="tax_documents"),
    path("invoices/data/", taxes.data_page, name="tax_data"),
    path("invoices/tax/months/", tax_lists.TaxMonthList.as_view(), name="tax_months"),
    path("invoices/data/profiles/", tax_lists.TaxProfileList.as_view(), name="tax_profiles"),
    path("invoices/data/treatments/", tax_lists.TaxTreatmentList.as_view(), name="tax_treatments"),
    path("invoices/data/withholding/", tax_lists.WithholdingList.as_view(), name="withholding_tables"),
    path("invoices/data/withholding/new/", withholding.new_table, name="new_withholding_table"),
    path("invoices/data/withholding/<int:table_id>/", withholding.table_page, name="withholding_table"),
    path("invoices/data/profile/<int:party_id>/", tax_setting.set_profile, name="set_tax_profile"),
    path("invoices/data/treatment/", tax_setting.set_treatment, name="set_tax_treatment"),
    path("invoices/data/policy/<int:entity_id>/", tax_setting.set_policy, name="set_invoice_policy"),
    path(
        "invoices/received/<int:party_id>/<int:received_id>/",
        incoming.received_page,
        name="received_invoice",
    ),
    path("invoices/file/<int:party_id>/<str:digest>/", invoice.invoice_file, name="invoice_file"),
    path(INVOICE, invoice.invoice_page, name="invoice"),
    path(INVOICE + "pdf/", invoice.invoice_pdf, name="invoice_pdf"),
    path(INVOICE + "lines/<int:position>/", invoice.invoice_details, name="invoice_details"),
    path(INVOICE + "issue/", invoice_acts.issue, name="invoice_issue"),
    path(INVOICE + "red/", invoice_acts.red, name="invoice_red"),
    path(INVOICE + "void/", invoice_acts.void, name="invoice_void"),
    path(INVOICE + "receive/", incoming.receive, name="invoice_receive"),
    path(INVOICE + "write-off/", incoming.write_off, name="invoice_write_off"),
    path("periods/", periods.calendar_page, name="periods"),
    path("periods/close/", periods.close_page, name="close_periods"),
    path("periods/close/progress/", periods.close_progress, name="close_progress"),
    path("approvals/", approvals.ApprovalList.as_view(), name="approvals"),
    path("approvals/<int:approval_id>/", approvals.approval_page, name="approval"),
    path("payouts/", payouts.PayoutList.as_view(), name="payouts"),
    path("payouts/due/", payout_pages.propose_page, name="payouts_due"),
    path("payouts/<str:number>/evidence/", evidence.evidence_page, name="payout_evidence"),
    path("payouts/<str:number>/evidence/<int:file_id>/", evidence.evidence_file, name="evidence_file"),
    path("payouts/answers/", payouts.AnswerList.as_view(), name="payout_answers"),
    path("payouts/answers/upload/", payout_files.answer_upload, name="answer_upload"),
    path("payouts/answers/<int:file_id>/", payout_files.answer_file, name="answer_file"),
    path("payouts/<str:number>/", payout_pages.payout_page, name="payout"),
    path("payout-batches/", payouts.BatchList.as_view(), name="payout_batches"),
    path("payout-batches/<str:number>/", payout_pages.batch_page, name="payout_batch"),
    path("receivers/", payouts.ReceiverList.as_view(), name="receivers"),
    path("receivers/<int:receiver_id>/", receivers.receiver_page, name="receiver"),
    path("receivers/<int:receiver_id>/number/", receivers.receiver_number, name="receiver_number"),
    path("ledger/", journal.Journal.as_view(), name="journal"),
    path("ledger/entries/<str:key>/", journal.entry_page, name="entry"),
    path("accounts/", accounts.AccountList.as_view(), name="accounts"),
    path("accounts/<int:account_id>/", accounts.AccountFlow.as_view(), name="account"),
    path("trial-balance/", accounts.trial_balance_page, name="trial_balance"),
    path("bills/", bills.BillList.as_view(), name="bills"),
    path("bills/new/", bills.upload_page, name="bill_upload"),
    path("bills/<int:bill_id>/", bills.bill_page, name="bill"),
    path("bills/<int:bill_id>/rows/", bills.BillRows.as_view(), name="bill_rows"),
    path("reconciliation/", reconciliation_runs.RunList.as_view(), name="reconciliation_runs"),
    path("reconciliation/<int:run_id>/", reconciliation_runs.run_page, name="reconciliation_run"),
    path("differences/", differences.DifferenceList.as_view(), name="differences"),
    path("differences/<int:difference_id>/", differences.difference_page, name="difference"),
    path("differences/evidence/<int:note_id>/", differences.evidence, name="difference_evidence"),
    path("reconciliation-rules/", tolerances.RuleList.as_view(), name="reconciliation_rules"),
    path("reconciliation-rules/<str:code>/", tolerances.rule_page, name="reconciliation_rule"),
    path("day-ends/", day_ends.day_ends_page, name="day_ends"),
    path("goods/", goods.GoodsList.as_view(), name="goods"),
    path("goods/categories/", goods_types.CategoryList.as_view(), name="categories"),
    path("goods/categories/new/", goods_types.category, name="new_category"),
    path("goods/categories/<str:code>/", goods_types.category, name="category"),
    path("goods/types/", goods_types.ProductTypeList.as_view(), name="product_types"),
    path("goods/types/new/", goods_types.product_type, name="new_product_type"),
    path("goods/types/<str:code>/", goods_types.product_type, name="product_type"),
    path("goods/brands/", goods_types.BrandList.as_view(), name="brands"),
    path("goods/brands/new/", goods_types.brand, name="new_brand"),
    path("goods/brands/<str:code>/", goods_types.brand, name="brand"),
    path("goods/<str:number>/", goods.good, name="good"),
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/<int:order_id>/", orders.order_page, name="order"),
    path("orders/holds/", order_holds.OrderHoldList.as_view(), name="order_holds"),
    path("orders/holds/new/", order_holds.hold_page, name="hold_order"),
    path("orders/holds/<int:hold_id>/", order_holds.order_hold_page, name="order_hold"),
    path("imports/", runs.ImportList.as_view(), name="imports"),
    path("imports/new/", uploading.upload_page, name="upload"),
    path("imports/rejects/", runs.RejectList.as_view(), name="rejects"),
    path("imports/rejects/<int:reject_id>/", runs.reject_page, name="reject"),
    path("imports/<int:run_id>/", runs.import_page, name="import"),
    path("charges/", charges.ChargeList.as_view(), name="charges"),
    path("charge-batches/", charges.BatchList.as_view(), name="charge_batches"),
    path("mall/payments/", mall_payments.PaymentList.as_view(), name="mall_payments"),
    path("mall/payments/<str:number>/", mall_payments.payment_page, name="mall_payment"),
    path("mall/refunds/", mall_refunds.RefundList.as_view(), name="mall_refunds"),
    path("mall/refunds/<str:number>/", mall_refunds.refund_page, name="mall_refund"),
    path("mall/cases/", mall_cases.CaseList.as_view(), name="mall_cases"),
    path("mall/cases/<str:number>/", mall_cases.case_page, name="mall_case"),
    path("mall/notices/", NoticeList.as_view(), name="mall_notices"),
    path("mall/parameters/", parameters_page, name="mall_parameters"),
    path("feeds/", feeds.FeedList.as_view(), name="feeds"),
    path("feeds/new/", feeds.new_feed, name="new_feed"),
    path("feeds/pulls/", feeds.PullList.as_view(), name="pulls"),
    path("feeds/<str:code>/", feeds.feed_page, name="feed"),
    path("double-insurance/", charges.ShadowList.as_view(), name="shadow"),
    path("fees/", fees.FeeList.as_view(), name="fees"),
    path("fees/new/", fees.new_fee, name="new_fee"),
    path("rules/", rules.RuleSetList.as_view(), name="rule_sets"),
    path("rules/publish/", publishing.publish_page, name="publish_rules"),
    path("rules/versions/<int:rule_id>/", rules.rule_version_page, name="rule_version"),
    path("rules/<str:code>/<int:version>/", rules.rule_set_page, name="rule_set"),
    path("rules/<str:code>/<int:version>/document/", publishing.rule_document, name="rule_document"),
    path("what-if/", what_if.ComparisonList.as_view(), name="what_if"),
    path("what-if/new/", what_if.new_comparison, name="new_comparison"),
    path("what-if/<int:comparison_id>/", what_if.comparison_page, name="comparison"),
    path("what-if/<int:comparison_id>/again/", what_if.repeat_comparison, name="repeat_comparison"),
    path(
        "what-if/<int:comparison_id>/merchants/",
        compared.ComparedMerchants.as_view(),
        name="compared_merchants",
    ),
    path(
        "what-if/<int:comparison_id>/merchants/<int:party_id>/",
        compared.compared_merchant,
        name="compared_merchant",
    ),
    path("parties/", parties.PartyList.as_view(), name="parties"),
    path("parties/new/", opening.new_party, name="new_party"),
    path("parties/<int:party_id>/", parties.party_page, name="party"),
    path("parties/<int:party_id>/classes/", opening.classify_page, name="party_classes"),
    path("parties/<int:party_id>/terms/", parties.change_terms, name="change_terms"),
    path("funds/", snapshot.snapshot_page, name="funds"),
    path("funds/balances/", snapshot.FundBalances.as_view(), name="fund_balances"),
    path("funds/parties/<int:party_id>/", flow.FundFlow.as_view(), name="fund_flow"),
    path("funds/orders/", order_flow.OrderFlow.as_view(), name="order_flow"),
    path("analytics/", analytics.analytics_page, name="analytics"),
    path("reports/", reports.reports_page, name="reports"),
    path("reports/sales/", reports.SalesReport.as_view(), name="report_sales"),
    path("reports/commission/", reports.CommissionReport.as_view(), name="report_commission"),
    path("reports/payments/", reports.PaymentReport.as_view(), name="report_payments"),
    path("reports/trial-balance/", reports.TrialBalanceReport.as_view(), name="report_trial_balance"),
    path("reports/journal/", reports.JournalReport.as_view(), name="report_journal"),
    path("live/", live.live_page, name="live"),
    path("live/parts/", live.live_parts, name="live_parts"),
    path("live/stream/", live.live_stream, name="live_stream"),
    path("alerts/", alerts.AlertList.as_view(), name="alerts"),
    path("alerts/<int:alert_id>/", alerts.alert_page, name="alert"),
    path("alerts/<int:alert_id>/rows/", alerts.AlertRows.as_view(), name="alert_rows"),
    path("anomaly-rules/", anomaly_rules.RuleList.as_view(), name="anomaly_rules"),
    path("anomaly-rules/new/", anomaly_rules.publish_page, name="new_anomaly_rule"),
    path("anomaly-rules/<str:code>/", anomaly_rules.rule_page, name="anomaly_rule"),
    path("anomaly-rules/<str:code>/change/", anomaly_rules.publish_page, name="change_anomaly_rule"),
    path("anomaly-rules/<str:code>/switch/", anomaly_rules.switch_rule, name="switch_anomaly_rule"),
    path("refunds/<int:refund_id>/", subjects.refund_order, name="refund_order"),
    path("jobs/", jobs.jobs_page, name="jobs"),
    path("jobs/run/", jobs.run_job, name="run_job"),
    path("checks/", checks.checks_page, name="checks"),
    path("checks/run/", checks.run_checks, name="run_checks"),
    path("security-audit/", security.FindingList.as_view(), name="security_findings"),
    path("security-audit/now/", security.audit_now, name="audit_security"),
    path("security-audits/", security.AuditsList.as_view(), name="security_audits"),
    path("security-audits/<int:audit_id>/", security.FindingList.as_view(), name="security_audit"),
    path("backups/", backups.BackupList.as_view(), name="backups"),
    path("backups/new/", backups.back_up_page, name="back_up"),
    path("backups/test/", backups.test_page, name="test_backup"),
    path("people/", people.PlatformPeople.as_view(), name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/<int:user_id>/", people.one_person, name="person"),
    path("keys/", keys.KeyList.as_view(), name="keys"),
    path("keys/new/", keys.new_key, name="new_key"),
    path("keys/<int:key_id>/", keys.key_page, name="key"),
    path("activity/", checks.AuditList.as_view(), name="audit"),
    path("activity/<int:record_id>/", checks.audit_page, name="audit_record"),
]

# Whoever serves these addresses has the portal's menu and search; commands start without them.
menu.register()
finding.register()
finding_documents.register()
