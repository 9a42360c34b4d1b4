"""Open a product type, or change what goods of it have to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import StillUsed, TypeIncomplete
from zhanggui.trade.catalogue.models import Attribute, ProductType, Specification
from zhanggui.trade.catalogue.rules.texts import checked_code, checked_words


@dataclass(frozen=True)
class AxisDraft:
    """An attribute or specification as given: `choices` are names by code; without any every text is taken."""

    code: str
    name: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    required: bool = False
    filterable: bool = False


def keep_product_type(
    *, code: str, name: Mapping[str, str], attributes: Sequence[AxisDraft], specifications: Sequence[AxisDraft],
    at: datetime, actor: str,
) -> ProductType:  # fmt: skip
    """This function will open the product type `code`, or change it, in the caller's transaction and return it. The
    attributes and specifications are all that it has then, in their order.

    Raises CodeRefused, WordsRefused, TypeIncomplete, StillUsed: goods have what should go.
    """
    checked_code(code, what="a product type")
    names = checked_words(name, what="the name")
    codes = [axis.code for axis in (*attributes, *specifications)]
    twice = next((one for one in codes if codes.count(one) > 1), None)
    if twice:
        raise TypeIncomplete(f"{twice!r} is there twice; give every attribute and specification its own code")
    row = ProductType.objects.select_for_update().filter(code=code).first()
    before = told(row) if row else {}
    if row is None:
        row = ProductType.objects.create(code=code, name=names)
    else:
        row.name = names
        row.save()
    for model, drafts in ((Attribute, attributes), (Specification, specifications)):
        _keep_axes(row, model, drafts)
    record_change(
        at=at, actor=actor, action="product_type.changed" if before else "product_type.opened",
        object_kind="product_type", object_id=code, before=before, after=told(row),
    )  # fmt: skip
    return row


def _keep_axes(row: ProductType, model: Any, drafts: Sequence[AxisDraft]) -> None:
    kept = {draft.code for draft in drafts}
    for gone in model.objects.filter(product_type=row).exclude(code__in=kept):
        if _is_used(row, gone):
            raise StillUsed(
                f"goods of this type have {gone.code!r}; it cannot go while they do", field=gone.code
            )
        gone.delete()
    for position, draft in enumerate(drafts):
        checked_code(draft.code, what="an attribute or specification")
        values: dict[str, Any] = {
            "name": checked_words(draft.name, what=f"the name of {draft.code}"),
            "choices": {
                checked_code(choice, what="a choice"): checked_words(words, what=f"the name of {choice}")
                for choice, words in draft.choices.items()
            },
            "position": position,
        }
        if model is Attribute:
            values |= {"required": draft.required, "filterable": draft.filterable}
        model.objects.update_or_create(product_type=row, code=draft.code, defaults=values)


def _is_used(row: ProductType, axis: Attribute | Specification) -> bool:
    table = "attributes" if isinstance(axis, Attribute) else "specs"
    query = (
        "select 1 from trade_spu s join trade_category c on c.id = s.category_id"
        " left join trade_sku k on k.spu_id = s.id where c.product_type_id = %s and "
        + ("s.attributes" if table == "attributes" else "k.specs")
        + " ? %s limit 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [row.id, axis.code])
        return cursor.fetchone() is not None


def told(row: ProductType) -> dict[str, Any]:
    """This function will return what the audit log keeps of a product type."""
    return {
        "name": row.name,
        "attributes": list(row.attributes.order_by("position").values_list("code", flat=True)),
        "specifications": list(row.specifications.order_by("position").values_list("code", flat=True)),
    }
