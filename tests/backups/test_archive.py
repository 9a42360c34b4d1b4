import io
import json
import zipfile

import pytest

from zhanggui.backups.archive import DUMP, FILES, check_bytes, reading, writing
from zhanggui.backups.errors import BackupDamaged, KeysMissing, PassphraseWrong
from zhanggui.backups.keys import lock_keys, unlock_keys
from zhanggui.backups.sealed_file import PIECE, Opener, SealingWriter, opened, sealed_under

KEY_ID, KEY, PASSPHRASE = "01020304", bytes(range(32)), "correct horse battery"
OPENER = Opener({KEY_ID: KEY})

ABOUT = {"zhanggui": "1", "made_at": "now", "postgresql": 18, "migrations": ["a.0001"], "keys_used": []}


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "one.zgbackup"
    with writing(made, key_id=KEY_ID, key=KEY, passphrase=PASSPHRASE) as archive:
        archive.add(DUMP, io.BytesIO(b"dump" * 1000))
        archive.add(FILES + "invoices/1.pdf", io.BytesIO(b"pdf"))
        archive.finish(ABOUT)
    return made


def unsealed(path):
    """The same file as versions wrote it that did not seal."""
    with opened(path, OPENER) as file:
        content = file.read()
    path.write_bytes(content)


def rebuilt(path, change):
    """The archive with its entries and manifest changed, as somebody who knows zips would."""
    unsealed(path)
    with zipfile.ZipFile(path) as zipped:
        entries = {name: zipped.read(name) for name in zipped.namelist()}
    manifest = json.loads(entries.pop("manifest.json"))
    change(entries, manifest)
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in entries.items():
            zipped.writestr(name, content)
        zipped.writestr("manifest.json", json.dumps(manifest))


def assert_damaged(path):
    with pytest.raises(BackupDamaged), reading(path, OPENER) as (zipped, manifest):
        check_bytes(zipped, manifest, path)


def test_what_was_written_reads_back(path):
    with reading(path, OPENER) as (zipped, manifest):
        check_bytes(zipped, manifest, path)
        assert zipped.read(FILES + "invoices/1.pdf") == b"pdf" and manifest["migrations"] == ["a.0001"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_not_sealed_reads_back_too(path):
    assert sealed_under(path) == KEY_ID and b"dumpdump" not in path.read_bytes()
    unsealed(path)
    assert sealed_under(path) == "" and b"dumpdump" in path.read_bytes()
    with reading(path, Opener({})) as (zipped, manifest):
        check_bytes(zipped, manifest, path)


def test_the_ring_or_the_passphrase_opens_it(path):
    for opener in (Opener({KEY_ID: KEY}), Opener({}, PASSPHRASE), Opener({"0a0a0a0a": KEY}, PASSPHRASE)):
        with reading(path, opener) as (zipped, manifest):
            check_bytes(zipped, manifest, path)
    for opener, refusal in ((Opener({}), KeysMissing), (Opener({}, "another passphrase"), PassphraseWrong),
                            (Opener({KEY_ID: bytes(31) + b"1"}), BackupDamaged)):  # fmt: skip
        with pytest.raises(refusal), reading(path, opener):
            pass


def sealed(folder, content):
    path = folder / "pieces"
    with path.open("wb") as file:
        writer = SealingWriter(file, key_id=KEY_ID, key=KEY, passphrase="")
        for start in range(0, len(content), 700_001):
            writer.write(content[start : start + 700_001])
        writer.finish()
    return path


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5])
def test_pieces_of_every_size_come_back_from_any_place(tmp_path, size):
    content = (b"0123456789abcdef!" * (size // 17 + 1))[:size]
    with opened(sealed(tmp_path, content), OPENER) as file:
        assert file.read() == content
        assert file.seek(0, 2) == size
        for place in (0, size // 2, max(size - 3, 0), PIECE - 1):
            file.seek(place)
            assert file.read(5) == content[place : place + 5]


def test_pieces_cannot_be_cut_swapped_or_mixed(tmp_path):
    content = bytes(range(256)) * (3 * PIECE // 256)
    path = sealed(tmp_path, content)
    whole = path.read_bytes()
    start = len(whole) - 3 * (PIECE + 16)
    one, two, three = (whole[start + n * (PIECE + 16) : start + (n + 1) * (PIECE + 16)] for n in range(3))
    head = whole[:start]
    (tmp_path / "more").mkdir()
    other = sealed(tmp_path / "more", content).read_bytes()
    for broken in (head + one + two, head + two + one + three, head + one + three, head + one + two + three + three,
                   other[: -(PIECE + 16)] + three, head.replace(b'"piece"', b'"pieces"') + one + two + three):  # fmt: skip
        path.write_bytes(broken)
        with pytest.raises(BackupDamaged), opened(path, OPENER) as file:
            file.read()


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
