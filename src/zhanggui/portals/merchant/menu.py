"""The portal as the desk draws it: who may enter, what is in the side menu."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.portals.desk.menus import Item, Menu, Portal, Section
from zhanggui.portals.merchant.cases import cases_to_answer
from zhanggui.portals.merchant.home import shop_name, waiting_count
from zhanggui.portals.merchant.invoices import invoices_waiting
from zhanggui.portals.merchant.mall_orders import orders_to_ship_count
from zhanggui.portals.merchant.notices import own_bell
from zhanggui.portals.merchant.questions import questions_to_answer
from zhanggui.portals.merchant.reviews import reviews_to_answer
from zhanggui.portals.merchant.standing import shop_standings

MENU = Menu(
    [
        Section(
            "",
            [
                Item(_("Home"), "merchant:home", icon="home"),
                Item(_("Notices"), "merchant:notices", icon="bell"),
            ],
        ),
        Section(
            _("Trade"),
            [
                Item(_("Orders"), "merchant:mall_orders", permission="own_orders.view",
                     badge=orders_to_ship_count, icon="list"),
                Item(_("After-sale"), "merchant:cases", permission="own_returns.view", badge=cases_to_answer,
                     icon="replay"),
                Item(pgettext_lazy("questions", "Questions"), "merchant:questions",
                     permission="own_questions.view", badge=questions_to_answer, icon="question"),
                Item(pgettext_lazy("customers", "Customers"), "merchant:customers",
                     permission="own_customers.view", icon="user"),
                Item(_("Reviews"), "merchant:reviews", permission="own_reviews.view", badge=reviews_to_answer,
                     icon="bookmark"),
            ],
        ),
        Section(
            pgettext_lazy("catalogue", "Goods"),
            [
                Item(pgettext_lazy("catalogue", "Goods"), "merchant:goods", permission="own_goods.view", icon="list"),
                Item(_("Supply goods to list"), "merchant:supply", permission="own_goods.view", icon="import"),
                Item(_("Digital codes"), "merchant:codes", permission="own_goods.view", icon="shield"),
                Item(_("Stock"), "merchant:stock", permission="own_goods.view", icon="columns"),
                Item(_("Shop settings"), "merchant:shop_settings", permission="own_goods.view", icon="gear"),
            ],
        ),
        Section(
            _("Promotions"),
            [
                Item(_("Coupons"), "merchant:coupons", permission="own_promotions.view", icon="wallet"),
                Item(_("Spend and save"), "merchant:savings", permission="own_promotions.view", icon="scale"),
                Item(_("Freight templates"), "merchant:freight", permission="own_promotions.view", icon="columns"),
            ],
        ),
        Section(
            _("Settlement"),
            [
                Item(_("Statements"), "merchant:statements", permission="own_statements.view",
                     badge=waiting_count, icon="statement"),
                Item(_("Billing details"), "merchant:details", permission="own_details.view", icon="list"),
                Item(_("Waiting to be billed"), "merchant:waiting", permission="own_details.view",
                     icon="clock"),
                Item(_("Payouts"), "merchant:payouts", permission="own_payouts.view", icon="wallet"),
                Item(pgettext_lazy("splits", "Splits"), "merchant:splits", permission="own_payouts.view",
                     icon="scale"),
                Item(_("Receiving accounts"), "merchant:receivers", permission="own_payouts.view", icon="party"),
                Item(_("Contracts"), "merchant:contracts", permission="own_contracts.view", icon="statement"),
                Item(_("Funds"), "merchant:funds", permission="own_funds.view", icon="wallet"),
                Item(_("Order flow"), "merchant:order_flow", permission="own_funds.view", icon="list"),
                Item(_("Account flow"), "merchant:flow", permission="own_details.view", icon="wallet"),
                Item(_("Deposit, holds and debts"), "merchant:guarantees", permission="own_guarantees.view",
                     icon="shield"),
                Item(_("Analytics"), "merchant:analytics", permission="own_funds.view", icon="columns"),
                Item(_("Settlement report"), "merchant:report", permission="own_funds.view", icon="columns"),
                Item(_("Invoices"), "merchant:invoices", permission="own_invoices.view", badge=invoices_waiting,
                     icon="statement"),
                Item(_("Self-service reconciliation"), "merchant:own_checks",
                     permission="own_reconciliation.view", icon="scale"),
                Item(_("Download centre"), "desk:exports", permission="own_exports.create", icon="download"),
                Item(_("People and roles"), "merchant:staff", permission="own_staff.change", icon="user"),
            ],
        ),
    ]
)  # fmt: skip
PORTAL = Portal(
    "merchant", _("Shop"), "/merchant/", may_enter=lambda user: bool(shop_standings(user)), menu=MENU,
    context=shop_name, order=20, bell=own_bell,
)  # fmt: skip
