"""URLs of the shop's portal, under /merchant/."""

from django.urls import path

from zhanggui.portals.desk.finding import register_resolver
from zhanggui.portals.desk.menus import register_portal
from zhanggui.portals.merchant import (
    acts,
    analytics,
    explaining,
    funds,
    guarantees,
    home,
    mall_orders,
    notices,
    proof,
    staff,
    standing,
    statement,
)
from zhanggui.portals.merchant.cases import CaseList, case_page
from zhanggui.portals.merchant.contracts import OwnContracts, own_contract_paper
from zhanggui.portals.merchant.customers import CustomerList
from zhanggui.portals.merchant.details import DetailList, statement_lines
from zhanggui.portals.merchant.finding import RESOLVERS
from zhanggui.portals.merchant.flow import AccountFlow
from zhanggui.portals.merchant.goods import pages as goods
from zhanggui.portals.merchant.goods.codes import CodeList, add_codes
from zhanggui.portals.merchant.goods.listed import GoodsList
from zhanggui.portals.merchant.goods.shop import shop_settings
from zhanggui.portals.merchant.goods.stock import MovementList, StockList, enter_stock, new_warehouse
from zhanggui.portals.merchant.goods.supply import SupplyList, supply_good
from zhanggui.portals.merchant.goods.upload import UploadList, goods_template, goods_upload, goods_uploaded
from zhanggui.portals.merchant.invoices import (
    InvoiceList,
    invoice_page,
    invoice_pdf,
    own_tax_data,
    own_upload,
)
from zhanggui.portals.merchant.menu import PORTAL
from zhanggui.portals.merchant.own_checks import CheckList, CheckRows, own_check, own_check_new
from zhanggui.portals.merchant.payouts import OwnPayouts, own_payout, take_payout
from zhanggui.portals.merchant.promotions import (
    OwnCoupons,
    OwnFreight,
    OwnSavings,
    close_own_coupon,
    close_own_freight,
    close_own_saving,
    new_coupon,
    new_freight,
    new_saving,
    own_coupon,
    own_freight,
    own_saving,
)
from zhanggui.portals.merchant.questions import OwnQuestions, own_question
from zhanggui.portals.merchant.receivers import own_receivers
from zhanggui.portals.merchant.report import SettlementReport
from zhanggui.portals.merchant.reviews import OwnReviews, own_review
from zhanggui.portals.merchant.splits import OwnSplits, own_split
from zhanggui.portals.merchant.standing import own_scope
from zhanggui.portals.merchant.statements import StatementList
from zhanggui.portals.merchant.waiting import WaitingLines

app_name = "merchant"

