"""Questions of buyers: asked in the mall, answered by shops and by customer service, on screens, by API and command."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from tests.portals.latin import latin_words
from tests.portals.orders.people import client_of, text_of
from tests.portals.orders.test_api_and_commands import at
from tests.portals.shell.running import run_command
from tests.trade.fulfilment.sold import NOW, Sold
from zhanggui.audit.models import AuditRecord
from zhanggui.outbox.models import Notice
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.shell.commands import questions
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.catalogue.models import Shop
from zhanggui.trade.parameters.operations.set_parameter import set_parameter
from zhanggui.trade.questions.errors import TooManyQuestions
from zhanggui.trade.questions.models import Question, QuestionMessage
from zhanggui.trade.questions.operations.ask_question import ask_question
from zhanggui.trade.questions.rules import ASKED_MOST

pytestmark = pytest.mark.django_db
WORDS = "Is <script>alert(1)</script> it green?"


def mall(*, english: bool = True) -> Sold:
    sold = Sold(english=english)
    for code in ("tea", "books"):
        name = {"zh": "茶铺" if code == "tea" else "书屋"} | ({"en": f"Shop {code}"} if english else {})
        Shop.objects.create(merchant_id=sold.id(code), code=code, name=name, opened_at=NOW)
    Buyer.objects.filter(id=sold.buyers["wang"].id).update(name="王小明", phone="13812345678")
    return sold


def buyer_of(sold: Sold, name: str, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.cookies["django_language"] = language
    client.force_login(sold.buyers[name].user)
    return client


def test_a_buyer_asks_a_shop_and_both_talk() -> None:
    sold = mall()
    spu, wang = sold.sku("tea", "cup").spu, buyer_of(sold, "wang")
    new = f"/questions/new/?shop=tea&good={spu.number}"
    assert new.replace("&", "&amp;") in text_of(wang.get(f"/goods/{spu.number}/"))
    assert Client().get(new).status_code == 302  # log in first
    form = {"shop": "tea", "good": spu.number, "order": "", "text": WORDS}
    assert wang.post("/questions/new/", form | {"text": "  "}).status_code == 422
    place = wang.post("/questions/new/", form).headers["Location"]
    assert wang.post("/questions/new/", form).headers["Location"] == place  # sent twice, asked once
    row = Question.objects.get()
    assert (row.asker, row.state, row.spu_id) == ("王***明", "waiting", spu.id)
    assert Notice.objects.get(party_id=sold.id("tea")).kind == "question.asked"
    tea, there = client_of(sold, "merchant_staff", "tea"), f"/merchant/questions/{row.question_no}/"
    page = text_of(tea.get("/merchant/questions/?q=green"))
    assert "王***明" in page and "&lt;script&gt;" in page and row.question_no in page
    talk = text_of(tea.get(there))
    assert "<script>alert" not in talk and "王小明" not in talk and "1234" not in talk
    notice = Notice.objects.get(party_id=sold.id("tea"))
    assert tea.get(f"/merchant/notices/{notice.id}/").headers["Location"] == there
    assert tea.post(there, {"act": "answer", "text": "Yes <b>"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "answered"
    assert AuditRecord.objects.get(action="question.answered").after == {"text": "Yes <b>"}
    assert "Your question" in text_of(wang.get("/me/messages/"))
    assert '<span class="count">1</span>' in text_of(wang.get("/questions/"))
    mark = wang.get(f"{place}state/").json()["mark"]
    assert "Yes &lt;b&gt;" in text_of(wang.get(place))
    assert '<span class="count">' not in text_of(wang.get("/questions/"))
    wang.post(place, {"act": "say", "text": "Thanks"})
    assert wang.get(f"{place}state/").json()["mark"] != mark
    assert Notice.objects.filter(party_id=sold.id("tea"), kind="question.said").count() == 1
    wang.post(place, {"act": "close"})
    assert tea.post(there, {"act": "answer", "text": "late"}).status_code == 422
    assert wang.post(place, {"act": "say", "text": "late"}).status_code == 422
    assert buyer_of(sold, "li").get(place).status_code == 404


def test_a_shop_sees_its_own_alone_and_the_database_keeps_it_so() -> None:
    sold = mall()
    order = sold.order("A tea cup:1")
    with transaction.atomic():
        mine = ask_question(
            buyer=sold.buyers["wang"], text="where?", at=NOW, shop="tea", order_no=order.order_no
        )
        other = ask_question(buyer=sold.buyers["wang"], text="which?", at=NOW, shop="books")
    tea = client_of(sold, "merchant_owner", "tea")
    assert other.question_no not in text_of(tea.get("/merchant/questions/"))
    assert tea.get(f"/merchant/questions/{other.question_no}/").status_code == 404
    assert tea.get(f"/merchant/questions/{mine.question_no}/").status_code == 200
    viewer = client_of(sold, "merchant_viewer", "tea")
    assert viewer.post(f"/merchant/questions/{mine.question_no}/", {"text": "x"}).status_code == 403
    with as_tenant(sold.id("tea")):
        assert list(Question.objects.values_list("id", flat=True)) == [mine.id]
        assert list(QuestionMessage.objects.values_list("question_id", flat=True)) == [mine.id]
    for act in ("update trade_question_message set text = 'x'", "delete from trade_question",
                "update trade_question set merchant_id = 0"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)
    assert buyer_of(sold, "li").get("/questions/new/?shop=tea&order=A").status_code == 404


def test_customer_service_answers_what_the_platform_is_asked_and_reads_the_rest() -> None:
    sold = mall()
    li = buyer_of(sold, "li")
    assert "/questions/new/" in text_of(li.get("/support/"))
    place = li.post("/questions/new/", {"text": "coupons?"}).headers["Location"]
    with transaction.atomic():
        shops = ask_question(buyer=sold.buyers["wang"], text="to the shop", at=NOW, shop="tea")
    service, row = client_of(sold, "platform_service"), Question.objects.get(merchant_id=0)
    listed = text_of(service.get("/platform/mall/questions/?whom=platform"))
    assert row.question_no in listed and shops.question_no not in listed
    assert "to the shop" in text_of(service.get(f"/platform/mall/questions/{shops.question_no}/"))
    theirs, ours = (f"/platform/mall/questions/{one.question_no}/" for one in (shops, row))
    assert service.post(theirs, {"text": "x"}).status_code == 403
    assert client_of(sold, "platform_auditor").post(ours, {"text": "x"}).status_code == 403
    assert service.post(ours, {"act": "answer", "text": "All of them"}).status_code == 302
    assert "All of them" in text_of(li.get(place))
    set_parameter(code="blocked_words", value="微信，vx", at=timezone.now(), actor="tests")
    assert li.post(place, {"act": "say", "text": "my V X"}).status_code == 422
    assert service.post(ours, {"act": "answer", "text": "加微信"}).status_code == 422
    assert service.post(ours, {"act": "close"}).status_code == 302


def test_the_api_and_the_command_do_the_same() -> None:
    sold = mall()
    with transaction.atomic():
        to_tea = ask_question(buyer=sold.buyers["wang"], text="hm?", at=NOW, shop="tea").question_no
        to_us = ask_question(buyer=sold.buyers["wang"], text="ho?", at=NOW).question_no
    tea = at(sold, "merchant_staff", "tea")
    listed = tea.get("/questions?state=waiting").json()["items"]
    assert [(one["question_no"], one["asker"], one["unread"], one["messages"]) for one in listed] == [
        (to_tea, "王***明", 1, 1)
    ]
    assert tea.get(f"/questions/{to_us}").status_code == 404
    assert tea.post(f"/questions/{to_us}/answers", {"text": "x"}).status_code == 404
    answered = tea.post(f"/questions/{to_tea}/answers", {"text": "ha"}).json()
    assert (answered["state"], [one["text"] for one in answered["said"]]) == ("answered", ["hm?", "ha"])
    assert tea.post(f"/questions/{to_tea}/closing", {}).json()["state"] == "closed"
    assert (
        tea.post(f"/questions/{to_tea}/answers", {"text": "x"}).json()["error"]["code"] == "question_closed"
    )
    assert at(sold, "merchant_viewer", "tea").post(f"/questions/{to_tea}/closing", {}).status_code == 403
    everybodys = at(sold, "platform_service")
    assert len(everybodys.get("/questions").json()["items"]) == 2
    assert everybodys.post(f"/questions/{to_tea}/answers", {"text": "x"}).status_code == 404
    who = ("--as", "platform_service-platform")
    assert "hi there" in run_command(questions, "answer", to_us, "--text", "hi there", *who).text
    assert to_us in run_command(questions, "list", "--platform", "--state", "answered").text
    assert "closed platform" in run_command(questions, "close", to_us, *who).text
    assert "tea" in run_command(questions, "list", "--party", "tea").text


def test_one_buyer_asks_so_much_and_no_more() -> None:
    sold = mall()
    with transaction.atomic():
        for place in range(ASKED_MOST):
            ask_question(buyer=sold.buyers["wang"], text=f"no. {place}", at=NOW + timedelta(hours=place % 8))
        with pytest.raises(TooManyQuestions):
            ask_question(buyer=sold.buyers["wang"], text="more", at=NOW + timedelta(hours=9))
        ask_question(buyer=sold.buyers["li"], text="me too", at=NOW)
        ask_question(buyer=sold.buyers["wang"], text="the next day", at=NOW + timedelta(days=2))


def test_every_page_of_questions_is_chinese() -> None:
    sold = mall(english=False)
    order = sold.order("A tea cup:1")
    with transaction.atomic():
        row = ask_question(
            buyer=sold.buyers["wang"], text="还有货吗", at=NOW, shop="tea", order_no=order.order_no,
            spu_number=order.lines.get().spu_number,
        )  # fmt: skip
    number = row.question_no
    shop, staff = (client_of(sold, role, party, language="zh-hans") for role, party in
                   (("merchant_owner", "tea"), ("platform_service", "")))  # fmt: skip
    wang = buyer_of(sold, "wang", "zh-hans")
    for client in (shop, staff, wang):
        client.cookies["django_language"] = "zh-hans"
    shop.post(f"/merchant/questions/{number}/", {"act": "answer", "text": "有货"})
    pages = [
        *(shop.get(place) for place in ("/merchant/questions/", f"/merchant/questions/{number}/", "/merchant/notices/")),
        *(staff.get(place) for place in ("/platform/mall/questions/", f"/platform/mall/questions/{number}/")),
        *(wang.get(place) for place in ("/questions/", f"/questions/{number}/", "/questions/new/?shop=tea",
                                        "/questions/new/", "/support/", "/me/messages/")),
    ]  # fmt: skip
    names = {number, "TEA-CUP", "G-TEA-CUP", "merchant_owner-tea", sold.buyers["wang"].number, "A"}
    assert [dict(latin_words(text_of(page), names)) for page in pages] == [{}] * len(pages)
