"""Take a log-in with WeChat or Weibo off a buyer."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.buyers.errors import LastWayIn
from zhanggui.trade.buyers.models import Buyer, Identity
from zhanggui.trade.buyers.operations.assert_active import assert_active
from zhanggui.trade.buyers.queries import has_password, identity_by_id


def unbind_identity(*, buyer: Buyer, identity: int, at: datetime) -> int:
    """This function will take a person at a provider off a buyer, and return how many identities went.

    With one identity go the others of the same person: through any of them the provider would vouch again. The last
    way in stays. Raises BuyerBlocked, UnknownIdentity, LastWayIn.
    """
    buyer = assert_active(buyer=buyer)
    found = identity_by_id(buyer, identity)
    gone = Identity.objects.filter(buyer=buyer, provider=found.provider)
    gone = gone.filter(union=found.union) if found.union else gone.filter(id=found.id)
    left = Identity.objects.filter(buyer=buyer).exclude(id__in=gone.values("id"))
    if not left.exists() and not has_password(buyer):
        raise LastWayIn(
            "this is your only way to log in; choose a name and a password, or bind another log-in, first",
            provider=found.provider,
        )
    apps = sorted(gone.values_list("app", flat=True))
    gone.delete()
    record_change(
        at=at, actor=f"buyer:{buyer.number}", action="identity.unbound", object_kind="buyer",
        object_id=buyer.number, before={"provider": found.provider, "apps": apps},
    )  # fmt: skip
    return len(apps)
