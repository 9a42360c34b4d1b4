import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.vault import key_ring
from zhanggui.vault.errors import KeyRingUnusable, SealBroken, UnknownSealKey
from zhanggui.vault.installed import installed_ring, ring_path
from zhanggui.vault.sealing import key_id_of, masked, seal, seal_with, unseal, unseal_with

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NUMBER = "6222021001122334455"


@pytest.fixture
def home(tmp_path, settings):
    settings.ZHANGGUI_HOME = tmp_path
    settings.VAULT_KEYS = ""
    return tmp_path


def ring(count=1):
    made = key_ring.KeyRing((key_ring.SealKey(os.urandom(32)),))
    for _ in range(count - 1):
        made = made.with_new_current(NOW)
    return made


class TestSealing:
    def test_what_is_sealed_opens_again(self, home):
        sealed = seal(NUMBER, purpose="receiver.number")
        assert NUMBER.encode() not in sealed
        assert unseal(sealed, purpose="receiver.number") == NUMBER

    @given(st.text())
    def test_any_text_survives(self, plain):
        one = ring()
        assert unseal_with(one, seal_with(one, plain, purpose="x"), purpose="x") == plain

    def test_the_same_text_never_seals_to_the_same_bytes(self, home):
        assert seal(NUMBER, purpose="x") != seal(NUMBER, purpose="x")

    def test_another_purpose_does_not_open_it(self, home):
        with pytest.raises(SealBroken):
            unseal(seal(NUMBER, purpose="receiver.number"), purpose="receiver.name")

    @pytest.mark.parametrize("place", [5, 16, 17, -1])
    def test_a_changed_bit_is_noticed(self, home, place):
        changed = bytearray(seal(NUMBER, purpose="x"))
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(bytes(changed), purpose="x")

    @pytest.mark.parametrize("value", [b"", b"\x01", b"\x02" + bytes(60), NUMBER.encode()])
    def test_what_is_no_seal_is_refused(self, home, value):
        seal("makes the ring", purpose="x")
        with pytest.raises(SealBroken):
            unseal(value, purpose="x")

    def test_a_key_that_is_not_on_the_ring_is_named(self):
        one, other = ring(), ring()
        with pytest.raises(UnknownSealKey) as refused:
            unseal_with(other, seal_with(one, NUMBER, purpose="x"), purpose="x")
        assert one.current.id.hex() in refused.value.message

    def test_an_old_key_still_opens_and_the_new_one_seals(self):
        old = ring()
        new = old.with_new_current(NOW)
        assert unseal_with(new, seal_with(old, NUMBER, purpose="x"), purpose="x") == NUMBER
        assert key_id_of(seal_with(new, NUMBER, purpose="x")) == new.current.id != old.current.id

    def test_no_refusal_and_no_key_shows_a_secret(self):
        one = ring()
        assert one.current.secret.hex() not in repr(one) and repr(one.current.secret) not in repr(one)


class TestMasking:
    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            (NUMBER, "****4455"), ("6222 0210 0112 2334 455", "****4455"), ("GB82WEST12345698765432", "****5432"),
            ("12345678", "****678"), ("1234", "****4"), ("12", "****"), ("1", "****"), ("", ""), ("  ", ""),
        ],
    )  # fmt: skip
    def test_a_mask_leaves_the_last_four_and_never_half(self, number, shown):
        assert masked(number) == shown


class TestTheRing:
    def test_the_first_seal_makes_a_ring_for_its_owner_alone(self, home):
        seal(NUMBER, purpose="x")
        assert ring_path().stat().st_mode & 0o777 == 0o600
        assert ring_path().parent.stat().st_mode & 0o777 == 0o700
        assert [path.name for path in ring_path().parent.iterdir()] == ["vault"]

    def test_opening_never_makes_one(self, home):
        with pytest.raises(KeyRingUnusable):
            unseal(b"\x01" + bytes(60), purpose="x")
        assert not ring_path().exists()

    def test_a_ring_open_to_others_is_refused(self, home):
        seal(NUMBER, purpose="x")
        ring_path().chmod(0o640)
        with pytest.raises(KeyRingUnusable, match="chmod 600"):
            seal(NUMBER, purpose="x")

    @pytest.mark.parametrize("text", ["", "\n", "not a key\n", "AAAA\n", "密钥\n", "!" * 44])
    def test_a_damaged_ring_is_refused_and_kept(self, home, text):
        ring_path().parent.mkdir()
        ring_path().write_text(text, encoding="utf-8")
        ring_path().chmod(0o600)
        with pytest.raises(KeyRingUnusable):
            seal(NUMBER, purpose="x")
        assert ring_path().read_text(encoding="utf-8") == text

    def test_the_second_of_two_makers_takes_the_first_ones_ring(self, tmp_path):
        path = tmp_path / "keys" / "vault"
        first = key_ring.read_or_make(path, now=NOW)
        assert key_ring.read_or_make(path, now=NOW) == first

    def test_a_ring_survives_being_written(self, tmp_path: Path):
        three = ring(3)
        key_ring.replace(tmp_path / "vault", three)
        assert key_ring.read(tmp_path / "vault") == three

    def test_a_running_process_takes_up_a_new_ring(self, home):
        sealed = seal(NUMBER, purpose="x")
        newer = installed_ring().with_new_current(NOW)
        key_ring.replace(ring_path(), newer)
        assert key_id_of(seal(NUMBER, purpose="x")) == newer.current.id
        assert unseal(sealed, purpose="x") == NUMBER

    def test_the_environment_goes_before_the_file(self, home):
        two = ring(2)
        given = ",".join(line.split()[0] for line in key_ring.written(two).splitlines())
        with override_settings(VAULT_KEYS=given):
            assert key_id_of(seal(NUMBER, purpose="x")) == two.current.id
        assert not ring_path().exists()

    def test_the_current_key_is_never_taken_off(self):
        two = ring(2)
        assert two.without([key.id for key in two.keys]).keys == (two.current,)
