"""Whatever changes something is written down: in the audit log, or in rows of its own that never change."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, called_names, modules, parsed

LEDGER = "the journal is the record: entries are only ever added, under a chain of hashes"
BILLED = "billed lines and their details are the record: only ever added, with the source event and its batch"
HISTORY = "its own history is the record: a row a step with who and when, only ever added"
WORKED_OUT = "worked out anew from what is recorded elsewhere, and compared with it by an invariant"
MESSAGE = "the messages are the record: who, when, what, only ever added"
CALLER = "whoever calls it writes it down in the same transaction: "

SPLIT = "the split, its shares and what comes back of them are the record: states, reasons, times; frozen and kept"
SUBSIDY = "a subsidy is its own record: what was asked for never changes, its states keep their times"
EXPLAINED = {
    "outbox/operations/mark_read.py": "that somebody read a notice is a row of its own, only added to",
    "outbox/operations/write_notices.py": "notices are only added to, and are a record themselves",
    "ledger/operations/fold_balances.py": WORKED_OUT,
    "ledger/operations/fold_days.py": WORKED_OUT,
    "ledger/operations/open_accounts.py": LEDGER,
    "ledger/operations/post_entries.py": LEDGER,
    "ledger/operations/post_entry.py": LEDGER,
    "ledger/operations/post_few_entries.py": LEDGER,
    "ledger/operations/seal_batches.py": LEDGER,
    "settlement/billing/operations/bill_charges.py": BILLED,
    "settlement/billing/operations/bill_document.py": BILLED,
    "settlement/billing/operations/bill_lines.py": BILLED,
    "settlement/billing/operations/bill_order.py": BILLED,
    "settlement/billing/operations/bill_refunds.py": BILLED,
    "settlement/billing/operations/open_ahead.py": BILLED,
    "settlement/billing/operations/settle_blocks.py": BILLED,
    "settlement/details/operations/write_details.py": BILLED,
    "settlement/details/operations/name_patterns.py": "a dictionary of shapes that rows point to; only ever added to",
    "settlement/billing/operations/compare_shadow.py": "writes differences that are listed, and changes nothing",
    "settlement/billing/operations/request_comparison.py": "the comparison's row is the record: who, when, what",
    "settlement/billing/operations/execute_comparison.py": "rates history, keeps the result on the row, moves nothing",
    "settlement/intake/operations/request_import.py": "the import run is the record: who, when, file and counts",
    "settlement/replays/operations/replay_statements.py": "compares, and changes nothing",
    "settlement/replays/operations/replay_on_ray.py": "compares, and changes nothing",
    "settlement/replays/operations/replay_side_by_side.py": "compares, and changes nothing",
    "settlement/archives/operations/replay_archived.py": "compares, and changes nothing",
    "settlement/ratings/operations/rate_lines.py": "writes files beside the books, and changes nothing",
    "settlement/ratings/operations/compare_rating.py": "compares, and changes nothing",
    "settlement/fees/operations/load_catalogue.py": "comes with the version of the program, in its migrations",
    "settlement/intake/operations/accept_refunds.py": "the import run and the staged row are the record",
    "settlement/intake/operations/advance_orders.py": "the import run and the event from outside are the record",
    "settlement/intake/operations/import_orders.py": "the import run is the record: who, when, file and counts",
    "settlement/intake/operations/post_charges.py": "the charge batch is the record, and the journal",
    "settlement/intake/operations/begin_pull.py": "the pull is the record: who, when; ended, it never changes",
    "settlement/intake/operations/end_pull.py": "the pull is the record: how it ended; then it never changes",
    "settlement/intake/operations/take_in_page.py": "the pull is the record: its pages and counts",
    "settlement/intake/operations/resupply_order.py": "the import run and the event from outside are the record",
    "settlement/intake/operations/stage_orders.py": "the import run and the staged row are the record",
    "settlement/intake/operations/stage_refunds.py": "the import run and the staged row are the record",
    "settlement/billing/operations/mark_done_orders.py": WORKED_OUT,
    "settlement/statements/operations/fold_details.py": WORKED_OUT,
    "settlement/statements/operations/close_statements.py": HISTORY,
    "settlement/statements/operations/continue_series.py": HISTORY,
    "settlement/statements/operations/enrich_statements.py": WORKED_OUT,
    "settlement/statements/operations/mark_carried.py": HISTORY,
    "settlement/statements/operations/move_amounts.py": LEDGER,
    "settlement/statements/operations/place_rows.py": BILLED,
    "settlement/monitoring/operations/assign_alert.py": HISTORY,
    "settlement/monitoring/operations/note_alert.py": HISTORY,
    "settlement/monitoring/operations/evaluate_rule.py": "raises alerts, whose history is the record",
    "settlement/payouts/operations/keep_file.py": "the kept file is the record: bytes, hash, who and when",
    "settlement/payouts/operations/note_steps.py": HISTORY,
    "settlement/payouts/operations/step_payouts.py": HISTORY,
    "settlement/collections/operations/settle_debt.py": CALLER + "settlement/collections/operations",
    "settlement/guarantees/operations/hold_amount.py": CALLER + "settlement/guarantees/operations",
    "settlement/guarantees/operations/move_deposit.py": CALLER + "settlement/guarantees/operations",
    "settlement/guarantees/operations/reserve_share.py": LEDGER,
    "settlement/splits/operations/record_borne.py": "ShareReturn keeps what of a refund the sub-merchant paid itself",
    "settlement/splits/operations/settle_fee.py": "ShareReturn, or a split of what is left there, keeps what it booked",
    "settlement/splits/operations/record_rest.py": SPLIT,
    "settlement/splits/operations/record_split.py": SPLIT,
    "settlement/subsidies/operations/record_subsidy.py": SUBSIDY,
    "settlement/subsidies/operations/record_subsidy_outcome.py": SUBSIDY,
    "settlement/subsidies/operations/record_subsidy_return.py": SUBSIDY,
    "settlement/subsidies/operations/request_subsidy_return.py": SUBSIDY,
    "settlement/splits/operations/record_split_outcome.py": SPLIT,
    "settlement/splits/operations/request_share_returns.py": SPLIT,
    "settlement/splits/operations/record_share_return.py": SPLIT,
    "settlement/reconciliation/operations/age_differences.py": WORKED_OUT,
    "settlement/reconciliation/operations/reconcile_bill.py": "the run is the record: who, when, what was placed",
    "backups/operations/make_backup.py": CALLER + "clockwork/back_up.py",
    "backups/operations/prune_backups.py": CALLER + "clockwork/back_up.py",
    "backups/operations/try_restore.py": CALLER + "clockwork/back_up.py",
    "backups/operations/restore_backup.py": CALLER + "config/commands/restore.py",
    "parties/operations/add_person.py": CALLER + "journeys/people_changed.py",
    "parties/operations/open_party.py": CALLER + "journeys/party_opened.py",
    "parties/operations/classify_party.py": CALLER + "journeys/party_opened.py",
    "parties/operations/give_role.py": CALLER + "journeys/people_changed.py",
    "parties/operations/issue_key.py": CALLER + "journeys/people_changed.py",
    "parties/operations/revoke_key.py": CALLER + "journeys/people_changed.py",
    "parties/operations/take_role.py": CALLER + "journeys/people_changed.py",
    "parties/operations/switch_person.py": CALLER + "journeys/people_changed.py",
    "payments/operations/begin_attempt.py": "the try's row is the record: number, channel, when; never deleted",
    "payments/operations/close_payment.py": "the payment's row is the record: when; it has one end",
    "payments/operations/keep_notice.py": "the notice is the record, exactly as it came; never changed",
    "payments/operations/note_attempt.py": "the try's row is the record: what the channel said last",
    "payments/operations/note_fees_told.py": "the bill's rows are the record; the part says what they come to",
    "payments/operations/open_payment.py": "the payment and its parts are the record; parts never change",
    "payments/operations/extend_payment.py": "the buyer's choice of a slow channel is a try of its own, and says when",
    "trade/orders/operations/give_time_to_pay.py": "the buyer's choice of a slow channel is a try of its own",
    "payments/operations/record_charge.py": "the charge is the record: taken money, never changed",
    "payments/operations/record_refund.py": "the refund's row is the record: number, cause, what the channel said",
    "payments/operations/request_refund.py": "the refund's row is the record: number, cause, when",
    "trade/fulfilment/operations/freeze_freight.py": "the parcel's freight is the record: tariff, weight, amount; frozen",
    "trade/fulfilment/operations/complete_by_time.py": HISTORY,
    "trade/fulfilment/operations/confirm_receipt.py": HISTORY,
    "trade/fulfilment/operations/give_digital.py": HISTORY,
    "trade/fulfilment/operations/hand_over_pickup.py": HISTORY,
    "trade/fulfilment/operations/make_pickup_code.py": "the code's row is the record: of which order, used when and by whom",
    "trade/fulfilment/operations/put_off_receipt.py": HISTORY,
    "trade/fulfilment/operations/receive_by_time.py": HISTORY,
    "trade/fulfilment/operations/record_tracking.py": "what carriers said is the record: their events, only ever added",
    "trade/fulfilment/operations/send_stock.py": "the movements of the stock are the record",
    "trade/fulfilment/operations/ship_lines.py": HISTORY,
    "trade/fulfilment/operations/lose_parcel.py": HISTORY,
    "trade/fulfilment/operations/take_back_parcel.py": HISTORY,
    "trade/fulfilment/operations/transfer_order.py": HISTORY,
    "trade/orders/operations/free_order.py": HISTORY,
    "trade/orders/operations/hold_order.py": HISTORY,
    "trade/orders/operations/note_order.py": HISTORY,
    "trade/orders/operations/reopen_order.py": HISTORY,
    "trade/orders/operations/advance_order.py": HISTORY,
    "trade/orders/operations/cancel_purchase.py": HISTORY,
    "trade/orders/operations/give_back.py": "the slip and its lines are the record: cause, when, of what",
    "trade/orders/operations/pay_purchase.py": HISTORY,
    "trade/orders/operations/place_purchase.py": HISTORY,
    "trade/returns/operations/ask_money_instead.py": CALLER + "journeys/return_asked.py",
    "trade/returns/operations/begin_refund.py": HISTORY,
    "trade/returns/operations/earn_way_back.py": HISTORY,
    "trade/returns/operations/end_refunded.py": HISTORY,
    "trade/returns/operations/freeze_way_back.py": "the freight is the record: tariff, weight, amount, bearer; frozen",
    "trade/returns/operations/lower_case.py": CALLER + "journeys/return_asked.py",
    "trade/returns/operations/open_case.py": HISTORY,
    "trade/returns/operations/set_bearer.py": CALLER + "journeys/return_asked.py",
    "trade/returns/operations/step_case.py": HISTORY,
    "trade/returns/operations/withdraw_cases.py": HISTORY,
    "trade/buyers/operations/assert_active.py": "locks, and changes nothing",
    "trade/buyers/operations/become_buyer.py": "the buyer's row is the record: who, when",
    "trade/buyers/operations/keep_address.py": "the buyer's own; an order keeps where it went, and that never changes",
    "trade/buyers/operations/log_in_with_identity.py": "the identity's row is the record: who, when, through what",
    "trade/buyers/operations/sign_up.py": "the buyer's row is the record: who, when",
    **{
        f"trade/carts/operations/{act}.py": "the buyer's own, and nobody's money"
        for act in (
            "add_favourite",
            "add_to_cart",
            "change_quantity",
            "choose_items",
            "remove_favourite",
            "remove_items",
        )
    },
    "trade/promotions/operations/claim_coupon.py": "the held coupon is the record: who, when",
    "trade/promotions/operations/reserve_coupons.py": "the held coupon names its purchase",
    "trade/promotions/operations/use_coupons.py": "the held coupon names its purchase, and when it was used",
    "trade/promotions/operations/free_coupons.py": "the steps of the purchase's orders say that it was cancelled",
    "trade/promotions/operations/take_over_coupons.py": "merging buyers is written down by whoever merges them",
    "trade/catalogue/operations/count_stock.py": HISTORY,
    "trade/catalogue/operations/index_goods.py": WORKED_OUT,
    "trade/catalogue/operations/keep_picture.py": "the picture is the record: its digest is its name, and it never changes",
    "trade/catalogue/operations/move_stock.py": HISTORY,
    "trade/reviews/operations/write_review.py": "the review is the record: the buyer, the line, the words and when",
    "trade/questions/operations/ask_question.py": MESSAGE,
    "trade/questions/operations/see_question.py": "what one has seen is no record of anything",
    "trade/questions/operations/write_message.py": MESSAGE,
    "trade/questions/operations/write_on.py": MESSAGE,
    "trade/catalogue/operations/receive_stock.py": HISTORY,
    "trade/catalogue/operations/relist_goods.py": HISTORY,
    "trade/catalogue/operations/release_stock.py": HISTORY,
    "trade/catalogue/operations/reserve_stock.py": HISTORY,
    "trade/catalogue/operations/ship_stock.py": HISTORY,
    "trade/catalogue/operations/step_goods.py": HISTORY,
    "trade/catalogue/operations/submit_goods.py": HISTORY,
    "trade/catalogue/operations/take_back_stock.py": HISTORY,
    "trade/catalogue/operations/unlist_goods.py": HISTORY,
    "trade/catalogue/operations/withdraw_goods.py": HISTORY,
    "trade/catalogue/operations/fill_goods.py": CALLER + "trade/catalogue/operations",
    "trade/carts/operations/take_over_cart.py": "a cart is no record of anything: it holds nothing that was bought",
    "vault/operations/add_key.py": CALLER + "portals/shell/commands/rotate_keys.py",
    "vault/operations/reseal_batch.py": CALLER + "portals/shell/commands/rotate_keys.py",
    "vault/operations/retire_keys.py": CALLER + "portals/shell/commands/rotate_keys.py",
}


def acts() -> list[str]:
    found = (path for path in modules() if path.parent.name == "operations" and path.stem != "__init__")
    return [
        path.relative_to(PACKAGE).as_posix() for path in found if path.stem != "record_change"
    ]  # fmt: skip


@cache
def records(path: Path) -> bool:
    """Whether a module calls `record_change`."""
    return any(name == "record_change" for name, _line in called_names(path))


def beside(path: Path) -> list[Path]:
    """The modules of its own package that a module imports from."""
    package = path.parent.parent if path.parent.name == "operations" else path.parent
    prefix = "zhanggui." + ".".join(package.relative_to(PACKAGE).parts)
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(prefix):
            place = PACKAGE.joinpath(*str(node.module).split(".")[1:]).with_suffix(".py")
            found += [place] if place.is_file() else []
    return found


def is_written_down(act: str) -> bool:
    """Whether the act, or what it does its work with in its own package, writes into the audit log."""
    left, seen = [PACKAGE / act], set()
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        if records(path):
            return True
        left += beside(path)
    return False


@pytest.mark.parametrize("act", acts())
def test_an_act_is_written_down_or_explained(act: str) -> None:
    if act in EXPLAINED:
        return
    assert is_written_down(act), (
        f"{act} changes something and does not call record_change: do, or explain in EXPLAINED where it is recorded"
    )


@pytest.mark.parametrize("act", sorted(EXPLAINED))
def test_an_explanation_is_needed_and_true(act: str) -> None:
    assert (PACKAGE / act).is_file(), f"{act} is gone; take its explanation away"
    assert not records(PACKAGE / act), f"{act} records its change; take its explanation away"
    if EXPLAINED[act].startswith(CALLER):
        place = PACKAGE / EXPLAINED[act].removeprefix(CALLER)
        callers = sorted(place.glob("*.py")) if place.is_dir() else [place]
        name = Path(act).stem
        assert any(records(caller) and name in caller.read_text(encoding="utf-8") for caller in callers), (
            f"nobody in {place} calls {name} and writes it down"
        )
