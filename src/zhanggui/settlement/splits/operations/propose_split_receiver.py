"""Where shares of a party go at a channel: proposed by one person, confirmed by another, then added there."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.models import Party
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.splitting import ReceiverKind
from zhanggui.settlement.splits.accounts import (
    ACCOUNT_SEALED_AS,
    NAME_SEALED_AS,
    OURSELVES,
    SUB_MERCHANT,
    account_digest,
)
from zhanggui.settlement.splits.errors import (
    SplitReceiverConfirmedByProposer,
    SplitReceiverIncomplete,
    SplitReceiverNotInState,
    SplitReceiverTaken,
    UnknownSplit,
)
from zhanggui.settlement.splits.models import SplitReceiver, SplitReceiverState
from zhanggui.settlement.splits.queries import SPLITS
from zhanggui.settlement.splits.rules import RECEIVERS
from zhanggui.settlement.splits.states import RECEIVER, allowed
from zhanggui.vault.sealing import masked, seal

IN_USE = (SplitReceiverState.PROPOSED, SplitReceiverState.CONFIRMED, SplitReceiverState.ADDED)


def propose_split_receiver(
    *, party: Party, channel: PaymentChannel, kind: str, account: str, name: str, relation: str, at: datetime,
    actor: str,
) -> SplitReceiver:  # fmt: skip
    """This function will note the account that a party's shares go to at a channel, in the caller's transaction; of
    kind `sub_merchant`, that buyers pay to. Nothing goes there before another person confirms it and the channel has
    added it.

    Raises SplitReceiverIncomplete, SplitReceiverTaken.
    """
    account, name, relation = "".join(account.split()), " ".join(name.split()), relation.strip().upper()
    if party.kind not in RECEIVERS:
        raise SplitReceiverIncomplete(f"{party.code} is a {party.kind}; shares go to {', '.join(RECEIVERS)}")
    if channel.settings.get(SPLITS) != "yes":
        raise SplitReceiverIncomplete(f"channel {channel.code} does not split; its setting says so")
    if kind == SUB_MERCHANT and party.kind != "merchant":
        raise SplitReceiverIncomplete(f"{party.code} is a {party.kind}; only merchants are paid by buyers")
    if kind not in (*ReceiverKind, SUB_MERCHANT) or not 4 <= len(account) <= 64 or len(relation) > 32:
        raise SplitReceiverIncomplete("say whether it is a merchant's or a person's account, and its number")
    if kind != ReceiverKind.PERSON and not name:
        raise SplitReceiverIncomplete(
            "channels want the full name of a merchant's account, as it is registered"
        )
    digest = account_digest(channel, kind, account)
    used = SplitReceiver.objects.filter(channel=channel, state__in=IN_USE)
    if used.filter(party_id=party.id).exists():
        raise SplitReceiverTaken(
            f"{party.code} has an account for shares at {channel.code}; close that one first"
        )
    if used.filter(account_digest=digest).exists():
        raise SplitReceiverTaken(f"another party's shares go to {masked(account)} at {channel.code}")
    row = SplitReceiver.objects.create(
        party_id=party.id, channel=channel, kind=kind, relation=relation or "CUSTOM",
        account_sealed=seal(account, purpose=ACCOUNT_SEALED_AS), account_masked=masked(account),
        account_digest=digest, name_sealed=seal(name, purpose=NAME_SEALED_AS) if name else b"", proposed_at=at,
        proposed_by=actor,
    )  # fmt: skip
    _noted(row, "split_receiver.proposed", at, actor, before="")
    return row


def open_own_receiver(*, like: SplitReceiver, name: str, at: datetime) -> SplitReceiver:
    """This function will return our own account as a receiver of shares at the channel of a sub-merchant's account,
    in the caller's transaction; where there is none yet it is written down, by the two people of that one."""
    known = SplitReceiver.objects.filter(party_id=OURSELVES, channel=like.channel, state__in=IN_USE).first()
    if known is not None:
        return known
    account, kind = like.channel.account, ReceiverKind.MERCHANT
    row = SplitReceiver.objects.create(
        party_id=OURSELVES, channel=like.channel, kind=kind, relation="SERVICE_PROVIDER",
        account_sealed=seal(account, purpose=ACCOUNT_SEALED_AS), account_masked=masked(account),
        account_digest=account_digest(like.channel, kind, account),
        name_sealed=seal(name, purpose=NAME_SEALED_AS), state=SplitReceiverState.CONFIRMED, proposed_at=at,
        proposed_by=like.proposed_by, confirmed_at=at, confirmed_by=like.confirmed_by,
    )  # fmt: skip
    _noted(row, "split_receiver.confirmed", at, like.confirmed_by, before="")
    return row


def confirm_split_receiver(*, receiver_id: int, at: datetime, actor: str) -> SplitReceiver:
    """This function will confirm an account for shares, in the caller's transaction; the channel is to be told next.

    Raises UnknownSplit, SplitReceiverNotInState, SplitReceiverConfirmedByProposer.
    """
    row = _held(receiver_id)
    if row.proposed_by == actor and row.state == SplitReceiverState.PROPOSED:
        raise SplitReceiverConfirmedByProposer(
            f"{actor} proposed {row.account_masked}; somebody else has to confirm it"
        )
    before = _step(row, SplitReceiverState.CONFIRMED)
    row.confirmed_at, row.confirmed_by = at, actor
    row.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    _noted(row, "split_receiver.confirmed", at, actor, before)
    return row


def end_split_receiver(
    *, receiver_id: int, state: SplitReceiverState, at: datetime, actor: str, said: str = ""
) -> SplitReceiver:
    """This function will note that a channel added an account for shares, or refused it, or that it is closed, in the
    caller's transaction. Raises UnknownSplit, SplitReceiverNotInState."""
    row = _held(receiver_id)
    before = _step(row, state)
    row.said, row.ended_at = said[:255], None if state == SplitReceiverState.ADDED else at
    row.save(update_fields=["state", "said", "ended_at"])
    _noted(row, f"split_receiver.{state.value}", at, actor, before)
    return row


def _held(receiver_id: int) -> SplitReceiver:
    row = (
        SplitReceiver.objects.select_for_update(of=("self",))
        .select_related("channel")
        .filter(id=receiver_id)
        .first()
    )
    if row is None:
        raise UnknownSplit(f"there is no account for shares {receiver_id}")
    return row


def _step(row: SplitReceiver, state: SplitReceiverState) -> str:
    if not allowed(RECEIVER, row.state, state):
        raise SplitReceiverNotInState(
            f"{row.account_masked} is {row.state}; it cannot be {state.value}", state=row.state
        )
    before, row.state = str(row.state), state
    return before


def _noted(row: SplitReceiver, action: str, at: datetime, actor: str, before: str) -> None:
    record_change(
        at=at, actor=actor, action=action, object_kind="split_receiver", object_id=str(row.id),
        party_id=row.party_id, before={"state": before} if before else None,
        after={"channel": row.channel.code, "account": row.account_masked, "kind": row.kind,
               "relation": row.relation, "state": str(row.state), "said": row.said},
    )  # fmt: skip
