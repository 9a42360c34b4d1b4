"""Draws the table of a list as HTML text. One function per part; every value is escaped where it is written.

Rows are drawn in Python and not by a template per cell: fifty rows of twelve cells cost a few milliseconds.
"""

from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhanggui.portals.desk.lists.columns import Column, MoneyColumn
from zhanggui.portals.desk.lists.page import ListPage

NUMERIC = "num"


def table(page: ListPage) -> SafeString:
    """The whole table of a list page: headings, rows, totals over the filter."""
    columns = page.shown_columns
    parts = [
        '<table class="grid" data-grid>',
        f'<caption class="sr">{escape(str(page.title))}</caption>',
        _head(page, columns),
        "<tbody>",
        *(_row(page, columns, row) for row in page.slice.rows),
        "</tbody>",
        _foot(page, columns),
        "</table>",
    ]
    return mark_safe("".join(parts))


def shared_currency(page: ListPage) -> str:
    """The currency all shown money columns have in common, or "" when there is none or they differ."""
    codes = {c.currency for c in page.shown_columns if isinstance(c, MoneyColumn)}
    return next(iter(codes)) if len(codes) == 1 and isinstance(next(iter(codes)), str) else ""


def _head(page: ListPage, columns: list[Column]) -> str:
    cells = []
    if page.actions:
        label = escape(_("Select page"))
        cells.append(
            f'<th class="pick" scope="col"><input type="checkbox" data-pick-page aria-label="{label}"></th>'
        )
    once = shared_currency(page)
    for column in columns:
        label = escape(column.heading())
        if isinstance(column, MoneyColumn) and not once and isinstance(column.currency, str):
            label += f' <span class="cur">{escape(column.currency)}</span>'
        css = NUMERIC if NUMERIC in column.css else ""
        note = f' title="{escape(str(column.note))}"' if column.note else ""
        cells.append(_heading(page, column, label, css, note))
    return f"<thead><tr>{''.join(cells)}</tr></thead>"


def _heading(page: ListPage, column: Column, label: str, css: str, note: str) -> str:
    if not column.sort:
        return f'<th scope="col" class="{css}"{note}>{label}</th>'
    order = page.order
    state = ("descending" if order.descending else "ascending") if order.key == column.key else ""
    wanted = column.key if state == "descending" else f"-{column.key}"
    url = escape("?" + page.query(sort=wanted))
    arrow = {"descending": "↓", "ascending": "↑"}.get(state, "")
    aria = f' aria-sort="{state}"' if state else ""
    return (
        f'<th scope="col" class="{css} sortable"{aria}{note}>'
        f'<a href="{url}" {swap(url)}>{label}<i class="sort-arrow" aria-hidden="true">{arrow}</i></a></th>'
    )


def swap(url: str) -> str:
    """Attributes that let htmx exchange only the list; the link itself still works without scripts."""
    return f'hx-get="{url}" hx-target="#list" hx-swap="outerHTML" hx-push-url="true"'


def _row(page: ListPage, columns: list[Column], row: Any) -> str:
    row_id = escape(page.id_of(row))
    cells = [f'<tr data-id="{row_id}">']
    if page.actions:
        label = escape(_("Select row"))
        cells.append(
            f'<td class="pick"><input type="checkbox" name="pick" value="{row_id}" form="bulk"'
            f' aria-label="{label} {row_id}"></td>'
        )
    for column in columns:
        css, inner = column.render(row)
        place = f"p-{column.phone}" if column.phone else "p-none"
        cells.append(f'<td class="{css} {place}" data-label="{escape(column.heading())}">{inner}</td>')
    cells.append("</tr>")
    return "".join(cells)


def _foot(page: ListPage, columns: list[Column]) -> str:
    if not any(column.total_field for column in columns) or not page.totals.count:
        return ""
    lead = next((i for i, column in enumerate(columns) if column.total_field), len(columns))
    span = lead + bool(page.actions)
    label = escape(_("Total"))
    cells = [f'<th scope="row" colspan="{span}" class="total-label">{label}</th>'] if span else []
    for column in columns[lead:]:
        field = column.total_field
        if field is None:
            cells.append('<td class="p-none"></td>')
            continue
        amount = page.totals.sums[field]
        css = f"{column.css} neg" if amount < 0 and isinstance(column, MoneyColumn) else column.css
        text = escape(column.total_html(amount))
        cells.append(f'<td class="{css} p-line" data-label="{escape(column.heading())}">{text}</td>')
    return f"<tfoot><tr>{''.join(cells)}</tr></tfoot>"
