"""Words that the system itself writes into records, in the reader's language: who acted, and why.

People's names and reasons stay as they typed them. What the system writes is English; its Chinese is in
the tables `actor` and `reason` of `wording/words.toml`.
"""

from django.utils.translation import get_language

from zhanggui.portals.desk.refusals import wording

COMMAND = "zhanggui "
NAMED = ("buyer", "channel")
"""Actors that are one of many: `buyer:B00000012`, `channel:wechat`."""


def actor_name(actor: str) -> str:
    """Who acted: a person's name as it is, the system's own actors in words."""
    if not _in_chinese():
        return actor
    if actor.startswith(COMMAND):
        return f"{wording().words['actor']['command']} {actor.removeprefix(COMMAND)}"
    kind, mark, name = actor.partition(":")
    if mark and kind in NAMED:
        return f"{wording().words['actor'][kind]} {name}"
    return wording().words["actor"].get(actor, actor)


def reason_text(reason: str) -> str:
    """Why: as a person wrote it, or the system's reason in words."""
    return wording().words["reason"].get(reason, reason) if _in_chinese() else reason


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")
