"""What may happen to money that comes in, and to statements of the bank, in a simulated mall."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tests.settlement.story import ZONE
from tests.simulation.guarding import open_debt
from tests.simulation.mall import MERCHANTS
from tests.simulation.telling import Differs
from zhanggui.journeys.bill_received import bill_received, bill_run_again
from zhanggui.journeys.difference_settled import resolution_proposed
from zhanggui.journeys.receipt_recorded import (
    claim_reversed,
    receipt_claimed,
    receipt_recorded,
    receipt_refund_requested,
    receipt_reversed,
)
from zhanggui.journeys.receiver_proposed import receiver_proposed_for_receipt
from zhanggui.settlement.collections.models import Claim, Receipt
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.models import Receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.reconciliation.kinds import LIVE
from zhanggui.settlement.reconciliation.models import Bill, Difference

if TYPE_CHECKING:
    from tests.simulation.office import Office

ACCOUNTS = ("bank-e1", "bank-e1", "bank-e2")


def _some[Row](mall: "Office", rows: Any) -> Row | None:
    found = list(rows)
    return mall.chance.choice(found) if found else None


def money_arrives(mall: "Office") -> None:
    mall.bank.arrive(mall.chance.choice(ACCOUNTS))


def bank_charges(mall: "Office") -> None:
    mall.bank.charge(mall.chance.choice(ACCOUNTS))


def record(mall: "Office") -> None:
    """The cashier writes down what arrived: for the first time, again, or with a slip of the pen."""
    found = [one for one in mall.bank.movements if one.reference.startswith("IN-")]
    if not found:
        return
    one, slip = mall.chance.choice(found), mall.chance.random() < 0.1
    reference = f"{one.reference}-slip" if slip else one.reference
    receipt_recorded(
        own_account=OwnAccount.objects.get(code=one.account), bank_reference=reference,
        amount_minor=one.amount + (7_000_000 if slip else 0),
        received_on=one.day, at=mall.story.clock(), actor="cashier", payer="Somebody",
    )  # fmt: skip


def _receipt(mall: "Office") -> Receipt | None:
    return _some(
        mall,
        Receipt.objects.filter(reversed_at=None).exclude(bank_reference__endswith="-slip").order_by("id"),
    )


def claim(mall: "Office") -> None:
    """A part of a receipt, all of it, or more, pays a debt or goes to a deposit."""
    row, debt = _receipt(mall), open_debt(mall)
    if row is None:
        return
    wanted = mall.chance.choice([row.rest_minor, row.rest_minor // 2 + 1, 1, row.amount_minor])
    if debt and mall.chance.random() < 0.6:
        known: dict[str, Any] = {
            "party_id": debt.party_id,
            "statement_id": debt.statement_id,
            "target": "debt",
        }
        wanted = min(wanted, debt.open_minor)
    else:
        known = {"party_id": mall.story.party(mall.chance.choice(MERCHANTS)), "target": "deposit"}
    receipt_claimed(
        receipt_id=row.id, amount_minor=wanted, at=mall.story.clock(), zone=ZONE, actor="cashier", **known
    )


def unclaim(mall: "Office") -> None:
    row: Claim | None = _some(mall, Claim.objects.filter(reversed_at=None).order_by("id"))
    if row:
        claim_reversed(claim_id=row.id, reason="mistaken", at=mall.story.clock(), zone=ZONE, actor="cashier")


def give_back(mall: "Office") -> None:
    """What nobody claims goes back to who paid it."""
    row = _receipt(mall)
    if row is None or not row.rest_minor:
        return
    if not Receiver.objects.filter(receipt_id=row.id, state__in=["proposed", "verified"]).exists():
        with transaction.atomic():
            made = receiver_proposed_for_receipt(
                receipt_id=row.id, currency="CNY", holder="Somebody", number="6217001234567890123",
                at=mall.story.clock(), actor="cashier",
            )  # fmt: skip
            verify_receiver(
                receiver_id=made.id, at=mall.story.clock(), cool_down=mall.no_wait, actor="finance"
            )
    receipt_refund_requested(
        receipt_id=row.id, amount_minor=mall.chance.choice([row.rest_minor, 1]), reason="not for us",
        at=mall.story.clock(), maker="cashier",
    )  # fmt: skip


def withdraw(mall: "Office") -> None:
    """A slip of the pen is put right; what is used already is refused."""
    row: Receipt | None = _some(
        mall, Receipt.objects.filter(reversed_at=None, bank_reference__endswith="-slip").order_by("id")
    )
    if row:
        receipt_reversed(
            receipt_id=row.id, reason="mistaken", at=mall.story.clock(), zone=ZONE, actor="cashier"
        )


def statement_comes(mall: "Office") -> None:
    """The bank writes up an account to yesterday; whatever lies unread is read, or stays when the process dies."""
    yesterday = mall.story.now.astimezone(ZONE).date() - mall.day
    mall.bank.write_statement(mall.chance.choice(ACCOUNTS), yesterday)
    read_statements(mall)


def read_statements(mall: "Office") -> None:
    """Read what lies there, the oldest first."""
    while mall.bank.unread:
        account, content = mall.bank.unread[0]
        path = Path(mall.folder.name) / "statement.xml"
        path.write_bytes(content)
        bill_received(
            own_account=OwnAccount.objects.get(code=account), channel="bank", path=path, clock=mall.story.clock,
            actor="clock",
        )  # fmt: skip
        mall.bank.unread.pop(0)


def run_again(mall: "Office") -> None:
    row: Bill | None = _some(mall, Bill.objects.order_by("id"))
    if row:
        bill_run_again(bill_id=row.id, clock=mall.story.clock, actor="clerk")


def as_found(row: Difference) -> Differs:
    """What a difference says, as the bank would put it."""
    return Differs(row.own_account.code, row.kind, row.reference, row.our_minor, row.their_minor)


def settle(mall: "Office") -> None:
    """Somebody asks the bank about a difference; what the bank got wrong, or took, is settled, each once: of a movement
    that it told twice, the other row waits for the receipt that the cashier has yet to record."""
    differences = Difference.objects.select_related("own_account").order_by("id")
    rows = differences.filter(state__in=LIVE, proposed={})
    settled = differences.exclude(state__in=(*LIVE, "cleared")) | differences.filter(state__in=LIVE).exclude(
        proposed={}
    )
    wrong = Counter(mall.bank.wrong) - Counter(as_found(row) for row in settled)
    row: Difference | None = _some(mall, [one for one in rows if as_found(one) in wrong])
    if row:
        settle_one(mall, row)


def settle_one(mall: "Office", row: Difference) -> None:
    """A fee is booked with approval, anything else is explained."""
    resolution_proposed(
        difference_id=row.id, way="fee_charged" if row.reference.startswith("FEE") else "explain",
        reason="asked the bank", at=mall.story.clock(), actor="clerk",
    )  # fmt: skip


def assert_differences_as_injected(mall: "Office", *, all_told: bool) -> None:
    """What was found to differ, and did not clear up, is what the bank got wrong: each once, and no other. A slip of
    the pen is missing there as long as it stands in the books; before all is told other sides may still come."""
    rows = Difference.objects.select_related("own_account").exclude(state="cleared").order_by("id")
    found = Counter(as_found(row) for row in rows if not row.reference.endswith("-slip"))
    expected = Counter(mall.bank.wrong)
    if all_told:
        assert found == expected, f"not found: {expected - found}; found beside: {found - expected}"
    else:
        twice = {one: count for one, count in found.items() if count > expected[one] + 1}
        assert not twice, f"found twice: {twice}"


RECEIVING: dict[Callable[[Any], None], int] = {
    money_arrives: 5, bank_charges: 1, record: 6, claim: 6, unclaim: 2, give_back: 2, withdraw: 1,
    statement_comes: 5, run_again: 2, settle: 3,
}  # fmt: skip
