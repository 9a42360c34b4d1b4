"""Status badges. Colours mean the same everywhere and never stand without text."""

from dataclasses import dataclass
from typing import Literal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# grey waiting, blue in progress, amber needs you, green done, red failed
Tone = Literal["grey", "blue", "amber", "green", "red"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with a fixed colour."""

    label: str
    tone: Tone = "grey"

    def __html__(self) -> SafeString:
        return mark_safe(f'<span class="badge is-{self.tone}">{escape(self.label)}</span>')

    def __str__(self) -> str:
        return str(self.label)
