"""Which business lines and which statement a command is about."""

from zhanggui.portals.shell.errors import BadArguments
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.statements.errors import UnknownStatement
from zhanggui.settlement.statements.models import Statement


def chosen_lines(code: str | None) -> list[BusinessLine]:
    """The line of this code, or all of them. Raises UnknownBusinessLine, BadArguments when there is none."""
    if code:
        return [business_line(code)]
    lines = list(BusinessLine.objects.order_by("id"))
    if not lines:
        raise BadArguments(
            "there is no business line yet; import orders, or open one with `business-line open`"
        )
    return lines


def the_line(code: str | None) -> BusinessLine:
    """The line of this code, or the only one there is. Raises as `chosen_lines`, and BadArguments."""
    lines = chosen_lines(code)
    if len(lines) > 1:
        known = ", ".join(line.code for line in lines)
        raise BadArguments(f"there are several business lines; name one with --business-line ({known})")
    return lines[0]


def statement_of(number: str) -> Statement:
    """The statement of this number. Raises UnknownStatement."""
    found = Statement.objects.filter(number=number.strip()).first()
    if found is None:
        raise UnknownStatement(f"there is no statement {number!r}; `zhanggui export statements` lists them")
    return found
