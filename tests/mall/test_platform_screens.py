"""Payments, refunds, notices, after-sale and parameters as staff see them, in both languages."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.mall.shopping import ZONE, Mall
from tests.portals.latin import latin_words
from tests.portals.shell.running import run_command
from zhanggui.journeys.approval_decided import approval_withdrawn
from zhanggui.journeys.channel_notified import channel_notified
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.return_asked import return_appealed, return_asked, return_turned_down
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.payments.channel import RefundState as Said
from zhanggui.payments.models import Refund
from zhanggui.portals.shell.commands import carrier_tariffs
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.trade.orders.models import OrderLine, Purchase
from zhanggui.trade.parameters.queries import number
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep
from zhanggui.trade.returns.models import ReturnCase, ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked


@pytest.fixture
def staff(mall: Mall, client: Client) -> Client:
    platform, _ = Party.objects.get_or_create(
        code="platform", defaults={"kind": PartyKind.PLATFORM, "name": {"zh": "平台", "en": "Platform"}}
    )
    user = User.objects.create_user("boss", password="a long enough pass phrase")
    Membership.objects.create(user=user, party=platform, role=Role.PLATFORM_ADMIN)
    client.force_login(user)
    return client


def asked_case(mall: Mall) -> ReturnCase:
    """A return that its shop refused and the buyer appealed."""
    (order,) = mall.buy(("TEA-1", 2))
    mall.receive(order)
    case = return_asked(
        order_no=order.order_no, kind=ReturnKind.RETURN_REFUND, reason="damaged", text="杯子碎了", pictures=[],
        asked=[Asked(OrderLine.objects.get(order=order).id, 1)], at=mall.clock(),
    )  # fmt: skip
    return_turned_down(case_no=case.case_no, at=mall.clock(), actor="tea-owner", text="看不出损坏")
    return return_appealed(case_no=case.case_no, at=mall.clock(), actor="buyer:1", text="有照片")


class TestScreens:
    def test_every_page_speaks_chinese_and_english(self, mall: Mall, staff: Client) -> None:
        case = asked_case(mall)
        (order,) = mall.buy(("TEA-2", 1))
        order_called_off(order_no=order.order_no, reason="late", at=mall.clock(), actor="buyer:1")
        channel_notified(
            channel_code="wechat",
            headers={},
            body=json.dumps({"id": "n", "charge": "T1"}).encode(),
            at=mall.clock(),
        )
        pages = [
            reverse(f"platform:mall_{name}")
            for name in ("payments", "refunds", "cases", "notices", "parameters")
        ]
        payment = mall.payment(order.purchase)
        step = FreightStep((), 1000, 600, 500, 200)
        set_carrier_tariff(carrier="heron", currency="CNY", step=step, at=mall.clock(), actor="boss")
        pages += [
            reverse("platform:carrier_tariffs"),
            reverse("platform:mall_payment", args=[payment.payment_no]),
            reverse("platform:mall_refund", args=[Refund.objects.get().refund_no]),
            reverse("platform:mall_case", args=[case.case_no]),
        ]
        for language in ("zh-hans", "en"):
            staff.cookies["django_language"] = language
            for page in pages:
                answer = staff.get(page)
                assert answer.status_code == 200, page
                if language == "zh-hans":
                    known = {
                        "wechat",
                        "pretend",
                        "mall",
                        "boss",
                        "tea-owner",
                        "late",
                        "TEA-1",
                        "TEA-2",
                        "UTC",
                    }
                    words = list(latin_words(answer.content.decode(), known))
                    assert not words, (page, words)

    def test_lists_open_in_the_currency_of_the_mall(self, mall: Mall, staff: Client) -> None:
        mall.place(("TEA-1", 1))
        BusinessLine.objects.create(id=0, code="older", name={"en": "Older"}, currency="GBP")
        page = staff.get(reverse("platform:mall_payments")).content.decode()
        assert mall.payment(Purchase.objects.get()).payment_no in page

    def test_times_are_in_the_tenants_zone(self, mall: Mall, staff: Client) -> None:
        payment = mall.payment(mall.place(("TEA-1", 1)))
        page = staff.get(reverse("platform:mall_payment", args=[payment.payment_no])).content.decode()
        assert ">2026-06-20 10:30<" in page and "+00:00<" not in page

    def test_what_is_not_there_is_not_found(self, staff: Client) -> None:
        for name in ("payment", "refund", "case"):
            assert staff.get(reverse(f"platform:mall_{name}", args=["X1"])).status_code == 404


class TestActs:
    def test_the_platform_decides_for_less(self, mall: Mall, staff: Client) -> None:
        case = asked_case(mall)
        line = case.lines.get()
        address = reverse("platform:mall_case", args=[case.case_no])
        sent = {"act": "decide", "side": "buyer", "text": "各担一半", f"goods-{line.line_id}": "44.00"}
        assert staff.post(address, sent).status_code == 302
        case.refresh_from_db()
        line.refresh_from_db()
        assert (case.state, line.goods_minor) == ("awaiting_goods", 4400)

    def test_a_decision_without_a_reason_is_refused(self, mall: Mall, staff: Client) -> None:
        case = asked_case(mall)
        address = reverse("platform:mall_case", args=[case.case_no])
        assert staff.post(address, {"act": "decide", "side": "buyer", "text": ""}).status_code == 422

    def test_an_abnormal_refund_ends_when_the_money_went_another_way(self, mall: Mall, staff: Client) -> None:
        (order,) = mall.buy(("TEA-2", 1))
        order_called_off(order_no=order.order_no, reason="late", at=mall.clock(), actor="buyer:1")
        mall.channel.refund_state = Said.ABNORMAL
        mall.send_refunds()
        refund = Refund.objects.get()
        address = reverse("platform:mall_refund", args=[refund.refund_no])
        card = {"act": "card", "bank": "ICBC_DEBIT", "card": "6222020000000000001", "holder": "张三"}
        assert staff.post(address, card | {"card": "6222"}).status_code == 422
        assert staff.post(address, card).status_code == 302
        staff.cookies["django_language"] = "zh-hans"
        page = staff.get(address).content.decode()
        assert "ICBC_DEBIT ****0001" in page and "6222020000000000001" not in page
        assert 'value="otherwise"' not in page, "it goes one way at a time"
        words = list(latin_words(page, {"wechat", "pretend", "boss", "late", "UTC", "ICBC_DEBIT"}))
        assert not words, words
        row = refund.repairs.get()
        assert staff.get(reverse("platform:approval", args=[row.approval_id])).status_code == 200
        approval_withdrawn(approval_id=row.approval_id, maker="boss", at=timezone.now(), zone=ZONE)
        assert staff.post(address, {"act": "otherwise", "evidence": "ICBC-1"}).status_code == 302
        refund.refresh_from_db()
        assert (refund.state, refund.said) == ("succeeded", "paid otherwise: ICBC-1")

    def test_a_carriers_tariff_is_set_on_the_screen_by_program_and_by_command(self, staff: Client) -> None:
        address, api = reverse("platform:carrier_tariffs"), "/api/v1/carrier-tariffs"
        typed = {"act": "set", "carrier": "heron", "currency": "CNY", "first_grams": "1000", "first": "6.00",
                 "next_grams": "500", "next": "2.00"}  # fmt: skip
        assert staff.post(address, typed).status_code == 302
        assert staff.post(address, typed | {"day": "2020-01-01"}).status_code == 422
        told = {"carrier": "heron", "currency": "CNY", "first_grams": 1, "first_minor": 500, "next_grams": 1,
                "next_minor": 0}  # fmt: skip
        made = staff.post(api, told, "application/json", headers={"Idempotency-Key": "t-1"})
        assert (made.status_code, made.json()["version"]) == (201, 2)
        staff.post(api, told, "application/json", headers={"Idempotency-Key": "t-1"})
        set_by = ("--first", "4.50", "--next", "1", "--as", "boss")
        ran = run_command(carrier_tariffs, "set", "heron", *set_by)
        assert ran.document["version"] == 3
        listed = run_command(carrier_tariffs, "list", "--carrier", "heron").document["carrier_tariffs"]
        items = staff.get(api).json()["items"]
        assert [one["first_minor"] for one in listed] == [450, 500, 600]
        assert [one["first_minor"] for one in items] == [600, 500, 450]

    def test_a_parameter_is_set_within_its_bounds(self, staff: Client) -> None:
        address = reverse("platform:mall_parameters")
        assert (
            staff.post(address, {"act": "set", "code": "pay_within_minutes", "value": "3"}).status_code == 422
        )
        assert (
            staff.post(address, {"act": "set", "code": "pay_within_minutes", "value": "45"}).status_code
            == 302
        )
        assert number("pay_within_minutes") == 45
