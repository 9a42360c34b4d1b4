"""URLs of the storefront; include at the root: path("", include("zhanggui.portals.storefront.urls"))."""

from django.urls import include, path
from django.views.decorators.gzip import gzip_page

from zhanggui.portals.storefront import (
    addresses,
    after_sale,
    browsing,
    cart,
    checkout,
    helping,
    member,
    message_centre,
    order_acts,
    orders,
    paying,
    product,
    reviewing,
)

app_name = "storefront"

urlpatterns = [
    path("", include("zhanggui.portals.storefront.signing_in.urls")),
    path("", gzip_page(browsing.home), name="home"),
    path("categories/", gzip_page(browsing.categories), name="categories"),
    path("categories/<str:code>/", gzip_page(browsing.category), name="category"),
    path("search/", gzip_page(browsing.search), name="search"),
    path("shops/<str:code>/", gzip_page(browsing.shop), name="shop"),
    path("topics/<str:code>/", gzip_page(browsing.topic), name="topic"),
    path("goods/<str:number>/", gzip_page(product.product), name="product"),
    path("goods/<str:number>/reviews/", gzip_page(product.reviews), name="reviews"),
    path("goods/<str:number>/favourite/", member.favourite, name="favourite"),
    path("cart/", cart.cart, name="cart"),
    path("cart/add/", cart.add, name="cart_add"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("pay/<str:number>/", paying.pay, name="pay"),
    path("pay/<str:number>/state/", paying.pay_state, name="pay_state"),
    path("pay/<str:number>/back/", paying.came_back, name="came_back"),
    path("me/", member.me, name="me"),
    path("me/messages/", message_centre.messages, name="messages"),
    path("me/messages/read/", message_centre.messages_read, name="messages_read"),
    path("me/messages/<int:number>/", message_centre.message, name="message"),
    path("me/favourites/", member.favourites, name="favourites"),
    path("me/addresses/", addresses.addresses, name="addresses"),
    path("me/addresses/new/", addresses.address, name="address_new"),
    path("me/addresses/<int:number>/", addresses.address, name="address"),
    path("coupons/", member.coupons, name="coupons"),
    path("coupons/<str:code>/claim/", member.claim, name="claim"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/state/", orders.order_state, name="order_state"),
    path("orders/<str:number>/act/", order_acts.order_act, name="order_act"),
    path("orders/<str:number>/after-sale/", after_sale.ask, name="case_new"),
    path("after-sale/", after_sale.cases, name="cases"),
    path("after-sale/<str:number>/", after_sale.case, name="case"),
    path("after-sale/<str:number>/act/", after_sale.case_act, name="case_act"),
    path("orders/<str:number>/review/", reviewing.review, name="review"),
    path("help/", gzip_page(helping.contents), name="help"),
    path("help/<str:name>/", gzip_page(helping.page), name="help_page"),
    path("support/", helping.support, name="support"),
]
