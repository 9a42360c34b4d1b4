"""Shops of the mall: which there are, whether they sell, and suspending one."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.audit.models import AuditRecord
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.details import Detail, Fact
from zhanggui.portals.desk.goods import SHOP_STATES, named
from zhanggui.portals.desk.languages import language_params, readable
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.templatetags.desk import moment
from zhanggui.portals.desk.told.shops import shop_of, shop_switched, shops_told
from zhanggui.portals.desk.written import actor_name, reason_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.acts import act_in_words
from zhanggui.portals.platform.guarded.documents import Cell, Field, Form, Table, Typed, acted, document_page
from zhanggui.trade.catalogue.models import Shop, ShopState

NAME = readable("h.name", "h.code")
FIELDS = {
    "id": "h.merchant_id", "code": "h.code", "name": NAME, "state": "h.state", "opened_at": "h.opened_at",
    "answer_hours": "h.answer_hours",
    "goods": "(select count(*) from trade_spu s where s.owner_id = h.merchant_id and s.state = 'listed'"
    " and not s.supply)",
}  # fmt: skip


class ShopList(ListPage):
    """Every shop, and whether it sells."""

    name = "platform.shops"
    title = pgettext_lazy("catalogue", "Shops")
    permission = "goods.view"
    sort = "name"
    tabs = StatusTabs.of("state", SHOP_STATES)
    empty = gettext_lazy("No merchant has opened a shop yet; merchants open theirs in their own portal.")

    def get_source(self) -> SqlSource:
        """Shops with how many goods they list."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(
            select=f"select {selected} from trade_shop h where {{where}}", fields=FIELDS, params=language_params()
        )  # fmt: skip

    def get_filters(self) -> Sequence[Any]:
        """By name."""
        return [TextFilter("q", _("Merchant"), starts=["code"], contains=["name"])]

    def get_columns(self) -> Sequence[Column]:
        """Which, whether it sells, how much it has to sell."""
        return [
            LinkColumn("name", pgettext("catalogue", "Shop"), sort="name", phone="title",
                       href=lambda r: reverse("platform:shop", args=[r.code])),
            StatusColumn("state", _("Status"), badges=SHOP_STATES),
            TextColumn("code", _("Code"), code=True, sort="code", phone="sub"),
            IntegerColumn("goods", _("Goods on sale"), sort="goods", total=True),
            IntegerColumn("answer_hours", _("Hours to answer after-sale"), sort="answer_hours", phone=""),
            DateTimeColumn("opened_at", pgettext("shop", "Opened"), sort="opened_at"),
        ]  # fmt: skip


@needs("goods.view")
def shop_page(request: HttpRequest, code: str) -> HttpResponse:
    """One shop, suspending it with a reason, and letting it sell again."""
    try:
        row = shop_of(code)
    except Refusal as unknown:
        raise Http404(_("There is no such shop.")) from unknown

    def switched(suspended: bool) -> Any:
        def act(typed: Typed) -> None:
            shop_switched(
                code=code, suspended=suspended, reason=typed.text("reason", required=suspended),
                at=timezone.now(), actor=request.user.get_username(),
            )  # fmt: skip
            forget("platform.shops")

        return act

    problem, gone = "", None
    if request.method == "POST":
        acts = {"suspend": switched(True), "lift": switched(False)}
        problem, gone = acted(request, "shops.change", acts, _("The shop is changed."))
    if gone:
        return gone
    return document_page(
        request, _detail(row), forms=_forms(request, row), tables=[_history(row)], problem=problem
    )


def _forms(request: HttpRequest, row: Shop) -> list[Form]:
    if not may(request.user, "shops.change"):
        return []
    if row.state == ShopState.SUSPENDED:
        return [Form("lift", _("Let it sell again"), _("Let it sell again"), [])]
    reason = [Field("reason", _("Why; the merchant reads it"))]
    note = _(
        "None of its goods is sold any more. What was ordered goes on: it ships, answers and is settled."
    )
    return [Form("suspend", _("Suspend the shop"), _("Suspend"), reason, note, danger=True)]


def _detail(row: Shop) -> Detail:
    return Detail(
        number=named(row.name, row.code), kind=pgettext("catalogue", "Shop"), badge=SHOP_STATES[row.state],
        facts=[
            Fact(_("Merchant"), row.code, href=reverse("platform:party", args=[row.merchant_id])),
            Fact(_("Goods on sale"), f"{shops_told([row])[0]['goods']:,}"),
            Fact(_("Hours to answer after-sale"), f"{row.answer_hours}"),
            Fact(pgettext("shop", "Opened"), moment(row.opened_at)),
        ],
        breadcrumbs=[(pgettext("catalogue", "Shops"), reverse("platform:shops"))],
    )  # fmt: skip


def _history(row: Shop) -> Table:
    entries = AuditRecord.objects.filter(object_kind="shop", object_id=row.code).order_by("-id")[:50]
    return Table(
        pgettext("shop", "What happened"),
        [(pgettext("shop", "When"), False), (_("What"), False), (_("By"), False), (_("Reason"), False)],
        [
            [
                Cell(one.at), Cell(act_in_words(one.action)), Cell(actor_name(one.actor)),
                Cell(reason_text((one.after or {}).get("reason", "")), wrap=True),
            ]
            for one in entries
        ],
    )  # fmt: skip
