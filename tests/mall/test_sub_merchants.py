"""What buyers pay lies with sub-merchants at WeChat Pay's sandbox (收付通): the platform adds what it bears of coupons
(补差), takes its part, the rest is freed to them; refunds go the same way back, to the cent, as do the channel's bills."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.isolation.market import ZONE, Market
from tests.mall.shopping import Mall
from tests.mall.splitting import billed, gives_back, on_statement, received, run
from tests.mall.supplying import supplied
from tests.mall.till import Till, open_till
from tests.portals.api.calling import api_of
from tests.portals.latin import latin_words
from tests.portals.shell.running import run_command
from tests.rails.sandboxes import Sandbox, running
from zhanggui.journeys import orders_split as journey
from zhanggui.journeys import period_ended
from zhanggui.journeys.channel_bill_fetched import channel_bill_fetched
from zhanggui.journeys.money_frozen import hold_released, party_frozen
from zhanggui.journeys.orders_split import SplitUp
from zhanggui.journeys.split_arranged import split_receiver_confirmed, split_receiver_proposed
from zhanggui.journeys.terms_changed import terms_changed
from zhanggui.parties.models import Role
from zhanggui.payments.models import ChargePart, PaymentAttempt, PaymentChannel
from zhanggui.portals.shell.commands import splits
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity, SettlementTerms
from zhanggui.settlement.reconciliation.models import Difference, ReconciliationRule, ReconciliationRun
from zhanggui.settlement.reconciliation.operations.adjust_difference import adjust_difference
from zhanggui.settlement.replays.explain import explain_detail
from zhanggui.settlement.replays.operations.replay_statements import replay_statements
from zhanggui.settlement.splits.awaited import awaited_on
from zhanggui.settlement.splits.errors import SplitReceiverIncomplete
from zhanggui.settlement.splits.models import ShareReturn, Split, SplitShare
from zhanggui.settlement.statements.locks import SERIES
from zhanggui.settlement.statements.models import Statement, StatementEvent
from zhanggui.settlement.subsidies.models import Subsidy, SubsidyReturn
from zhanggui.trade.catalogue.models import Sku
from zhanggui.trade.orders.models import Order
from zhanggui.trade.promotions.operations.claim_coupon import claim_coupon
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon

KNOWN = {
    "wechat",
    "ann",
    "ben",
    "tests",
    "UTC",
    "PARTNER",
    "SERVICE",
    "PROVIDER",
    "SUCCESS",
    "SERVICE_PROVIDER",
}
ACCOUNTS = {"tea": "1900000101", "kiln": "1900000102"}
OURS = "1900000001"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Sandbox]:
    with running("zhanggui.rails.wechat_pay.sandbox", tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
def till(mall: Mall, process: Sandbox) -> Iterator[Till]:
    OwnAccount.objects.create(
        code="wx", name={"zh": "微信"}, kind="channel", entity=SettlementEntity.objects.get(), currency="CNY",
        rail="wechat_pay", details={"merchant_number": OURS},
    )  # fmt: skip
    settings = {"sub_merchant_fee_ppm": "6000", "subsidizes": "yes"}
    with open_till(mall, process, day=1, combines="yes", splits="yes", **settings) as till:
        PaymentChannel.objects.update(own_account="wx")
        for code, account in ACCOUNTS.items():
            row = split_receiver_proposed(
                party=code, channel="wechat", kind="sub_merchant", account=account, name=f"{code} 有限公司",
                relation="PARTNER", at=mall.clock(), actor="ann",
            )  # fmt: skip
            split_receiver_confirmed(receiver_id=row.id, clock=mall.clock, actor="ben")
        yield till


def at_channel(till: Till) -> dict[str, int]:
    """What lies on our account and on those of the two sub-merchants."""
    balances = till.sandbox.steer("GET", "balances")
    return {name: balances[name]["balance"] for name in (OURS, *ACCOUNTS.values())}


def coupon_of_platform(mall: Mall, off: int) -> int:
    day = timedelta(days=1)
    with transaction.atomic():
        issue_coupon(
            code="MALL", name={"zh": "平台券"}, merchant_id=0, kind="amount", currency="CNY", amount_minor=off,
            total=1, platform_ppm=1_000_000, claim_starts_at=mall.clock() - day, spus=[_spu("TEA-1")],
            claim_ends_before=mall.clock() + day, use_starts_at=mall.clock() - day,
            use_ends_before=mall.clock() + 2 * day, at=mall.clock(), actor="tests",
        )  # fmt: skip
        return claim_coupon(code="MALL", buyer_id=mall.buyer.id, at=mall.clock()).id


def _spu(sku: str) -> str:
    return Sku.objects.get(code=sku).spu.number


def free_of(mall: Mall, shop: str) -> int:
    """What a shop's open statements come to."""
    return -in_books("2202.02", mall.party(shop).id)


