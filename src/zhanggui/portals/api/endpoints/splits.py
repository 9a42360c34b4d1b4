"""Splits at channels (分账): what was divided and what was left, the rules, and the accounts that shares go to."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.split_arranged import (
    split_asked_again,
    split_receiver_closed,
    split_receiver_confirmed,
    split_receiver_proposed,
    split_rules_published,
)
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller, require_fresh_factor
from zhanggui.portals.api.paging import CursorText, Limit, given, keyset
from zhanggui.portals.api.routes import act, ask, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import PRINTABLE, Code, Number, Strict
from zhanggui.portals.api.schemas.payouts import ProposeIn
from zhanggui.portals.desk.told.splits import (
    receivers_told,
    rules_told,
    shares_told,
    split_told,
    splits_to_tell,
    splits_told,
    subsidies_told,
)
from zhanggui.settlement.splits.models import ShareWay, SplitReceiver, SplitShare
from zhanggui.settlement.splits.queries import latest_rules
from zhanggui.settlement.subsidies.models import Subsidy

router = Router(tags=["splits"])

SplitState = Literal["left", "recorded", "asked", "unclear", "finished", "refused"]
ShareState = Literal["pending", "succeeded", "closed"]
ReceiverState = Literal["proposed", "confirmed", "added", "refused", "closed"]


class SplitFilters(Schema):
    """Which splits."""

    state: SplitState | None = None
    order_no: Code | None = None
    channel: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class ShareFilters(Schema):
    """Which shares."""

    party: Code | None = None
    state: ShareState | None = None
    order_no: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class PageFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 50


class SplitOut(Schema):
    """A split; `ceiling_minor` is what shares of the order may come to, `reason` why it was left to the statement.
    `rule_code` is the rule that decided: one of `rules_version`, or `default` where the order met none of them, or
    none were published (version 0). `sub_merchant` is the account that the buyer paid to, where it is not ours:
    then `fee_minor` is what the channel keeps of it as agreed, `fee_off_minor` what it kept beyond that by
    its bills, and `subsidy_minor` what we promised to add."""

    number: str
    kind: Literal["shares", "rest", "left_there"]
    order_no: str
    merchant: str
    channel: str
    sequence: int
    rule_code: str
    rules_version: int
    currency: str
    paid_minor: int
    ceiling_minor: int
    amount_minor: int
    state: SplitState
    reason: str
    said: str
    channel_number: str
    tries: int
    made_at: datetime
    ended_at: datetime | None
    again_at: datetime | None
    sub_merchant: str
    fee_minor: int
    fee_off_minor: int
    subsidy_minor: int


class ShareOut(Schema):
    """One party's share; no party is the platform. `way`: `sent` by the channel, `ours` from a sub-merchant, `kept`
    where it lies and freed to the sub-merchant."""

    party: str
    way: ShareWay
    account_masked: str
    owed_minor: int
    amount_minor: int
    returned_minor: int
    state: ShareState
    reason: str
    made_at: datetime
    ended_at: datetime | None


class OwnShareOut(ShareOut):
    """A share with its split, order and channel, and the statement it left."""

    split_number: str
    order_no: str
    channel_code: str
    currency: str
    statement_id: int


class OwnSharePage(Paged):
    """Shares."""

    items: list[OwnShareOut]


class ShareReturnOut(Schema):
    """A share taken back for a refund."""

    number: str
    refund_no: str
    amount_minor: int
    state: Literal["recorded", "processing", "unclear", "succeeded", "failed"]
    reason: str
    made_at: datetime
    ended_at: datetime | None


class SplitFull(SplitOut):
    """A split, whole."""

    shares: list[ShareOut]
    returns: list[ShareReturnOut]


class SplitPage(Paged):
    """Splits."""

    items: list[SplitOut]


class RulesIn(Strict):
    """A version of the rules, in the order in which they count. Each has a `code`, a `mode` (`on_rail` with its
    `receivers`, `own_account`), and conditions: `from_minor` and `below_minor`, and lists of codes under `channels`,
    `merchants`, `levels`, `merchant_categories`, `categories`, `product_types`, `scenarios`, and `relations` (`own`,
    `drop_shipped` by a supplier)."""

    rules: Annotated[list[dict[str, Any]], Field(max_length=200)]


class RulesOut(Schema):
    """The rules in force for orders placed now; version 0: none are published. Orders that meet none of them go by
    `default`, which is built in: at their channel, as far as it lets."""

    version: int
    rules: list[dict[str, Any]]
    default: dict[str, Any]


class SplitReceiverIn(Strict):
    """Where a party's shares go at a channel; `sub_merchant`: an account of a merchant that buyers pay to."""

    party: Code
    channel: Code
    kind: Literal["merchant", "person", "sub_merchant"] = "merchant"
    account: Code
    name: Annotated[str, Field(max_length=140, pattern=PRINTABLE)] = ""
    relation: Annotated[str, Field(max_length=32, pattern=PRINTABLE)] = ""


class SplitReceiverOut(Schema):
    """An account for shares, its number masked."""

    id: int
    party: str
    channel: str
    kind: str
    relation: str
    account_masked: str
    state: ReceiverState
    said: str
    proposed_at: datetime
    proposed_by: str
    confirmed_at: datetime | None
    confirmed_by: str


class SplitReceiverPage(Paged):
    """Accounts for shares."""

    items: list[SplitReceiverOut]