urlpatterns = [
    path("", home.home, name="home"),
    path("shop/", standing.choose_shop, name="choose_shop"),
    path("statements/", StatementList.as_view(scope=own_scope), name="statements"),
    path("statements/<int:statement_id>/", statement.statement_page, name="statement"),
    path("statements/<int:statement_id>/lines/", statement_lines, name="statement_lines"),
    path("statements/<int:statement_id>/confirm/", acts.confirm, name="confirm"),
    path("statements/<int:statement_id>/proof/", proof.proof, name="proof"),
    path("statements/<int:statement_id>/pdf/", proof.statement_pdf, name="statement_pdf"),
    path("invoices/", InvoiceList.as_view(scope=own_scope), name="invoices"),
    path("invoices/tax-data/", own_tax_data, name="tax_data"),
    path("invoices/<int:invoice_id>/", invoice_page, name="invoice"),
    path("invoices/<int:invoice_id>/pdf/", invoice_pdf, name="invoice_pdf"),
    path("invoices/<int:invoice_id>/upload/", own_upload, name="invoice_upload"),
    path("details/", DetailList.as_view(scope=own_scope), name="details"),
    path("details/<str:detail>/", explaining.why, name="why"),
    path("details/<str:detail>/dispute/", acts.dispute, name="dispute"),
    path("guarantees/", guarantees.guarantees, name="guarantees"),
    path("waiting/", WaitingLines.as_view(scope=own_scope), name="waiting"),
    path("payouts/", OwnPayouts.as_view(scope=own_scope), name="payouts"),
    path("payouts/<str:number>/", own_payout, name="payout"),
    path("payouts/<str:number>/take/", take_payout, name="take_payout"),
    path("splits/", OwnSplits.as_view(scope=own_scope), name="splits"),
    path("splits/<str:number>/", own_split, name="split"),
    path("contracts/", OwnContracts.as_view(scope=own_scope), name="contracts"),
    path("contracts/<str:number>/paper/", own_contract_paper, name="contract_paper"),
    path("receivers/", own_receivers, name="receivers"),
    path("staff/", staff.ShopPeople.as_view(scope=own_scope), name="staff"),
    path("staff/new/", staff.new_person, name="new_person"),
    path("staff/<int:user_id>/", staff.one_person, name="person"),
    path("analytics/", analytics.analytics_page, name="analytics"),
    path("report/", SettlementReport.as_view(scope=own_scope), name="report"),
    path("funds/", funds.funds_page, name="funds"),
    path("orders/", funds.OrderFlow.as_view(scope=own_scope), name="order_flow"),
    path("mall-orders/", mall_orders.MallOrders.as_view(scope=own_scope), name="mall_orders"),
    path("mall-orders/live/", mall_orders.mall_orders_stream, name="mall_orders_stream"),
    path("mall-orders/live/parts/", mall_orders.mall_orders_parts, name="mall_orders_parts"),
    path("mall-orders/print/", mall_orders.print_mall_orders, name="print_mall_orders"),
    path("mall-orders/hand-over/", mall_orders.hand_over, name="hand_over"),
    path("mall-orders/ship/", mall_orders.ship_file, name="ship_file"),
    path("mall-orders/ship/to-ship.xlsx", mall_orders.to_ship_file, name="to_ship_file"),
    path("mall-orders/<str:order_no>/", mall_orders.mall_order, name="mall_order"),
    path("mall-orders/<str:order_no>/ship/", mall_orders.ship_mall_order, name="ship_mall_order"),
    path("mall-orders/<str:order_no>/call-off/", mall_orders.call_off_mall_order, name="call_off_mall_order"),
    path("mall-orders/<str:order_no>/note/", mall_orders.note_mall_order, name="note_mall_order"),
    path(
        "mall-orders/<str:order_no>/parcels/<str:parcel_no>/back/",
        mall_orders.take_back_parcel,
        name="take_back_parcel",
    ),
    path(
        "mall-orders/<str:order_no>/parcels/<str:parcel_no>/lost/",
        mall_orders.lose_parcel,
        name="lose_parcel",
    ),
    path("checks/", CheckList.as_view(scope=own_scope), name="own_checks"),
    path("checks/new/", own_check_new, name="own_check_new"),
    path("checks/<int:check_id>/", own_check, name="own_check"),
    path("checks/<int:check_id>/rows/", CheckRows.as_view(scope=own_scope), name="own_check_rows"),
    path("goods/", GoodsList.as_view(scope=own_scope), name="goods"),
    path("goods/new/", goods.new_good, name="new_good"),
    path("goods/supply/", SupplyList.as_view(scope=own_scope), name="supply"),
    path("goods/supply/<str:number>/", supply_good, name="supply_good"),
    path("goods/upload/", goods_upload, name="goods_upload"),
    path("goods/upload/template/", goods_template, name="goods_template"),
    path("goods/uploads/", UploadList.as_view(scope=own_scope), name="goods_uploads"),
    path("goods/uploads/<int:upload_id>/", goods_uploaded, name="goods_uploaded"),
    path("goods/codes/", CodeList.as_view(scope=own_scope), name="codes"),
    path("goods/codes/add/", add_codes, name="add_codes"),
    path("goods/<str:number>/", goods.good, name="good"),
    path("goods/<str:number>/edit/", goods.edit_good, name="edit_good"),
    path("goods/<str:number>/act/", goods.good_act, name="good_act"),
    path("stock/", StockList.as_view(scope=own_scope), name="stock"),
    path("stock/movements/", MovementList.as_view(scope=own_scope), name="movements"),
    path("stock/enter/", enter_stock, name="enter_stock"),
    path("stock/warehouses/new/", new_warehouse, name="new_warehouse"),
    path("shop/settings/", shop_settings, name="shop_settings"),
    path("after-sale/", CaseList.as_view(scope=own_scope), name="cases"),
    path("after-sale/<str:number>/", case_page, name="case"),
    path("notices/", notices.NoticeList.as_view(scope=own_scope), name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("customers/", CustomerList.as_view(scope=own_scope), name="customers"),
    path("questions/", OwnQuestions.as_view(scope=own_scope), name="questions"),
    path("questions/<str:number>/", own_question, name="question"),
    path("reviews/", OwnReviews.as_view(scope=own_scope), name="reviews"),
    path("reviews/<int:review>/", own_review, name="review"),
    path("coupons/", OwnCoupons.as_view(scope=own_scope), name="coupons"),
    path("coupons/new/", new_coupon, name="new_coupon"),
    path("coupons/<str:code>/", own_coupon, name="coupon"),
    path("coupons/<str:code>/close/", close_own_coupon, name="close_coupon"),
    path("savings/", OwnSavings.as_view(scope=own_scope), name="savings"),
    path("savings/new/", new_saving, name="new_saving"),
    path("savings/<str:code>/", own_saving, name="saving"),
    path("savings/<str:code>/close/", close_own_saving, name="close_saving"),
    path("freight/", OwnFreight.as_view(scope=own_scope), name="freight"),
    path("freight/new/", new_freight, name="new_freight"),
    path("freight/<str:code>/", own_freight, name="freight_one"),
    path("freight/<str:code>/close/", close_own_freight, name="close_freight"),
    path("account/", AccountFlow.as_view(scope=own_scope), name="flow"),
]

# Whoever serves these addresses has the portal's menu and search; commands start without them.
register_portal(PORTAL)
for resolver in RESOLVERS:
    register_resolver(resolver)
