"""Two buyers became one: the favourites go along."""

from zhanggui.trade.carts.models import Favourite


def take_over_favourites(*, from_buyer: int, to_buyer: int) -> int:
    """This function will give the favourites of one buyer to another, in the caller's transaction, and return how
    many are new there."""
    theirs = Favourite.objects.filter(buyer_id=from_buyer)
    has = set(Favourite.objects.filter(buyer_id=to_buyer).values_list("spu_id", flat=True))
    fresh = [
        Favourite(buyer_id=to_buyer, spu_id=row.spu_id, added_at=row.added_at)
        for row in theirs if row.spu_id not in has
    ]  # fmt: skip
    theirs.delete()
    Favourite.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
