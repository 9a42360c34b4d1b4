"""The accounts that shares go to, as channels know them; their numbers are sealed."""

import hashlib

from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.splitting import ReceiverKind
from zhanggui.payments.splitting import SplitReceiver as Told
from zhanggui.settlement.splits.models import SplitReceiver, SplitShare
from zhanggui.vault.sealing import unseal

ACCOUNT_SEALED_AS = "split_receiver.account"
NAME_SEALED_AS = "split_receiver.name"


def told(receiver: SplitReceiver) -> Told:
    """This function will return a receiver as its channel is told of it."""
    name = bytes(receiver.name_sealed)
    return Told(
        ReceiverKind(receiver.kind), unseal(bytes(receiver.account_sealed), purpose=ACCOUNT_SEALED_AS),
        unseal(name, purpose=NAME_SEALED_AS) if name else "", receiver.relation,
    )  # fmt: skip


def account_of(share: SplitShare) -> str:
    """This function will return the number of the account that a share goes to."""
    return unseal(bytes(share.receiver.account_sealed), purpose=ACCOUNT_SEALED_AS)


def account_digest(channel: PaymentChannel, kind: str, account: str) -> bytes:
    """This function will return what a number is found by (32 bytes); merchant numbers and openids are no secrets
    that it would give away."""
    return hashlib.blake2b(f"{channel.code}\n{kind}\n{account}".encode(), digest_size=32).digest()