def goes_on(till: Till, times: int) -> list[SplitUp]:
    """The clock's runs over refunds and splits, six minutes apart."""
    ran = []
    for _ in range(times):
        till.send_refunds()
        ran.append(run(till))
        till.later(minutes=6)
    return ran


def in_books(purpose: str, party_id: int = 0) -> int:
    rows = rows_of(
        "select coalesce(sum(d.amount), 0)::bigint as lies from ledger_delta d"
        " join ledger_account a on a.id = d.account_id where a.purpose = %s and a.party_id = %s",
        [purpose, party_id],
    )
    return int(rows[0]["lies"])


def bills(till: Till, day: date, *kinds: str) -> None:
    """Both bills of a day; but for what a test put on our account, nothing differs."""
    own = OwnAccount.objects.get()
    for kind in kinds or ("trade", "fund"):
        channel_bill_fetched(own_account=own, kind=kind, day=day, clock=till.mall.clock, actor="clock")


def shown_to_staff(till: Till, client: Client, tea: Order) -> None:
    """Pages in both languages, the API and the command line."""
    market = Market(till.mall.line)
    client.force_login(market.person("platform", Role.PLATFORM_ADMIN))
    numbers = {one.kind: one.number for one in Split.objects.filter(order_no=tea.order_no)}
    pages = [
        *(reverse("platform:split", args=[number]) for number in numbers.values()), reverse("platform:splits"),
        reverse("platform:subsidies"), reverse("platform:split_receivers"), reverse("platform:new_split_receiver"),
    ]  # fmt: skip
    for page in pages:
        for language in ("zh-hans", "en"):
            client.cookies["django_language"] = language
            shown = client.get(page)
            assert shown.status_code == 200, page
            if language == "zh-hans":
                assert list(latin_words(shown.content.decode(), KNOWN)) == [], page
    page = client.get(reverse("platform:split", args=[numbers["rest"]])).content.decode()
    assert "****0101" in page and ACCOUNTS["tea"] not in page and "83.63" in page
    told = api_of(market, "platform", Role.PLATFORM_ADMIN).get("/subsidies")["items"]
    (row,) = run_command(splits, "subsidies").document["subsidies"]
    assert [one["returns"][0]["amount_minor"] for one in told] == [row["returns"][0]["amount_minor"]] == [385]
    shares = run_command(splits, "show", numbers["shares"]).document
    assert [(one["party"], one["way"]) for one in shares["shares"]] == [("", "ours")]
    assert (shares["sub_merchant"], shares["fee_minor"], shares["subsidy_minor"]) == ("****0101", 47, 1000)


