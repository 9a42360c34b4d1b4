"""Lists of what happened open at the latest order in their currency, however old that is."""

from datetime import timedelta

from django.utils import timezone

from tests.isolation.market import Market
from zhanggui.portals.platform.listing import activity_presets
from zhanggui.settlement.intake.models import StagedOrder


def last_day_shown(currency: str) -> object:
    recent = next(one for one in activity_presets(currency) if one.code == "recent")
    return recent.span(timezone.localdate()).before - timedelta(days=1)


def test_newer_orders_in_another_currency_do_not_empty_a_list(market: Market) -> None:
    newest = StagedOrder.objects.latest("ordered_at")
    own_day = timezone.localdate(newest.ordered_at)
    assert last_day_shown(newest.currency) == own_day
    later = newest.ordered_at + timedelta(days=400)
    StagedOrder.objects.create(**{
        field.attname: getattr(newest, field.attname) for field in StagedOrder._meta.concrete_fields
    } | {"order_no": "elsewhere", "id": newest.id + 1_000_000, "currency": "JPY", "ordered_at": later, "paid_minor": 0})  # fmt: skip
    assert last_day_shown(newest.currency) == own_day
    assert last_day_shown("JPY") == timezone.localdate(later)
    assert last_day_shown("CHF") == timezone.localdate(later)  # nothing there: as good as any
