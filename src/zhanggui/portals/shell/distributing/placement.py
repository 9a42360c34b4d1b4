"""Where every table of the database stands on a Citus cluster, and why: the one place that says so.

Spread: its rows are shared out by a column, those of one party together in one place, over all tables.
Reference: a whole copy on every machine. Local: on the coordinator, as without Citus.

`fitness` says what Citus asks of each kind; a test refuses a table that has no place or does not fit it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a table stands on a cluster."""

    REFERENCE = "reference"
    SPREAD = "spread"
    LOCAL = "local"


@dataclass(frozen=True)
class Placement:
    """Where one table stands: `column` and `with_table` (whose rows of the same party lie beside) if spread."""

    table: str
    kind: Kind
    why: str
    column: str = ""
    with_table: str = ""


ANCHOR = "settlement_billed_line"
"""The first to be spread; all others lie beside it."""

SPREAD = {
    ANCHOR: ("party_id", "a row an order line, event and party: the largest table there is"),
    "ledger_delta": ("party_id", "a row an account and batch: grows with every order"),
    "ledger_entry": ("book_id", "a row an event; the book is the party's"),
    "settlement_charge": ("party_id", "taken in by the file, as many as their sender likes"),
    "settlement_comparison_outcome": ("party_id", "a row a party and fee for every comparison of rules"),
    "settlement_invoice_file": ("party_id", "whole files"),
    "settlement_invoice_line": ("party_id", "what an invoice consists of"),
    "settlement_invoice_part": ("party_id", "a row a statement, fee and rate"),
    "settlement_own_check": ("party_id", "a party's own"),
    "settlement_own_check_row": ("party_id", "a party's own, a row a line of its file"),
    "settlement_own_check_template": ("party_id", "a party's own"),
    "settlement_staged_line": (
        "merchant_id",
        "a row an order line, read together with what was billed of it",
    ),
    "settlement_statement": ("party_id", "read and closed together with its lines"),
    "settlement_withholding": ("party_id", "read together with its statement"),
    "settlement_withholding_return": ("party_id", "read together with its statement"),
}

REFERENCE = {
    "ledger_account": "joined with deltas and postings in every report, written when a party gets a new account",
    "settlement_detail_pattern": "joined with billed lines whenever details are read, hardly ever written",
    "settlement_invoice_policy": "settings that invoices are drafted by, party by party",
    "settlement_tax_profile": "settings that invoices are drafted by, party by party",
    "settlement_tax_treatment": "settings that invoices are drafted by, party by party",
    "settlement_withholding_table": "settings that tax is withheld by, party by party",
}