@look(router, "/splits", SplitPage)
def list_splits(request: HttpRequest, filters: Query[SplitFilters]) -> Any:
    """Splits in the order in which they were made."""
    caller(request).require("splits.view")
    asked = given(state=filters.state, order_no=filters.order_no, channel__code=filters.channel)
    shown, following = keyset(splits_to_tell().filter(**asked), cursor=filters.cursor, limit=filters.limit)
    return {"items": splits_told(shown), "next_cursor": following}


@look(router, "/splits/{number}", SplitFull)
def get_split(request: HttpRequest, number: Code) -> Any:
    """One split with its shares, and what was taken back of them."""
    caller(request).require("splits.view")
    return split_told(number)


@act(router, "/splits/{number}/planning-anew", SplitFull)
def plan_split_anew(request: HttpRequest, number: Code) -> Any:
    """Have the order of a split that ended planned anew with the next run."""
    who = caller(request)
    who.require("splits.act")
    split_asked_again(number=number, at=timezone.now(), actor=who.actor)
    return split_told(number)


@look(router, "/shares", OwnSharePage)
def list_shares(request: HttpRequest, filters: Query[ShareFilters]) -> Any:
    """Shares in the order in which they were made; a shop, a supplier or a carrier sees its own."""
    who = caller(request)
    who.require("splits.view", "own_payouts.view")
    party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
    asked = given(party_id=party, state=filters.state, order_no=filters.order_no)
    with who.reading():
        rows = SplitShare.objects.filter(**asked)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": shares_told(shown), "next_cursor": following}


class SubsidyReturnOut(Schema):
    """A piece of a subsidy taken back with a refund."""

    number: str
    refund_no: str
    amount_minor: int
    state: Literal["recorded", "succeeded", "failed"]
    said: str
    made_at: datetime
    ended_at: datetime | None


class SubsidyOut(Schema):
    """A subsidy to a sub-merchant's order; `amount_minor` is what is left of the promise after refunds, `said` what
    the channel answered last."""

    id: int
    number: str
    order_no: str
    merchant: str
    channel: str
    currency: str
    promised_minor: int
    amount_minor: int
    returned_minor: int
    state: Literal["recorded", "paid", "called_off"]
    said: str
    channel_number: str
    tries: int
    made_at: datetime
    ended_at: datetime | None
    returns: list[SubsidyReturnOut]


class SubsidyPage(Paged):
    """Subsidies."""

    items: list[SubsidyOut]


@look(router, "/subsidies", SubsidyPage)
def list_subsidies(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """What the platform pays into sub-merchants' orders, in the order in which it was written down."""
    caller(request).require("splits.view")
    rows = Subsidy.objects.select_related("channel").prefetch_related("returns")
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": subsidies_told(shown), "next_cursor": following}


@look(router, "/split-rules", RulesOut)
def get_split_rules(request: HttpRequest) -> Any:
    """The rules in force."""
    caller(request).require("splits.view")
    return rules_told(latest_rules())


@act(router, "/split-rules", RulesOut, status=201)
def publish_split_rules(request: HttpRequest, payload: RulesIn) -> Any:
    """Publish a version of the rules, for orders placed from now on; those that meet none of them are split at their
    channel by the default. Only a rule of mode `own_account` has orders paid from our own account."""
    who = caller(request)
    who.require("splits.act")
    return rules_told(split_rules_published(rules=payload.rules, at=timezone.now(), actor=who.actor))


@look(router, "/split-receivers", SplitReceiverPage)
def list_split_receivers(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """The accounts at channels that shares go to."""
    caller(request).require("splits.view")
    rows = SplitReceiver.objects.select_related("channel")
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": receivers_told(shown), "next_cursor": following}


@act(router, "/split-receivers", SplitReceiverOut, status=201)
def propose_split_receiver(request: HttpRequest, payload: SplitReceiverIn) -> Any:
    """Propose where a party's shares go; another person confirms it. A browser's session needs a fresh second
    factor."""
    who = caller(request)
    who.require("splits.act")
    require_fresh_factor(request)
    row = split_receiver_proposed(
        party=payload.party, channel=payload.channel, kind=payload.kind, account=payload.account, name=payload.name,
        relation=payload.relation, at=timezone.now(), actor=who.user.get_username(),
    )  # fmt: skip
    return receivers_told([row])[0]


@ask(router, "/split-receivers/{number}/confirmation", SplitReceiverOut)
def confirm_split_receiver(request: HttpRequest, number: Number, payload: ProposeIn) -> Any:
    """Confirm an account that somebody else proposed: its channel is told at once, and says whether it is in use or
    refused. Needs no key: it is told once, and where it does not answer the same request asks it again. A browser's
    session needs a fresh second factor."""
    who = caller(request)
    who.require("splits.act")
    require_fresh_factor(request)
    # The person, whatever the key is called: nobody confirms what they proposed by a key of their own.
    row = split_receiver_confirmed(receiver_id=number, clock=timezone.now, actor=who.user.get_username())
    return receivers_told([row])[0]


@act(router, "/split-receivers/{number}/closing", SplitReceiverOut)
def close_split_receiver(request: HttpRequest, number: Number) -> Any:
    """Close an account: nothing new goes there. A browser's session needs a fresh second factor."""
    who = caller(request)
    who.require("splits.act")
    require_fresh_factor(request)
    row = split_receiver_closed(receiver_id=number, at=timezone.now(), actor=who.actor)
    return receivers_told([row])[0]
