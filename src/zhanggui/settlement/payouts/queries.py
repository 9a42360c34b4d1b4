"""Reads over payouts: what is due and what stands in its way, where money goes, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from zhanggui.settlement.collections.models import ReceiptRefund
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.guarantees.queries import frozen_parties
from zhanggui.settlement.payouts.models import (
    BatchState,
    Cause,
    Payout,
    PayoutAnswer,
    PayoutBatch,
    PayoutEvent,
    PayoutState,
    Receiver,
    ReceiverKind,
    ReceiverState,
)
from zhanggui.settlement.payouts.rail import rail_pays
from zhanggui.settlement.payouts.rules import (
    PaymentLine,
    batch_payload,
    document_number,
    receiver_content,
    receiver_digest,
)
from zhanggui.vault.sealing import unseal

NUMBER_SEALED_AS = "receiver.number"
DIGEST_KEY_SEALED_AS = "receiver.digest_key"
CONTENT_SEALED_AS = "payout_file.content"


def _rows(query: str, params: Sequence[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# What a statement's confirmed account holds and no payout has spoken for yet. Reserved money is not on it.
_PAYABLE = """
select s.party_id, s.id as statement_id, s.number, s.state, s.entity_id, s.currency, s.due_on, s.open_disputes,
       coalesce(c.confirmed, 0)::bigint - coalesce(w.waiting, 0)::bigint as payable,
       coalesce(f.ended, 0)::bigint as ended
from settlement_statement s
left join lateral (
  select -sum(d.amount) as confirmed from ledger_account a
  join ledger_delta d on d.account_id = a.id and d.party_id = a.party_id
  where a.party_id = s.party_id and a.entity_id = s.entity_id and a.purpose = '2202.03' and a.reference = s.id
    and a.currency = s.currency) c on true
left join lateral (
  select sum(p.amount_minor) as waiting from settlement_payout p
  where p.party_id = s.party_id and p.statement_id = s.id and p.state in ('proposed', 'approved')) w on true
left join lateral (
  select sum(p.amount_minor) as ended from settlement_payout p
  where p.party_id = s.party_id and p.statement_id = s.id and p.state in ('failed', 'returned')
    and not exists (select from settlement_payout n where n.party_id = p.party_id and n.statement_id = p.statement_id
                    and n.part = p.part and n.id > p.id and n.state <> 'cancelled')) f on true
