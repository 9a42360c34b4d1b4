"""The life of a good and of a shop as tables."""

from zhanggui.trade.catalogue.errors import StepNotAllowed
from zhanggui.trade.catalogue.models import ShopState, Spu, SpuState

TRANSITIONS: dict[str, tuple[str, ...]] = {
    SpuState.DRAFT: (
        SpuState.SUBMITTED,
        SpuState.LISTED,
    ),  # LISTED: a listing of supply goods, reviewed there
    SpuState.SUBMITTED: (SpuState.LISTED, SpuState.REFUSED, SpuState.DRAFT),  # DRAFT: its owner took it back
    SpuState.LISTED: (SpuState.SUBMITTED, SpuState.UNLISTED, SpuState.BANNED),
    SpuState.REFUSED: (SpuState.SUBMITTED,),
    SpuState.UNLISTED: (SpuState.LISTED, SpuState.DRAFT, SpuState.BANNED),  # DRAFT: changed, so not reviewed
    SpuState.BANNED: (SpuState.DRAFT,),  # lifted by the platform; it is reviewed again
}
SHOP_TRANSITIONS: dict[str, tuple[str, ...]] = {
    ShopState.OPEN: (ShopState.CLOSED, ShopState.SUSPENDED),
    ShopState.CLOSED: (ShopState.OPEN, ShopState.SUSPENDED),
    ShopState.SUSPENDED: (ShopState.OPEN,),
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether a good may step from `before` to `after`."""
    return after in TRANSITIONS[before]


def check_step(spu: Spu, after: str) -> None:
    """This function will refuse a step that a good cannot take. Raises StepNotAllowed."""
    if not allowed(spu.state, after):
        raise StepNotAllowed(
            f"good {spu.number} is {spu.state} and cannot become {after}; look at it again",
            goods=spu.number, before=spu.state, after=after,
        )  # fmt: skip
