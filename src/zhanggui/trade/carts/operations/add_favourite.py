"""Keep a good to find it again."""

from datetime import datetime

from zhanggui.trade.carts.errors import NotOnOffer
from zhanggui.trade.carts.models import Favourite
from zhanggui.trade.catalogue.models import Spu, SpuState


def add_favourite(*, buyer_id: int, spu_number: str, at: datetime) -> Favourite:
    """This function will keep a good among the buyer's favourites, in the caller's transaction; one that is there
    stays as it was. Raises NotOnOffer."""
    spu = Spu.objects.filter(number=spu_number, state=SpuState.LISTED, supply=False).first()
    if spu is None:
        raise NotOnOffer("these goods are not on offer; look for others like them", goods=spu_number)
    return Favourite.objects.get_or_create(buyer_id=buyer_id, spu=spu, defaults={"added_at": at})[0]
