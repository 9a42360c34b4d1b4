"""Write a message into a bank's file, as its template says."""

import csv
import io

import xlsxwriter

from zhanggui.money import Money
from zhanggui.rails.bank_file.errors import TemplateCannotSay
from zhanggui.rails.bank_file.template import Column, Template
from zhanggui.settlement.payouts.rail import Instruction, Message, Written

OPENERS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet: no account or name does."""


def written_file(message: Message, template: Template) -> Written:
    """The file. Raises TemplateCannotSay for a value that would not arrive as it is."""
    rows = [
        [_value(column, place, one, message) for column in template.columns]
        for place, one in enumerate(message.instructions, start=1)
    ]
    for row in rows:
        for column, value in zip(template.columns, row, strict=True):
            _refuse_unfit(template, column, value)
    titles = [column.title for column in template.columns] if template.header else None
    content = _xlsx(template, titles, rows) if template.format == "xlsx" else _text(template, titles, rows)
    return Written(f"{message.number}.{template.extension}", f"bank-file {template.name}", content)


def _value(column: Column, place: int, one: Instruction, message: Message) -> str:
    match column.value:
        case "sequence":
            return str(place)
        case "amount":
            return Money(one.amount_minor, one.currency).plain()
        case "amount_minor":
            return str(one.amount_minor)
        case "holder" | "number" | "bank":
            return str(getattr(one.to, column.value))
        case "end_to_end" | "currency" | "purpose":
            return str(getattr(one, column.value))
        case "message":
            return message.number
        case "payer_number":
            return message.payer.number
        case "payer_holder":
            return message.payer.holder
        case "day":
            return message.execute_on.isoformat()
        case "constant":
            return column.constant
    return str(one.to.details.get(column.value, ""))


def _refuse_unfit(template: Template, column: Column, value: str) -> None:
    where = f"{column.title} of the bank file {template.name}"
    try:
        size = len(value.encode(template.encoding))
    except UnicodeEncodeError as failed:
        raise TemplateCannotSay(
            f"{value!r} has a sign that {where} cannot hold; choose another rail"
        ) from failed
    if value.startswith(OPENERS) or any(ord(sign) < 32 for sign in value):
        raise TemplateCannotSay(f"{value!r} cannot stand in {where}; correct the receiver")
    if template.format == "txt" and template.delimiter in value:
        raise TemplateCannotSay(f"{value!r} has the delimiter of {where} in it; correct the receiver")
    if template.format == "fixed" and size > column.width:
        raise TemplateCannotSay(f"{value!r} is longer than {where} ({column.width} bytes)")


def _text(template: Template, titles: list[str] | None, rows: list[list[str]]) -> bytes:
    every = ([titles] if titles else []) + rows
    if template.format == "csv":
        out = io.StringIO()
        csv.writer(out, delimiter=template.delimiter, lineterminator="\r\n").writerows(every)
        return out.getvalue().encode(template.encoding)
    if template.format == "fixed":
        return b"".join(_fixed(template, row) + b"\r\n" for row in every)
    return "".join(template.delimiter.join(row) + "\r\n" for row in every).encode(template.encoding)


def _fixed(template: Template, row: list[str]) -> bytes:
    pairs = zip(template.columns, row, strict=True)
    return b"".join(_filled(column, value, template.encoding) for column, value in pairs)


def _filled(column: Column, value: str, encoding: str) -> bytes:
    plain, fill = value.encode(encoding), column.fill.encode(encoding)
    return plain.rjust(column.width, fill) if column.align == "right" else plain.ljust(column.width, fill)


def _xlsx(template: Template, titles: list[str] | None, rows: list[list[str]]) -> bytes:
    """Every cell is text: numbers of accounts are no numbers, and amounts arrive as they were written."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    text = book.add_format({"num_format": "@"})
    for place, row in enumerate(([titles] if titles else []) + rows):
        for across, value in enumerate(row):
            sheet.write_string(place, across, value, text)
    book.close()
    return out.getvalue()
