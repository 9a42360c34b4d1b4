"""zhanggui explain: where an amount comes from, down to the last cent."""

import argparse
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from django.conf import settings

from zhanggui.money import Money
from zhanggui.portals.shell.choosing import statement_of
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.explaining import order_explained, statement_explained
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.archives.opening import opened
from zhanggui.settlement.archives.queries import chunk_of
from zhanggui.settlement.archives.queries import statement_of as archived_statement
from zhanggui.settlement.archives.tables import StatementKey
from zhanggui.settlement.details.queries import IDENTITY, DetailKey
from zhanggui.settlement.replays.explain import KIND_WORDS, explain_detail
from zhanggui.settlement.statements.models import Statement

_FRAMES = {
    "en": {
        "entry": "entry {key}, {booked_date}",
        "on_statement": "statement {number} ({state}), {starts_on} to before {ends_before}",
        "statement": "{statement}  {party} {party_name}, {starts_on} to before {ends_before}, {state}",
        "part": "{kind}: {name} ({details:,})",
        "net": "{currency} net, due {due_on}",
        "carried": "of it carried to a later statement",
        "hash": "hash {hash}",
        "no_hash": "open: no hash yet",
        "order": "{order} of {business_line}, {status}, ordered {ordered_at}",
        "paid": "{currency} paid by the buyer",
        "line": "line {line_no}: {quantity} x {title}, {merchant}",
        "detail": "{party}: {name}, {kind} ({detail})",
        "order_entry": "entry {entry} ({source}), {booked_date}",
    },
    "zh": {
        "entry": "凭证 {key}，{booked_date}",
        "on_statement": "结算单 {number}（{state}），{starts_on} 至 {ends_before} 之前",
        "statement": "{statement}  {party} {party_name}，{starts_on} 至 {ends_before} 之前，{state}",
        "part": "{kind}：{name}（{details:,} 条）",
        "net": "{currency} 净额，应付日 {due_on}",
        "carried": "其中结转到以后的结算单",
        "hash": "哈希 {hash}",
        "no_hash": "未关账，尚无哈希",
        "order": "订单 {order}，业务线 {business_line}，{status}，下单时间 {ordered_at}",
        "paid": "{currency} 买家实付",
        "line": "第 {line_no} 行：{quantity} x {title}，{merchant}",
        "detail": "{party}：{name}，{kind}（{detail}）",
        "order_entry": "凭证 {entry}（{source}），{booked_date}",
    },
}
_CODES = {
    "open": "未关账", "confirming": "待确认", "confirmed": "已确认", "approved": "已审批", "paying": "付款中",
    "paid": "已付款", "failed": "付款失败", "carried": "已结转", "created": "待付款", "shipped": "已发货",
    "received": "已收货", "completed": "已完成", "cancelled": "已取消", "platform": "平台",
    "order_paid": "买家付款", "refund_accepted": "退款受理",
} | {kind.name.lower(): chinese for kind, (chinese, _) in KIND_WORDS.items()}  # fmt: skip
"""States, sources and owners, which are codes in the document."""


HELP = "say where a detail, a statement or an order comes from and where it is posted"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target", metavar="DETAIL|STATEMENT|ORDER",
        help="a detail (12-3456-0-1), a statement (ST11100100000042) or an order number",
    )  # fmt: skip
    parser.add_argument(
        "--archived", action="store_true", help="a detail or a statement, from the files of its archive"
    )
    parser.add_argument("--business-line", metavar="CODE", help="whose order, where the number is not enough")
    parser.add_argument("--language", choices=("zh", "en"), default="en", help="default %(default)s")


def run(options: argparse.Namespace, out: Output) -> int:
    target, language = options.target.strip(), options.language
    if IDENTITY.match(target):
        key = DetailKey.parse(target)
        with _rows(options.archived, lambda: archived_statement(settings.ARCHIVE_FOLDER, key)):
            told = explain_detail(key, language)
        out.result(told, partial(_told_detail, language))
    elif Statement.objects.filter(number=target).exists():
        row = statement_of(target)
        with _rows(options.archived, lambda: (row.party_id, row.id)):
            told = statement_explained(row, language)
        out.result(told, partial(_told_statement, language))
    elif options.archived:
        raise BadArguments("of what is archived, name a detail or a statement; an order may stand on several")
    else:
        out.result(order_explained(target, options.business_line, language), partial(_told_order, language))
    return 0


def _rows(archived: bool, which: Callable[[], StatementKey]) -> AbstractContextManager[None]:
    """The rows to tell from: the database's, or those of an archived statement."""
    if not archived:
        return nullcontext()
    statement = which()
    return opened(*chunk_of(settings.ARCHIVE_FOLDER, *statement), only=statement)


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).grouped():>14}"


def _framed(language: str, frame: str, values: Mapping[str, Any]) -> str:
    """A sentence of the language, its codes as words."""
    if language == "zh":
        values = {
            name: _CODES.get(value, value) if isinstance(value, str) else value
            for name, value in values.items()
        }
    return _FRAMES[language][frame].format_map(values)


def _told_detail(language: str, document: Mapping[str, Any]) -> str:
    told = [
        f"{document['detail']}  {document['fee']['name']}  {document['amount']}  ({document['kind']['name']})"
    ]
    told += [f"  {step['text']}" for step in document["steps"]]
    if document["related"]:
        currency = document["currency"]
        told += [
            f"  {one['detail']}  {one['kind']}  {Money(one['amount_minor'], currency).grouped()}"
            for one in document["related"]
        ]
    if document["entry"]:
        told.append(_framed(language, "entry", document["entry"]))
        for leg in document["entry"]["legs"]:
            amount = _amount(leg["debit_minor"] - leg["credit_minor"], document["currency"])
            told.append(f"  {amount}  {leg['account']} {leg['name']}")
    return "\n".join([*told, _framed(language, "on_statement", document["statement"])])


def _told_statement(language: str, document: Mapping[str, Any]) -> str:
    currency = document["currency"]
    told = [_framed(language, "statement", document)]
    told += [
        f"  {_amount(part['amount_minor'], currency)}  {_framed(language, 'part', part)}"
        for part in document["parts"]
    ]
    told.append(f"  {_amount(document['net_minor'], currency)}  {_framed(language, 'net', document)}")
    if document["carried_minor"]:
        told.append(
            f"  {_amount(document['carried_minor'], currency)}  {_framed(language, 'carried', document)}"
        )
    return "\n".join([*told, "  " + _framed(language, "hash" if document["hash"] else "no_hash", document)])


def _told_order(language: str, document: Mapping[str, Any]) -> str:
    currency = document["currency"]
    told = [_framed(language, "order", document)]
    told.append(f"  {_amount(document['paid_minor'], currency)}  {_framed(language, 'paid', document)}")
    for line in document["lines"]:
        told.append(_framed(language, "line", line | {"title": line["title"] or "-"}))
        told += [
            f"  {_amount(one['amount_minor'], currency)}  {_framed(language, 'detail', one)}"
            for one in line["details"]
        ]
    for entry in document["entries"]:
        told.append(_framed(language, "order_entry", entry))
        told += [
            f"  {_amount(leg['amount_minor'], currency)}  {leg['purpose']} {leg['account']}, "
            + (_CODES.get(leg["owner"], leg["owner"]) if language == "zh" else leg["owner"])
            for leg in entry["postings"]
        ]
    return "\n".join(told)
