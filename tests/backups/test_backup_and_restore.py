"""A backup put back is the same installation; whatever is wrong with one, the empty home stays empty."""

import json
import subprocess
import sys
import zipfile

import psycopg
import pytest

from zhanggui.backups.sealed_file import Opener, opened
from zhanggui.config.postgres import embedded_address
from zhanggui.vault import key_ring

PASSPHRASE = "correct horse battery staple"
NUMBER = "6222021001122334455"
SEAL = f"""
import django; django.setup()
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.vault.sealing import masked, seal, unseal
if "{{act}}" == "write":
    OwnAccount.objects.create(code="bank", name={{{{"en": "Bank"}}}}, kind="bank", currency="CNY", rail="iso20022",
        entity=SettlementEntity.objects.first(), number_masked=masked("{NUMBER}"),
        number_sealed=seal("{NUMBER}", purpose="own_account.number"))
else:
    print(unseal(OwnAccount.objects.get(code="bank").number_sealed, purpose="own_account.number"))
"""
COUNTS = (
    "ledger_entry",
    "ledger_posting",
    "settlement_billed_line",
    "settlement_statement",
    "settlement_own_account",
)


def python(home, code):
    import os

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        | {"ZHANGGUI_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "zhanggui.config.settings"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def counts(home):
    with psycopg.connect(embedded_address(home.path)) as connection:
        return {table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in COUNTS}


def tables(home):
    with psycopg.connect(embedded_address(home.path)) as connection:
        return connection.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        ).fetchone()[0]


@pytest.fixture(scope="module")
def passphrase_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("secret") / "passphrase"
    path.write_text(PASSPHRASE + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def backup(shop, tmp_path_factory, passphrase_file):
    """A backup of a shop with closed statements, a sealed number, a file and a log-in that is open."""
    python(shop, SEAL.format(act="write"))
    kept = shop.path / "files" / "invoices" / "2026" / "one.pdf"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"%PDF-1.7 one")
    with psycopg.connect(embedded_address(shop.path)) as connection:
        connection.execute("insert into django_session values ('open', 'x', now() + interval '1 day')")
    path = tmp_path_factory.mktemp("backups") / "shop.zgbackup"
    told = shop.json("backup", "--out", path, "--passphrase-file", passphrase_file)
    assert told["with_keys"] and told["bytes"] == path.stat().st_size
    return path


def older(backup, folder):
    """The backup as versions wrote it that did not seal."""
    path = folder / "older.zgbackup"
    with opened(backup, Opener({}, PASSPHRASE)) as file:
        path.write_bytes(file.read())
    return path


