"""One rule as a sentence a finance person reads, in the language of the request. Input: a rule's document."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhanggui.money.rounding import RoundingMode
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.lists.columns import units_text
from zhanggui.portals.platform.names import fee_name_of
from zhanggui.settlement.fees.rules.words import base as base_words
from zhanggui.settlement.fees.rules.words import rounding as rounding_words

DIMENSIONS = {
    "category": gettext_lazy("category"),
    "spu": gettext_lazy("product"),
    "sku": gettext_lazy("article"),
    "sku_type": gettext_lazy("kind of article"),
    "merchant": gettext_lazy("merchant"),
    "merchant_level": gettext_lazy("merchant level"),
    "merchant_category": gettext_lazy("merchant category"),
    "business_line": gettext_lazy("business line"),
    "channel": gettext_lazy("channel"),
    "payment_method": gettext_lazy("payment method"),
    "region": gettext_lazy("region"),
}
ROLES = {
    "merchant": gettext_lazy("the merchant"),
    "platform": gettext_lazy("the platform"),
    "supplier": gettext_lazy("the supplier"),
    "carrier": gettext_lazy("the carrier"),
}
GRAINS = {
    "order": gettext_lazy("once per merchant and order, shared over its lines"),
    "spu": gettext_lazy("once per product of an order, shared over its lines"),
    "sku_type": gettext_lazy("once per kind of article of an order, shared over its lines"),
    "sku": gettext_lazy("line by line"),
    "fee": gettext_lazy("line by line, on another fee"),
}
REVERSES = {
    "none": gettext_lazy("on a return nothing is given back"),
    "pro_rata": gettext_lazy("on a return it is given back pro rata"),
    "full_only": gettext_lazy("it is given back only when all of the line is returned"),
    "own_document": gettext_lazy("on a return it comes back, if at all, by a document of its own"),
}
PER = {
    "order": gettext_lazy("per order"),
    "line": gettext_lazy("per line"),
    "unit": gettext_lazy("per unit"),
}
MOST_CODES = 6


def _chosen(pair: tuple[str, str]) -> str:
    return pair[0] if (get_language() or "zh").startswith("zh") else pair[1]


def base_name(code: str) -> str:
    """A base in words; the result of another fee by that fee's name."""
    if code.startswith("fee:"):
        return _("the fee “%(fee)s”") % {"fee": fee_name_of(code.removeprefix("fee:"))}
    return _chosen(base_words(code))


def rounding_name(mode: str) -> str:
    """A way of rounding in words."""
    return _chosen(rounding_words(RoundingMode(mode)))


def role_name(role: str) -> str:
    """Who pays or receives."""
    return str(ROLES.get(role, role.removeprefix("other:")))


def condition_text(when: Mapping[str, Any], currency: str) -> str:
    """When the rule applies."""
    parts = []
    for name, label in DIMENSIONS.items():
        codes = when.get(name)
        if codes:
            shown = _(", ").join(codes[:MOST_CODES])
            if len(codes) > MOST_CODES:
                shown += _(" and %(more)s more") % {"more": len(codes) - MOST_CODES}
            parts.append(_("%(dimension)s %(codes)s") % {"dimension": label, "codes": shown})
    amount = when.get("order_amount")
    if amount:
        start, before = amount.get("from"), amount.get("before")
        if start:
            parts.append(_("orders from %(amount)s") % {"amount": format_money(start, currency)})
        if before is not None:
            parts.append(_("orders below %(amount)s") % {"amount": format_money(before, currency)})
    return _("; ").join(parts) if parts else _("every order line")


def formula_text(formula: Mapping[str, Any], currency: str) -> str:
    """What the fee comes to."""
    base = base_name(formula["base"])
    parts = []
    tiers = formula.get("tiers")
    if tiers:
        parts.append(
            _("%(base)s in steps: %(steps)s")
            % {
                "base": base,
                "steps": steps_text(tiers, currency, formula["base"]),
            }
        )
    elif formula.get("rate") and formula["rate"] != "0%":
        parts.append(_("%(rate)s of %(base)s") % {"base": base, "rate": formula["rate"]})
    if formula.get("fixed"):
        parts.append(
            _("%(amount)s %(per)s")
            % {"amount": format_money(formula["fixed"], currency), "per": PER[formula["fixed_per"]]}
        )
    text = _(" plus ").join(parts) or _("nothing")
    if formula.get("floor") is not None:
        text += _(", at least %(amount)s") % {"amount": format_money(formula["floor"], currency)}
    if formula.get("cap") is not None:
        text += _(", at most %(amount)s") % {"amount": format_money(formula["cap"], currency)}
    return text


def steps_text(tiers: Mapping[str, Any], currency: str, base: str = "") -> str:
    """The steps of a scale; they count units where the base does."""
    in_units = base == "quantity" and tiers["by"] == "line_amount"

    def start(step: Mapping[str, Any]) -> str:
        return units_text(step["from"]) if in_units else format_money(step["from"], currency)

    steps = [
        _("from %(from)s %(rate)s") % {"from": start(step), "rate": step["rate"]}
        + (
            _(" plus %(amount)s") % {"amount": format_money(step["fixed"], currency)}
            if step.get("fixed")
            else ""
        )
        for step in tiers["steps"]
    ]
    chosen = _("by sales of the period") if tiers["by"] == "cumulative_sales" else _("by the amount")
    kind = _("each part at its step") if tiers["kind"] == "graduated" else _("all at one step")
    return f"{_(', ').join(steps)} ({chosen}{_(', ')}{kind})"


def reverse_text(rule: Mapping[str, Any], currency: str) -> str:
    """How the fee comes back on a return, where the rule says so itself; else nothing."""
    terms = rule.get("reverse")
    if not terms:
        return ""
    if terms["policy"] != "fixed":
        return str(REVERSES[terms["policy"]])
    text = _("on a return %(amount)s is kept and the rest given back pro rata") % {
        "amount": format_money(terms["kept"], currency)
    }
    if terms["kept_rate"] != "100%":
        text += _(", but never more than %(rate)s of the fee is kept") % {"rate": terms["kept_rate"]}
    return text


def rule_sentence(rule: Mapping[str, Any], currency: str) -> str:
    """The whole rule as one sentence."""
    formula = rule["formula"]
    sentence = _(
        "For %(when)s, %(payer)s pays %(receiver)s the fee “%(fee)s”: %(formula)s;"
        " %(grain)s, rounded %(rounding)s."
    ) % {
        "when": condition_text(rule.get("when") or {}, currency),
        "payer": role_name(rule["payer"]),
        "receiver": role_name(rule["receiver"]),
        "fee": fee_name_of(rule["fee"]),
        "formula": formula_text(formula, currency),
        "grain": GRAINS[rule["granularity"]],
        "rounding": rounding_name(formula["rounding"]),
    }
    coming_back = reverse_text(rule, currency)
    return sentence + (_(" Beyond that, %(terms)s.") % {"terms": coming_back} if coming_back else "")


def window_text(rule: Mapping[str, Any]) -> str:
    """The days on which the rule holds."""
    if rule.get("effective_before"):
        return _("from %(start)s, before %(end)s") % {
            "start": rule["effective_from"],
            "end": rule["effective_before"],
        }
    return _("from %(start)s on") % {"start": rule["effective_from"]}
