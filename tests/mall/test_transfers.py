"""Buyers who pay by bank transfer: shown where to, given time, believed when a person has seen the money."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.mall.shopping import NOTIFY, ZONE, Mall
from tests.mall.test_platform_screens import staff  # noqa: F401
from tests.mall.test_programs import key
from tests.portals.shell.running import run_command
from zhanggui.clockwork.mind_payments import ask_for_charges, cancel_expired
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.config.transfers import arrived_on
from zhanggui.journeys.channel_bill_fetched import channel_bill_fetched
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.payment_begun import payment_begun
from zhanggui.journeys.purchase_cancelled import purchase_cancelled
from zhanggui.journeys.transfer_arrived import transfer_arrived
from zhanggui.parties.models import Role
from zhanggui.payments.channel import Invitation, Method
from zhanggui.payments.errors import ChannelIncomplete, ChargeMismatch, PaymentOver, UnknownPayment
from zhanggui.payments.models import Charge, PaymentAttempt, PaymentChannel, Refund
from zhanggui.payments.operations.keep_channel import keep_channel
from zhanggui.payments.operations.record_charge import Recorded
from zhanggui.payments.wired import adapter
from zhanggui.portals.shell.commands import payments
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.reconciliation.models import ReconciliationRun
from zhanggui.trade.orders.models import Purchase

ACCOUNT = {
    "account": "transfers",
    "holder": "掌柜商城有限公司",
    "bank": "招商银行",
    "number": "755900000010001",
}


@pytest.fixture
def transfers(mall: Mall) -> Mall:
    """The mall with a bank account at which buyers have three days."""
    keep(mall, **ACCOUNT, pay_hours="72")
    return mall


def keep(mall: Mall, **settings: str) -> PaymentChannel:
    return keep_channel(
        code="transfer", name={"zh": "银行转账", "en": "Bank transfer"}, rail="offline", currency="CNY",
        account="transfers", settings=settings, secrets=None, at=mall.clock(), actor="tests",
    )  # fmt: skip


def begin(mall: Mall, purchase: Purchase) -> Invitation:
    return payment_begun(
        payment=mall.payment(purchase), channel_code="transfer", method=Method.TRANSFER, notify_url=NOTIFY,
        return_url="", payer="", payer_address="127.0.0.1", clock=mall.clock,
    )  # fmt: skip


def arrive(mall: Mall, purchase: Purchase, number: str, amount: int, bank_number: str = "CMB-1") -> Recorded:
    return transfer_arrived(
        payment_no=mall.payment(purchase).payment_no, number=number, amount_minor=amount, bank_number=bank_number,
        arrived_at=mall.clock(), payer="林女士", at=mall.clock(), actor="cashier",
    )  # fmt: skip


class TestWaiting:
    def test_the_buyer_is_shown_where_to_and_has_the_banks_time(self, transfers: Mall) -> None:
        purchase = transfers.place(("TEA-1", 1), ("CUP-1", 1))
        invitation = begin(transfers, purchase)
        assert (invitation.kind, invitation.fields["number"]) == ("transfer", "755900000010001")
        assert begin(transfers, purchase) == invitation, "a double click is one try"
        transfers.clock.later(hours=71)
        ask_for_charges(clock=transfers.clock)
        cancel_expired(clock=transfers.clock)
        purchase.refresh_from_db()
        assert purchase.state == "placed" and purchase.expires_at == purchase.placed_at + timedelta(hours=72)
        transfers.clock.later(hours=2)
        cancel_expired(clock=transfers.clock)
        purchase.refresh_from_db()
        assert purchase.state == "cancelled"
        assert PaymentAttempt.objects.get().state == "closed"

    def test_time_that_is_over_is_not_given_back(self, transfers: Mall) -> None:
        purchase = transfers.place(("TEA-1", 1))
        transfers.clock.later(hours=1)
        with pytest.raises(PaymentOver):
            begin(transfers, purchase)

    @pytest.mark.parametrize(
        "wrong", [{"holder": ""}, {"pay_hours": ""}, {"pay_hours": "soon"}, {"pay_hours": "721"}]
    )
    def test_an_account_that_lacks_something_is_named(self, mall: Mall, wrong: dict[str, str]) -> None:
        channel = keep(mall, **(ACCOUNT | {"pay_hours": "72"} | wrong))
        with pytest.raises(ChannelIncomplete, match=next(iter(wrong))):
            adapter(channel)


class TestArriving:
    def test_it_pays_the_order_once(self, transfers: Mall) -> None:
        purchase = transfers.place(("TEA-1", 1), ("CUP-1", 1))
        number = begin(transfers, purchase).value
        assert arrive(transfers, purchase, number, 13700).fresh
        assert not arrive(transfers, purchase, number, 13700).fresh
        assert [order.state for order in transfers.orders(purchase)] == ["paid", "paid"]
        assert Charge.objects.get().use == "accepted"
        with pytest.raises(ChargeMismatch, match="now it is said"):
            arrive(transfers, purchase, number, 13700, "CMB-2")

    @pytest.mark.parametrize("bank_number", ["", "CMB 1", "CMB\u30001", "CMB-1\n"])
    def test_a_number_that_no_statement_bears_is_refused(self, transfers: Mall, bank_number: str) -> None:
        purchase = transfers.place(("TEA-1", 1))
        with pytest.raises(ChargeMismatch, match="without blanks"):
            arrive(transfers, purchase, begin(transfers, purchase).value, 8800, bank_number)

    def test_the_bill_of_its_day_proves_the_orders_it_paid(self, transfers: Mall) -> None:
        purchase = transfers.place(("TEA-1", 1), ("CUP-1", 1))
        number = begin(transfers, purchase).value
        arrive(transfers, purchase, number, 13700)
        tell_settlement(clock=transfers.clock, zone=ZONE)
        own = OwnAccount.objects.create(
            code="transfers", name={"zh": "银行转账"}, kind="channel", entity=SettlementEntity.objects.get(),
            currency="CNY", rail="offline", details={"merchant_number": "transfers", "payment_methods": ["transfer"]},
        )  # fmt: skip
        today = transfers.clock().astimezone(ZONE).date()
        assert [(one.number, one.bank_number) for one in arrived_on("transfers", today)] == [
            (number, "CMB-1")
        ]
        assert not arrived_on("transfers", today - timedelta(days=1)) and not arrived_on("other", today)
        transfers.clock.later(days=1)
        for kind in ("trade", "fund"):
            taken = channel_bill_fetched(
                own_account=own, kind=kind, day=today, clock=transfers.clock, actor="clock"
            )
            assert [run.differing_count for run in taken.runs] == [0] * len(taken.runs)
        assert sum(run.matched_count for run in ReconciliationRun.objects.all()) >= 2

    def test_one_number_of_the_bank_pays_one_order(self, transfers: Mall) -> None:
        first, second = transfers.place(("TEA-1", 1)), transfers.place(("TEA-1", 1))
        arrive(transfers, first, begin(transfers, first).value, 8800)
        number = begin(transfers, second).value
        with pytest.raises(ChargeMismatch, match="paid T"):
            arrive(transfers, second, number, 8800)
        with pytest.raises(UnknownPayment):
            arrive(transfers, first, number, 8800, "CMB-2")

    @pytest.mark.parametrize("amount", [8799, 8801])
    def test_another_amount_goes_back_as_a_whole(self, transfers: Mall, amount: int) -> None:
        purchase = transfers.place(("TEA-1", 1))
        assert arrive(transfers, purchase, begin(transfers, purchase).value, amount).charge.use == "surplus"
        transfers.send_refunds()
        refund = Refund.objects.get()
        assert (refund.amount_minor, refund.state) == (amount, "abnormal"), "a person sends it back"
        assert [order.state for order in transfers.orders(purchase)] == ["placed"]

    def test_what_comes_after_cancelling_goes_back(self, transfers: Mall) -> None:
        purchase = transfers.place(("TEA-1", 1))
        number = begin(transfers, purchase).value
        purchase_cancelled(purchase=purchase, clock=transfers.clock, actor="buyer:1")
        assert arrive(transfers, purchase, number, 8800).charge.use == "surplus"

    @pytest.mark.parametrize("days", [-3, 1])
    def test_a_day_that_cannot_be_is_refused(self, transfers: Mall, days: int) -> None:
        purchase = transfers.place(("TEA-1", 1))
        number = begin(transfers, purchase).value
        with pytest.raises(ChargeMismatch, match="and now"):
            transfer_arrived(
                payment_no=transfers.payment(purchase).payment_no, number=number, amount_minor=8800, bank_number="B",
                arrived_at=transfers.clock() + timedelta(days=days), payer="", at=transfers.clock(), actor="cashier",
            )  # fmt: skip

    def test_a_refund_is_a_persons_from_the_start(self, transfers: Mall) -> None:
        purchase = transfers.place(("TEA-1", 1))
        arrive(transfers, purchase, begin(transfers, purchase).value, 8800)
        (order,) = transfers.orders(purchase)
        order_called_off(order_no=order.order_no, reason="late", at=transfers.clock(), actor="buyer:1")
        transfers.send_refunds()
        assert Refund.objects.get().state == "abnormal"


class TestSurfaces:
    def test_the_screen_takes_it(self, transfers: Mall, staff: Client) -> None:  # noqa: F811
        purchase = transfers.place(("TEA-1", 1))
        number = begin(transfers, purchase).value
        here = reverse("platform:mall_payment", args=[transfers.payment(purchase).payment_no])
        page = staff.get(here, headers={"accept-language": "zh-hans"}).content.decode()
        assert number in page and "转账已到账" in page
        sent = {
            "act": "arrived", "number": number, "amount": "88.00", "bank_number": "CMB-7", "payer": "",
            "day": transfers.clock().astimezone(ZONE).date().isoformat(),
        }  # fmt: skip
        assert staff.post(here, sent | {"amount": "much"}).status_code == 422
        assert not Charge.objects.exists()
        assert staff.post(here, sent).status_code == 302
        assert Charge.objects.get().channel_number == "CMB-7"
        assert "转账已到账" not in staff.get(here, headers={"accept-language": "zh-hans"}).content.decode()

    def test_programs_and_commands_do_the_same(self, transfers: Mall) -> None:
        finance, auditor = (
            key(transfers, "platform", Role.PLATFORM_FINANCE),
            key(transfers, "platform", Role.PLATFORM_AUDITOR),
        )
        purchase, other = transfers.place(("TEA-1", 1)), transfers.place(("CUP-1", 1))
        payment, number = transfers.payment(purchase).payment_no, begin(transfers, purchase).value
        said = {
            "number": number, "amount_minor": 8800, "bank_number": "CMB-1", "arrived_at": transfers.clock().isoformat()
        }  # fmt: skip
        auditor.post(f"/payments/{payment}/transfers", said, 403)
        told = finance.post(f"/payments/{payment}/transfers", said, 201, key="arrived-1")
        assert told["state"] == "paid" and finance.get(f"/payments/{payment}") == told
        ended = run_command(
            payments, "arrived", transfers.payment(other).payment_no, "--number", begin(transfers, other).value,
            "--amount", "49.00", "--bank-number", "CMB-2", "--as", "platform-platform_finance",
        )  # fmt: skip
        assert ended.document["state"] == "paid"
