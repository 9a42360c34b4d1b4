"""Orders of the mall split at WeChat Pay's sandbox: shares, closings, lost answers, refunds, and what statements say."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.isolation.market import ZONE, Market
from tests.mall.shopping import Mall
from tests.mall.splitting import (
    arranged,
    billed,
    gives_back,
    on_statement,
    received,
    rules_for,
    run,
    states,
)
from tests.mall.supplying import supplied
from tests.mall.till import Till, open_till
from tests.portals.api.calling import api_of
from tests.portals.latin import latin_words
from tests.portals.shell.running import run_command
from tests.rails.sandboxes import Sandbox, running
from zhanggui.clockwork.split_due import split_due
from zhanggui.journeys import orders_split as journey
from zhanggui.journeys.orders_split import SplitUp
from zhanggui.journeys.period_ended import period_ended
from zhanggui.journeys.split_arranged import split_asked_again, split_rules_published
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.parties.tenancy import as_tenant
from zhanggui.payments.models import Refund
from zhanggui.portals.shell.commands import splits
from zhanggui.settlement.splits.errors import SplitNotInState
from zhanggui.settlement.splits.models import ShareReturn, Split, SplitReceiver, SplitRuleSet, SplitShare
from zhanggui.settlement.statements.models import Statement
from zhanggui.trade.orders.models import Order

ACCOUNTS = {"tea": "1900000101", "kiln": "1900000102"}
KNOWN = {"wechat", "boss", "ann", "ben", "shops", "UTC", "PARTNER"}
RULES = rules_for("wechat")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.wechat_pay.sandbox", tmp_path_factory.mktemp("wechat")) as sandbox:
        yield sandbox


@pytest.fixture
def single(mall: Mall, process: Sandbox) -> Iterator[Till]:
    with open_till(mall, process, day=1, combines="no", splits="yes") as till:
        yield arranged(till, ACCOUNTS)


@pytest.fixture
def combined(mall: Mall, process: Sandbox) -> Iterator[Till]:
    with open_till(mall, process, day=15, combines="yes", splits="yes") as till:
        yield arranged(till, ACCOUNTS)


@pytest.fixture
def whole(mall: Mall, process: Sandbox) -> Iterator[Till]:
    with open_till(mall, process, day=90, combines="no", splits="yes") as till:
        yield arranged(till, ACCOUNTS, rules=[{"code": "ours", "mode": "own_account", "merchants": ["kiln"]}])


@pytest.fixture
def late(mall: Mall, process: Sandbox) -> Iterator[Till]:
    with open_till(mall, process, day=120, combines="no", splits="yes") as till:
        yield arranged(till, ACCOUNTS, rules=[])


@pytest.fixture
def supplying(mall: Mall, process: Sandbox) -> Iterator[Till]:
    supplied(mall)
    with open_till(mall, process, day=2, splits="yes") as till:
        yield till


def balance(till: Till, shop: str) -> int:
    return till.sandbox.steer("GET", "balances").get(ACCOUNTS[shop], {"balance": 0})["balance"]


def test_shops_of_one_purchase_are_split_and_the_rest_is_on_their_statements(
    single: Till, client: Client
) -> None:
    till, mall = single, single.mall
    tea, kiln, glass = received(till, ("TEA-1", 1), ("CUP-1", 2), ("VASE", 1))
    assert run(till) == SplitUp()  # nothing is billed yet
    mall.clock.later(seconds=59)
    billed(till)
    assert run(till) == SplitUp()  # nor has the channel's minute passed
    till.later(days=7)
    billed(till)
    before = {shop: balance(till, shop) for shop in ACCOUNTS}

    # Killed between writing down and asking: the next run asks under the same numbers, and writes nothing twice.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journey, "split_asked", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(till)
    assert [one.state for one in Split.objects.order_by("order_no")] == ["recorded", "recorded", "left"]
    assert Split.objects.get(order_no=glass.order_no).reason == "no_receiver"
    assert on_statement(mall, "tea") == [("split_paid", -2200)]  # off the statement before anybody is asked
    till.sandbox.fault("outcome", of="split", value="ACCOUNT_ABNORMAL")  # the first that is asked for
    till.sandbox.fault("lost", path="/v3/profitsharing/orders", method="POST")  # and its answer never comes
    assert run(till) == SplitUp(asked=2)
    assert [one.state for one in Split.objects.order_by("order_no")] == ["unclear", "asked", "left"]
    till.later(minutes=1)
    assert run(till) == SplitUp(asked=2)
    assert run(till) == SplitUp()
    assert states("order_no", "amount_minor", "state", "reason") == [
        (tea.order_no, 2200, "closed", "ACCOUNT_ABNORMAL"), (kiln.order_no, 2450, "succeeded", ""),
    ]  # fmt: skip
    assert on_statement(mall, "tea") == [("split_paid", -2200), ("split_closed", 2200)]
    assert len(till.sandbox.steer("GET", "requests", path="/v3/profitsharing/orders")) >= 2

    # What may be well again soon is tried under a new number after an hour; what a person wants, at once.
    till.later(hours=1)
    assert run(till) == SplitUp(split=1, asked=1)
    till.later(minutes=1)
    run(till)
    assert [(one.sequence, one.state) for one in Split.objects.filter(order_no=tea.order_no).order_by("id")] == [
        (1, "finished"), (2, "finished"),
    ]  # fmt: skip
    with pytest.raises(SplitNotInState):
        split_asked_again(
            number=Split.objects.get(order_no=kiln.order_no).number, at=mall.clock(), actor="ann"
        )
    split_asked_again(number=Split.objects.get(order_no=glass.order_no).number, at=mall.clock(), actor="ann")
    assert run(till) == SplitUp(left=1)
    after = {shop: balance(till, shop) - before[shop] for shop in ACCOUNTS}
    assert after == {"tea": 2200, "kiln": 2450}

    screens(till, client)
    shop_screens(till, client, "tea", "kiln")
    shop_screens(till, client, "glass", "tea")

    # On the last day of the window the rest is freed; then there is nothing more to split.
    till.later(days=22, hours=12)
    assert run(till) == SplitUp(rests=1, asked=1)
    till.later(minutes=1)
    assert run(till) == SplitUp(asked=1)
    assert Split.objects.get(kind="rest").state == "finished"
    period_ended(through=date(2026, 6, 30), clock=mall.clock, zone=ZONE, actor="tests")
    nets = dict(Statement.objects.filter(starts_on=date(2026, 6, 1)).values_list("party_id", "net_minor"))
    assert nets[mall.party("tea").id] == 8800 - 440 - 53 - 2200
    assert nets[mall.party("kiln").id] == 9800 - 490 - 59 - 2450


def test_a_refund_takes_back_what_it_needs_and_never_waits_for_who_cannot_give(combined: Till) -> None:
    till, mall = combined, combined.mall
    orders = received(till, ("TEA-1", 1), ("CUP-1", 1))
    till.later(days=7)
    billed(till)
    run(till)
    till.later(minutes=1)
    run(till)
    assert states("amount_minor", "state") == [(2200, "succeeded"), (1225, "succeeded")]
    before = {shop: balance(till, shop) for shop in ACCOUNTS}

    def refund(order: Order, goods: int, cause: str) -> Refund:
        row = gives_back(till, order, goods, cause, quantity=goods > 2000)
        till.send_refunds()
        till.later(minutes=1)
        till.send_refunds()
        row.refresh_from_db()
        return row

    # A little of it is with us still: nobody has to give anything back.
    assert refund(orders[0], 1000, "a").state == "succeeded"
    assert ShareReturn.objects.count() == 0
    # All of it is not: the shop gives back what the refund lacks.
    assert refund(orders[0], 7800, "b").state == "succeeded"
    assert [(one.amount_minor, one.state) for one in ShareReturn.objects.all()] == [(2200, "succeeded")]
    assert before["tea"] - balance(till, "tea") == 2200
    # The kiln has spent it: the buyer gets the money all the same, the statement carries what the kiln owes.
    till.sandbox.fault("outcome", of="return", value="BALANCE_NOT_ENOUGH")
    till.sandbox.steer(
        "POST", "top_up", {"account": "1900000001", "amount": 2000}
    )  # it comes from our own money
    assert refund(orders[1], 4900, "c").state == "succeeded"
    assert ShareReturn.objects.order_by("-id").values_list("state", "reason")[0] == (
        "failed", "BALANCE_NOT_ENOUGH",
    )  # fmt: skip
    billed(till)
    assert on_statement(mall, "tea") == [("split_paid", -2200), ("split_returned", 2200)]
    till.later(days=40)
    period_ended(through=date(2026, 7, 31), clock=mall.clock, zone=ZONE, actor="tests")
    tea = Statement.objects.filter(party_id=mall.party("tea").id).exclude(line_count=0)
    kiln = Statement.objects.filter(party_id=mall.party("kiln").id).exclude(line_count=0)
    assert sum(one.net_minor for one in tea) == 0
    assert kiln.order_by("starts_on")[0].net_minor == -1225


def test_only_a_rule_keeps_an_order_off_its_channel(whole: Till, client: Client) -> None:
    till, market = whole, Market(whole.mall.line)
    order, _ = received(till, ("TEA-1", 1), ("CUP-1", 1))
    till.later(days=7)
    billed(till)
    assert run(till) == SplitUp(split=1, left=1, asked=1)
    # Of the tea house no rule is met: the channel's 30 of a hundred. The kiln's order meets the one that is published.
    split, left = Split.objects.order_by("state").exclude(state="left").get(), Split.objects.get(state="left")
    assert (split.rule_code, split.ceiling_minor, split.order_no) == ("default", 2640, order.order_no)
    assert (left.rule_code, left.reason) == ("ours", "own_account")
    client.force_login(market.person("platform", Role.PLATFORM_ADMIN))
    for page, en, zh in (
        (
            reverse("platform:split", args=[split.number]),
            "as no rule of version 1 is met",
            "第 1 版规则均不符合",
        ),
        (reverse("platform:split", args=[left.number]), "ours · v1", "ours · v1"),
        (reverse("platform:split_rules"), "The default", "默认规则"),
    ):
        for language, words in (("en", en), ("zh-hans", zh)):
            client.cookies["django_language"] = language
            shown = client.get(page).content.decode()
            assert words in shown, (page, language)
        assert list(latin_words(shown, KNOWN | {"ours"})) == [], page
    told = api_of(market, "platform", Role.PLATFORM_FINANCE).get(f"/splits/{split.number}")
    assert (told["rule_code"], told["rules_version"]) == ("default", 1)
    assert "by the default: no rule of version 1 is met" in run_command(splits, "show", split.number).text
    assert "by rule ours of version 1" in run_command(splits, "show", left.number).text

    # A refund waits until shares on their way have arrived.
    assert states("amount_minor", "state") == [(2640, "pending")]
    gives_back(till, order, 8800, "a")
    till.send_refunds()
    assert (Refund.objects.get().state, ShareReturn.objects.count()) == ("recorded", 0)
    till.later(minutes=1)
    run(till)
    till.send_refunds()
    assert states("amount_minor", "state") == [(2640, "succeeded")]
    assert [(one.amount_minor, one.state) for one in ShareReturn.objects.all()] == [(2640, "succeeded")]
    assert Refund.objects.get().state == "processing"


def test_a_share_that_comes_back_after_its_refund_went_out_is_asked_after(late: Till) -> None:
    till, mall = late, late.mall
    (order,) = received(till, ("TEA-1", 1))
    till.later(days=7)
    billed(till)
    run(till)
    till.later(minutes=1)
    run(till)
    # Nobody has published rules, so the default decides: as much as the channel lets.
    assert Split.objects.values_list("rule_code", "rule_set", "amount_minor").get() == ("default", None, 2640)
    gives_back(till, order, 8800, "a")
    till.sandbox.fault("slow", of="return", seconds=3600)
    till.send_refunds()
    assert (Refund.objects.get().state, ShareReturn.objects.get().state) == ("recorded", "processing")
    till.later(minutes=11)
    till.sandbox.steer("POST", "top_up", {"account": "1900000001", "amount": 2640})
    till.send_refunds()
    assert (Refund.objects.get().state, ShareReturn.objects.get().state) == ("processing", "processing")
    till.later(hours=1)
    split_due(clock=mall.clock, zone=ZONE)
    assert ShareReturn.objects.get().state == "succeeded"
    assert on_statement(mall, "tea") == [("split_paid", -2640), ("split_returned", 2640)]


def test_a_supplier_and_a_carrier_get_their_shares_of_an_order(supplying: Till, client: Client) -> None:
    till, mall = supplying, supplying.mall
    market = Market(mall.line)
    finance, second = (
        api_of(market, "platform", role) for role in (Role.PLATFORM_FINANCE, Role.PLATFORM_ADMIN)
    )
    (rule,) = rules_for("wechat", "carrier", "supplier")
    rules = [
        {"code": "own", "mode": "own_account", "relations": ["own"]},
        rule | {"relations": ["drop_shipped"]},
    ]
    split_rules_published(rules=rules, at=mall.clock(), actor="ann")
    for party, account in (("heron", "1900000103"), ("farm", "1900000104")):
        proposed = {"party": party, "channel": "wechat", "account": account, "name": f"{party} 有限公司",
                    "relation": "SUPPLIER"}  # fmt: skip
        row = finance.post("/split-receivers", proposed, 201, key=f"account-{party}")
        confirmation = f"/split-receivers/{row['id']}/confirmation"
        another_key = api_of(market, "platform", Role.PLATFORM_FINANCE)
        told = another_key.post(confirmation, {}, 403)
        assert told["error"]["code"] == "split_receiver_confirmed_by_proposer"
        assert second.post(confirmation, {})["state"] == "added"
        assert second.post(confirmation, {}, 409)["error"]["code"] == "split_receiver_not_in_state"
    own, order = received(till, ("LISTED", 3), ("TEA-1", 1))
    till.later(days=7)
    billed(till)
    before = till.sandbox.steer("GET", "balances")
    run(till)
    till.later(minutes=1)
    run(till)

    assert set(Split.objects.values_list("order_no", "rule_code", "state")) == {
        (order.order_no, "shops", "finished"), (own.order_no, "own", "left"),
    }  # fmt: skip
    # A quarter of 264.00: first the freight of its parcel, then of 150.00 less that freight what room is left.
    shares = SplitShare.objects.order_by("id").values_list("party_id", "owed_minor", "amount_minor", "state")
    farm, heron = mall.party("farm").id, mall.party("heron").id
    assert list(shares) == [(heron, 800, 800, "succeeded"), (farm, 14200, 5800, "succeeded")]
    after = till.sandbox.steer("GET", "balances")
    assert [after[one]["balance"] - before.get(one, {"balance": 0})["balance"]
            for one in ("1900000103", "1900000104")] == [800, 5800]  # fmt: skip
    assert on_statement(mall, "heron") == [("split_paid", -800)]
    client.force_login(market.person("farm", Role.SUPPLIER_OWNER))
    page = client.get(reverse("merchant:splits")).content.decode()
    assert "58.00" in page and order.order_no in page and "8.00 " not in page.replace("58.00", "")
    assert "264.00" not in page  # what the buyer paid is between the buyer and the tea house
    assert on_statement(mall, "farm") == [("split_paid", -5800)]

    # What the refund lacks beyond what is with us comes from whoever has got something, the last of them first.
    gives_back(till, order, 26400, "a", quantity=3)
    till.send_refunds()
    till.later(minutes=1)
    till.send_refunds()
    assert list(ShareReturn.objects.order_by("id").values_list("party_id", "amount_minor", "state")) == [
        (farm, 5800, "succeeded"), (heron, 800, "succeeded"),
    ]  # fmt: skip
    billed(till)
    till.later(days=30)
    period_ended(through=date(2026, 6, 30), clock=mall.clock, zone=ZONE, actor="tests")
    nets = dict(Statement.objects.filter(starts_on=date(2026, 6, 1)).values_list("party_id", "net_minor"))
    # The goods went back, and so did their price; who carried them, and the other order, is paid by its statement.
    assert (nets[farm], nets[heron]) == (-800, 800 + 600)


def shop_screens(till: Till, client: Client, shop: str, other: str) -> None:
    """What a shop sees of it: its own shares and orders, in both languages, and nothing of its neighbours'."""
    market = Market(till.mall.line)
    client.force_login(market.person(shop, Role.MERCHANT_OWNER))
    own = Split.objects.filter(merchant_id=till.mall.party(shop).id, kind="shares").order_by("id")
    theirs = Split.objects.filter(merchant_id=till.mall.party(other).id).order_by("id")[0]
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        page = client.get(reverse("merchant:splits")).content.decode()
        assert all(one.number in page and one.order_no in page for one in own)
        assert theirs.number not in page and theirs.order_no not in page
        assert client.get(reverse("merchant:split", args=[own[0].number])).status_code == 200
        assert client.get(reverse("merchant:split", args=[theirs.number])).status_code == 404
    assert list(latin_words(page, KNOWN)) == []
    with as_tenant(till.mall.party(shop).id):
        assert set(Split.objects.values_list("merchant_id", flat=True)) == {till.mall.party(shop).id}
        assert set(SplitShare.objects.values_list("party_id", flat=True)) <= {till.mall.party(shop).id}
    told = api_of(market, shop, Role.MERCHANT_FINANCE).get("/shares")["items"]
    shares = SplitShare.objects.filter(party_id=till.mall.party(shop).id).order_by("id")
    assert [(one["split_number"], one["channel_code"], one["amount_minor"]) for one in told] == [
        (one.split_number, "wechat", one.amount_minor) for one in shares
    ]


