"""The portal as the desk draws it. Settlement pages are those of every party that has statements."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.portals.desk.menus import Item, Menu, Portal, Section
from zhanggui.portals.supplier.home import supplier_bell, supplier_name
from zhanggui.portals.supplier.mall_orders import to_ship_count
from zhanggui.portals.supplier.standing import supplier_standings

MENU = Menu(
    [
        Section("", [Item(_("Home"), "supplier:home", icon="home")]),
        Section(
            _("Trade"),
            [
                Item(_("Orders to ship"), "supplier:mall_orders", permission="own_orders.view",
                     badge=to_ship_count, icon="list"),
                Item(_("Supply goods and prices"), "supplier:supplies", permission="own_supplies.view",
                     icon="wallet"),
                Item(_("Notices"), "merchant:notices", icon="bell"),
            ],
        ),
        Section(
            pgettext_lazy("catalogue", "Goods"),
            [
                Item(pgettext_lazy("catalogue", "Goods"), "merchant:goods", permission="own_goods.view", icon="list"),
                Item(_("Digital codes"), "merchant:codes", permission="own_goods.view", icon="shield"),
                Item(_("Stock"), "merchant:stock", permission="own_goods.view", icon="columns"),
            ],
        ),
        Section(
            _("Settlement"),
            [
                Item(_("Statements"), "merchant:statements", permission="own_statements.view", icon="statement"),
                Item(_("Billing details"), "merchant:details", permission="own_details.view", icon="list"),
                Item(_("Payouts"), "merchant:payouts", permission="own_payouts.view", icon="wallet"),
                Item(pgettext_lazy("splits", "Splits"), "merchant:splits", permission="own_payouts.view",
                     icon="scale"),
                Item(_("Receiving accounts"), "merchant:receivers", permission="own_payouts.view", icon="party"),
                Item(_("Contracts"), "merchant:contracts", permission="own_contracts.view", icon="statement"),
                Item(_("Download centre"), "desk:exports", permission="own_exports.create", icon="download"),
                Item(_("People and roles"), "merchant:staff", permission="own_staff.change", icon="user"),
            ],
        ),
    ]
)  # fmt: skip
PORTAL = Portal(
    "supplier", _("Supplier"), "/supplier/", may_enter=lambda user: bool(supplier_standings(user)), menu=MENU,
    context=supplier_name, order=15, shares=("/merchant/",), bell=supplier_bell,
)  # fmt: skip
