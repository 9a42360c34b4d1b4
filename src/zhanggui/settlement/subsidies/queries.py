"""Reads over subsidies: what has to be asked for, and how much of them lies with sub-merchants."""

from datetime import datetime, timedelta

from django.db.models import Q

from zhanggui.payments.models import ChargePart
from zhanggui.settlement.subsidies.models import Subsidy, SubsidyReturn, SubsidyReturnState, SubsidyState


def subsidy_of(part: ChargePart) -> Subsidy | None:
    """This function will return the subsidy of a part of a charge, or None."""
    return Subsidy.objects.filter(part=part).first()


def lies_there(part: ChargePart) -> int:
    """This function will return what of our money lies with a part's sub-merchant (minor units): paid, and neither
    taken back nor being taken back."""
    found = subsidy_of(part) if part.subsidy_minor else None
    return found.amount_minor - found.returned_minor if found and found.state == SubsidyState.PAID else 0


def subsidies_to_ask(at: datetime, *, after: timedelta, most: int) -> list[Subsidy]:
    """This function will return subsidies whose channel has not done them and was not asked for `after`."""
    quiet = Q(asked_again_at=None) | Q(asked_again_at__lte=at - after)
    rows = Subsidy.objects.select_related("channel", "part").filter(quiet, state=SubsidyState.RECORDED)
    return list(rows.order_by("made_at", "id")[:most])


def returns_to_ask(at: datetime, *, after: timedelta, most: int) -> list[SubsidyReturn]:
    """This function will return subsidies being taken back whose channel was not asked for `after`."""
    quiet = Q(asked_again_at=None) | Q(asked_again_at__lte=at - after)
    rows = SubsidyReturn.objects.select_related("subsidy__channel", "subsidy__part")
    return list(rows.filter(quiet, state=SubsidyReturnState.RECORDED).order_by("made_at", "id")[:most])
