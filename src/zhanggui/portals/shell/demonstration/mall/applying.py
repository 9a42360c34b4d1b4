"""Applications in the demonstration: one waits to be decided, one was not accepted. Their licences are drawn here."""

import io
from datetime import datetime

from PIL import Image, ImageDraw

from zhanggui.journeys.application_decided import application_rejected, application_submitted
from zhanggui.portals.shell.demonstration.mall.reading import mall_data
from zhanggui.trade.applications.models import Application
from zhanggui.trade.applications.rules import LETTERS, Asked

PLATFORM, FROM = "zhanggui demo", "192.0.2.1"  # an address for documentation
APPLICANTS = (
    (
        "supplier",
        "cooperative",
        "松间茶业合作社",
        "93350100MA0000001",
        "林松",
        "松溪的乌龙与白茶，自有茶园。",
    ),
    ("merchant", "sole_trader", "拾光手作", "92350100MA0000002", "周拾", "手工皮具，每月上新。"),
)
REASON = "执照图片不清晰，请重新拍摄后再提交。"


def apply(at: datetime) -> None:
    """Two who want to come in; the second has to send a better picture."""
    top = mall_data().categories[0]["code"]
    for kind, entity_kind, name, code, contact, about in APPLICANTS:
        asked = Asked(
            kind=kind, entity_kind=entity_kind, name=name, credit_code=signed(code), contact=contact,
            phone="13800000000", email="apply@example.com", categories=(top,), about=about,
            licence_name="licence.png", licence=drawn_licence(signed(code)),
        )  # fmt: skip
        application_submitted(asked=asked, address=FROM, at=at)
    latest = Application.objects.order_by("-id").values_list("number", flat=True)[0]
    application_rejected(number=latest, reason=REASON, at=at, actor=PLATFORM)


def signed(code: str) -> str:
    """A credit code that nobody has, with its check digit."""
    total = sum(LETTERS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code))
    return code + LETTERS[-total % 31]


def drawn_licence(code: str) -> bytes:
    """A picture that says the code, and that it is an example."""
    sheet, out = Image.new("RGB", (640, 440), "#fbf6ea"), io.BytesIO()
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((16, 16, 623, 423), outline="#b8321f", width=4)
    pen.text((60, 80), f"BUSINESS LICENCE (EXAMPLE)\n\n{code}", fill="#222222", font_size=28)
    sheet.save(out, "PNG")
    return out.getvalue()
