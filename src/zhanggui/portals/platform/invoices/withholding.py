"""Tax withheld from individuals (代扣个税): a table with its brackets, and setting one from a day on."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.tax_arranged import withholding_table_set
from zhanggui.money.rates import parse_rate
from zhanggui.portals.desk.amounts import format_money, format_rate, parse_amount
from zhanggui.portals.desk.details import Detail, Fact
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.history import history_of
from zhanggui.portals.platform.arrangements.policies import STATES
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Incomplete,
    Table,
    Typed,
    acted,
    document_page,
    form_page,
)
from zhanggui.portals.platform.invoices.tax_lists import EVERY_ENTITY
from zhanggui.portals.platform.names import currencies, entity_names
from zhanggui.settlement.invoices.tax_models import WithholdingTable

MOST = 8


@needs("invoices.act")
def new_table(request: HttpRequest) -> HttpResponse:
    """Set how much tax is withheld from a day on."""

    def make(typed: Typed) -> str:
        currency = typed.one_of("currency", currencies())
        row = withholding_table_set(
            currency=currency, effective_from=typed.a_day("from"), brackets=_brackets(typed, currency),
            entity_id=int(typed.one_of("entity", [str(number) for number in (0, *entity_names())])),
            allowance_minor=typed.amount("allowance", currency), allowance_ppm=typed.rate("share"),
            at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:withholding_table", args=[row.id])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "invoices.act", {"make": make}, _("It holds from that day on."))
    if gone:
        return gone
    entities = [("0", EVERY_ENTITY), *((str(number), name) for number, name in entity_names().items())]
    boxes = [
        box for place in range(2, MOST + 1)
        for box in (
            Field(f"over_{place}", _("Bracket %(place)s: taxable above") % {"place": place}, "amount",
                  required=False),
            Field(f"rate_{place}", _("Bracket %(place)s: rate, such as 20%%") % {"place": place}, required=False),
            Field(f"quick_{place}", _("Bracket %(place)s: quick deduction") % {"place": place}, "amount",
                  required=False),
        )
    ]  # fmt: skip
    form = Form(
        "make", _("How much is withheld"), _("Set it"),
        [
            Field("entity", _("Entity"), "select", entities),
            Field("currency", _("Currency"), "select", [(code, code) for code in currencies()]),
            Field("from", _("From this day on"), "day", value=f"{timezone.localdate():%Y-%m-%d}"),
            Field("allowance", _("Allowance: so much is not taxed"), "amount", value="0"),
            Field("share", _("or this share of the income, such as 20%; the larger one counts"), value="0%"),
            Field("rate_1", _("First bracket, from 0 on: rate, such as 20%")), *boxes,
        ],
        _("What is left of a statement's income after the allowance falls into one bracket and is taxed whole at its"
          " rate, less the quick deduction. It is withheld when a statement without invoices closes, from merchants"
          " whose tax data say individual."),
        in_threes=True,
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("Set a table of withheld tax"), forms=[form], problem=problem,
        back=reverse("platform:withholding_tables"), tables=[history_of("withholding_table")],
    )  # fmt: skip


def _brackets(typed: Typed, currency: str) -> list[dict[str, int]]:
    """The brackets that were filled in, in the order of the boxes; the first one begins at 0."""
    found = [{"over_minor": 0, "rate_ppm": typed.rate("rate_1")}]
    for place in range(2, MOST + 1):
        over, rate, quick = (
            typed.text(f"{name}_{place}", required=False) for name in ("over", "rate", "quick")
        )
        if not (over or rate or quick):
            continue
        above, less = parse_amount(over, currency), parse_amount(quick or "0", currency)
        if above is None or less is None or not rate:
            raise Incomplete(
                _("Bracket %(place)s needs an amount and a rate, or neither.") % {"place": place}
            )
        found.append({"over_minor": above, "rate_ppm": parse_rate(rate), "quick_minor": less})
    return found


@needs("invoices.view")
def table_page(request: HttpRequest, table_id: int) -> HttpResponse:
    """One table with its brackets."""
    row = WithholdingTable.objects.filter(id=table_id).first()
    if row is None:
        raise Http404(_("There is no such table."))
    brackets = [
        [Cell(f"{place}"), Cell(format_money(one["over_minor"], row.currency), number=True),
         Cell(format_rate(one["rate_ppm"]), number=True),
         Cell(format_money(one.get("quick_minor", 0), row.currency), number=True)]
        for place, one in enumerate(row.brackets, 1)
    ]  # fmt: skip
    columns = [
        (_("Bracket"), False),
        (_("Taxable above"), True),
        (_("Rate"), True),
        (_("Quick deduction"), True),
    ]
    tables = [Table(_("Brackets"), columns, brackets), history_of("withholding_table", str(row.id))]
    return document_page(request, _detail(row), tables=tables)


def _detail(row: WithholdingTable) -> Detail:
    today: Any = timezone.localdate()
    state = "coming" if row.effective_from > today else "holding"
    if row.effective_before is not None and row.effective_before <= today:
        state = "over"
    ends = f"{row.effective_before:%Y-%m-%d}" if row.effective_before else _("Without end")
    return Detail(
        number=f"{row.currency} {row.effective_from}", kind=_("Tax withheld from individuals"), badge=STATES[state],
        amount=row.allowance_minor, currency=row.currency, amount_label=_("Allowance"),
        facts=[
            Fact(_("Entity"), entity_names().get(row.entity_id, EVERY_ENTITY)),
            Fact(_("or share of the income"), format_rate(row.allowance_ppm)),
            Fact(_("From"), f"{row.effective_from:%Y-%m-%d}"), Fact(_("Before"), ends),
        ],
        breadcrumbs=[(_("Tax data"), reverse("platform:tax_data")),
                     (_("Tax withheld from individuals"), reverse("platform:withholding_tables"))],
    )  # fmt: skip
