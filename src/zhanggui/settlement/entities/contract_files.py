"""Which files are taken as the paper of a contract: what scanners and cameras make."""

from typing import Final

from zhanggui.files.checking import MEGABYTE, Taken
from zhanggui.files.kinds import Kind

_JPEG = frozenset({Kind.JPEG})
CONTRACT_FILES: Final = Taken(
    endings={
        ".pdf": frozenset({Kind.PDF}), ".png": frozenset({Kind.PNG}), ".jpg": _JPEG, ".jpeg": _JPEG,
        ".ofd": frozenset({Kind.OFD}),
    },
    most_bytes=10 * MEGABYTE, most_unpacked=100 * MEGABYTE,
)  # fmt: skip
