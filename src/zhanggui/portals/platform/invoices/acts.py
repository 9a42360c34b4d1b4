"""Acts on invoices: issued, taken back, voided, sent, verified, rejected, checked off, imported."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.invoice_changed import draft_voided, red_letter_drafted
from zhanggui.journeys.invoice_issued import invoice_issued, issued_imported
from zhanggui.portals.desk.amounts import decimal_text, format_money
from zhanggui.portals.desk.forms import Field, Unusable, amount_in, day_in, needed, typed
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.invoices.filling import FILES, attachment_in, form_page
from zhanggui.portals.platform.invoices.page import read
from zhanggui.settlement.invoices.coverage import red_room
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.issued_file import ISSUED_FILES, read_issued
from zhanggui.settlement.invoices.queries import Whole


def _url(found: Whole) -> str:
    return reverse("platform:invoice", args=[found.row.party_id, found.row.id])


@needs("invoices.act")
def issue(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """Enter the number that the tax authority gave, with the amount typed once more."""
    found = read(party_id, invoice_id)
    row = found.row

    def do() -> HttpResponse:
        issued = Issued(
            tax_number=needed(request, "number", _("Tax authority's number")),
            issued_on=day_in(request, "day"),
            tax_number_code=typed(request, "code"),
            gross_minor=amount_in(request, "gross", row.currency),
            attachment=attachment_in(request),
        )
        made = invoice_issued(
            party_id=party_id,
            invoice_id=invoice_id,
            issued=issued,
            at=timezone.now(),
            zone=timezone.get_default_timezone(),
            actor=request.user.get_username(),
        )
        messages.success(
            request, _("%(number)s is issued as %(tax)s.") % {"number": made.number, "tax": made.tax_number}
        )
        return HttpResponseRedirect(_url(found))

    fields = [
        Field("number", _("Tax authority's number"), most=40),
        Field("code", _("Invoice code, where there is one"), required=False, most=20),
        Field("day", _("Issued on"), f"{timezone.localdate()}", most=10),
        Field("gross", _("Amount with tax, once more"), numeric=True, help=row.currency),
        Field("file", _("Its file, where you have it"), required=False, file=FILES),
    ]
    intro = _(
        "%(amount)s %(currency)s with tax. Once entered, the invoice never changes; a red letter takes it back."
    ) % {"amount": format_money(row.gross_minor, row.currency), "currency": row.currency}
    return form_page(
        request,
        title=_("Enter %(number)s as issued") % {"number": row.number},
        fields=fields,
        button=_("Enter as issued"),
        back=_url(found),
        do=do,
        intro=intro,
    )


@needs("invoices.act")
def red(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """Draft a red letter: all that is left, or an amount of each line."""
    found = read(party_id, invoice_id)
    row, room = found.row, red_room(party_id, invoice_id)
    left = {
        line.position: min(line.gross_minor, room[line.fee_type_id, line.rate_ppm][0]) for line in found.lines
    }

    def do() -> HttpResponse:
        reason = needed(request, "reason", _("Reason"))
        amounts = {place: amount_in(request, f"line-{place}", row.currency) for place in left}
        made = red_letter_drafted(
            party_id=party_id,
            invoice_id=invoice_id,
            reason=reason,
            at=timezone.now(),
            actor=request.user.get_username(),
            amounts=amounts,
        )
        messages.success(
            request, _("Red letter %(number)s is drafted; issue it next.") % {"number": made.number}
        )
        return HttpResponseRedirect(reverse("platform:invoice", args=[party_id, made.id]))

    fields = [Field("reason", _("Reason"), full=True, most=500)] + [
        Field(
            f"line-{place}",
            _("Take back of line %(line)s") % {"line": place},
            decimal_text(max(most, 0), row.currency),
            numeric=True,
            help=f"≤ {format_money(max(most, 0), row.currency)}",
        )
        for place, most in left.items()
    ]
    return form_page(
        request,
        title=_("Red letter against %(number)s") % {"number": row.number},
        fields=fields,
        button=_("Draft the red letter"),
        back=_url(found),
        do=do,
        danger=True,
        intro=_("What it takes back is drafted anew once the red letter is issued."),
    )


@needs("invoices.act")
def void(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """Void a draft, with a reason."""
    found = read(party_id, invoice_id)

    def do() -> HttpResponse:
        reason = needed(request, "reason", _("Reason"))
        draft_voided(
            party_id=party_id,
            invoice_id=invoice_id,
            reason=reason,
            at=timezone.now(),
            actor=request.user.get_username(),
        )
        messages.success(
            request, _("%(number)s is voided; its details are drafted again.") % {"number": found.row.number}
        )
        return HttpResponseRedirect(_url(found))

    return form_page(
        request,
        title=_("Void %(number)s") % {"number": found.row.number},
        button=_("Void"),
        fields=[Field("reason", _("Reason"), full=True, most=500)],
        back=_url(found),
        do=do,
        danger=True,
    )


@needs("invoices.act")
def import_page(request: HttpRequest) -> HttpResponse:
    """A file of issued invoices: all of its rows, or none."""
    back = reverse("platform:invoices")

    def do() -> HttpResponse:
        given = attachment_in(request, ISSUED_FILES)
        if given is None:
            raise Unusable(_("Choose a file."))
        rows = read_issued(given.name, given.content)
        done = issued_imported(
            rows=rows,
            at=timezone.now(),
            zone=timezone.get_default_timezone(),
            actor=request.user.get_username(),
        )
        messages.success(
            request,
            _("%(issued)s issued, %(already)s were already.")
            % {"issued": done.issued, "already": done.already},
        )
        return HttpResponseRedirect(back)

    intro = _(
        "Columns by name: draft, number, code, date, gross, tax, or 草稿号, 发票号码, 开票日期, 价税合计."
        " One wrong row and nothing is issued; the same file again changes nothing."
    )
    return form_page(
        request,
        title=_("Import issued invoices"),
        button=_("Import"),
        back=back,
        do=do,
        intro=intro,
        fields=[Field("file", _("File (csv or xlsx)"), file=ISSUED_FILES.accept)],
    )