def changed(backup, folder, change):
    """The backup with its manifest changed."""
    path = folder / "changed.zgbackup"
    with zipfile.ZipFile(older(backup, folder)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
            new.writestr(name, content)
    return path


def broken_dump(backup, folder):
    """A backup whose manifest is right about a dump that pg_restore trips over half-way."""
    import hashlib

    path = folder / "broken.zgbackup"
    with zipfile.ZipFile(older(backup, folder)) as old, zipfile.ZipFile(path, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for name in old.namelist():
            content = old.read(name)
            if name == "database.dump":
                content = content[: len(content) * 9 // 10]
                manifest["entries"][0] |= {
                    "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
            if name != "manifest.json":
                new.writestr(name, content)
        new.writestr("manifest.json", json.dumps(manifest))
    return path


@pytest.mark.slow
class TestRestoring:
    def test_all_that_is_wrong_leaves_an_empty_home_that_a_good_backup_fills(
        self, shop, make_home, backup, passphrase_file, tmp_path
    ):
        home, wrong = make_home(), tmp_path / "wrong"
        wrong.write_text("another passphrase\n", "utf-8")
        cut = tmp_path / "cut.zgbackup"
        cut.write_bytes(backup.read_bytes()[:-5000])
        flipped = bytearray(backup.read_bytes())
        flipped[len(flipped) // 2] ^= 1
        bent = tmp_path / "bent.zgbackup"
        bent.write_bytes(bytes(flipped))
        newer = changed(backup, tmp_path, lambda manifest: manifest["migrations"].append("ledger.0099_new"))
        opened_with = ["--passphrase-file", str(passphrase_file)]
        cases = [
            ([str(tmp_path / "none"), *opened_with], "file_refused"),
            ([str(cut), *opened_with], "backup_damaged"),
            ([str(bent), *opened_with], "backup_damaged"),
            ([str(newer), *opened_with], "backup_of_another_version"),
            ([str(broken_dump(backup, tmp_path)), *opened_with], "restore_failed"),
            ([str(backup), "--passphrase-file", str(wrong)], "backup_passphrase_wrong"),
            ([str(backup)], "backup_keys_missing"),
        ]  # fmt: skip
        with psycopg.connect(embedded_address(home.path)) as connection:
            connection.execute("create table somebody_elses (id int); insert into somebody_elses values (7)")
        refused = home.refused("restore", backup, *opened_with)
        assert refused.startswith("zhanggui: database_not_empty: ") and "somebody_elses" in refused
        with psycopg.connect(embedded_address(home.path)) as connection:
            assert connection.execute("select id from somebody_elses").fetchall() == [(7,)]
            connection.execute("drop table somebody_elses")
        before = tables(home)
        answers = home.answers(*[["restore", *arguments] for arguments, _ in cases])
        for (_, code), answer in zip(cases, answers, strict=True):
            assert (answer.code, answer.stdout) == (2, ""), answer
            assert answer.stderr.splitlines()[-1].startswith(f"zhanggui: {code}: "), answer
        assert tables(home) == before == 0
        assert not (home.path / "files").exists() and not list(home.path.glob("files.*"))

        told = home.json("restore", backup, "--passphrase-file", passphrase_file)
        assert told["violations"] == 0 and told["files"] == 1
        assert counts(home) == counts(shop)
        assert (home.path / "files/invoices/2026/one.pdf").read_bytes() == b"%PDF-1.7 one"
        assert python(home, SEAL.format(act="read")) == NUMBER
        assert (home.path / "keys" / "vault").stat().st_mode & 0o777 == 0o600
        with psycopg.connect(embedded_address(home.path)) as connection:
            assert connection.execute("select count(*) from django_session").fetchone() == (0,)
        assert home.json("audit")["violations"] == 0
        assert home.json("replay", "--all")["different"] == 0

        # and now it is not empty any more
        refused = home.refused("restore", backup, "--passphrase-file", str(passphrase_file))
        assert refused.startswith("zhanggui: database_not_empty: ")
        assert counts(home) == counts(shop)

    def test_one_that_was_not_sealed_comes_back_and_the_tenant_sees_its_own_rows_alone(
        self, make_home, backup, passphrase_file, tmp_path
    ):
        home = make_home()
        home.json("restore", older(backup, tmp_path), "--passphrase-file", passphrase_file)
        with psycopg.connect(embedded_address(home.path)) as connection:
            connection.execute("set role zhanggui_tenant")
            assert connection.execute("select count(*) from settlement_statement").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("delete from settlement_statement")


@pytest.mark.slow
class TestBackingUp:
    def test_it_never_replaces_a_file_and_survives_a_killed_one(self, shop, backup, tmp_path):
        assert shop.refused("backup", "--out", str(backup)).startswith("zhanggui: backup_exists: ")
        (tmp_path / "next.zgbackup.part").write_bytes(b"half")
        told = shop.json("backup", "--out", tmp_path / "next.zgbackup", "--without-keys")
        assert told["with_keys"] is False
        assert [path.name for path in tmp_path.iterdir()] == ["next.zgbackup"]
        ring = key_ring.read(shop.path / "keys" / "vault")
        opener = Opener({key.id.hex(): key.secret for key in ring.keys})
        with opened(tmp_path / "next.zgbackup", opener) as file, zipfile.ZipFile(file) as zipped:
            assert "keys.sealed" not in zipped.namelist()
        assert b"PGDMP" not in (tmp_path / "next.zgbackup").read_bytes()

    def test_it_is_listed_and_tested_in_a_database_of_its_own(self, shop, backup, tmp_path):
        told = shop.json("backup", "test", str(backup))
        assert told["file"] == str(backup) and told["rows"] > 100 and told["tables"] > 50
        with psycopg.connect(embedded_address(shop.path)) as connection:
            left = connection.execute("select count(*) from pg_database where datname like 'zhanggui_try%'")
            assert left.fetchone() == (0,)
            acts = connection.execute(
                "select object_id from audit_record where action = 'backup.tested'"
            ).fetchall()
        assert acts == [("shop.zgbackup",)]
        listed = {one["path"]: one for one in shop.json("backup", "list")["backups"]}
        assert listed[str(backup)]["tested_at"] and listed[str(backup)]["seal_key"]
        bent = tmp_path / "bent.zgbackup"
        bent.write_bytes(backup.read_bytes()[:-7])
        assert shop.refused("backup", "test", str(bent)).startswith("zhanggui: backup_damaged: ")
        assert shop.refused("backup", "test", str(tmp_path / "none")).startswith("zhanggui: file_refused: ")
        assert shop.refused("backup", "now", str(bent)).startswith("zhanggui: bad_arguments: ")

    def test_a_key_stays_on_the_ring_while_a_backup_is_sealed_under_it(self, shop, backup):
        old = shop.json("backup", "list")["backups"][-1]["seal_key"]
        told = shop.json("rotate-keys", "--keep-hours", "0")
        assert told["retired"] == [] and old in told["keys"]
        with psycopg.connect(embedded_address(shop.path)) as connection:
            connection.execute("update backups_backup set removed_at = now()")
        told = shop.json("rotate-keys", "--keep-hours", "0")
        assert old in told["retired"]

    def test_a_disk_that_refuses_is_told_and_noted(self, shop, tmp_path):
        said = shop.refused("backup", "--out", str(tmp_path / "no" / "such.zgbackup"))
        assert said.startswith("zhanggui: file_refused: ")
        with psycopg.connect(embedded_address(shop.path)) as connection:
            failed = connection.execute("select failure from backups_backup order by id desc").fetchone()[0]
        assert "No such file" in failed
