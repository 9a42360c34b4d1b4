"""zhanggui questions: what buyers ask shops and the platform; read, answered and closed."""

import argparse
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhanggui.portals.shell.choosing import party_codes, party_of
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.trade.questions.models import Question, QuestionState
from zhanggui.trade.questions.operations.answer_question import answer_question
from zhanggui.trade.questions.operations.close_question import close_question
from zhanggui.trade.questions.queries import messages_of, question_by_number

HELP = "questions of buyers: list, show; answer and close those to the platform"
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,show,answer,close}")
    listed = acts.add_parser("list", help="questions, the latest written first")
    listed.add_argument("--party", metavar="CODE", help="that this merchant was asked")
    listed.add_argument("--platform", action="store_true", help="that the platform was asked")
    listed.add_argument("--state", choices=QuestionState.values, help="only those")
    shown = acts.add_parser("show", help="one question with what was written")
    answered = acts.add_parser("answer", help="write to the buyer of a question that the platform was asked")
    closed = acts.add_parser("close", help="close a question that the platform was asked")
    for act in (shown, answered, closed):
        act.add_argument("question", metavar="NUMBER")
    answered.add_argument("--text", required=True, help="what the buyer reads")
    takes_person(answered, closed)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = Question.objects.select_related("spu", "order").order_by("-said_at", "-id")
        if options.party:
            rows = rows.filter(merchant_id=party_of(options.party).id)
        if options.platform:
            rows = rows.filter(merchant_id=0)
        if options.state:
            rows = rows.filter(state=options.state)
        found = _documents(list(rows[:MOST]))
        out.result(
            {"questions": found}, lambda _: "\n".join(map(_line, found)) or "there is no such question"
        )
        return 0
    if options.act in ("answer", "close"):
        told: dict[str, Any] = {
            "question_no": options.question, "merchant_id": 0, "at": clock(),
            "actor": actor_who_may(options.person, "questions.answer"),
        }  # fmt: skip
        with transaction.atomic():
            if options.act == "close":
                close_question(**told)
            else:
                answer_question(text=options.text, **told)
    row = question_by_number(options.question)
    (document,) = _documents([row])
    same = ("from_buyer", "author", "text", "at")
    document["said"] = [{name: getattr(one, name) for name in same} for one in messages_of(row)]
    out.result(document, _whole)
    return 0


def _documents(rows: list[Question]) -> list[dict[str, Any]]:
    codes = party_codes(row.merchant_id for row in rows)
    same = ("question_no", "asker", "state", "asked_at", "said_at", "closed_at")
    return [
        {name: getattr(row, name) for name in same}
        | {
            "merchant": codes.get(row.merchant_id, ""), "good": row.spu.number if row.spu else "",
            "order_no": row.order.order_no if row.order else "",
        }
        for row in rows
    ]  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    about = row["order_no"] or row["good"]
    return (
        f"{row['question_no']} {row['state']} {row['merchant'] or 'platform'} {row['asker']} {about}".rstrip()
    )


def _whole(row: Mapping[str, Any]) -> str:
    said = [
        f"  {one['at']:%Y-%m-%d %H:%M} {one['author'] or row['asker']}: {one['text']}" for one in row["said"]
    ]
    return "\n".join([_line(row), *said])