LOCAL = {
    "a change is noted by triggers in the transaction that makes it, once, and those of a reference table run on"
    " every machine; few rows, read once and kept in the process": """
        parties_party settlement_business_line settlement_dimension settlement_fee_type
        settlement_rule_set_version settlement_rule_version settlement_setting_change settlement_terms""",
    "jobs are taken with locks that one machine gives": """
        clockwork_job_failure procrastinate_events procrastinate_jobs procrastinate_periodic_defers
        procrastinate_workers""",
    "the framework's own": """
        auth_group auth_group_permissions auth_permission django_content_type django_migrations django_session
        parties_user_groups parties_user_user_permissions""",
    "people, their log-ins and what they keep of the screens: no party's alone": """
        account_emailaddress account_emailconfirmation api_kept_answer api_key desk_export desk_exportdownload
        desk_factoruse desk_loginattempt desk_personsession desk_savedview desk_userpreference mfa_authenticator
        parties_membership parties_user socialaccount_socialaccount socialaccount_socialapp
        socialaccount_socialtoken""",
    "what was done, approved and proved, in one order for all": """
        approvals_approval approvals_decision approvals_limit audit_record audit_security_audit
        audit_security_finding audit_sweep_result backups_backup settlement_archive settlement_archive_check
        settlement_archived_statement settlement_line_range settlement_finished_range
        settlement_finished_statement""",
    "the order of batches, and what is folded by it, is one for all parties": """
        ledger_balance ledger_batch ledger_day_fold ledger_day_sum ledger_fold ledger_seal settlement_detail_fold
        settlement_detail_sum settlement_statement_sum""",
    "settings with foreign keys from documents that are local": """
        settlement_collection_policy settlement_deposit_requirement settlement_entity settlement_own_account
        settlement_rebate_agreement settlement_reserve_policy""",
    "an order has several merchants and so no party, and its policy asks its lines, which Citus refuses": """
        settlement_order_hold settlement_staged_order""",
    "lies beside its order": "settlement_staged_payment",
    "its number is unique without the party: refunds of unknown merchants come, too": "settlement_staged_refund",
    "a run, not its rows": """
        settlement_billing_chunk settlement_billing_run settlement_charge_batch settlement_charge_feed
        settlement_charge_pull settlement_comparison settlement_done_orders settlement_import_run
        settlement_monitoring_run settlement_payout_run settlement_reconciliation_run settlement_reject""",
    "a document of few rows with a number of its own for a key, or with a foreign key to one": """
        settlement_adjustment settlement_claim settlement_debt settlement_debt_settlement settlement_deposit
        settlement_deposit_movement settlement_deposit_order settlement_dispute settlement_dunning_note
        settlement_hold settlement_hold_movement settlement_payout settlement_payout_answer
        settlement_payout_attempt settlement_payout_batch settlement_payout_event settlement_payout_file
        settlement_rebate settlement_receipt settlement_receipt_refund settlement_receiver
        settlement_statement_event settlement_contract settlement_write_off""",
    "its number is unique over all parties, as the law asks": """
        settlement_invoice settlement_invoice_event settlement_received_invoice settlement_tax_month""",
    "matched as one set with the payments of all merchants": """
        settlement_bill settlement_difference settlement_difference_note settlement_external_record
        settlement_reconciliation_match settlement_reconciliation_rule""",
    "found by rules over all parties": """
        settlement_alert settlement_alert_event settlement_anomaly_rule settlement_shadow_difference""",
    "a payment is the buyer's and may pay several merchants": """
        payments_attempt payments_channel payments_charge payments_charge_part payments_notice payments_part
        payments_payment payments_refund payments_refund_repair settlement_share_return settlement_split
        settlement_split_receiver settlement_split_rule_set settlement_split_share
        settlement_subsidy settlement_subsidy_return""",
    "one notice may be for a buyer as well as for a party": "outbox_notice outbox_notice_read",
    "the mall's own: buyers and goods of all merchants meet here, keys are numbers without the merchant, and"
    " policies ask other tables": """
        trade_address trade_attribute trade_brand trade_buyer trade_carrier_tariff trade_cart_item
        trade_category trade_coupon trade_digital_item trade_favourite trade_freight_row
        trade_freight_template trade_give_back trade_give_back_line trade_goods_upload trade_held_coupon
        trade_identity trade_line_share trade_order trade_order_line trade_order_step trade_parameter
        trade_parcel trade_parcel_event trade_parcel_freight trade_parcel_line trade_pickup_code trade_picture
        trade_product_type trade_purchase trade_question trade_question_message trade_return_case
        trade_return_freight trade_return_line trade_return_step trade_review trade_shop trade_sku trade_sku_price
        trade_specification trade_spend_and_save trade_spu trade_spu_picture trade_spu_step trade_stock
        trade_stock_movement trade_warehouse trade_application""",
}


def placements() -> list[Placement]:
    """Every table's place: copies first, then what is spread, the anchor before all that lies beside it."""
    return [*_copies(), *_spread(), *_local()]


def _copies() -> Iterator[Placement]:
    for table, why in REFERENCE.items():
        yield Placement(table, Kind.REFERENCE, why)


def _spread() -> Iterator[Placement]:
    for table, (column, why) in SPREAD.items():
        yield Placement(table, Kind.SPREAD, why, column, "" if table == ANCHOR else ANCHOR)


def _local() -> Iterator[Placement]:
    for why, tables in LOCAL.items():
        for table in tables.split():
            yield Placement(table, Kind.LOCAL, why)
