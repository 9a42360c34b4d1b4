"""The server's own settings file, written anew before every start so that it follows the machine."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from zhanggui.config.postgres.place import Place

FILE_NAME = "zhanggui.conf"
MIB = 1 << 20


def memory_bytes() -> int:
    """Memory this process may use: the machine's, or less where a container is held to less."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(limit).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit() and 0 < int(text) < physical:
            return int(text)
    return physical


def server_settings(place: Place, memory: int) -> dict[str, str]:
    """The settings for a machine with `memory` bytes."""

    def share(part: int, least: int, most: int) -> str:
        return f"{max(least, min(most, memory // part // MIB))}MB"

    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": os.path.realpath(place.socket_folder),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": share(8, 64, 2048),
        "effective_cache_size": share(2, 256, 1 << 20),
        "maintenance_work_mem": share(32, 64, 512),
        "work_mem": share(512, 8, 64),
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "pglz",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] ",
        "log_checkpoints": "off",
    }
    # Containers often have a tiny /dev/shm, where parallel queries then fail for want of shared memory.
    if not Path("/dev/shm").is_dir() or shutil.disk_usage("/dev/shm").total < 512 * MIB:
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def write_configuration(place: Place, overrides: Mapping[str, str]) -> None:
    """Write the settings file of a data folder that no server is using."""
    settings = {**server_settings(place, memory_bytes()), **overrides}
    lines = ["# Written before every start. Put your own settings into local.conf beside this file."]
    for name, value in settings.items():
        quoted = value.replace("'", "''")
        lines.append(f"{name} = '{quoted}'")
    path = place.data / FILE_NAME
    draft = path.with_suffix(".new")
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.chmod(0o600)
    kept = place.data.stat()
    os.chown(draft, kept.st_uid, kept.st_gid)
    draft.rename(path)


def include_configuration(data: Path) -> None:
    """Make a fresh data folder read our settings after its own, and the operator's after ours."""
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"\ninclude_if_exists = '{FILE_NAME}'\ninclude_if_exists = 'local.conf'\n")