"""


@dataclass(frozen=True)
class Due:
    """A statement that is due, or a document that gives money back: what can be paid of it (minor units), from
    where, to whom, or what is in the way.

    `obstacle` is empty, or `no_receiver`, `receiver_waits`, `receiver_cooling`, `no_own_account`, `frozen`,
    `no_rail_for_wallet` (the rail of our account does not pay receivers of that kind); invoices add theirs
    (`invoices.paying`).
    """

    party_id: int
    statement_id: int
    number: str
    entity_id: int
    currency: str
    due_on: date
    amount_minor: int
    own_account_id: int
    receiver_id: int
    obstacle: str
    clears_at: datetime | None = None
    cause: str = Cause.STATEMENT
    document_id: int = 0


def due_statements(*, today: date, now: datetime, keys: Sequence[tuple[int, int]] | None = None) -> list[Due]:
    """This function will return the confirmed (or already paid, and since released) statements that are due by
    `today` and hold money nobody has spoken for; with `keys` (party, statement) those among them."""
    found = _rows(
        f"select * from ({_PAYABLE} where s.state in ('confirmed', 'paid') and s.due_on <= %s"
        " and (%s::bigint[] is null or (s.party_id, s.id) in"
        "  (select * from unnest(%s::bigint[], %s::bigint[])))) v"
        " where payable > 0 and ended = 0 order by party_id, statement_id",
        [today, *([None, None, None] if keys is None else
                  [[key[1] for key in keys], [key[0] for key in keys], [key[1] for key in keys]])],
    )  # fmt: skip
    return _with_ways(found, now)


def _with_ways(found: Sequence[dict[str, Any]], now: datetime) -> list[Due]:
    receivers = verified_receivers({row["party_id"] for row in found})
    waiting = set(
        Receiver.objects.filter(
            party_id__in={row["party_id"] for row in found}, state=ReceiverState.PROPOSED
        ).values_list("party_id", "currency")
    )
    accounts, frozen = own_accounts(), frozen_parties({row["party_id"] for row in found})
    due = []
    for row in found:
        receiver = receivers.get((row["party_id"], row["currency"]))
        own = _paying(accounts, row, receiver)
        waits = (row["party_id"], row["currency"]) in waiting
        obstacle = _obstacle(own, receiver, waits, row["party_id"] in frozen, now)
        due.append(
            Due(
                party_id=row["party_id"], statement_id=row["statement_id"], number=row["number"],
                entity_id=row["entity_id"], currency=row["currency"], due_on=row["due_on"],
                amount_minor=row["payable"], own_account_id=own.id if own else 0,
                receiver_id=receiver.id if receiver else 0, obstacle=obstacle,
                clears_at=receiver.usable_from if receiver and obstacle == "receiver_cooling" else None,
            )
        )  # fmt: skip
    return due


# Approved documents that give money back, of which no payout speaks for all: none does yet, or a part of what one
# paid never left or came back. Where one ended as a whole, that one is retried.
_DOCUMENTS = """
select x.cause, x.document_id, x.receipt_id, x.party_id, x.entity_id, x.currency, x.own_account_id, x.ended_at,
  x.amount_minor - coalesce(p.spoken, 0)::bigint as amount_minor from (
  select 'deposit' as cause, o.id as document_id, 0::bigint as receipt_id, o.party_id, d.entity_id, d.currency,
    o.amount_minor, o.own_account_id, o.ended_at
  from settlement_deposit_order o join settlement_deposit d on d.id = o.deposit_id
  where o.by_payout and o.state = 'approved'
  union all
  select 'receipt', f.id, r.id, 0, r.entity_id, r.currency, f.amount_minor, r.own_account_id, f.ended_at
  from settlement_receipt_refund f join settlement_receipt r on r.id = f.receipt_id
  where f.by_payout and f.state = 'approved') x
left join lateral (
  select sum(p.amount_minor - p.short_minor - p.returned_minor) as spoken from settlement_payout p
  where p.cause = x.cause and p.document_id = x.document_id
    and (p.state in ('proposed', 'approved', 'sent', 'paid') or p.state in ('failed', 'returned')
      and not exists (select from settlement_payout n where n.cause = p.cause and n.document_id = p.document_id
        and n.part = p.part and n.id > p.id and n.state <> 'cancelled'))) p on true