def test_the_platform_adds_what_it_promised_takes_its_part_and_frees_the_rest(
    till: Till, client: Client
) -> None:
    mall = till.mall
    paid_on = mall.clock().astimezone(ZONE).date()
    tea, kiln, glass = received(
        till, ("TEA-1", 1), ("CUP-1", 2), ("VASE", 1), held=[coupon_of_platform(mall, 1000)]
    )
    parts = ChargePart.objects.order_by("id").values_list(
        "reference", "account", "amount_minor", "fee_minor", "subsidy_minor"
    )
    assert list(parts) == [
        (tea.order_no, ACCOUNTS["tea"], 7800, 47, 1000), (kiln.order_no, ACCOUNTS["kiln"], 9800, 59, 0),
        (glass.order_no, "", 88000, 0, 0),
    ]  # fmt: skip
    assert at_channel(till) == {OURS: 88000 - 528, ACCOUNTS["tea"]: 7753, ACCOUNTS["kiln"]: 9741}
    till.later(days=7)
    split_on = mall.clock().astimezone(ZONE).date()
    billed(till)

    # Our own money at the channel waits to be split: the subsidy has to wait, and so has the order that it is for.
    assert run(till) == SplitUp(split=1, left=1, asked=1)
    assert Subsidy.objects.values_list("state", "said").get() == ("recorded", "NOT_ENOUGH: 余额不足")
    # Then its answer is lost: asked again under its number it is paid once.
    till.sandbox.steer("POST", "top_up", {"account": OURS, "amount": 5000})
    till.sandbox.fault("lost", path="/v3/ecommerce/subsidies/create", method="POST")
    goes_on(till, 6)
    assert Subsidy.objects.values_list("state", "amount_minor", "tries").get() == ("paid", 1000, 3)
    assert sorted(SplitShare.objects.values_list("order_no", "way", "amount_minor", "state")) == sorted([
        (tea.order_no, "ours", 390, "succeeded"), (tea.order_no, "kept", 8363, "succeeded"),
        (kiln.order_no, "ours", 490, "succeeded"), (kiln.order_no, "kept", 9251, "succeeded"),
    ])  # fmt: skip
    assert at_channel(till) == {
        OURS: 88000 - 528 + 5000 - 1000 + 390 + 490, ACCOUNTS["tea"]: 8363, ACCOUNTS["kiln"]: 9251,
    }  # fmt: skip
    # Their statements have nothing more to pay of it.
    assert [on_statement(mall, shop) for shop in ACCOUNTS] == [
        [("split_paid", -8363)], [("split_paid", -9251)],
    ]  # fmt: skip
    assert [free_of(mall, shop) for shop in ACCOUNTS] == [0, 0]

    # A refund is paid by the sub-merchant; our part and the subsidy follow it in proportion.
    back = gives_back(till, tea, 3000, "a", quantity=0)
    goes_on(till, 3)
    back.refresh_from_db()
    assert back.state == "succeeded"
    assert list(ShareReturn.objects.order_by("id").values_list("share__way", "amount_minor", "state")) == [
        ("ours", 150, "succeeded"), ("kept", 3000 - 18 - 150 + 385, "succeeded"),
    ]  # fmt: skip
    assert SubsidyReturn.objects.values_list("amount_minor", "state").get() == (385, "succeeded")
    assert at_channel(till)[ACCOUNTS["tea"]] == 8363 - 3217 == 5146
    billed(till)
    assert abs(free_of(mall, "tea")) <= 1  # proportions are rounded: a cent is the next statement's

    # The bills say the same: what lay with sub-merchants is not in ours, and all of it has left there.
    till.later(days=2)
    for day in (paid_on, split_on):
        bills(till, day)
    # What we paid in is in no order and no payout: it is moved all the same, against suspense.
    assert list(Difference.objects.values_list("leg", "kind", "their_minor")) == [(5, "missing_here", 5000)]
    assert (
        in_books("1012.04") == sum(at_channel(till)[ACCOUNTS[shop]] for shop in ACCOUNTS) - 5146 - 9251 == 0
    )
    assert in_books("1012.02") == at_channel(till)[OURS]
    assert ReconciliationRun.objects.filter(leg=1, differing_count=0).count() == 2
    shown_to_staff(till, client, tea)