def screens(till: Till, client: Client) -> None:
    """What staff see of it, in both languages, and on the command line."""
    platform, _ = Party.objects.get_or_create(
        code="platform", defaults={"kind": PartyKind.PLATFORM, "name": {"zh": "平台", "en": "Platform"}}
    )
    user = User.objects.create_user("boss", password="a long enough pass phrase")
    Membership.objects.create(user=user, party=platform, role=Role.PLATFORM_ADMIN)
    client.force_login(user)
    split = Split.objects.filter(state="finished", kind="shares").order_by("id").first()
    left = Split.objects.filter(state="left").order_by("id").last()
    receiver = SplitReceiver.objects.order_by("id").first()
    assert split and left and receiver
    pages = [
        reverse("platform:splits"), reverse("platform:split", args=[split.number]),
        reverse("platform:split", args=[left.number]), reverse("platform:split_rules"),
        reverse("platform:split_receivers"), reverse("platform:split_receiver", args=[receiver.id]),
        reverse("platform:new_split_receiver"),
    ]  # fmt: skip
    for page in pages:
        for language in ("zh-hans", "en"):
            client.cookies["django_language"] = language
            shown = client.get(page)
            assert shown.status_code == 200, page
            if language == "zh-hans":
                assert list(latin_words(shown.content.decode(), KNOWN)) == [], page
    page = client.get(reverse("platform:split", args=[split.number])).content.decode()
    assert "****0101" in page and "1900000101" not in page and "22.00" in page
    live = client.get(reverse("platform:live_parts")).content.decode()
    assert split.number in live and split.order_no in live and "22.00" in live
    client.post(reverse("platform:split", args=[left.number]), {"act": "again"})
    left.refresh_from_db()
    assert left.again_by == "boss"
    client.post(
        reverse("platform:split_rules"),
        {"act": "publish", "rules": '[{"code": "none", "mode": "own_account"}]'},
    )
    assert [one.version for one in SplitRuleSet.objects.order_by("version")] == [1, 2]
    refused = client.post(reverse("platform:split_rules"), {"act": "publish", "rules": '[{"code": "x"}]'})
    assert refused.status_code == 422
    assert [one["state"] for one in run_command(splits, "list", "--state", "left").document["splits"]] == [
        "left"
    ] * 2
    shown = run_command(splits, "show", split.number)
    assert shown.document["shares"][0]["account_masked"] in shown.text
    assert run_command(splits, "rules").document["version"] == 2
    assert [one["state"] for one in run_command(splits, "accounts").document["accounts"]] == [
        "added",
        "added",
    ]
    finance = api_of(Market(till.mall.line), "platform", Role.PLATFORM_FINANCE)
    assert [one["state"] for one in finance.get("/splits", state="left")["items"]] == ["left"] * 2
    assert finance.get(f"/splits/{split.number}")["shares"][0]["party"] in ACCOUNTS
    assert finance.post("/split-rules", {"rules": RULES}, 201, key="rules-1")["version"] == 3
    told = finance.post(f"/splits/{split.number}/planning-anew", "", 409, key="again-1")
    assert told["error"]["code"] == "split_not_in_state"
    assert [one["account_masked"] for one in finance.get("/split-receivers")["items"]] == [
        "****0101",
        "****0102",
    ]
