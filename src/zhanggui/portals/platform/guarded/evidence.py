"""Evidence about a payout (凭证): what one person brings when the bank cannot say electronically, and its files."""

import base64

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from zhanggui.approvals.models import Approval
from zhanggui.journeys.payout_evidenced import payout_evidenced
from zhanggui.money import Money
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Incomplete,
    Table,
    Typed,
    acted,
    form_page,
)
from zhanggui.portals.platform.payouts.words import OUTCOMES
from zhanggui.portals.platform.words import APPROVAL_STATES
from zhanggui.settlement.payouts.evidence_files import EVIDENCE_FILES
from zhanggui.settlement.payouts.models import Payout, PayoutFile
from zhanggui.settlement.payouts.operations.settle_by_evidence import (
    APPROVAL_KIND,
    FROM,
    Evidence,
)
from zhanggui.settlement.payouts.queries import CONTENT_SEALED_AS, payout_by_number
from zhanggui.vault.sealing import unseal


@needs("payouts.view")
def evidence_page(request: HttpRequest, number: str) -> HttpResponse:
    """State what became of a payout, with proof; what was stated before, and what was decided about it."""
    row = payout_by_number(number)
    if row is None:
        raise Http404(_("There is no such payout."))

    def state(typed: Typed) -> None:
        file = typed.files.get("file")
        if file is None:
            raise Incomplete(_("Choose a file of at most 5 MB."))
        payout_evidenced(
            number=number, at=timezone.now(), zone=timezone.get_default_timezone(),
            maker=request.user.get_username(),
            evidence=Evidence(
                outcome=typed.text("outcome"), reference=typed.text("reference"), day=typed.a_day("day"),
                file_name=file.name or "", content=content_of(file, EVIDENCE_FILES), reason=typed.text("reason"),
                amount_minor=typed.amount("amount", row.currency) if typed.text("amount", required=False) else None,
            ),
        )  # fmt: skip

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "payouts.make", {"state": state},
                              _("Another person has to approve the evidence."), fresh=True)  # fmt: skip
    if gone:
        return gone
    return form_page(
        request, _("Settle %(number)s by evidence") % {"number": number}, problem=problem, forms=_forms(request, row),
        back=reverse("platform:payout", args=[number]), tables=[_requests(row)],
    )  # fmt: skip


def _forms(request: HttpRequest, row: Payout) -> list[Form]:
    choices = [(str(one), OUTCOMES[one]) for one, states in FROM.items() if row.state in states]
    if not choices or not may(request.user, "payouts.make"):
        return []
    form = Form(
        "state", _("What became of it"), _("Ask for approval"),
        [
            Field("outcome", _("The bank says"), "select", choices),
            Field("amount", _("Amount, where it was only a part"), "amount", required=False),
            Field("reference", _("Bank's reference")), Field("day", _("Booked on"), "day"),
            Field("file", _("The bank's paper or message"), "file",
                  accept=EVIDENCE_FILES.accept),
            Field("reason", _("How it was found out"), "long"),
        ],
        _("For payouts of which the bank cannot say electronically what became of them. Rejected means: no money"
          " left, and none will under this number. With an amount, only that part was executed or came back; the rest"
          " stays as it is, and what was not paid is proposed again."),
        True, fresh=True,
    )  # fmt: skip
    return [form.typed(request.POST)]


def _requests(row: Payout) -> Table:
    rows = [
        [Cell(f"#{one.id}", reverse("platform:approval", args=[one.id])),
         Cell(OUTCOMES.get(one.payload["outcome"], one.payload["outcome"])),
         Cell(Money(one.payload["amount_minor"], row.currency).grouped(), number=True),
         Cell(one.payload["reference"]),
         Cell(one.payload["day"]),
         Cell(one.payload["file"], reverse("platform:evidence_file", args=[row.number, one.payload["file_id"]])),
         Cell(one.payload["sha256"][:16]), Cell(one.payload["reason"]), Cell(APPROVAL_STATES[one.state].label),
         Cell(actor_name(one.maker))]
        for one in Approval.objects.filter(kind=APPROVAL_KIND, subject=row.number).order_by("-id")
    ]  # fmt: skip
    columns = [(_("Request"), False), (_("The bank says"), False), (_("Amount"), True),
               (_("Bank's reference"), False),
               (_("Booked on"), False), (_("File"), False), ("SHA-256", False), (_("How it was found out"), False),
               (_("Status"), False), (_("Made by"), False)]  # fmt: skip
    return Table(_("Evidence"), columns, rows, _("Nobody has brought evidence about this payout."))


@needs("payouts.view")
def evidence_file(request: HttpRequest, number: str, file_id: int) -> HttpResponse:
    """The file that was brought, as it was kept."""
    named = Approval.objects.filter(kind=APPROVAL_KIND, subject=number, payload__file_id=file_id).exists()
    file = PayoutFile.objects.filter(id=file_id, direction="ev").first() if named else None
    if file is None:
        raise Http404(_("There is no such file."))
    content = base64.b64decode(unseal(bytes(file.content_sealed), purpose=CONTENT_SEALED_AS))
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer
