"""The accounts that shares go to, as channels know them; their numbers are sealed."""

import hashlib

from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.splitting import ReceiverKind
from zhanggui.payments.splitting import SplitReceiver as Told
from zhanggui.settlement.splits.models import SplitReceiver, SplitShare
from zhanggui.vault.sealing import unseal

SUB_MERCHANT = "sub_merchant"
"""The kind of a party's own account at the channel, that buyers pay to (二级商户)."""
OURSELVES = 0
"""The party of our own account as a receiver of shares."""
ACCOUNT_SEALED_AS = "split_receiver.account"
NAME_SEALED_AS = "split_receiver.name"


def kind_of(receiver: SplitReceiver) -> ReceiverKind:
    """This function will return what a receiver is to its channel: a sub-merchant is a merchant there."""
    return ReceiverKind.MERCHANT if receiver.kind == SUB_MERCHANT else ReceiverKind(receiver.kind)


def told(receiver: SplitReceiver) -> Told:
    """This function will return a receiver as its channel is told of it."""
    name = bytes(receiver.name_sealed)
    return Told(
        kind_of(receiver), unseal(bytes(receiver.account_sealed), purpose=ACCOUNT_SEALED_AS),
        unseal(name, purpose=NAME_SEALED_AS) if name else "", receiver.relation,
    )  # fmt: skip


def account_number(receiver: SplitReceiver) -> str:
    """This function will return the number of an account as the channel knows it."""
    return unseal(bytes(receiver.account_sealed), purpose=ACCOUNT_SEALED_AS)


def account_of(share: SplitShare) -> str:
    """This function will return the number of the account that a share goes to."""
    return account_number(share.receiver)


def account_digest(channel: PaymentChannel, kind: str, account: str) -> bytes:
    """This function will return what a number is found by (32 bytes); merchant numbers and openids are no secrets
    that it would give away."""
    return hashlib.blake2b(f"{channel.code}\n{kind}\n{account}".encode(), digest_size=32).digest()
