"""Refusals of backup and restore, in order of precedence."""

from zhanggui.money.errors import Refusal


class BackupError(Refusal):
    """Root of the refusals of this package."""

    code = "backup_refused"


class ToolsMissing(BackupError):
    """There is no pg_dump or pg_restore fit for the database."""

    code = "backup_tools_missing"
    http_status = 503


class BackupRunning(BackupError):
    """Another process is making a backup."""

    code = "backup_running"
    http_status = 409


class BackupExists(BackupError):
    """There is a file of this name; a backup never replaces one."""

    code = "backup_exists"
    http_status = 409


class DumpFailed(BackupError):
    """pg_dump did not end well; nothing was kept."""

    code = "backup_dump_failed"
    http_status = 500


class BackupDamaged(BackupError):
    """The file is cut short, changed, or no backup."""

    code = "backup_damaged"


class BackupOfAnotherVersion(BackupError):
    """The backup's tables are not those of this version of Zhanggui."""

    code = "backup_of_another_version"


class NoBackup(BackupError):
    """There is no backup to test."""

    code = "no_backup"
    http_status = 404


class DatabaseNotEmpty(BackupError):
    """There are tables in the database, or files in the home: a restore goes into empty ones only."""

    code = "database_not_empty"
    http_status = 409


class PassphraseWrong(BackupError):
    """The passphrase does not open the backup's keys, or is missing or too short."""

    code = "backup_passphrase_wrong"


class KeysMissing(BackupError):
    """Values in the backup are sealed under keys that are neither in it nor here."""

    code = "backup_keys_missing"


class RestoreFailed(BackupError):
    """pg_restore did not end well; the database is as empty as before."""

    code = "restore_failed"
    http_status = 500
