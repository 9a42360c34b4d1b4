import io
import json
import zipfile

import pytest

from zhanggui.backups.archive import DUMP, FILES, check_bytes, reading, writing
from zhanggui.backups.errors import BackupDamaged, PassphraseWrong
from zhanggui.backups.keys import lock_keys, unlock_keys

ABOUT = {"zhanggui": "1", "made_at": "now", "postgresql": 18, "migrations": ["a.0001"], "keys_used": []}


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "one.zgbackup"
    with writing(made) as archive:
        archive.add(DUMP, io.BytesIO(b"dump" * 1000))
        archive.add(FILES + "invoices/1.pdf", io.BytesIO(b"pdf"))
        archive.finish(ABOUT)
    return made


def rebuilt(path, change):
    """The archive with its entries and manifest changed, as somebody who knows zips would."""
    with zipfile.ZipFile(path) as zipped:
        entries = {name: zipped.read(name) for name in zipped.namelist()}
    manifest = json.loads(entries.pop("manifest.json"))
    change(entries, manifest)
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in entries.items():
            zipped.writestr(name, content)
        zipped.writestr("manifest.json", json.dumps(manifest))


def assert_damaged(path):
    with pytest.raises(BackupDamaged), reading(path) as (zipped, manifest):
        check_bytes(zipped, manifest, path)


def test_what_was_written_reads_back(path):
    with reading(path) as (zipped, manifest):
        check_bytes(zipped, manifest, path)
        assert zipped.read(FILES + "invoices/1.pdf") == b"pdf" and manifest["migrations"] == ["a.0001"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [0, 1, 100, 2000, -1, -10, -50])
def test_a_file_that_is_cut_short_is_damaged(path, left):
    whole = path.read_bytes()
    path.write_bytes(whole[:left])
    assert_damaged(path)


@pytest.mark.parametrize("place", [100, 500, 3000])
def test_a_changed_byte_is_noticed(path, place):
    whole = bytearray(path.read_bytes())
    whole[place] ^= 1
    path.write_bytes(bytes(whole))
    assert_damaged(path)


def test_a_changed_entry_with_a_fitting_crc_is_noticed(path):
    rebuilt(path, lambda entries, manifest: entries.update({DUMP: b"dumq" * 1000}))
    assert_damaged(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda entries, manifest: entries.update({"more": b""}),
        lambda entries, manifest: entries.pop("files/invoices/1.pdf"),
        lambda entries, manifest: manifest.pop("entries"),
        lambda entries, manifest: manifest.pop("migrations"),
        lambda entries, manifest: manifest.update(format=2),
    ],
)
def test_a_manifest_that_does_not_fit_is_damage(path, change):
    rebuilt(path, change)
    assert_damaged(path)


@pytest.mark.parametrize("name", ["files/../../etc/passwd", "/etc/passwd", "keys/vault", "files/"])
def test_an_entry_that_leads_elsewhere_is_refused(path, name):
    def change(entries, manifest):
        entries[name] = entries.pop("files/invoices/1.pdf")
        manifest["entries"][1]["name"] = name

    rebuilt(path, change)
    assert_damaged(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_backup_is_damaged(tmp_path, content):
    path = tmp_path / "no"
    path.write_bytes(content)
    assert_damaged(path)


class TestKeys:
    def test_they_open_with_their_passphrase_alone(self):
        locked = lock_keys({"vault": "secret"}, "correct horse battery")
        assert b"secret" not in locked
        assert unlock_keys(locked, "correct horse battery") == {"vault": "secret"}
        with pytest.raises(PassphraseWrong):
            unlock_keys(locked, "correct horse batterz")

    def test_a_short_passphrase_is_refused(self):
        with pytest.raises(PassphraseWrong):
            lock_keys({}, "short")

    @pytest.mark.parametrize("document", [b"", b"{}", b'{"kdf": "none"}', b"[1]"])
    def test_nonsense_is_damage(self, document):
        with pytest.raises(BackupDamaged):
            unlock_keys(document, "correct horse battery")