def test_what_cannot_come_back_is_borne_by_who_paid_the_buyer(till: Till) -> None:
    mall = till.mall
    tea, kiln = received(till, ("TEA-1", 1), ("CUP-1", 2), held=[coupon_of_platform(mall, 1000)])
    till.later(days=7)
    billed(till)
    till.sandbox.steer("POST", "top_up", {"account": OURS, "amount": 5000})

    # Killed after our part was written down: nothing is asked for twice.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journey, "split_asked", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(till)
    # A frozen merchant's money stays where it is; ours is taken.
    frozen = party_frozen(party_id=mall.party("kiln").id, reason="looks odd", at=mall.clock(), actor="ann")
    goes_on(till, 4)
    assert list(Split.objects.filter(kind="rest").values_list("order_no", "state")) == [
        (tea.order_no, "finished")
    ]
    hold_released(hold_id=frozen.id, reason="is well", at=mall.clock(), zone=ZONE, actor="ann")
    goes_on(till, 2)
    assert at_channel(till)[ACCOUNTS["kiln"]] == 9251

    # Our part does not come back: the sub-merchant pays the buyer all of it, and its statement makes that good.
    till.sandbox.steer("POST", "top_up", {"account": ACCOUNTS["kiln"], "amount": 1000})
    till.sandbox.fault("outcome", of="return", value="PAYER_ACCOUNT_ABNORMAL")
    back = gives_back(till, kiln, 9800, "b", quantity=2)
    goes_on(till, 3)
    back.refresh_from_db()
    assert back.state == "succeeded"
    assert list(ShareReturn.objects.order_by("id").values_list("share__way", "amount_minor", "state")) == [
        ("ours", 490, "failed"),
        ("kept", 9251, "succeeded"),
        ("kept", 490, "succeeded"),
    ]
    borne = ShareReturn.objects.latest("id")
    told = explain_detail(DetailKey(borne.party_id, borne.line_id, 0, 1), "en")["text"]
    assert f"Of refund {back.refund_no} of order {kiln.order_no} the merchant paid 4.90 CNY" in told
    billed(till)
    assert free_of(mall, "kiln") == 490

    # A refund that fails takes nothing: neither share nor subsidy comes back.
    till.sandbox.fault("outcome", of="refund", value="CLOSED")
    failed = gives_back(till, tea, 7800, "c")
    goes_on(till, 3)
    failed.refresh_from_db()
    assert failed.state == "failed"
    assert SubsidyReturn.objects.values_list("amount_minor", "state").get() == (1000, "failed")
    assert Subsidy.objects.get().returned_minor == 0
    kept = ShareReturn.objects.filter(share__order_no=tea.order_no, share__way="kept").get()
    assert (kept.state, kept.share.returned_minor) == ("failed", 0)


def test_only_merchants_own_goods_go_to_them(till: Till) -> None:
    mall = till.mall
    supplied(mall)
    with pytest.raises(SplitReceiverIncomplete, match="only merchants are paid by buyers"):
        split_receiver_proposed(
            party="farm", channel="wechat", kind="sub_merchant", account="1900000103", name="farm",
            at=mall.clock(), actor="ann",
        )  # fmt: skip
    till.begin(mall.place(("TEA-1", 1)))  # one shop alone is a combined order of one part
    till.begin(mall.place(("LISTED", 1)))  # a supplier ships these, and most of the money is the supplier's
    attempts = list(PaymentAttempt.objects.order_by("id").values_list("combined", "accounts"))
    assert [(combined, [one["account"] for one in accounts.values()]) for combined, accounts in attempts] == [
        (True, [ACCOUNTS["tea"]]), (False, []),
    ]  # fmt: skip

    # A statement of one document (逐笔) pays an order at once; what is freed would be a debt on another.
    usual = SettlementTerms.objects.select_related("entity", "business_line").get(party_id=0)
    terms_changed(
        party_id=mall.party("tea").id, business_line=usual.business_line, entity=usual.entity,
        effective_from=mall.clock().date(), invoice_mode=usual.invoice_mode, node=usual.node, hold_days=0,
        cycle="document", due_rule=usual.due_rule, auto_confirm_days=7, calendar="CN", at=mall.clock(), actor="ann",
    )  # fmt: skip
    till.begin(mall.place(("TEA-1", 1)))
    assert PaymentAttempt.objects.latest("id").accounts == {}


