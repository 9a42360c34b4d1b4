"""Bring a good one step further, with its row of history."""

from datetime import datetime

from zhanggui.trade.catalogue.models import Spu, SpuState, SpuStep
from zhanggui.trade.catalogue.states import check_step

BY_SOURCE = "source:"
"""A note that begins so: the listing followed its supply goods, whose number comes after."""


def step_goods(*, spu: Spu, after: SpuState, at: datetime, actor: str, note: str = "") -> Spu:
    """This function will bring a locked good to its next state, in the caller's transaction; listings follow supply
    goods that go off sale, and come back with them. Raises StepNotAllowed."""
    check_step(spu, after)
    before = spu.state
    spu.state, spu.changed_at = after, at
    if after == SpuState.LISTED:
        spu.listed_at = spu.listed_at or at
    spu.save(update_fields=["state", "changed_at", "listed_at"])
    SpuStep.objects.create(spu=spu, before=before, after=after, at=at, actor=actor, note=note[:200])
    if spu.supply and SpuState.LISTED in (before, after):
        _follow(spu, at=at, actor=actor)
    return spu


def _follow(source: Spu, *, at: datetime, actor: str) -> None:
    on_sale = source.state == SpuState.LISTED
    waiting = SpuState.UNLISTED if on_sale else SpuState.LISTED
    note = f"{BY_SOURCE}{source.number}"
    listings = Spu.objects.select_for_update(no_key=True).filter(source=source, state=waiting).order_by("id")
    for listing in listings:
        latest = SpuStep.objects.filter(spu=listing).order_by("-id").first()
        if on_sale and (latest is None or latest.note != note):
            continue  # its owner took it down, and puts it up again
        after = SpuState.LISTED if on_sale else SpuState.UNLISTED
        step_goods(spu=listing, after=after, at=at, actor=actor, note=note)
