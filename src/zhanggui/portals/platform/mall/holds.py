"""What holds in the mall when a check finds nothing, by the name of the check."""

from typing import Any, Final

from django.utils.translation import gettext_lazy

MALL_HOLDS: Final[dict[str, Any]] = {
    "payment_differs_from_parts": gettext_lazy("The parts of every payment add up to it."),
    "charge_differs_from_parts": gettext_lazy("The parts of every charge that pays for orders add up to it."),
    "paid_without_its_charge": gettext_lazy(
        "A payment is paid exactly when one charge of its amount was accepted for it."
    ),
    "refunds_differ_from_charge": gettext_lazy(
        "What was asked back of every charge is the sum of its refunds that did not fail, and never more than it."
    ),
    "purchase_differs_from_orders": gettext_lazy("Every purchase is the sum of its orders."),
    "order_differs_from_lines": gettext_lazy("Every order of the mall is the sum of its lines."),
    "discounts_differ_from_shares": gettext_lazy(
        "The discounts of every line are the sums of its shares, by who funds them."
    ),
    "purchase_differs_from_payment": gettext_lazy(
        "A purchase that costs something is paid exactly when its payment is, and of that amount."
    ),
    "orders_differ_from_purchase": gettext_lazy(
        "Orders wait for money with their purchase, and none of a paid one does."
    ),
    "given_back_above_paid": gettext_lazy(
        "On no line more is given back than was paid, or than there are units."
    ),
    "case_differs_from_slip": gettext_lazy("What every after-sale case gave back is what its refund says."),
    "way_back_differs_from_case": gettext_lazy(
        "A carrier is paid for goods on their way back only once they are there, by whom the case says."
    ),
    "freight_differs_from_charges": gettext_lazy(
        "What carriers earn by parcels and ways back is what was charged to whoever owes it, once."
    ),
    "restocked_above_returned": gettext_lazy("No more is put back into stock than came back with its case."),
    "question_state_is_not_its_last_message": gettext_lazy(
        "A question's state says who wrote its last message."
    ),
    "question_of_somebody_else": gettext_lazy("A question and its messages are one buyer's and one shop's."),
    "repairs_contradict_refund": gettext_lazy("A repair of a refund agrees with the refund."),
    "ratings_differ_from_reviews": gettext_lazy("The stars of every good are the sum of its shown reviews."),
    "review_of_another_order": gettext_lazy("Only who bought a good reviews it."),
    "shipped_above_ordered": gettext_lazy("No more units of a line are in parcels than were ordered."),
    "shipped_order_without_parcels": gettext_lazy(
        "All of a shipped order is in parcels, but for what was given back."
    ),
    "reserved_differs_from_orders": gettext_lazy(
        "What is reserved of a stock is what orders that wait have still to be sent."
    ),
    "parcel_of_others": gettext_lazy("A parcel carries orders that its shipper ships, of its buyer."),
    "digital_items_differ": gettext_lazy("A digital order that is shipped has as many codes as units."),
    "stock_differs_from_movements": gettext_lazy("Every stock is the sum of its movements."),
    "stock_oversold": gettext_lazy("No more is reserved of a stock than is on hand."),
    "stock_out_of_place": gettext_lazy(
        "Goods lie in warehouses of their owner; listings take their source's stock."
    ),
    "goods_state_without_its_step": gettext_lazy(
        "The state of every good is the one that its latest step reached."
    ),
    "listing_without_its_source": gettext_lazy("A listing is on sale only while its supply goods are."),
    "merged_buyer_not_final": gettext_lazy("A merged buyer leads to one that stands, and keeps nothing."),
    "union_of_two_buyers": gettext_lazy("One person at WeChat or Weibo is one buyer here."),
    "buyer_without_way_in": gettext_lazy("Every active buyer has a way to log in."),
    "coupon_count_differs": gettext_lazy(
        "As many coupons are claimed as buyers hold, and no more than there are."
    ),
    "coupons_differ_from_purchases": gettext_lazy(
        "Coupons are used by purchases that were paid, and reserved by those that wait."
    ),
    "coupon_held_too_often": gettext_lazy("No buyer holds more of a coupon than one may."),
    "coupons_of_one_owner_combined": gettext_lazy(
        "No purchase uses two coupons of one shop, or two of the platform."
    ),
}
