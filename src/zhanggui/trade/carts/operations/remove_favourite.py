"""Take a good off the favourites."""

from zhanggui.trade.carts.models import Favourite


def remove_favourite(*, buyer_id: int, spu_number: str) -> bool:
    """This function will take a good off the buyer's favourites, in the caller's transaction, and say whether it was
    among them."""
    return bool(Favourite.objects.filter(buyer_id=buyer_id, spu__number=spu_number).delete()[0])
