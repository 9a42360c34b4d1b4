"""A bank answers: a file comes in (statuses, a statement, returns), and what it says of payouts is applied."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from django.db import transaction

from zhanggui.files.checking import MEGABYTE, Taken, check_content
from zhanggui.files.kinds import Kind
from zhanggui.money.errors import Refusal
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.errors import UnknownOwnAccount
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import PayoutAttempt, PayoutFile
from zhanggui.settlement.payouts.operations.apply_answer import Moment, apply_answer
from zhanggui.settlement.payouts.operations.keep_file import keep_file
from zhanggui.settlement.payouts.rail import Answer, Read, Written, rail_named, rail_names

ANSWER_FILES = Taken(
    # banks name their files as they like
    {".xlsx": frozenset({Kind.XLSX}), "": frozenset({Kind.TEXT, Kind.XML, Kind.XLSX})},
    most_bytes=64 * MEGABYTE, most_unpacked=512 * MEGABYTE,
)  # fmt: skip


@dataclass
class Answered:
    """What one file came to: its kind, whether it was read before, how many answers had which effect."""

    name: str
    kind: str
    repeated: bool = False
    file_id: int = 0
    effects: dict[str, int] = field(default_factory=dict)


def bank_answered(
    *, own_account: str, name: str, content: bytes, clock: Callable[[], datetime], zone: tzinfo, actor: str
) -> Answered:
    """This function will read one file of the bank that an account of ours is at, keep it, and apply its answers: all
    of them or, where one fails, none. The same file again is harmless. Raises UnknownOwnAccount, UnknownRail,
    AnswerFileUnreadable, HandedFileRefused."""
    own = OwnAccount.objects.filter(code=own_account).first()
    if own is None:
        raise UnknownOwnAccount(f"there is no own account {own_account}", own_account=own_account)
    check_content(content, name=name, taken=ANSWER_FILES)
    read = rail_named(own.rail).read(name=name, content=content)
    return _applied(own, name, content, read, clock(), zone, actor)


@transaction.atomic
def _applied(
    own: OwnAccount, name: str, content: bytes, read: Read, at: datetime, zone: tzinfo, actor: str
) -> Answered:
    hold_payouts()
    file, new = keep_file(
        own_account_id=own.id, direction="in", written=Written(name, read.kind, content), at=at, actor=actor
    )
    if not new:
        return Answered(name, read.kind, repeated=True, file_id=file.id)
    moment = Moment(at, at.astimezone(zone).date(), actor)
    effects = Counter(
        str(apply_answer(own=own, answer=one, file_id=file.id, moment=moment).effect)
        for answer in read.answers
        for one in _each(own, answer)
    )
    return Answered(name, read.kind, file_id=file.id, effects=dict(sorted(effects.items())))


def _each(own: OwnAccount, answer: Answer) -> Iterator[Answer]:
    """An answer about a whole message stands for one about each of its payments."""
    if answer.end_to_end or not answer.message:
        yield answer
        return
    file = PayoutFile.objects.filter(own_account_id=own.id, direction="out", message=answer.message).first()
    if file is None:
        yield replace(answer, end_to_end=answer.message)
        return
    latest = PayoutAttempt.objects.filter(payout__batch_id=file.batch_id).order_by("payout_id", "-attempt")
    for number in latest.distinct("payout_id").values_list("end_to_end", flat=True):
        yield replace(answer, end_to_end=number)


def inboxes_read(
    *, clock: Callable[[], datetime], zone: tzinfo, actor: str
) -> tuple[list[Answered], list[tuple[str, Refusal]]]:
    """This function will read whatever came in for every account of ours. A file that cannot be read stays where it
    is and is named in the second list, and so is an account whose rail is broken; they do not stop the others."""
    done: list[Answered] = []
    refused: list[tuple[str, Refusal]] = []
    for own in OwnAccount.objects.filter(active=True, rail__in=rail_names()).order_by("id"):
        try:
            rail = rail_named(own.rail)
            came = rail.arrived(account_code=own.code)
        except Refusal as refusal:
            refused.append((own.code, refusal))
            continue
        for name, content in came:
            try:
                done.append(
                    bank_answered(
                        own_account=own.code, name=name, content=content, clock=clock, zone=zone, actor=actor
                    )
                )
            except Refusal as refusal:
                refused.append((name, refusal))
                continue
            rail.put_aside(account_code=own.code, name=name)
    return done, refused