def test_a_refund_that_takes_all_before_it_is_freed_is_made_good(till: Till) -> None:
    mall = till.mall
    (kiln,) = received(till, ("CUP-1", 2))
    paid_on = mall.clock().astimezone(ZONE).date()
    till.later(days=7)
    billed(till)
    party_frozen(party_id=mall.party("kiln").id, reason="looks odd", at=mall.clock(), actor="ann")
    goes_on(till, 2)
    till.sandbox.steer("POST", "top_up", {"account": ACCOUNTS["kiln"], "amount": 1000})
    till.sandbox.fault("outcome", of="return", value="PAYER_ACCOUNT_ABNORMAL")
    refunded_on = mall.clock().astimezone(ZONE).date()
    gives_back(till, kiln, 9800, "b", quantity=2)
    goes_on(till, 3)
    assert sorted(SplitShare.objects.values_list("way", "amount_minor", "returned_minor")) == [
        ("kept", 0, 490), ("ours", 490, 0),
    ]  # fmt: skip
    billed(till)
    assert (on_statement(mall, "kiln"), free_of(mall, "kiln")) == ([("split_returned", 490)], 490)
    assert at_channel(till)[ACCOUNTS["kiln"]] == 1000 - 490
    till.later(days=2)
    for day in (paid_on, refunded_on):
        bills(till, day, "trade")
    assert (in_books("1012.04"), in_books("1012.02")) == (0, at_channel(till)[OURS])


def sold(till: Till, *, agreed_ppm: int) -> date:
    """One more order, at a fee that was agreed otherwise than the sandbox keeps it; the day it was paid."""
    channel = PaymentChannel.objects.get()
    channel.settings |= {"sub_merchant_fee_ppm": str(agreed_ppm)}
    channel.save()
    received(till, ("CUP-1", 2))
    paid_on = till.mall.clock().astimezone(ZONE).date()
    till.later(days=1)
    billed(till)
    return paid_on


def fee_told() -> tuple[int | None, int, bool]:
    part = ChargePart.objects.latest("id")
    return part.fee_told_minor, part.fee_off_minor, part.fee_off_booked


def test_the_fee_of_the_bill_counts(till: Till) -> None:
    mall = till.mall
    paid_on = sold(till, agreed_ppm=5400)
    till.later(days=6)
    billed(till)
    goes_on(till, 5)
    kept = SplitShare.objects.get(way="kept")
    assert kept.amount_minor - at_channel(till)[ACCOUNTS["kiln"]] == 6  # nobody knows yet
    bills(till, paid_on, "trade")
    assert in_books("1012.04") == -6
    goes_on(till, 1)
    assert (in_books("1012.04"), free_of(mall, "kiln"), fee_told()) == (0, 6, (59, 6, True))
    line = BilledLine.objects.order_by("-line_id")[0]
    told = explain_detail(DetailKey(line.party_id, line.line_id, 0, 1), "zh")["text"]
    assert f"订单 {kept.order_no} 的手续费比约定多 0.06" in told

    # The next one's fee is told before it is split: what is freed is what lies there.
    paid_on = sold(till, agreed_ppm=6600)
    bills(till, paid_on, "trade")
    till.later(days=6)
    billed(till)
    goes_on(till, 5)
    assert (in_books("1012.04"), free_of(mall, "kiln"), fee_told()) == (0, 6, (59, -6, True))

    # Where people want to see fees that differ, what they accept lies with the sub-merchant as well.
    own = OwnAccount.objects.get()
    ReconciliationRule.objects.create(own_account_id=own.id, expected_fee_ppm=6600, fee_tolerance_milli=0)
    paid_on = sold(till, agreed_ppm=6600)
    till.later(days=6)
    billed(till)
    goes_on(till, 5)
    bills(till, paid_on, "trade")
    difference = Difference.objects.get(kind="fee")
    assert in_books("1012.04") == -484 - 9251
    difference.proposed = {"way": "accept_theirs", "reason": "by the bill"}
    difference.save()
    adjust_difference(difference_id=difference.id, at=mall.clock(), actor="ben", zone=ZONE)
    assert in_books("1012.04") == 6
    goes_on(till, 1)
    assert (in_books("1012.04"), free_of(mall, "kiln"), fee_told()) == (0, 0, (59, -6, True))
    assert in_books("1012.02") == at_channel(till)[OURS]


