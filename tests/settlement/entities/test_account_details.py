"""Details of our accounts: what each kind may and must have, and what is refused by the name of its key."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from tests.settlement.story import Story
from zhanggui.audit.models import AuditRecord
from zhanggui.settlement.entities.errors import AccountDetailsRefused, NoOwnAccount
from zhanggui.settlement.entities.models import Dimension, OwnAccount, OwnAccountKind
from zhanggui.settlement.entities.operations.change_account_details import change_account_details
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.entities.rules.account_details import (
    KEYS,
    KnownNames,
    checked_account_details,
    details_of_texts,
    text_of_detail,
)

AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
KNOWN = KnownNames(frozenset({"mall"}), frozenset({"alipay", "card"}), frozenset({"bank-main"}))
CHANNEL: dict[str, Any] = {
    "channel": "unionpay", "merchant_number": "898", "payment_methods": ["card"], "business_lines": ["mall"],
    "settles_to": "bank-main", "zone": "Asia/Shanghai", "cut_hour": 23,
    "csv_template": {"delimiter": ";", "columns": {"time": "Booked", "amount": "Sum"}},
}  # fmt: skip
BANK: dict[str, Any] = {
    "bic": "ICBKCNBJ", "cnaps": "102100099996", "branch": "北京分行", "country": "CN", "iban": "yes",
    "max_payment_minor": 5_000_000, "zone": "Europe/London", "merchant_number": "0001",
}  # fmt: skip


def checked(kind: str, details: Any, rail: str = "") -> dict[str, Any]:
    return checked_account_details(kind=kind, rail=rail, details=details, known=KNOWN)


def test_what_a_kind_may_have_is_kept() -> None:
    assert checked("channel", CHANNEL) == CHANNEL and checked("bank", BANK) == BANK
    assert checked("bank", {}) == {}
    assert checked("channel", {"merchant_number": "1"}, "wechat_pay") == {"merchant_number": "1"}


@pytest.mark.parametrize(
    ("kind", "wrong", "key"),
    [
        ("channel", {"payment_methods": "alipay"}, "payment_methods"),
        ("channel", {"payment_methods": []}, "payment_methods"),
        ("channel", {"payment_methods": ["alipay", "alipay"]}, "payment_methods"),
        ("channel", {"payment_methods": ["cash"]}, "payment_methods"),
        ("channel", {"business_lines": "mall"}, "business_lines"),
        ("channel", {"business_lines": ["shop"]}, "business_lines"),
        ("channel", {"business_lines": [["mall"]]}, "business_lines"),
        ("channel", {"settles_to": "bank-mian"}, "settles_to"),
        ("channel", {"settles_to": ["bank-main"]}, "settles_to"),
        ("channel", {"channel": "paypal"}, "channel"), ("channel", {"channel": ["wechat"]}, "channel"),
        ("channel", {"merchant_number": 898}, "merchant_number"),
        ("channel", {"merchant_number": ""}, "merchant_number"),
        ("channel", {"zone": "Asia/Peking"}, "zone"), ("channel", {"zone": "../etc/passwd"}, "zone"),
        ("channel", {"zone": "Asia"}, "zone"), ("channel", {"zone": 8}, "zone"),
        ("channel", {"cut_hour": 24}, "cut_hour"), ("channel", {"cut_hour": -1}, "cut_hour"),
        ("channel", {"cut_hour": "23"}, "cut_hour"), ("channel", {"cut_hour": 23.0}, "cut_hour"),
        ("channel", {"cut_hour": True}, "cut_hour"),
        ("channel", {"csv_template": "time=Booked"}, "csv_template"),
        ("channel", {"csv_template": {"columns": {"tine": "Booked"}}}, "csv_template"),
        ("channel", {"csv_template": {"delimiter": "::"}}, "csv_template"),
        ("channel", {"csv_template": {}}, "csv_template"),
        ("channel", {"bic": "ICBKCNBJ"}, "bic"), ("channel", {"payment_method": ["card"]}, "payment_method"),
        ("bank", {"bic": "ICBK"}, "bic"), ("bank", {"cnaps": 102100099996}, "cnaps"),
        ("bank", {"country": "china"}, "country"), ("bank", {"iban": "no"}, "iban"),
        ("bank", {"branch": "a\nb"}, "branch"), ("bank", {"branch": "\ud800"}, "branch"),
        ("bank", {"branch": "x" * 129}, "branch"), ("bank", {"max_payment_minor": 0}, "max_payment_minor"),
        ("bank", {"payment_methods": ["card"]}, "payment_methods"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_its_key(kind: str, wrong: dict[str, Any], key: str) -> None:
    with pytest.raises(AccountDetailsRefused) as refused:
        checked(kind, (CHANNEL if kind == "channel" else BANK) | wrong)
    assert refused.value.details["key"] == key and key in refused.value.message


def test_a_channel_must_say_which_and_under_what_number() -> None:
    for details, rail, key in (
        ({"merchant_number": "1"}, "", "channel"), ({"channel": "alipay"}, "", "merchant_number"),
        ({"channel": "alipay", "merchant_number": "1"}, "wechat_pay", "channel"),
        ({"channel": "alipay", "merchant_number": "1"}, "pigeon", "rail"),
    ):  # fmt: skip
        with pytest.raises(AccountDetailsRefused) as refused:
            checked("channel", details, rail)
        assert refused.value.details["key"] == key


@pytest.mark.parametrize(("kind", "details"), [("channel", CHANNEL), ("bank", BANK)])
def test_boxes_hold_what_is_there(kind: str, details: dict[str, Any]) -> None:
    assert set(details) <= set(KEYS[kind])
    assert details_of_texts(kind, {key: text_of_detail(value) for key, value in details.items()}) == details


def test_boxes_that_cannot_be_read_are_refused_by_the_check() -> None:
    for key, text in (("cut_hour", "noon"), ("csv_template", "Booked"), ("payment_methods", "card,,alipay")):
        with pytest.raises(AccountDetailsRefused, match=key):
            checked("channel", CHANNEL | details_of_texts("channel", {key: text}))


@pytest.mark.django_db
def test_details_are_changed_with_before_and_after() -> None:
    story = Story()
    entity = story.line.settlementterms_set.first().entity
    made = {"name": {}, "entity": entity, "currency": story.currency, "at": AT, "actor": "mia"}
    Dimension.objects.get_or_create(kind="payment_method", code="card")
    with transaction.atomic():
        open_own_account(code="bank-main", kind=OwnAccountKind.BANK, rail="iso20022", number="6222021234567890",
                         holder="Mall", details={"bic": "ICBKCNBJ"}, **made)  # fmt: skip
        first = {"channel": "unionpay", "merchant_number": "898", "settles_to": "bank-main"}
        open_own_account(
            code="up", kind=OwnAccountKind.CHANNEL, rail="", number="", holder="", details=first, **made
        )
        second = first | {"cut_hour": 23, "payment_methods": ["card"], "business_lines": [story.line.code]}
        change_account_details(code="up", details=second, at=AT, actor="ben")
        change_account_details(code="up", details=second, at=AT, actor="ben")
    assert OwnAccount.objects.get(code="up").details == second
    record = AuditRecord.objects.get(action="own_account.details_changed")
    assert (record.object_id, record.actor) == ("up", "ben")
    assert (record.before, record.after) == ({"details": first}, {"details": second})
    with pytest.raises(AccountDetailsRefused, match="business_lines"), transaction.atomic():
        change_account_details(code="up", details=first | {"business_lines": ["nothing"]}, at=AT, actor="ben")
    with pytest.raises(NoOwnAccount), transaction.atomic():
        change_account_details(code="down", details={}, at=AT, actor="ben")
    assert OwnAccount.objects.get(code="up").details == second
