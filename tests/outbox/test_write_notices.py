"""Notices are written with the act, once, seen by who may, and never stop the act."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from zhanggui.outbox.models import Notice, NoticeRead
from zhanggui.outbox.operations.mark_read import mark_read
from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.queries import buyer_notices, party_notices, unread_of_buyer, unread_of_party
from zhanggui.outbox.rules import PARTY_KINDS, UNREAD_DAYS, Told, kinds_for
from zhanggui.parties.tenancy import as_tenant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
KINDS = list(PARTY_KINDS)


def paid(number: str, **whom: int) -> Told:
    return Told("order.paid", number, about={"amount_minor": 100, "currency": "CNY"}, **whom)


def test_a_cause_is_told_once_to_each_receiver() -> None:
    told = [
        paid("A", party_id=7),
        paid("A", buyer_id=7),
        paid("A", party_id=8),
        paid("A"),
        paid("A", party_id=7),
    ]
    assert write_notices(told=told, at=NOW) == 3
    assert write_notices(told=told, at=NOW) == 0
    again = Told("order.paid", "A", party_id=7, cause="A:2")
    assert write_notices(told=[again], at=NOW) == 1
    assert list(Notice.objects.filter(party_id=7).order_by("id").values_list("subject", "cause", "about")) == [
        ("A", "A", {"amount_minor": 100, "currency": "CNY"}), ("A", "A:2", {}),
    ]  # fmt: skip


def test_whatever_is_wrong_with_a_notice_the_act_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with transaction.atomic():
        assert write_notices(told=[paid("A" * 200, party_id=7), paid("B", party_id=7)], at=NOW) == 0
        assert write_notices(told=[paid("C", party_id=7)], at=NOW) == 1
    assert "were not written" in caplog.text
    assert list(Notice.objects.values_list("subject", flat=True)) == ["C"]


def test_everybody_at_a_party_reads_for_themselves() -> None:
    write_notices(told=[paid(number, party_id=7) for number in "ABC"], at=NOW)
    write_notices(told=[paid("A", buyer_id=9), paid("D", party_id=8)], at=NOW)
    write_notices(told=[paid("old", party_id=7)], at=NOW - timedelta(days=UNREAD_DAYS + 1))
    first = Notice.objects.get(party_id=7, subject="A")
    assert mark_read(user_id=1, party_id=7, kinds=KINDS, ids=[first.id], at=NOW) == 1
    assert mark_read(user_id=1, party_id=8, kinds=KINDS, ids=[first.id], at=NOW) == 0
    unread = [unread_of_party(party_id=7, kinds=KINDS, user_id=user, at=NOW) for user in (1, 2)]
    assert unread == [2, 3]
    assert mark_read(user_id=1, party_id=7, kinds=KINDS, at=NOW) == 3
    assert all(row.read for row in party_notices(party_id=7, kinds=KINDS, user_id=1))
    assert unread_of_party(party_id=7, kinds=["payout.paid"], user_id=2, at=NOW) == 0
    assert unread_of_buyer(buyer_ids=[9], user_id=1, at=NOW) == 1
    mark_read(user_id=1, buyer_ids=[9], at=NOW)
    assert [row.read for row in buyer_notices(buyer_ids=[9], user_id=1)] == [True]
    with as_tenant(8):
        assert list(Notice.objects.values_list("subject", flat=True)) == ["D"]
        assert not NoticeRead.objects.exists()


@pytest.mark.parametrize("act", ["update outbox_notice set about = '{}'", "delete from outbox_notice_read"])
def test_nothing_told_is_changed(act: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_people_are_told_what_their_role_lets_them_see() -> None:
    assert kinds_for(lambda permission: permission == "own_payouts.view") == [
        "payout.paid", "payout.failed", "payout.returned",
    ]  # fmt: skip