where x.amount_minor > coalesce(p.spoken, 0)
order by x.ended_at, x.cause, x.document_id
"""


def due_documents(*, now: datetime) -> list[Due]:
    """This function will return the approved documents that give money back (deposits, unclaimed receipts) and wait
    for a payout, with what is in the way: the account they name pays them, if it is open."""
    found = _rows(_DOCUMENTS, [])
    owners = {row["party_id"] for row in found if row["party_id"]}
    usual, frozen = own_accounts(), frozen_parties(owners)
    named = (
        OwnAccount.objects.filter(active=True)
        .exclude(rail="")
        .in_bulk([row["own_account_id"] for row in found])
    )
    due = []
    for row in found:
        receiver, waits = receiver_for(row["party_id"], row["currency"], row["receipt_id"])
        own = named.get(row["own_account_id"]) or _paying(usual, row, receiver)
        obstacle = _obstacle(own, receiver, waits, row["party_id"] in frozen, now)
        due.append(
            Due(
                party_id=row["party_id"], statement_id=0, entity_id=row["entity_id"], currency=row["currency"],
                number=document_number(row["cause"], row["document_id"]), due_on=row["ended_at"].date(),
                amount_minor=row["amount_minor"], own_account_id=own.id if own else 0,
                receiver_id=receiver.id if receiver else 0, obstacle=obstacle, cause=row["cause"],
                clears_at=receiver.usable_from if receiver and obstacle == "receiver_cooling" else None,
                document_id=row["document_id"],
            )
        )  # fmt: skip
    return due


def receiver_for(party_id: int, currency: str, receipt_id: int = 0) -> tuple[Receiver | None, bool]:
    """This function will return the verified receiver of a party, or of whoever paid a receipt, and whether another
    waits for verification."""
    rows = Receiver.objects.filter(party_id=party_id, currency=currency, receipt_id=receipt_id)
    waits = rows.filter(state=ReceiverState.PROPOSED).exists()
    return rows.filter(state=ReceiverState.VERIFIED).first(), waits


def receipt_of(refund_id: int) -> int:
    """This function will return the receipt that a refund gives back."""
    return ReceiptRefund.objects.get(id=refund_id).receipt_id


def _obstacle(
    own: OwnAccount | None, receiver: Receiver | None, waits: bool, frozen: bool, now: datetime
) -> str:
    if frozen:
        return "frozen"
    if own is None:
        return "no_own_account"
    if receiver is None:
        return "receiver_waits" if waits else "no_receiver"
    if not rail_pays(own.rail, receiver.kind):
        return f"no_rail_for_{receiver.kind}"
    return "receiver_cooling" if receiver.usable_from and receiver.usable_from > now else ""


def payouts_of_document(cause: str, document_id: int) -> list[Payout]:
    """This function will return the payouts of a document that gives money back, the earliest first."""
    return list(Payout.objects.filter(cause=cause, document_id=document_id).order_by("id"))


def later_payout(row: Payout) -> Payout | None:
    """This function will return the payout that took the place of this one, or None."""
    return (
        Payout.objects.filter(
            cause=row.cause, party_id=row.party_id, statement_id=row.statement_id,
            document_id=row.document_id, part=row.part, id__gt=row.id,
        ).exclude(state=PayoutState.CANCELLED).first()
    )  # fmt: skip


def payable_of(party_id: int, statement_id: int) -> int:
    """This function will return what a statement's confirmed account holds and no payout has spoken for."""
    [row] = _rows(_PAYABLE + " where s.party_id = %s and s.id = %s", [party_id, statement_id])
    return int(row["payable"])


def verified_receivers(parties: set[int]) -> dict[tuple[int, str], Receiver]:
    """This function will return the verified receiver of each party and currency."""
    rows = Receiver.objects.filter(party_id__in=parties, receipt_id=0, state=ReceiverState.VERIFIED)
    return {(row.party_id, row.currency): row for row in rows}


def own_accounts() -> dict[tuple[int, str], list[OwnAccount]]:
    """This function will return the accounts that pay for each entity and currency, banks' first."""
    found: dict[tuple[int, str], list[OwnAccount]] = {}
    for row in OwnAccount.objects.filter(active=True).exclude(rail="").order_by("kind", "id"):
        found.setdefault((row.entity_id, row.currency), []).append(row)
    return found


def _paying(
    accounts: Mapping[tuple[int, str], Sequence[OwnAccount]],
    row: Mapping[str, Any],
    receiver: Receiver | None,
) -> OwnAccount | None:
    kind = receiver.kind if receiver else ReceiverKind.BANK
    return paying_account(accounts.get((row["entity_id"], row["currency"]), ()), kind)


def paying_account(accounts: Sequence[OwnAccount], kind: str) -> OwnAccount | None:
    """This function will return the first of these accounts whose rail pays receivers of this kind, else the
    first."""
    fit = (own for own in accounts if rail_pays(own.rail, kind))
    return next(fit, accounts[0] if accounts else None)


def payouts_underway(own_account: str) -> int:
    """This function will count the payouts of an account of ours (by its code) that wait or are on their way."""
    return Payout.objects.filter(
        own_account_id__in=OwnAccount.objects.filter(code=own_account).values("id"),
        state__in=[PayoutState.PROPOSED, PayoutState.APPROVED, PayoutState.SENT],
    ).count()


def receiver_by_id(receiver_id: int) -> Receiver | None:
    """This function will return one receiver, or None."""
    return Receiver.objects.filter(id=receiver_id).first()


def receivers_of(party_id: int) -> list[Receiver]:
    """This function will return a party's receivers, the latest first."""
    return list(Receiver.objects.filter(party_id=party_id).order_by("-id"))


