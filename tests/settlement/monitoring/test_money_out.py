"""Rules about payouts, receivers, receipts, differences and backups, over rows as those packages leave them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.isolation.market import NOW, ZONE, open_market
from tests.settlement.monitoring.watching import found, publish, watch
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.audit.models import AuditRecord
from zhanggui.backups.models import Backup
from zhanggui.portals.platform.monitoring.subjects import subject_url
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.guarantees.models import Deposit
from zhanggui.settlement.monitoring.models import Alert
from zhanggui.settlement.monitoring.queries.alerts import evidence_of
from zhanggui.settlement.payouts.models import Payout, PayoutBatch, Receiver
from zhanggui.settlement.reconciliation.models import Bill, Difference, ReconciliationRun

pytestmark = [pytest.mark.django_db, pytest.mark.breaks_invariants]  # payouts without their postings


@pytest.fixture
def market() -> Any:
    return open_market()


def receiver(party: int, verified_at: datetime) -> Receiver:
    return Receiver.objects.create(
        party_id=party, currency="CNY", holder="Tea", number_sealed=b"x", number_masked="**1", digest=bytes(32),
        digest_key_sealed=b"x", state="verified", proposed_at=verified_at, proposed_by="tea",
        verified_at=verified_at, verified_by="staff", usable_from=verified_at,
    )  # fmt: skip


def batch() -> PayoutBatch:
    found, _ = PayoutBatch.objects.get_or_create(
        number="PB1", defaults={"entity_id": 1, "own_account_id": 1, "rail": "bank_file", "currency": "CNY",
                                "payout_count": 1, "total_minor": 1, "made_at": NOW, "made_by": "staff"},
    )  # fmt: skip
    return found


def payout(number: int, to: Receiver, amount: int, at: datetime, state: str = "paid") -> Payout:
    return Payout.objects.create(
        number=f"PO{number}", batch=batch(), party_id=to.party_id, statement_id=number, entity_id=1, currency="CNY",
        amount_minor=amount, own_account_id=1, receiver_id=to.id, receiver_digest=bytes(32), receiver_holder="Tea",
        receiver_masked="**1", receiver_sealed=b"x", state=state, made_at=at,
        paid_at=at if state == "paid" else None, ended_at=at if state in ("failed", "returned") else None,
    )  # fmt: skip


def difference(own: OwnAccount, at: datetime) -> None:
    bill = Bill.objects.create(
        own_account=own, channel="bank", kind="statement", form="x", variant="all", starts_on=at.date(),
        ends_before=at.date() + timedelta(days=1), currency="CNY", source_name="x", digest=str(at).encode(), rows=1,
        in_minor=0, out_minor=0, fee_milli=0, imported_at=at,
    )  # fmt: skip
    run = ReconciliationRun.objects.create(
        own_account=own, leg=4, bill=bill, starts_on=at.date(), ends_before=at.date(), currency="CNY", our_count=0,
        our_minor=0, their_count=1, their_minor=9, matched_count=0, matched_minor=0, suspended_count=0,
        differing_count=1, started_at=at, finished_at=at,
    )  # fmt: skip
    Difference.objects.create(
        run=run, own_account=own, leg=4, kind="missing_here", state="open", currency="CNY", day=at.date(),
        bill_id=bill.id, row_number=1, their_minor=9, found_at=at,
    )  # fmt: skip


def rows(alert: Alert) -> list[str]:
    sql, params = evidence_of(alert, zone=ZONE)
    with connection.cursor() as cursor:
        cursor.execute(f"select label from ({sql}) e order by 1", params)
        return [label for (label,) in cursor.fetchall()]


def test_a_large_payout_to_a_new_receiver(market: Any) -> None:
    old = receiver(market.party("kiln").id, NOW - timedelta(days=90))
    new = receiver(market.party("tea").id, NOW - timedelta(days=2))
    payout(1, old, 900_000, NOW - timedelta(hours=1))
    payout(2, new, 900_000, NOW - timedelta(hours=1))
    payout(3, new, 899_999, NOW - timedelta(hours=1))
    publish("fresh", "new_receiver_payout", threshold=900_000, window_hours=24 * 7)
    watch()
    assert found("fresh") == [("payout", "PO2", 900_000)]
    assert rows(Alert.objects.get()) == ["PO2"]
    publish("large", "amount_above", what="payout", threshold=900_000)
    watch()
    assert [label for _, label, _ in found("large")] == ["PO1", "PO2"]


def test_payouts_that_fail(market: Any) -> None:
    to = receiver(market.party("tea").id, NOW - timedelta(days=90))
    for number, state in enumerate(["paid", "paid", "paid", "failed", "returned"], start=1):
        payout(number, to, 100, NOW - timedelta(hours=number), state)
    publish("fails", "payout_failures", threshold=400_000, floor_count=5)
    publish("fewer", "payout_failures", threshold=400_001, floor_count=5)
    watch()
    assert found("fails") == [("payouts", "CNY", 400_000)] and found("fewer") == []
    assert rows(Alert.objects.get()) == ["PO4", "PO5"]


def test_what_waits_for_money_or_for_people(market: Any) -> None:
    """What is a day old is found, what is younger and what is dealt with is not."""
    day, hour = NOW - timedelta(days=1), NOW - timedelta(hours=23)
    to, entity = receiver(market.party("tea").id, NOW - timedelta(days=90)), SettlementEntity.objects.get()
    own = OwnAccount.objects.create(code="b", name={}, kind="bank", entity=entity, currency="CNY", rail="")
    for number, (state, at) in enumerate(
        [("sent", day), ("approved", day), ("sent", hour), ("paid", day)], start=1
    ):
        payout(number, to, 100, day, state)
        Payout.objects.filter(number=f"PO{number}").update(approved_at=at)
    for name, at in (("old", day), ("new", hour), ("used", day)):
        Receipt.objects.create(
            own_account=own, entity=entity, currency="CNY", bank_reference=name, amount_minor=5, recorded_at=at,
            claimed_minor=5 if name == "used" else 0, received_on=at.date(), recorded_by="mia",
        )  # fmt: skip
        request_approval(
            kind="adjustment",
            subject=name,
            title=name,
            amount_minor=5,
            currency="CNY",
            payload={},
            maker="mia",
            at=at,
        )
    Approval.objects.filter(subject="used").update(state="withdrawn", ended_at=day + timedelta(minutes=1))
    for name, demanded, at in (("tea", 7, day), ("kiln", 7, hour), ("glass", 0, day)):
        Deposit.objects.create(
            party_id=market.party(name).id, entity=entity, currency="CNY", required_minor=demanded,
            demanded_minor=demanded, demanded_at=at,
        )  # fmt: skip
    difference(own, day)
    difference(own, hour)
    for what in ("receipt", "difference", "payout", "approval", "deposit"):
        publish(what, "ageing", what=what, threshold=24)
    run = watch()
    assert all("fault" not in one for one in run.counts.values())
    assert [label for _, label, _ in found("payout")] == ["PO1", "PO2"]
    assert found("receipt") == [("receipt", "old", 24)] and found("approval") == [("approval", "old", 24)]
    assert len(found("difference")) == len(found("deposit")) == 1
    for alert in Alert.objects.all():
        assert rows(alert) == [alert.label]
        assert subject_url(alert.subject_kind, alert.subject_id, alert.party_id)


def test_a_backup_that_is_too_old(market: Any) -> None:
    assert AuditRecord.objects.exists()
    publish("backup", "backup_too_old", currency="", threshold=48)
    watch(before=NOW + timedelta(hours=47))
    assert found("backup") == []
    watch(before=NOW + timedelta(hours=49))
    assert found("backup") == [("backup", "backup", 49)]
    Backup.objects.create(
        kind="manual",
        started_at=NOW + timedelta(hours=50),
        ended_at=NOW + timedelta(hours=50),
        actor="t",
        path="a.zip",
    )
    watch(before=NOW + timedelta(hours=75))
    assert len(found("backup")) == 1
    watch(before=NOW + timedelta(hours=99))
    assert [value for _, _, value in found("backup")] == [49, 49]
    assert rows(Alert.objects.latest("id")) == ["a.zip"]
