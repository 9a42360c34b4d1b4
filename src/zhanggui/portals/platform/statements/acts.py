"""Confirming one statement, checking it again, and its printed form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.drawers import render_drawer
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.papers.statement import statement_paper
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import entity_names, parties, party_name
from zhanggui.portals.platform.statements.page import fee_table, parts_of, proof_of, read, statement_url
from zhanggui.portals.platform.words import MODES, STATEMENT_STATES
from zhanggui.settlement.replays.operations.replay_statements import replay_statements
from zhanggui.settlement.statements.models import Statement
from zhanggui.settlement.statements.queries import verified


@needs("statements.confirm")
def confirm_statement(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """Look a second time, then confirm."""
    shown = read(party_id, statement_id)
    problem = ""
    if request.method == "POST":
        try:
            confirmed = statement_confirmed(
                party_id=party_id, statement_id=statement_id, at=timezone.now(),
                zone=timezone.get_default_timezone(), actor=request.user.get_username(),
                reason=request.POST.get("reason", "").strip(),
            )  # fmt: skip
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            forget("platform.statements")
            messages.success(request, _("%(number)s is now: %(state)s.") % {
                "number": confirmed.number, "state": STATEMENT_STATES[confirmed.state].label})  # fmt: skip
            return HttpResponseRedirect(statement_url(confirmed))
    context = {
        "title": _("Confirm %(number)s") % {"number": shown.row.number}, "shown": shown, "problem": problem,
        "payable": shown.figures["net_minor"] - shown.row.carried_minor, "proof": proof_of(shown),
        "back": statement_url(shown.row),
        "breadcrumbs": [(_("Statements"), reverse("platform:statements")),
                        (shown.row.number, statement_url(shown.row)), (_("Confirm"), "")],
    }  # fmt: skip
    return render(request, "platform/statement_confirm.html", context, status=409 if problem else 200)


@needs("statements.view")
def check_statement(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """Add the details up again, replay the statement from its raw events, recompute the hash of the chain."""
    shown = read(party_id, statement_id)
    here = [(party_id, statement_id)]
    replays = replay_statements(keys=here, zone=timezone.get_default_timezone())
    context = {
        "shown": shown, "proof": proof_of(shown), "verified": verified(shown.row),
        "replay": replays[0] if replays else None,
    }  # fmt: skip
    title = _("Check of %(number)s") % {"number": shown.row.number}
    return render_drawer(request, "platform/statement_check.html", context, title=title)


@needs("statements.view")
def print_statement(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """One clean A4 page: header, parts, fee summary, hash."""
    shown = read(party_id, statement_id)
    return render(request, "platform/statement_print.html", printed(shown.row, shown))


@needs("statements.view")
def statement_pdf(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """The statement as a paper, in the language of the page."""
    row = read(party_id, statement_id).row
    content = statement_paper(row, language=get_language() or "zh", printed_at=timezone.now())
    return HttpResponse(content, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{row.number}.pdf"'})  # fmt: skip


def printed(row: Statement, shown: Any) -> dict[str, Any]:
    """What the printed statement shows."""
    return {
        "title": row.number, "shown": shown, "row": row, "fees": fee_table(shown), "parts": parts_of(shown),
        "merchant": party_name(parties([row.party_id]).get(row.party_id)),
        "entity": entity_names().get(row.entity_id, ""), "mode": MODES.get(row.mode, ""),
        "state": STATEMENT_STATES[row.state].label, "hash": bytes(row.hash).hex(),
        "printed_at": timezone.now(), "net": shown.figures["net_minor"],
        "back": statement_url(row),
    }  # fmt: skip
