"""What orders, parcels and steps are called."""

from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.written import actor_name

STATES = {
    "placed": Badge(pgettext_lazy("mall order", "To be paid"), "grey"),
    "paid": Badge(pgettext_lazy("mall order", "To ship"), "amber"),
    "shipped": Badge(pgettext_lazy("mall order", "Shipped"), "blue"),
    "received": Badge(pgettext_lazy("mall order", "Received"), "blue"),
    "completed": Badge(pgettext_lazy("mall order", "Completed"), "green"),
    "cancelled": Badge(pgettext_lazy("mall order", "Cancelled"), "grey"),
}
HELD = Badge(pgettext_lazy("mall order", "On hold"), "red")
KINDS = {
    "physical": pgettext_lazy("goods", "By parcel"),
    "digital": pgettext_lazy("goods", "Digital"),
    "pickup": pgettext_lazy("goods", "Fetched at the shop"),
}
PARCELS = {
    "sent": Badge(pgettext_lazy("parcel", "On its way"), "blue"),
    "delivered": Badge(pgettext_lazy("parcel", "Delivered"), "green"),
    "lost": Badge(pgettext_lazy("parcel", "Lost"), "red"),
    "back": Badge(pgettext_lazy("parcel", "Taken back"), "grey"),
}
STEPS = {
    "placed": pgettext_lazy("order step", "Placed"),
    "paid": pgettext_lazy("order step", "To be shipped"),
    "part_shipped": pgettext_lazy("order step", "A part was shipped"),
    "shipped": pgettext_lazy("order step", "Shipped"),
    "parcel_back": pgettext_lazy("order step", "A parcel was taken back"),
    "parcel_lost": pgettext_lazy("order step", "A parcel was lost"),
    "put_off": pgettext_lazy("order step", "Receipt put off"),
    "received": pgettext_lazy("order step", "Received"),
    "completed": pgettext_lazy("order step", "Completed"),
    "cancelled": pgettext_lazy("order step", "Cancelled"),
    "part_called_off": pgettext_lazy("order step", "What had not left was called off"),
    "held": pgettext_lazy("order step", "Put on hold"),
    "released": pgettext_lazy("order step", "Released"),
    "transferred": pgettext_lazy("order step", "Transferred"),
    "noted": pgettext_lazy("order step", "Note"),
}
SHARES = {
    "shop_saving": gettext_lazy("Spend and save of the shop"),
    "shop_coupon": gettext_lazy("Coupon of the shop"),
    "platform_saving": gettext_lazy("Spend and save of the platform"),
    "platform_coupon": gettext_lazy("Coupon of the platform"),
}
OUTCOMES = {
    "shipped": Badge(pgettext_lazy("row", "Shipped"), "green"),
    "there": Badge(pgettext_lazy("row", "Shipped before"), "grey"),
    "refused": Badge(pgettext_lazy("row", "Refused"), "red"),
}


def who(actor: str) -> str:
    """Who took a step, in a word."""
    return pgettext("mall order", "Buyer") if actor.startswith("buyer") else actor_name(actor)


def title_in(title: dict[str, str], language: str) -> str:
    """A title in a language, else in the other one."""
    wanted = "zh" if language.startswith("zh") else "en"
    return title.get(wanted) or next((text for text in title.values() if text), "")
