"""Ask to send the money of an abnormal refund to another account; another person approves it."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.audit.operations.record_change import record_change
from zhanggui.payments.errors import (
    RefundNotInState,
    RepairIncomplete,
    RepairNotOffered,
    RepairUnderWay,
)
from zhanggui.payments.locks import hold_charge
from zhanggui.payments.models import Refund, RefundRepair, RefundState
from zhanggui.payments.queries import came_to_us
from zhanggui.payments.repairing import RepairTo
from zhanggui.payments.states import REPAIRS_OPEN
from zhanggui.payments.wired import repairs_refunds
from zhanggui.vault.sealing import masked, seal

KIND = "refund_repair"
CARD_SEALED_AS, HOLDER_SEALED_AS = "refund_repair.card", "refund_repair.holder"
HOLDER_MOST = 60
_BANK, _CARD = re.compile(r"[A-Z][A-Z0-9_]{1,31}"), re.compile(r"[0-9]{8,30}")


@dataclass(frozen=True)
class RepairGiven:
    """What somebody typed: to a card of the buyer (its bank as the channel codes it, number, holder), or to us."""

    to: str
    bank: str = ""
    card: str = ""
    holder: str = ""

    def cleaned(self) -> "RepairGiven":
        """The same without blanks that people put into numbers. Raises RepairIncomplete."""
        bank, card = self.bank.strip().upper(), re.sub(r"[\s-]", "", self.card)
        tidy = replace(self, bank=bank, card=card, holder=" ".join(self.holder.split()))
        if self.to not in list(RepairTo):
            raise RepairIncomplete(f"say where the money goes: {', '.join(RepairTo)}", field="to")
        if self.to == RepairTo.OURS:
            if tidy.bank or tidy.card or tidy.holder:
                raise RepairIncomplete("to our own account there is no card to name", field="card")
            return tidy
        if not _BANK.fullmatch(tidy.bank):
            raise RepairIncomplete("name the bank as the channel codes it, such as ICBC_DEBIT", field="bank")
        if not _CARD.fullmatch(tidy.card):
            raise RepairIncomplete("the card's number has 8 to 30 digits and nothing else", field="card")
        if not 1 <= len(tidy.holder) <= HOLDER_MOST:
            raise RepairIncomplete("name the holder of the card as the bank has it", field="holder")
        return tidy


def propose_repair(*, refund: Refund, given: RepairGiven, at: datetime, actor: str) -> RefundRepair:
    """This function will note where the money of an abnormal refund is to go and request its approval, in the
    caller's transaction; the channel is asked once another person has approved.

    Asking again for the same while it waits returns what waits. Raises RepairIncomplete, RefundNotInState,
    RepairNotOffered, RepairUnderWay.
    """
    tidy = given.cleaned()
    hold_charge(refund.charge_id)
    refund.refresh_from_db(fields=["state", "channel_number"])
    if refund.state != RefundState.ABNORMAL:
        raise RefundNotInState(
            f"refund {refund.refund_no} is {refund.state}; only an abnormal one is sent to another account",
            state=refund.state,
        )
    charge = refund.charge
    whole = charge.attempt.combined and refund.part_id is None
    if whole or not refund.channel_number or not repairs_refunds(charge.channel):
        raise RepairNotOffered(
            f"{charge.channel.code} sends refund {refund.refund_no} to no other account; pay the buyer another"
            " way and say so"
        )
    if came_to_us(refund):
        raise RepairNotOffered(
            f"the money of {refund.refund_no} came to our own account; pay the buyer from there and say so"
        )
    waiting = refund.repairs.filter(state__in=REPAIRS_OPEN).first()
    if waiting is not None:
        if waiting.made_by == actor and _same(waiting, tidy):
            return waiting
        raise RepairUnderWay(
            f"the money of {refund.refund_no} is on its way to {waiting.card_masked or 'our own account'};"
            " withdraw that first",
            state=waiting.state,
        )
    return _proposed(refund, tidy, at, actor)


def _same(waiting: RefundRepair, tidy: RepairGiven) -> bool:
    return (waiting.to, waiting.bank, waiting.card_masked, waiting.holder_masked) == (
        tidy.to, tidy.bank, masked(tidy.card), _name_masked(tidy.holder),
    )  # fmt: skip


def _proposed(refund: Refund, tidy: RepairGiven, at: datetime, actor: str) -> RefundRepair:
    row = RefundRepair.objects.create(
        refund=refund, to=tidy.to, bank=tidy.bank, card_masked=masked(tidy.card),
        card_sealed=seal(tidy.card, purpose=CARD_SEALED_AS) if tidy.card else b"",
        holder_masked=_name_masked(tidy.holder),
        holder_sealed=seal(tidy.holder, purpose=HOLDER_SEALED_AS) if tidy.holder else b"",
        made_at=at, made_by=actor,
    )  # fmt: skip
    where = f"{row.bank} {row.card_masked} {row.holder_masked}" if row.card_masked else "our own account"
    content = {
        "repair": row.id, "refund_no": refund.refund_no, "order_no": refund.reference, "to": row.to,
        "bank": row.bank, "card": row.card_masked, "holder": row.holder_masked,
        "amount_minor": refund.amount_minor, "currency": refund.currency,
    }  # fmt: skip
    row.approval_id = request_approval(
        kind=KIND, subject=refund.refund_no, title=f"{refund.refund_no}: {where}",
        amount_minor=refund.amount_minor, currency=refund.currency, payload=content, maker=actor, at=at,
        party_id=refund.party_id,
    ).id  # fmt: skip
    row.save(update_fields=["approval_id"])
    record_change(
        at=at, actor=actor, action="refund_repair.proposed", object_kind="buyer_refund",
        object_id=refund.refund_no, party_id=refund.party_id, after=content,
    )  # fmt: skip
    return row


def _name_masked(name: str) -> str:
    """A name with all but its last character hidden; how long it is does not show."""
    return f"**{name[-1]}" if name else ""
