"""The mall over its API and by command, as the screens have it: who reads and does what, and for whom alone."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.isolation.market import Market
from tests.mall.shopping import ZONE, Mall
from tests.portals.api.calling import Api, api_of
from tests.portals.latin import latin_words
from tests.portals.shell.running import run_command
from zhanggui.journeys.approval_decided import approval_withdrawn
from zhanggui.journeys.channel_notified import channel_notified
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.return_asked import return_appealed, return_asked
from zhanggui.parties.models import Role
from zhanggui.payments.channel import RefundState as Said
from zhanggui.payments.errors import RefundNotInState
from zhanggui.payments.models import PaymentChannel, Refund
from zhanggui.portals.shell.commands import after_sale, mall_parameters, payments, promotions, refunds, shops
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.trade.orders.errors import GoodsUnavailable
from zhanggui.trade.orders.models import OrderLine
from zhanggui.trade.returns.models import ReturnCase, ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked


def key(mall: Mall, party: str, role: Role) -> Api:
    return api_of(Market(mall.line), party, role)


def asked(mall: Mall, *codes: tuple[str, int]) -> ReturnCase:
    """A return of all of a received order."""
    (order,) = mall.buy(*codes)
    mall.receive(order)
    return return_asked(
        order_no=order.order_no, kind=ReturnKind.RETURN_REFUND, reason="unwanted", text="", pictures=[],
        asked=[Asked(line.id, line.quantity) for line in OrderLine.objects.filter(order=order)], at=mall.clock(),
    )  # fmt: skip


class TestMoney:
    def test_payments_and_refunds(self, mall: Mall) -> None:
        finance, auditor = key(mall, "platform", Role.PLATFORM_FINANCE), "platform-platform_auditor"
        key(mall, "platform", Role.PLATFORM_AUDITOR)
        tea, cup = mall.buy(("TEA-2", 1), ("CUP-1", 1))
        mall.place(("TEA-1", 1))
        channel_notified(
            channel_code="wechat", headers={}, body=b'{"id": "n", "charge": "T1"}', at=mall.clock()
        )
        order_called_off(order_no=tea.order_no, reason="late", at=mall.clock(), actor="buyer:1")
        mall.channel.refuses = "NOT_ENOUGH"
        mall.send_refunds()
        mall.channel.refuses = ""

        first = finance.get("/payments", limit=1)
        second = finance.get("/payments", limit=1, cursor=first["next_cursor"])
        assert [one["state"] for one in first["items"] + second["items"]] == ["paid", "open"]
        [paid] = finance.get("/payments", order_no=cup.order_no)["items"]
        assert finance.get("/payments", channel_number="nothing")["items"] == []
        whole = finance.get(f"/payments/{paid['payment_no']}")
        assert [(one["merchant"], one["amount_minor"]) for one in whole["parts"]] == [
            ("tea", 1999),
            ("kiln", 4900),
        ]
        assert (whole["charges"][0]["amount_minor"], whole["refunds"][0]["state"]) == (6899, "failed")
        assert len(finance.get("/channel-notices")["items"]) == 1

        [failed] = finance.get("/refunds", state="failed", merchant="tea")["items"]
        address = f"/refunds/{failed['refund_no']}"
        assert finance.post(f"{address}/payment-otherwise", {"evidence": "ICBC-1"}, 409)["error"]["code"] == (
            "refund_not_in_state"
        )
        fresh = finance.post(f"{address}/asking-again", "", 201, key="again-1")
        assert finance.post(f"{address}/asking-again", "", 201, key="again-1") == fresh
        assert (fresh["state"], fresh["order_no"], Refund.objects.count()) == ("recorded", tea.order_no, 2)
        mall.channel.refund_state = Said.ABNORMAL
        mall.send_refunds()

        for who in (key(mall, "tea", Role.MERCHANT_OWNER), Api(None)):
            status = 401 if who.secret is None else 403
            for path in ("/payments", "/refunds", "/channel-notices", f"/payments/{paid['payment_no']}"):
                who.get(path, status)
            who.post(f"/refunds/{fresh['refund_no']}/payment-otherwise", {"evidence": "ICBC-1"}, status)

        number, evidence = fresh["refund_no"], ("--evidence", "ICBC-1")
        card = {"to": "card", "bank": "ICBC_DEBIT", "card": "6222020000000000001", "holder": "张三"}
        wrong = finance.post(f"/refunds/{number}/repairs", card | {"bank": "工商银行"}, 422)["error"]
        assert wrong["code"] == "repair_incomplete"
        [repair] = finance.post(f"/refunds/{number}/repairs", card, 201)["repairs"]
        assert (repair["card_masked"], repair["state"]) == ("****0001", "proposed")
        assert Api(None).post(f"/refunds/{number}/repairs", card, 401)
        approval_withdrawn(
            approval_id=repair["approval"], maker=repair["made_by"], at=timezone.now(), zone=ZONE
        )
        to_us = ("send-to", number, "--to", "ours", "--as")
        with pytest.raises(BadArguments):
            run_command(refunds, *to_us, auditor)
        ours = run_command(refunds, *to_us, "platform-platform_finance").document["repairs"][1]
        approval_withdrawn(approval_id=ours["approval"], maker=ours["made_by"], at=timezone.now(), zone=ZONE)
        with pytest.raises(BadArguments):
            run_command(refunds, "paid-otherwise", number, *evidence, "--as", auditor)
        ended = run_command(refunds, "paid-otherwise", number, *evidence, "--as", "platform-platform_finance")
        assert set(ended.document) == set(finance.get(f"/refunds/{number}"))
        assert (ended.document["state"], ended.document["said"]) == ("succeeded", "paid otherwise: ICBC-1")
        with pytest.raises(RefundNotInState):
            run_command(refunds, "ask-again", number, "--as", "platform-platform_finance")
        assert run_command(refunds, "list", "--party", "kiln").document == {"refunds": []}
        shown = run_command(payments, "show", paid["payment_no"])
        assert "CNY 68.99, CNY 19.99 back" in shown.text
        assert len(run_command(payments, "list", "--state", "open").document["payments"]) == 1
        assert run_command(payments, "notices").document["notices"][0]["channel"] == "wechat"


class TestAfterSale:
    def test_the_shop_answers_and_the_platform_decides(self, mall: Mall) -> None:
        tea, kiln = key(mall, "tea", Role.MERCHANT_OWNER), key(mall, "kiln", Role.MERCHANT_OWNER)
        staff = key(mall, "platform", Role.PLATFORM_OPERATIONS)
        case = asked(mall, ("TEA-1", 2))
        address = f"/after-sale-cases/{case.case_no}"
        [listed] = tea.get("/after-sale-cases", state="asked", order_no=case.order.order_no)["items"]
        assert (listed["merchant"], listed["moves_next"], listed["asked_minor"]) == ("tea", "merchant", 17600)
        assert kiln.get("/after-sale-cases")["items"] == []
        kiln.get(address, 404)
        assert kiln.post(f"{address}/answers", {"answer": "agree"}, 404)["error"]["code"] == "unknown_case"
        assert staff.post(f"{address}/answers", {"answer": "agree"}, 403)["error"]["code"] == "not_allowed"
        assert tea.post(f"{address}/decision", {"side": "merchant", "text": "no"}, 403)
        early = tea.post(f"{address}/answers", {"answer": "goods_back"}, 409)["error"]
        assert (early["code"], early["details"]["possible"]) == (
            "case_not_in_state",
            ["agree", "refuse", "say"],
        )
        assert tea.post(f"{address}/answers", {"answer": "refuse"}, 422)["error"]["code"] == "reason_missing"
        refused = tea.post(f"{address}/answers", {"answer": "refuse", "text": "看不出损坏"}, key="answer-1")
        assert (
            tea.post(f"{address}/answers", {"answer": "refuse", "text": "看不出损坏"}, key="answer-1")
            == refused
        )
        assert [(one["what"], one["actor"].split()[0]) for one in refused["steps"]] == [
            ("asked", "buyer"), ("refused", "tea-merchant_owner"),
        ]  # fmt: skip
        return_appealed(case_no=case.case_no, at=mall.clock(), actor="buyer:1", text="有照片")

        assert staff.post(f"{address}/words", {"text": "请补充照片"}, 201)["steps"][-1]["what"] == "said"
        wrong = {"side": "buyer", "text": "各担一半", "lines": [{"line_no": "9", "goods_minor": 1}]}
        assert staff.post(f"{address}/decision", wrong, 422)["error"]["code"] == "case_incomplete"
        who = ("--as", "platform-platform_operations")
        decided = run_command(
            after_sale,
            "decide",
            case.case_no,
            "--for",
            "buyer",
            "--text",
            "各担一半",
            "--give",
            "1=88.00",
            *who,
        )
        assert (decided.document["state"], decided.document["lines"][0]["goods_minor"]) == (
            "awaiting_goods",
            8800,
        )

        own = ("--party", "tea", "--as", "tea-merchant_owner")
        other = asked(mall, ("TEA-2", 1))
        with pytest.raises(BadArguments):
            run_command(after_sale, "answer", other.case_no, "agree", "--party", "kiln", "--as", own[-1])
        agreed = run_command(after_sale, "answer", other.case_no, "agree", *own)
        assert "awaiting_goods, waits for the buyer tea" in agreed.text
        assert len(run_command(after_sale, "list", "--party", "tea").document["cases"]) == 2
        assert len(staff.get("/after-sale-cases", merchant="tea", kind="return_refund")["items"]) == 2


class TestHowTheMallIsSetUp:
    def test_a_suspended_shop_sells_nothing_and_its_orders_go_on(self, mall: Mall, client: Client) -> None:
        staff, tea = (key(mall, party, role) for party, role in (
            ("platform", Role.PLATFORM_OPERATIONS), ("tea", Role.MERCHANT_OWNER),
        ))  # fmt: skip
        (order,) = mall.buy(("TEA-1", 1))
        assert [(one["code"], one["goods"]) for one in staff.get("/shops")["items"]] == [
            ("tea", 2), ("kiln", 1), ("glass", 1),
        ]  # fmt: skip
        address = "/shops/tea/suspension"
        assert staff.post(address, {"suspended": True}, 422)["error"]["code"] == "shop_incomplete"
        tea.post(address, {"suspended": True, "reason": "假货"}, 403)
        tea.get("/shops/kiln", 404)
        due = mall.due(mall.wanted(("TEA-1", 1)))
        assert staff.post(address, {"suspended": True, "reason": "假货"})["state"] == "suspended"
        assert tea.get("/shops/tea")["suspended_for"] == "假货"
        with pytest.raises(GoodsUnavailable):
            mall.place(("TEA-1", 1), due=due)
        assert mall.receive(order).state == "received"

        market = Market(mall.line)
        client.force_login(market.person("tea", Role.MERCHANT_OWNER))
        assert "假货" in client.get(reverse("merchant:shop_settings")).content.decode()
        client.force_login(market.person("platform", Role.PLATFORM_OPERATIONS))
        client.cookies["django_language"] = "zh-hans"
        page = reverse("platform:shop", args=["tea"])
        for shown in (reverse("platform:shops"), page):
            words = client.get(shown).content.decode()
            known = {"tea", "kiln", "glass", "UTC", "platform-platform_operations", "tests"}
            assert not list(latin_words(words, known)), shown
        assert "假货" in words
        assert client.post(page, {"act": "lift"}).status_code == 302
        assert mall.place(("TEA-1", 1)).state == "placed"
        assert client.post(page, {"act": "suspend", "reason": ""}).status_code == 422
        who = ("--as", "platform-platform_operations")
        assert (
            "tea suspended: 卖完了, 2 goods"
            in run_command(shops, "suspend", "tea", "--reason", "卖完了", *who).text
        )
        assert run_command(shops, "lift", "tea", *who).document["state"] == "open"
        assert run_command(shops, "list", "--state", "suspended").document == {"shops": []}

    def test_parameters_and_channels(self, mall: Mall) -> None:
        admin = key(mall, "platform", Role.PLATFORM_ADMIN)
        PaymentChannel.objects.update(own_account="WX-1", position=3)
        assert admin.post("/mall-parameters/pay_within_minutes", {"value": 3}, 422)
        assert admin.post("/mall-parameters/pay_within_minutes", {"value": 45})["value"] == 45
        key(mall, "platform", Role.PLATFORM_FINANCE).post(
            "/mall-parameters/pay_within_minutes", {"value": 50}, 403
        )
        assert (
            admin.post("/mall-parameters/nothing", {"value": "x"}, 422)["error"]["code"]
            == "parameter_refused"
        )
        ran = run_command(mall_parameters, "set", "put_off_days", "7", "--as", "platform-platform_admin")
        assert (ran.document["value"], "put_off_days = 7 (usually 5)") == (7, ran.text)
        assert "pay_within_minutes = 45 (usually 30)" in run_command(mall_parameters, "list").text
        assert admin.post("/payment-channels/wechat/switch", {"active": False})["active"] is False
        kept = PaymentChannel.objects.get(code="wechat")
        assert (kept.own_account, kept.position, kept.active) == ("WX-1", 3, False)
        assert [one["usable"] for one in admin.get("/payment-channels")["items"]] == [True]
        admin.post("/payment-channels/nothing/switch", {"active": True}, 404)

    def test_promotions_by_command(self, mall: Mall) -> None:
        staff, tea = key(mall, "platform", Role.PLATFORM_OPERATIONS), key(mall, "tea", Role.MERCHANT_OWNER)
        as_staff, own = (
            ("--as", "platform-platform_operations"),
            ("--party", "tea", "--as", "tea-merchant_owner"),
        )
        days = ("--from", "2026-06-20", "--through", "2036-06-30")
        issued = run_command(
            promotions, "issue-coupon", "SUMMER", "--zh", "夏日券", "--amount", "10.00", "--above", "80", "--total",
            "500", "--platform-funds", "60%", *days, *as_staff,
        )  # fmt: skip
        assert "CNY 10.00 off, 0 of 500 claimed" in issued.text
        [told] = staff.get("/coupons")["items"]
        assert (told["amount_minor"], told["from_minor"], told["platform_ppm"]) == (1000, 8000, 600000)
        assert told["use_ends_before"] == "2036-06-30T16:00:00Z"
        run_command(
            promotions,
            "add-saving",
            "TEA",
            "--en",
            "Tea days",
            "--step",
            "100=10",
            "--step",
            "300=40",
            *days,
            *own,
        )
        run_command(
            promotions,
            "add-freight",
            "STD",
            "--en",
            "Standard",
            "--row",
            "SH,ZJ:1=8.00:1=2.00",
            "--row",
            ":1=12:1=3",
            *own,
        )
        assert [one["steps"] for one in tea.get("/spend-and-save")["items"]] == [
            [[10000, 1000], [30000, 4000]]
        ]
        assert tea.get("/freight-templates")["items"][0]["rows"][1]["first_minor"] == 1200
        for wrong in (("--party", "kiln", "--as", own[-1]), ("--as", own[-1])):
            with pytest.raises(BadArguments):
                run_command(promotions, "close", "saving", "TEA", *wrong)
        assert run_command(promotions, "close", "saving", "TEA", *own).document["active"] is False
        assert run_command(promotions, "list", "saving", "--active").document == {"promotions": []}
        assert (
            "STD Standard: SH,ZJ 1 for CNY 8.00"
            in run_command(promotions, "list", "freight", "--party", "tea").text
        )
