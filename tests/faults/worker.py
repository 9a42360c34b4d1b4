"""A process of its own that imports, bills or closes, to be killed by the tests of this folder.

`python -m tests.faults.worker ACT [STALL_AT]`: does ACT on the business line `mall` of DATABASE_URL. With STALL_AT
it stops for good in the middle of that transaction (1 = the first), says `stalled` and waits to be killed.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhanggui.config.settings")


def main() -> None:
    import django

    django.setup()
    act, stall_at = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    module, name = STALLS[act]
    stall(module, name, stall_at)
    print("ready", flush=True)
    ACTS[act]()
    print("done", flush=True)


# Where each act has written a part of its transaction and not yet the rest.
STALLS = {
    "bill": ("zhanggui.settlement.billing.operations.settle_blocks", "post_entries"),
    "close": ("zhanggui.settlement.statements.operations.close_statements", "_record_steps"),
    "import": ("zhanggui.settlement.intake.operations.import_orders", "accept_refunds"),
    "confirm": ("zhanggui.settlement.statements.operations.confirm_statement", "record_change"),
    "pay": ("zhanggui.journeys.payouts_sent", "_handed_over"),
    "record": ("zhanggui.settlement.payouts.operations.record_sending", "keep_file"),
    "told": ("zhanggui.journeys.payouts_sent", "record_submission"),
    "intend": ("zhanggui.rails.bank_folder.folder", "_durable"),
    "link": ("os", "link"),
    "flush": ("zhanggui.rails.bank_folder.folder", "_flush"),
    "answer": ("zhanggui.settlement.payouts.operations.apply_answer", "post_movements"),
    "draft": ("zhanggui.settlement.invoices.operations.draft_invoices", "refresh_axis"),
    "issue": ("zhanggui.settlement.invoices.steps", "record_change"),
    "claim": ("zhanggui.settlement.collections.operations.claim_receipt", "post_entry"),
    "claimed": ("zhanggui.settlement.collections.operations.claim_receipt", "record_change"),
    "deduct": ("zhanggui.settlement.guarantees.operations.move_deposit", "post_entry"),
    "write_off": ("zhanggui.settlement.collections.operations.request_write_off", "post_entry"),
    "decide": ("zhanggui.journeys.approval_decided", "decide_approval"),
    "set_off": ("zhanggui.settlement.collections.operations.set_off_debts", "post_entry"),
    "reconcile": ("zhanggui.settlement.reconciliation.operations.reconcile_bill", "write_placed"),
    "reconciled": ("zhanggui.settlement.reconciliation.operations.reconcile_bill", "_save"),
}


def stall(module: str, name: str, at: int) -> None:
    """Make the `at`-th call of a function hang before it does anything."""
    if not at:
        return
    import importlib

    where = importlib.import_module(module)
    real: Callable[..., Any] = getattr(where, name)
    calls = 0

    def stalling(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            print("stalled", flush=True)
            time.sleep(120)
        return real(*arguments, **named)

    setattr(where, name, stalling)


def clock() -> datetime:
    return datetime(2027, 1, 1, tzinfo=UTC)


def bill() -> None:
    from tests.settlement.story import ZONE
    from zhanggui.journeys.goods_billable import goods_billable
    from zhanggui.settlement.entities.queries import business_line

    billed = goods_billable(
        business_line=business_line("mall"), as_of=datetime(2026, 12, 31, tzinfo=UTC), clock=clock, zone=ZONE,
        actor=f"worker {os.getpid()}", chunk_size=5, progress=lambda kind, lines: time.sleep(0.02),
    )  # fmt: skip
    print(f"billed {billed.lines}", flush=True)


def close() -> None:
    from tests.settlement.story import ZONE
    from zhanggui.journeys.period_ended import period_ended

    closed = period_ended(
        through=date(2026, 6, 30), clock=clock, zone=ZONE, actor="worker", chunk=3,
        progress=lambda count: time.sleep(0.02),
    )  # fmt: skip
    print(f"closed {closed.closed}", flush=True)


def confirm() -> None:
    from tests.settlement.story import ZONE
    from zhanggui.journeys.statement_confirmed import silence_confirmed

    print(
        f"confirmed {silence_confirmed(today=date(2026, 12, 31), clock=clock, zone=ZONE).confirmed}",
        flush=True,
    )


def take_in() -> None:
    from tests.faults.market import records
    from tests.settlement.story import ZONE
    from zhanggui.settlement.entities.queries import business_line
    from zhanggui.settlement.intake.operations.import_orders import Source, import_orders

    source = Source("worker", "market", hashlib.sha256(b"market").digest(), records())
    run = import_orders(
        business_line=business_line("mall"), source=source, at=clock, zone=ZONE, actor="worker", chunk=10
    )
    print(f"imported {run.totals['orders']}", flush=True)


def pay() -> None:
    from tests.settlement.story import ZONE
    from zhanggui.journeys.payouts_sent import approved_batches_sent

    sent = approved_batches_sent(clock=clock, zone=ZONE, actor=f"worker {os.getpid()}")
    print(f"sent {sum(one.sent for one in sent)}", flush=True)


def answer() -> None:
    from tests.settlement.story import ZONE
    from zhanggui.journeys.bank_answered import inboxes_read

    done, _ = inboxes_read(clock=clock, zone=ZONE, actor="worker")
    print(f"read {len(done)}", flush=True)


def draft() -> None:
    from zhanggui.journeys.invoices_due import invoices_due

    print(f"drafted {len(invoices_due(clock=clock, actor='worker').invoices)}", flush=True)


def issue() -> None:
    """The file of the tax authority names every draft."""
    from tests.settlement.story import ZONE
    from zhanggui.journeys.invoice_issued import issued_imported
    from zhanggui.settlement.invoices.issued import Issued
    from zhanggui.settlement.invoices.issued_file import IssuedRow
    from zhanggui.settlement.invoices.models import Invoice

    rows = [
        IssuedRow(place, number, Issued(f"2631200000000000{place:04d}", date(2026, 12, 31)))
        for place, number in enumerate(
            Invoice.objects.exclude(state="voided").order_by("number").values_list("number", flat=True), 1
        )
    ]
    done = issued_imported(rows=rows, at=clock(), zone=ZONE, actor="worker")
    print(f"issued {done.issued} already {done.already}", flush=True)


def claim() -> None:
    """The one receipt pays the one debt, and a deposit what is left of it."""
    from tests.settlement.story import ZONE
    from zhanggui.journeys.receipt_recorded import receipt_claimed
    from zhanggui.settlement.collections.models import Debt, Receipt

    receipt, debt = Receipt.objects.get(), Debt.objects.get()
    moment: dict[str, Any] = {"at": clock(), "zone": ZONE, "actor": "worker", "receipt_id": receipt.id}
    if debt.open_minor:
        receipt_claimed(
            party_id=debt.party_id, target="debt", statement_id=debt.statement_id, amount_minor=debt.open_minor,
            **moment,
        )  # fmt: skip
    receipt.refresh_from_db()
    if receipt.rest_minor:
        receipt_claimed(party_id=debt.party_id, target="deposit", amount_minor=receipt.rest_minor, **moment)


def decide() -> None:
    """Whatever waits for approval is approved."""
    from tests.settlement.story import ZONE
    from zhanggui.approvals.models import Approval
    from zhanggui.approvals.operations.decide_approval import Proof
    from zhanggui.journeys.approval_decided import approval_decided

    waiting = list(Approval.objects.filter(state="pending").order_by("id"))
    for row in waiting:
        approval_decided(
            approval_id=row.id, approve=True, checker="checker", roles=frozenset({"platform_controller"}),
            proof=Proof(retyped_minor=row.amount_minor), at=clock() + timedelta(hours=1), zone=ZONE,
        )  # fmt: skip
    print(f"decided {len(waiting)}", flush=True)


def reconcile() -> None:
    """The statement in the bank's folder is taken in and run over."""
    from pathlib import Path

    from django.conf import settings

    from zhanggui.journeys.bill_received import bill_received
    from zhanggui.settlement.entities.models import OwnAccount

    done = bill_received(
        own_account=OwnAccount.objects.get(), channel="bank", path=Path(settings.BANK_FOLDER) / "statement.csv",
        clock=clock, actor=f"worker {os.getpid()}",
    )  # fmt: skip
    print(f"new {done.new} runs {len(done.runs)}", flush=True)


ACTS = {
    "bill": bill, "close": close, "import": take_in, "confirm": confirm, "pay": pay, "record": pay, "told": pay, "intend": pay, "link": pay, "flush": pay,
    "answer": answer, "draft": draft, "issue": issue, "claim": claim, "claimed": claim, "deduct": decide,
    "write_off": decide, "decide": decide, "set_off": confirm, "reconcile": reconcile, "reconciled": reconcile,
}  # fmt: skip

if __name__ == "__main__":
    main()
