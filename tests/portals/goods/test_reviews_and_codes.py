"""Reviews on their three surfaces, and the codes of digital goods."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from tests.portals.latin import latin_words
from tests.portals.orders.people import client_of, text_of
from tests.portals.orders.test_api_and_commands import at
from tests.portals.shell.running import run_command
from tests.trade.fulfilment.sold import NOW, Sold, state_of
from tests.trade.fulfilment.test_ship_lines import ship
from zhanggui.audit.models import AuditRecord
from zhanggui.journeys.goods_handed_over import paid_orders_prepared
from zhanggui.journeys.goods_received import goods_received
from zhanggui.portals.shell.commands import reviews
from zhanggui.trade.catalogue.models import Spu
from zhanggui.trade.fulfilment.models import DigitalItem
from zhanggui.trade.orders.models import Order
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.operations.write_review import write_review

pytestmark = pytest.mark.django_db


def reviewed(sold: Sold, order: Order, *, rating: int, text: str) -> Review:
    code = next(code for code in sold.parties if sold.id(code) == order.merchant_id)
    ship(sold, order.order_no, by=code, tracking=f"SF-{order.order_no}00")
    goods_received(order_no=order.order_no, buyer_ids=[order.buyer_id], at=NOW, actor="buyer:1")
    with transaction.atomic():
        return write_review(
            buyer_ids=[order.buyer_id], line_id=order.lines.get().id, rating=rating, text=text, pictures=[],
            anonymous=False, at=NOW + timedelta(days=1),
        )  # fmt: skip


def test_a_shop_reads_and_answers_its_own() -> None:
    sold = Sold()
    row = reviewed(sold, sold.order("A tea cup:1"), rating=2, text="<b>碎了</b>")
    books = reviewed(sold, sold.order("B books cup:1"), rating=5, text="splendid")
    client = client_of(sold, "merchant_staff", "tea")
    page = text_of(client.get("/merchant/reviews/"))
    assert "★★☆☆☆" in page and "&lt;b&gt;碎了" in page and "splendid" not in page
    assert client.get(f"/merchant/reviews/{books.id}/").status_code == 404
    assert client.post(f"/merchant/reviews/{row.id}/", {"text": "  "}).status_code == 422
    assert "We send another" in text_of(
        client.post(f"/merchant/reviews/{row.id}/", {"text": "We send another"}, follow=True)
    )
    assert "answered before" in text_of(client.post(f"/merchant/reviews/{row.id}/", {"text": "again"}))
    assert client_of(sold, "merchant_viewer", "tea").post(
        f"/merchant/reviews/{row.id}/", {"text": "x"}
    ).status_code == 403  # fmt: skip
    key = at(sold, "merchant_owner", "books")
    assert [one["id"] for one in key.get("/reviews?answered=false").json()["items"]] == [books.id]
    assert key.post(f"/reviews/{row.id}/answer", {"text": "x"}).status_code == 404
    assert key.post(f"/reviews/{books.id}/answer", {"text": "Thanks"}).json()["answer"] == "Thanks"


def test_both_pages_of_a_review_are_chinese() -> None:
    sold = Sold(english=False)
    row = reviewed(sold, sold.order("A tea cup:1"), rating=4, text="很好")
    for role, party, place in (
        ("merchant_owner", "tea", f"/merchant/reviews/{row.id}/"),
        ("platform_operations", "", f"/platform/mall/reviews/{row.id}/"),
    ):
        client = client_of(sold, role, party, language="zh-hans")
        client.cookies["django_language"] = "zh-hans"
        pages = [text_of(client.get(place)), text_of(client.get(place.removesuffix(f"{row.id}/")))]
        names = {"TEA-CUP", "G-TEA-CUP", "SF-A00"}
        assert [dict(latin_words(page, names)) for page in pages] == [{}, {}]


def test_the_platform_hides_one_with_its_stars_and_shows_it_again() -> None:
    sold = Sold()
    row = reviewed(sold, sold.order("A tea cup:1"), rating=1, text="buy at other-shop.example")
    client, place = client_of(sold, "platform_operations"), f"/platform/mall/reviews/{row.id}/"
    assert "other-shop" in text_of(client.get("/platform/mall/reviews/"))
    assert client.post(place, {"act": "hide", "text": ""}).status_code == 422
    assert "Hidden" in text_of(client.post(place, {"act": "hide", "text": "advertising"}, follow=True))
    assert Spu.objects.get(id=row.spu_id).rating_count == 0
    assert AuditRecord.objects.get(action="review.hidden").after == {"shown": False, "reason": "advertising"}
    assert client_of(sold, "platform_auditor").post(place, {"act": "show", "text": "x"}).status_code == 422
    said = run_command(
        reviews, "unhide", str(row.id), "--reason", "asked to", "--as", "platform_operations-platform"
    )
    assert "1/5 tea" in said.text
    assert Spu.objects.get(id=row.spu_id).rating_count == 1
    answer = at(sold, "platform_admin").post(
        f"/reviews/{row.id}/visibility", {"visible": "hidden", "reason": "spam"}
    )
    assert answer.json()["shown"] is False
    assert "hidden" in run_command(reviews, "list", "--hidden").text


def test_codes_are_added_by_paste_and_file_and_given_to_who_waits() -> None:
    sold = Sold()
    order = sold.order("D tea code:2", kind="digital")
    client = client_of(sold, "merchant_staff", "tea")
    assert "Orders wait for codes" in text_of(client.get("/merchant/goods/codes/"))
    file = SimpleUploadedFile("codes.txt", "AAAA-1\nAAAA-2\n\n".encode("utf-8-sig"))
    sent = {"sku": "TEA-CODE", "codes": "AAAA-2\nAAAA-3", "file": file}
    page = text_of(client.post("/merchant/goods/codes/add/", sent, follow=True))
    assert "3 new codes are sealed" in page and "AAAA" not in page
    wrong = SimpleUploadedFile("codes.txt", b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert client.post("/merchant/goods/codes/add/", {"sku": "TEA-CODE", "file": wrong}).status_code == 422
    assert client.post("/merchant/goods/codes/add/", {"sku": "BOOKS-CUP", "codes": "x"}).status_code == 422
    assert paid_orders_prepared(clock=lambda: NOW, actor="tests") == 1
    assert state_of(order) == "received"
    assert DigitalItem.objects.filter(line=None).count() == 1
    assert "Free ones there" in text_of(client.get("/merchant/goods/codes/"))
