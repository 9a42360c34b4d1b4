"""What uploading goods needs of this installation, and the job that takes a large file in."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from zhanggui.journeys.goods_file_uploaded import GoodsTaking, uploaded_goods_taken_in
from zhanggui.trade.catalogue.models import GoodsUpload


def goods_taking() -> GoodsTaking:
    """This function will name the folders and the clock."""
    return GoodsTaking(
        home=Path(settings.ZHANGGUI_HOME), pictures=Path(settings.MEDIA_ROOT) / "pictures", clock=timezone.now
    )


def take_in_goods(upload_id: int) -> GoodsUpload:
    """This function will take in a file of goods that waits. Twice is harmless."""
    return uploaded_goods_taken_in(upload_id=upload_id, taking=goods_taking())
