"""Move an after-sale case on, or say something in it."""

from collections.abc import Sequence
from datetime import datetime

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.trade.returns.errors import CaseNotInState
from zhanggui.trade.returns.models import ReturnCase, ReturnState, ReturnStep
from zhanggui.trade.returns.states import ENDED, allowed
from zhanggui.trade.returns.telling import told_of_step


def step_case(
    *, case: ReturnCase, to: ReturnState, at: datetime, actor: str, text: str = "",
    answer_by: datetime | None = None,
) -> ReturnCase:  # fmt: skip
    """This function will move a case, locked by the caller, to its next station with a row of history; `answer_by` is
    until when whoever moves next has time. Raises CaseNotInState."""
    if not allowed(case.state, to):
        raise CaseNotInState(
            f"case {case.case_no} is {case.state}, and cannot become {to.value}",
            case_no=case.case_no, state=case.state,
        )  # fmt: skip
    case.state, case.answer_by = to, answer_by
    if to in ENDED:
        case.ended_at = at
    case.save()
    say_in_case(case=case, kind=to.value, at=at, actor=actor, text=text)
    return case


def say_in_case(
    *, case: ReturnCase, at: datetime, actor: str, text: str, kind: str = "said", pictures: Sequence[str] = ()
) -> None:
    """This function will add a row to a case's history; `pictures` are digests of kept pictures."""
    row = ReturnStep.objects.create(
        case=case, merchant_id=case.merchant_id, kind=kind, at=at, actor=actor[:150], text=text[:500],
        pictures=list(pictures),
    )  # fmt: skip
    write_notices(told=told_of_step(case, kind, row.id, actor), at=at)