def closes(mall: Mall, day: date) -> int:
    """A month closes, and how many orders moved on. Whoever frees a rest meanwhile waits for the closing."""
    waits = []

    def looked(*told: Any, **named: Any) -> Any:
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
            waits.append(other.execute("select pg_try_advisory_xact_lock_shared(%s)", [SERIES]).fetchone())
        return awaited_on(*told, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(period_ended, "awaited_on", looked)
        closed = period_ended.period_ended(through=day, clock=mall.clock, zone=ZONE, actor="tests")
    assert waits and not any(row[0] for row in waits)
    return closed.awaited


def statements_of(mall: Mall, shop: str) -> list[tuple[str, int, int]]:
    rows = Statement.objects.filter(party_id=mall.party(shop).id).order_by("starts_on")
    assert all(
        one.equal for one in replay_statements(keys=[(one.party_id, one.id) for one in rows], zone=ZONE)
    )
    return [(one.state, one.net_minor, one.payable_minor) for one in rows]


def until(till: Till, day: date) -> None:
    till.later(days=(day - till.mall.clock().astimezone(ZONE).date()).days)


def billed_in_june(till: Till) -> None:
    until(till, date(2026, 6, 22))
    received(till, ("TEA-1", 1), ("CUP-1", 2))
    till.later(days=7)
    billed(till)
    until(till, date(2026, 7, 1))


def test_no_statement_pays_what_waits_for_its_split(till: Till) -> None:
    mall = till.mall
    billed_in_june(till)
    # June is over, and not closed: what is freed now is on July's statement. A frozen merchant's is not freed.
    frozen = party_frozen(party_id=mall.party("tea").id, reason="looks odd", at=mall.clock(), actor="ann")
    goes_on(till, 4)
    assert [on_statement(mall, shop) for shop in ACCOUNTS] == [[], [("split_paid", -9251)]]
    assert closes(mall, date(2026, 6, 30)) == 2
    assert statements_of(mall, "tea")[0] == ("confirming", 8307, 0)
    assert statements_of(mall, "kiln")[0] == ("confirming", 9251, 0)
    moved = BilledLine.objects.get(kind=34, party_id=mall.party("tea").id)
    told = explain_detail(DetailKey(moved.party_id, moved.line_id, moved.event_id, 1), "zh")
    assert "尚未分账" in told["text"] and told["event"]["order_no"] == Split.objects.earliest("id").order_no
    hold_released(hold_id=frozen.id, reason="is well", at=mall.clock(), zone=ZONE, actor="ann")
    goes_on(till, 2)
    assert [free_of(mall, shop) for shop in ACCOUNTS] == [0, 0]
    until(till, date(2026, 8, 1))
    assert closes(mall, date(2026, 7, 31)) == 0
    assert [statements_of(mall, shop)[1] for shop in ACCOUNTS] == [("zero", 0, 0), ("zero", 0, 0)]


def test_a_split_that_hangs_is_waited_for_until_its_days_are_over(till: Till) -> None:
    mall = till.mall
    billed_in_june(till)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journey, "split_asked", lambda **_: None)
        for last in (date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)):
            until(till, last + timedelta(days=1))
            goes_on(till, 2)
            assert closes(mall, last) == (2 if last.month < 8 else 0)
    assert statements_of(mall, "kiln")[:3] == [
        ("confirming", 9251, 0), ("confirming", 9251, 0), ("confirming", 9251, 9251),
    ]  # fmt: skip
    events = StatementEvent.objects.filter(party_id=mall.party("kiln").id).order_by("id")
    assert [one.reason for one in events] == [period_ended.MOVED_ON] * 2 + [period_ended.NOT_WAITED_FOR]

    # The channel does nothing of it any more, and the merchant has all: that is a debt, our part of it, too.
    goes_on(till, 3)
    assert Split.objects.filter(kind="shares", state="refused").count() == 2
    assert on_statement(mall, "kiln") == [("split_paid", -9741)]
    assert free_of(mall, "kiln") == 9251 - 9741
