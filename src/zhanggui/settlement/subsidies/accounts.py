"""Where money at a channel stands in the books."""

from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.payments.models import PaymentChannel
from zhanggui.settlement.entities.models import OwnAccount


def at_channel(channel: PaymentChannel, purpose: str, *, entity_id: int, currency: str) -> AccountKey:
    """This function will return the account of an entity's money at a channel: ours there (1012.02), or what lies
    with sub-merchants (1012.04)."""
    own = OwnAccount.objects.filter(code=channel.own_account, entity_id=entity_id).first()
    return AccountKey(entity_id, purpose, 0, own.id if own else 0, currency)
