"""Which files are taken as proof: papers, pictures and messages, as banks and channels give them out."""

from typing import Final

from zhanggui.files.checking import MEGABYTE, Taken
from zhanggui.files.kinds import Kind

_TEXT, _JPEG = frozenset({Kind.TEXT}), frozenset({Kind.JPEG})
EVIDENCE_FILES: Final = Taken(
    endings={
        ".pdf": frozenset({Kind.PDF}), ".png": frozenset({Kind.PNG}), ".jpg": _JPEG, ".jpeg": _JPEG,
        ".txt": _TEXT, ".eml": _TEXT, ".csv": _TEXT, ".xml": frozenset({Kind.XML}),
        ".xlsx": frozenset({Kind.XLSX}), ".ofd": frozenset({Kind.OFD}),
    },
    most_bytes=5 * MEGABYTE, most_unpacked=100 * MEGABYTE,
)  # fmt: skip
