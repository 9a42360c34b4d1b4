"""One what-if by merchant: the list of all, and one merchant by fee."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.drawers import render_drawer
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    ListPage,
    MoneyColumn,
    PartyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    TextFilter,
)
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import PARTY_NAME, fee_name, parties, party_name
from zhanggui.settlement.billing.comparisons import fees_compared
from zhanggui.settlement.billing.models import Comparison

SELECT = f"""
select * from (
  select o.comparison_id, o.party_id as id, p.code, {PARTY_NAME} as party_name,
    sum(o.now_minor)::bigint as now_minor, sum(o.then_minor)::bigint as then_minor,
    sum(o.then_minor - o.now_minor)::bigint as difference
  from settlement_comparison_outcome o join parties_party p on p.id = o.party_id
  where {{where:run}} group by o.comparison_id, o.party_id, p.code, p.name) m where {{where}}
"""
FIELDS = {
    "comparison_id": ("o.comparison_id", "run"), "id": "m.id", "code": "m.code", "party_name": "m.party_name",
    "now_minor": "m.now_minor", "then_minor": "m.then_minor", "difference": "m.difference",
}  # fmt: skip
EFFECTS = {
    "loses": (gettext_lazy("Loses"), "m.difference < 0"),
    "gains": (gettext_lazy("Gains"), "m.difference > 0"),
    "same": (gettext_lazy("Unchanged"), "m.difference = 0"),
}
EARLIEST = date(2000, 1, 1)


class ComparedMerchants(ListPage):
    """Every merchant of a comparison: as billed, by the document, and the difference."""

    name = "platform.compared_merchants"
    title = gettext_lazy("Merchants compared")
    permission = "rules.view"
    sort = "difference"
    template = "platform/list.html"

    @cached_property
    def comparison(self) -> Comparison:
        """The comparison of the URL."""
        row = Comparison.objects.defer("document").filter(id=self.scope["comparison_id"]).first()
        if row is None:
            raise Http404(_("There is no such comparison."))
        return row

    @property
    def breadcrumbs(self) -> Sequence[tuple[Any, str]]:  # type: ignore[override]
        """Back to the comparison."""
        row = self.comparison
        here = reverse("platform:comparison", args=[row.id])
        return [
            (_("What-if"), reverse("platform:what_if")), (f"#{row.id} {row.set_code}", here), (self.title, ""),
        ]  # fmt: skip

    def get_source(self) -> SqlSource:
        """Sums by merchant."""
        return SqlSource(select=SELECT, fields=FIELDS, params=language_params())

    def restrict(self) -> Sequence[Any]:
        """One comparison."""
        return [Condition("comparison_id", "eq", self.comparison.id)]

    def get_filters(self) -> Sequence[Any]:
        """By merchant, and by what happens to them."""
        return [
            TextFilter("q", _("Merchant code or name"), starts=["code"], contains=["party_name"]),
            SelectFilter(
                "effect", _("What happens"), [(code, label) for code, (label, _sql) in EFFECTS.items()],
                clause=lambda value: RawSql(EFFECTS[value][1]) if value in EFFECTS else RawSql("true"),
            ),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """The difference opens the fees behind it."""
        currency = self.comparison.currency
        return [
            PartyColumn("party_name", _("Merchant"), phone="title", href=self._fees_url, code=lambda r: r.code),
            MoneyColumn("now_minor", _("Billed"), currency=currency, total=True, sort="now_minor"),
            MoneyColumn("then_minor", _("By this document"), currency=currency, total=True, sort="then_minor"),
            MoneyColumn(
                "difference", _("Difference"), currency=currency, total=True, sort="difference", signed=True,
                phone="amount", href=self._fees_url, drawer=True,
            ),
        ]  # fmt: skip

    def _fees_url(self, row: Any) -> str:
        return reverse("platform:compared_merchant", args=[self.comparison.id, row.id])


@needs("rules.view")
def compared_merchant(request: HttpRequest, comparison_id: int, party_id: int) -> HttpResponse:
    """One merchant's fees, each leading to the details that were billed."""
    row = Comparison.objects.defer("document").filter(id=comparison_id).first()
    party = parties([party_id]).get(party_id)
    fees = fees_compared(comparison_id, party_id) if row and party else []
    if not fees or row is None or party is None:
        raise Http404(_("There is no such comparison."))
    span = f"days=custom&days_from={EARLIEST}&days_to={timezone.localdate()}"
    details = (
        f"{reverse('platform:details')}?{span}&kind=1&currency={row.currency}&line={row.business_line_id}"
    )
    context = {
        "row": row,
        "fees": [(fee_name(one["id"]), f"{details}&party={party.code}&fee={one['id']}", one) for one in fees],
        "total": {name: sum(one[name] for one in fees) for name in ("now", "then", "difference")},
        "party_url": reverse("platform:party", args=[party_id]),
        "back": reverse("platform:comparison", args=[row.id]),
    }
    return render_drawer(
        request, "platform/compared_merchant.html", context, title=f"{party_name(party)} · #{row.id}"
    )
