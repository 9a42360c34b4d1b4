"""A back office that exists only in tests: one list over SQL, one detail page, one drawer, one dashboard."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact, FeeRow, FeeTable, Figure, PageTab, Proof, Step
from zhanggui.portals.desk.drawers import is_expansion, render_drawer
from zhanggui.portals.desk.drawing.charts import Series
from zhanggui.portals.desk.finding import Hit, Resolver, register_resolver
from zhanggui.portals.desk.lists import (
    BulkAction,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    MoneyColumn,
    MoneyRangeFilter,
    MultiSelectFilter,
    PartyColumn,
    PercentColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextFilter,
)
from zhanggui.portals.desk.lists.render import table
from zhanggui.portals.desk.menus import Item, Menu, Portal, Section, register_portal

STATUS = {
    1: Badge(_("账期中"), "blue"),
    2: Badge(_("待确认"), "amber"),
    3: Badge(_("已确认"), "blue"),
    4: Badge(_("已付款"), "green"),
    5: Badge(_("付款失败"), "red"),
}
SHOPS = (
    "青禾食品旗舰店",
    "云记茶业专营店",
    "禾木美妆专卖店",
    "南山服饰工厂店",
    "果然数码专营店",
    "老街家居旗舰店",
    "鲸落生鲜专卖店",
)
ROWS = 2_000


class PeriodClosed(Refusal):
    """A refusal as domain packages raise it."""

    code = "period_closed"


ROWS_SQL = f"""
select * from (
  select n as id, 'ST2611' || lpad((n * 7919 %% 1000000)::text, 8, '0') as number,
    (array{list(SHOPS)!r})[1 + n %% 7] as merchant, 'M' || (100000 + n %% 50) as merchant_code,
    1 + (n * 13 %% 17) %% 5 as status,
    timestamptz '2026-11-21 18:00+08' - n * interval '47 minutes' as opened_at,
    (n * 48271 %% 900000) + 1000 as goods, -((n * 48271 %% 900000) + 1000) / 20 as commission,
    (n * 16807 %% 20000) - 12000 as other_fees, -(n * 7 %% 40000) as refunds,
    (n * 48271 %% 900000) + 1000 - ((n * 48271 %% 900000) + 1000) / 20
      + (n * 16807 %% 20000) - 12000 - (n * 7 %% 40000)
      as net,
    50000 as rate, n %% 90 + 4 as lines
  from generate_series(1, {ROWS}) as n
) as statements where {{where}}
"""


def confirm(user: Any, row: Any) -> None:
    """Refuses every seventh row, as a domain would."""
    if row.id % 7 == 0:
        raise PeriodClosed(f"{row.number} belongs to a closed period: open a correction instead")


class DemoList(ListPage):
    """Statements that no one ever owed."""

    name = "demo.statements"
    title = _("结算单")
    sort = "-opened_at"
    source = SqlSource(
        select=ROWS_SQL,
        fields={f: f for f in ("id", "number", "merchant", "status", "opened_at", "goods", "commission",
                               "other_fees", "refunds", "net", "lines")},
    )  # fmt: skip
    tabs = StatusTabs.of("status", STATUS)
    filters = [
        TextFilter("q", _("单号 / 商家"), contains=["merchant"], starts=["number"]),
        DateRangeFilter("opened", _("账期"), field="opened_at"),
        SelectFilter("merchant", _("商家"), [(s, s) for s in SHOPS]),
        MultiSelectFilter(
            "state", _("状态"), [(k, b.label) for k, b in STATUS.items()], field="status", read=int
        ),
        MoneyRangeFilter("net", _("应结")),
    ]
    columns = [
        LinkColumn(
            "number", _("结算单号"), href=lambda r: reverse("demo:detail", args=[r.id]), sort="number"
        ),
        PartyColumn("merchant", _("商家"), code=lambda r: r.merchant_code),
        DateTimeColumn("opened_at", _("开账时间"), sort="opened_at"),
        StatusColumn("status", _("状态"), badges=STATUS),
        MoneyColumn("goods", _("货款"), total=True, sort="goods", phone=""),
        MoneyColumn(
            "commission", _("佣金"), total=True, href=lambda r: reverse("demo:line", args=[r.id]), drawer=True
        ),
        PercentColumn("rate", _("费率"), shown=False, phone=""),
        MoneyColumn("other_fees", _("其他费用"), total=True, phone=""),
        MoneyColumn("refunds", _("退款"), total=True, phone=""),
        MoneyColumn("net", _("应结金额"), total=True, sort="net", phone="amount"),
        IntegerColumn("lines", _("明细数"), total=True, phone=""),
    ]
    actions = [
        BulkAction("confirm", _("批量确认"), confirm, row_label=lambda r: r.number, amount="net"),
        BulkAction("pay", _("付款"), confirm, row_label=lambda r: r.number, amount="net",
                   retype_amount=True, danger=True),
    ]  # fmt: skip

    def restrict(self) -> Sequence[Any]:
        """Nothing to restrict in a demo."""
        return ()


def fee_rows() -> list[FeeRow]:
    """Nine fees whose running net ends at the net."""
    fees = [("goods", "货款", 328220), ("freight", "配送费", 9776), ("points", "积分补贴", 10484),
            ("commission", "佣金", -16412), ("affiliate", "分销佣金", -9847),
            ("channel", "支付手续费", -1969),
            ("coupon", "优惠券分摊", -6707), ("storage", "仓储费", -10259),
            ("aftersale", "售后扣款", -5456)]  # fmt: skip
    running, rows = 0, []
    for code, label, amount in fees:
        running += amount
        url = reverse("demo:lines") + f"?fee={code}"
        rows.append(FeeRow(code, label, "付商家" if amount > 0 else "扣商家", 10, amount, running, url, url))
    return rows


def detail(request: HttpRequest, number: int) -> HttpResponse:
    """A statement."""
    rows, now = fee_rows(), timezone.now()
    shown = Detail(
        number=f"ST26101910002{number}", kind=_("结算单"), badge=STATUS[2], amount=rows[-1].running,
        amount_label=_("应结金额"),
        proof=Proof(True, _("89 条明细合计与结算金额一致"), reverse("demo:lines")),
        facts=[Fact(_("商家"), "云记食品旗舰店 (M100020)", href="#"),
               Fact(_("账期"), "2026-10-19 – 2026-10-25"),
               Fact(_("结算机构"), "平台电子商务（海南）有限公司"), Fact(_("链哈希"), "9f2c41d0", copy=True)],
        steps=[Step(_("账期中"), "done", now - timedelta(days=9)), Step(_("待确认"), "now", now, "系统"),
               Step(_("已确认")), Step(_("付款中")), Step(_("已付款"))],
        tabs=[PageTab(_("费用汇总"), "?", True), PageTab(_("计费明细"), "?tab=lines", count=89),
              PageTab(_("操作日志"), "?tab=log", count=3)],
        actions=[Action(_("确认结算单"), "#", "primary"), Action(_("提出争议"), "#", "danger"),
                 Action(_("下载"), "#", icon="download")],
        breadcrumbs=[(_("结算单"), reverse("demo:list"))], previous="#", following="#",
    )  # fmt: skip
    fees = FeeTable(rows, "CNY", 90, rows[-1].running, _("应结金额"))
    return render(request, "demo_detail.html", {"detail": shown, "fees": fees})


def line(request: HttpRequest, number: int) -> HttpResponse:
    """One line, in the drawer or as a page."""
    return render_drawer(request, "demo_line.html", {"number": number}, title="佣金 · SO261019849231072")


def lines(request: HttpRequest) -> HttpResponse:
    """Lines of a fee: unfolded in place, or the list page."""
    page = DemoList(user=request.user, request=request)
    page.page_size = 5
    page.actions = []
    return HttpResponse(table(page)) if is_expansion(request) else DemoList.as_view()(request)


def dashboard(request: HttpRequest) -> HttpResponse:
    """Figures and a chart."""
    here = reverse("demo:list")
    days = [f"{datetime(2026, 10, 23) + timedelta(days=n):%m-%d}" for n in range(30)]  # noqa: DTZ001
    goods = [4_500_000 + (n * n * 48271 % 3_000_000) for n in range(30)]
    figures = [
        Figure(_("待确认"), here + "?tab=2", count=117, tone="amber", note=_("今日待确认结算单")),
        Figure(_("应结金额"), here, amount=88035934, currency="CNY", trend=goods),
        Figure(_("佣金"), here, amount=-4758191, currency="CNY"),
        Figure(_("付款失败"), here + "?tab=5", count=3, tone="red", note=_("需处理")),
    ]
    series = [Series(_("货款"), goods), Series(_("佣金"), [g // 20 * 6 for g in goods], "line")]
    return render(request, "demo_dashboard.html",
                  {"title": _("结算概览"), "figures": figures, "days": days, "series": series})  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    """A page with a bug."""
    raise ZeroDivisionError


def find_statement(request: HttpRequest, text: str) -> list[Hit]:
    """Finds by the beginning of a number."""
    rows = DemoList(user=request.user, request=request).get_source().rows_by_id([], ["1", "2", "3"])
    return [
        Hit(reverse("demo:detail", args=[r.id]), r.number, r.merchant)
        for r in rows
        if r.number.startswith(text)
    ]


MENU = Menu([
    Section("", [Item(_("概览"), "demo:dashboard", icon="home")]),
    Section(_("结算"), [Item(_("结算单"), "demo:list", icon="statement", badge=lambda request: 117),
                      Item(_("计费明细"), "demo:lines", icon="list")]),
    Section(_("系统"), [Item(_("下载中心"), "desk:exports", icon="download"),
                      Item(_("不该看见"), "demo:list", permission="nobody.ever")]),
])  # fmt: skip


def install() -> None:
    """Register the demo portal."""
    register_portal(Portal("demo", _("结算中心"), "/demo/", lambda user: user.is_authenticated, MENU))
    register_resolver(Resolver("demo", _("结算单"), find_statement))
