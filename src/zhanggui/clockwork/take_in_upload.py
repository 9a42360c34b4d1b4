"""What uploading a file of orders and taking it in need of this installation."""

from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from zhanggui.journeys.order_file_uploaded import Taking, uploaded_orders_taken_in
from zhanggui.settlement.intake.models import ImportRun


def taking() -> Taking:
    """This function will name the home folder, the clock and the zone."""
    zone = timezone.get_default_timezone()
    assert isinstance(zone, ZoneInfo)
    return Taking(home=Path(settings.ZHANGGUI_HOME), clock=timezone.now, zone=zone)


def take_in_upload(run_id: int) -> ImportRun:
    """This function will take in a file that waits. Twice is harmless."""
    return uploaded_orders_taken_in(run_id=run_id, taking=taking())
