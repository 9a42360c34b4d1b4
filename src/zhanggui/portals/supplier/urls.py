"""URLs of the supplier's portal, under /supplier/."""

from django.urls import path

from zhanggui.portals.desk.finding import register_resolver
from zhanggui.portals.desk.menus import register_portal
from zhanggui.portals.supplier import home, mall_orders
from zhanggui.portals.supplier.mall_orders import RESOLVER
from zhanggui.portals.supplier.menu import PORTAL
from zhanggui.portals.supplier.standing import supplier_scope
from zhanggui.portals.supplier.supplies import SupplyPrices, supply_prices

app_name = "supplier"

urlpatterns = [
    path("", home.home, name="home"),
    path("mall-orders/", mall_orders.SupplierOrders.as_view(scope=supplier_scope), name="mall_orders"),
    path("mall-orders/live/", mall_orders.mall_orders_stream, name="mall_orders_stream"),
    path("mall-orders/live/parts/", mall_orders.mall_orders_parts, name="mall_orders_parts"),
    path("mall-orders/print/", mall_orders.print_mall_orders, name="print_mall_orders"),
    path("mall-orders/ship/", mall_orders.ship_file, name="ship_file"),
    path("mall-orders/ship/to-ship.xlsx", mall_orders.to_ship_file, name="to_ship_file"),
    path("mall-orders/<str:order_no>/", mall_orders.mall_order, name="mall_order"),
    path("mall-orders/<str:order_no>/ship/", mall_orders.ship_mall_order, name="ship_mall_order"),
    path("mall-orders/<str:order_no>/note/", mall_orders.note_mall_order, name="note_mall_order"),
    path("supplies/", SupplyPrices.as_view(scope=supplier_scope), name="supplies"),
    path("supplies/<str:number>/", supply_prices, name="supply_prices"),
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
]

# Whoever serves these addresses has the portal's menu; commands start without it.
register_portal(PORTAL)
register_resolver(RESOLVER)
