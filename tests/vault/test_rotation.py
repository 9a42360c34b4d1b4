"""A new key for everything sealed: in batches, once more after a kill, nothing lost."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from tests.portals.factors import SECRET, code_at, give_factor
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import User
from zhanggui.portals.desk.factors import code_problem
from zhanggui.portals.shell.commands import rotate_keys
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.vault import key_ring
from zhanggui.vault.errors import KeyRingGiven
from zhanggui.vault.installed import installed_ring, ring_path
from zhanggui.vault.invariants import sealed_without_key
from zhanggui.vault.operations.add_key import add_key
from zhanggui.vault.operations.reseal_batch import reseal_batch
from zhanggui.vault.operations.retire_keys import retire_keys
from zhanggui.vault.queries import values_by_key
from zhanggui.vault.sealed_columns import SEALED
from zhanggui.vault.sealing import key_id_of, seal, unseal

pytestmark = pytest.mark.django_db
PURPOSE = "own_account.number"
OWN = SEALED[0]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.ZHANGGUI_HOME = tmp_path
    settings.VAULT_KEYS = ""


@pytest.fixture
def numbers():
    """Twelve accounts of ours and their numbers."""
    entity = SettlementEntity.objects.create(code="e", name={"en": "E"})
    given = {f"bank-{place}": f"62220210011223344{place:02}" for place in range(12)}
    for code, number in given.items():
        OwnAccount.objects.create(
            code=code, name={"en": code}, kind="bank", entity=entity, currency="CNY", rail="iso20022",
            number_sealed=seal(number, purpose=PURPOSE),
        )  # fmt: skip
    return given


def opened():
    rows = OwnAccount.objects.exclude(number_sealed=b"")
    return {row.code: unseal(row.number_sealed, purpose=PURPOSE) for row in rows}


def rotate(*words):
    import argparse

    parser = argparse.ArgumentParser()
    rotate_keys.add_arguments(parser)
    stdout = io.StringIO()
    out = Output(as_json=True, stdout=stdout)
    return rotate_keys.run(parser.parse_args(list(words)), out), json.loads(stdout.getvalue())


class TestRotation:
    def test_every_value_is_under_the_new_key_and_opens(self, numbers):
        old = installed_ring().current.id
        code, document = rotate()
        assert code == 0 and document["resealed"] == 12 and document["broken"] == []
        assert values_by_key() == {installed_ring().current.id: 12} and installed_ring().current.id != old
        assert opened() == numbers

    def test_second_factors_are_resealed_too_and_still_fit(self):
        user = User.objects.create_user("cashier")
        recovery = give_factor(user)
        assert rotate()[1]["resealed"] == 2
        now = datetime.now(UTC)
        assert code_problem(user, code_at(now.timestamp(), SECRET), now=now) == ""
        assert code_problem(user, recovery[3], now=now) == ""

    def test_the_old_key_stays_a_day_and_goes_when_nothing_uses_it(self, numbers):
        old = installed_ring().current.id
        assert rotate()[1]["retired"] == [] and installed_ring().key(old)
        assert retire_keys(at=datetime.now(UTC), kept_for=timedelta(hours=24)) == []
        tomorrow = datetime.now(UTC) + timedelta(hours=25)
        assert [key.id for key in retire_keys(at=tomorrow, kept_for=timedelta(hours=24))] == [old]
        assert opened() == numbers

    def test_a_key_in_use_is_never_retired(self, numbers):
        old = installed_ring().current.id
        add_key(at=LONG_AGO)
        assert retire_keys(at=datetime.now(UTC), kept_for=timedelta(0)) == []
        assert installed_ring().key(old) and opened() == numbers

    def test_after_a_kill_between_batches_it_goes_on_with_the_same_key(self, numbers):
        added = add_key(at=datetime.now(UTC))
        with transaction.atomic():
            done = reseal_batch(column=OWN, ring=installed_ring(), after=None, limit=5)
        assert done.count == 5 and opened() == numbers and sealed_without_key() == []
        code, document = rotate()
        assert code == 0 and document["added"] == "" and document["resealed"] == 7
        assert values_by_key() == {added.id: 12} and opened() == numbers

    def test_a_batch_that_is_rolled_back_loses_nothing(self, numbers):
        add_key(at=datetime.now(UTC))
        with transaction.atomic():
            reseal_batch(column=OWN, ring=installed_ring(), after=None, limit=5)
            transaction.set_rollback(True)
        assert opened() == numbers

    def test_batches_follow_each_other_to_the_end(self, numbers):
        add_key(at=datetime.now(UTC))
        after, counts = None, []
        while True:
            done = reseal_batch(column=OWN, ring=installed_ring(), after=after, limit=5)
            counts.append(done.count)
            after = done.last
            if after is None:
                break
        assert counts == [5, 5, 2, 0]

    def test_a_broken_value_is_named_left_alone_and_keeps_its_key(self, numbers):
        row = OwnAccount.objects.get(code="bank-3")
        broken = bytearray(row.number_sealed)
        broken[-1] ^= 1
        OwnAccount.objects.filter(code="bank-3").update(number_sealed=bytes(broken))
        old = installed_ring().current.id
        code, document = rotate("--keep-hours", "0")
        assert code == 1 and document["resealed"] == 11 and f"[{row.id}]" in document["broken"][0]
        assert bytes(OwnAccount.objects.get(code="bank-3").number_sealed) == bytes(broken)
        assert document["retired"] == [] and installed_ring().key(old)

    def test_a_ring_from_the_environment_is_resealed_to_and_not_changed(self, numbers, settings):
        two = installed_ring().with_new_current(LONG_AGO)
        settings.VAULT_KEYS = ",".join(line.split()[0] for line in key_ring.written(two).splitlines())
        code, document = rotate()
        assert code == 0 and document["resealed"] == 12 and document["added"] == ""
        with pytest.raises(KeyRingGiven):
            rotate()
        assert opened() == numbers

    def test_it_is_written_down_without_any_secret(self, numbers):
        rotate()
        record = AuditRecord.objects.get(action="keys.rotated")
        assert record.after["resealed"] == 12
        assert installed_ring().current.secret.hex() not in str(record.after)


class TestTheInvariant:
    @pytest.mark.breaks_invariants
    def test_values_of_a_lost_key_are_found_by_their_heads(self, numbers):
        ring_path().unlink()
        assert len(sealed_without_key()) == 12
        seal("a new ring", purpose="x")
        assert {row["column"] for row in sealed_without_key()} == {"settlement_own_account.number_sealed"}

    @pytest.mark.breaks_invariants
    def test_what_is_no_seal_is_found(self, numbers):
        OwnAccount.objects.filter(code="bank-1").update(number_sealed=b"6222021001122334455")
        assert [row["id"] for row in sealed_without_key()] == [OwnAccount.objects.get(code="bank-1").id]

    def test_an_empty_value_is_none(self, numbers):
        OwnAccount.objects.update(number_sealed=b"")
        assert sealed_without_key() == []


class TestTheRegistry:
    def test_every_sealed_column_of_the_models_is_on_it(self):
        listed = {(one.table, one.column) for one in SEALED}
        missing = {
            (model._meta.db_table, field.column)
            for model in apps.get_models()
            for field in model._meta.get_fields()
            if isinstance(field, models.BinaryField) and field.name.endswith("_sealed")
        } - listed
        assert missing == set(), "add them to vault/sealed_columns.py"

    def test_every_listed_column_is_in_the_database(self):
        with connection.cursor() as cursor:
            for one in SEALED:
                cursor.execute(f"select {one.key_sql}, {one.value_sql} from {one.table} limit 0")

    def test_a_sealed_value_names_its_key_in_its_head(self):
        assert key_id_of(seal("x", purpose="y")) == installed_ring().current.id