def batch_by_number(number: str) -> PayoutBatch | None:
    """This function will return one batch, or None."""
    return PayoutBatch.objects.filter(number=number).first()


def payout_by_number(number: str) -> Payout | None:
    """This function will return one payout, or None."""
    return Payout.objects.filter(number=number).first()


def payouts_of_statement(party_id: int, statement_id: int) -> list[Payout]:
    """This function will return the payouts of a statement, the earliest first."""
    return list(Payout.objects.filter(party_id=party_id, statement_id=statement_id).order_by("id"))


def latest_states(party_id: int, statement_id: int) -> list[str]:
    """This function will return the state of the latest payout of each part that was ever approved."""
    latest: dict[int, str] = {}
    approved = Payout.objects.filter(party_id=party_id, statement_id=statement_id, approved_at__isnull=False)
    for row in approved.order_by("id"):
        latest[row.part] = row.state
    return list(latest.values())


def steps_of(subject: str, subject_id: int) -> list[PayoutEvent]:
    """This function will return the steps of a receiver, batch, payout or attempt, the earliest first."""
    return list(PayoutEvent.objects.filter(subject=subject, subject_id=subject_id).order_by("id"))


def answers_of(payout_id: int) -> list[PayoutAnswer]:
    """This function will return what a bank said of a payout, the earliest first."""
    return list(PayoutAnswer.objects.filter(payout_id=payout_id).order_by("id"))


def content_of(batch: PayoutBatch) -> dict[str, Any]:
    """This function will return what a batch says now, in the form in which it was put up for approval."""
    own = OwnAccount.objects.get(id=batch.own_account_id)
    lines = [
        PaymentLine(
            row.number, row.party_id, row.statement_id, row.amount_minor, bytes(row.receiver_digest),
            row.receiver_masked, document_number(row.cause, row.document_id) if row.document_id else "",
        )
        for row in batch.payouts.all()
    ]  # fmt: skip
    return batch_payload(number=batch.number, own_account=own.code, currency=batch.currency, lines=lines)


def snapshot_holds(payout: Payout, row: Receiver | None) -> bool:
    """This function will say whether a payout still goes where it was approved to go: the receiver is verified, and
    what the payout copied of it has the digest that was approved."""
    if row is None or row.state != ReceiverState.VERIFIED:
        return False
    content = receiver_content(
        party_id=payout.party_id, currency=payout.currency, kind=payout.receiver_kind,
        holder=payout.receiver_holder, number=unseal(bytes(payout.receiver_sealed), purpose=NUMBER_SEALED_AS),
        bank=payout.receiver_bank, details=payout.receiver_details,
    )  # fmt: skip
    key = bytes.fromhex(unseal(bytes(row.digest_key_sealed), purpose=DIGEST_KEY_SEALED_AS))
    return receiver_digest(content, key=key) == bytes(payout.receiver_digest) == bytes(row.digest)


def on_the_way(currency: str) -> dict[str, int]:
    """This function will count and sum the payouts whose money is on its way."""
    [row] = _rows(
        "select count(*)::bigint as count, coalesce(sum(amount_minor), 0)::bigint as amount from settlement_payout"
        " where currency = %s and state = %s",
        [currency, PayoutState.SENT],
    )
    return {"count": row["count"], "amount_minor": row["amount"]}


def waiting_batches() -> int:
    """This function will count the approved batches that wait to be sent."""
    return PayoutBatch.objects.filter(state=BatchState.APPROVED).count()


def waiting_receivers() -> int:
    """This function will count the receivers that wait for verification."""
    return Receiver.objects.filter(state=ReceiverState.PROPOSED).count()


def ended_payouts() -> int:
    """This function will count the payouts that failed or came back and have no other in their place."""
    [row] = _rows(
        "select count(*)::bigint as count from settlement_payout p where p.state in ('failed', 'returned')"
        " and not exists (select from settlement_payout n where n.cause = p.cause and n.party_id = p.party_id"
        "  and n.statement_id = p.statement_id and n.document_id = p.document_id and n.part = p.part"
        "  and n.id > p.id and n.state <> 'cancelled')",
        [],
    )
    return int(row["count"])
