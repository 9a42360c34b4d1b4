"""Set how an entity invoices."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.invoices.errors import InvoiceError
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.tax_models import InvoicePolicy

CHOICES = {
    "draft_when": ("closed", "confirmed"),
    "reversals": ("red_letter", "deduction"),
    "input_check": ("before_payment", "after_payment"),
}


class PolicyRefused(InvoiceError):
    """A setting of invoices that there is not."""

    code = "invoice_policy_refused"


def set_invoice_policy(
    *, entity_id: int, draft_when: str, reversals: str, input_check: str, verify_above_minor: int | None,
    at: datetime, actor: str,
) -> InvoicePolicy:  # fmt: skip
    """This function will set an entity's settings (0: those of every entity without its own) in the caller's
    transaction. They hold for what is drafted and checked from now on. Raises PolicyRefused."""
    hold_invoices_of(0)
    given = {"draft_when": draft_when, "reversals": reversals, "input_check": input_check}
    for name, value in given.items():
        if value not in CHOICES[name]:
            raise PolicyRefused(f"{name} is one of {', '.join(CHOICES[name])}, not {value!r}", name=name)
    if verify_above_minor is not None and verify_above_minor < 0:
        raise PolicyRefused("verify_above_minor is 0 or more (minor units), or empty for no limit")
    before = InvoicePolicy.objects.filter(entity_id=entity_id).values().first()
    row, _ = InvoicePolicy.objects.update_or_create(
        entity_id=entity_id, defaults=given | {"verify_above_minor": verify_above_minor}
    )
    record_change(
        at=at, actor=actor, action="invoice_policy.set", object_kind="invoice_policy", object_id=str(entity_id),
        before=before, after=given | {"verify_above_minor": verify_above_minor},
    )  # fmt: skip
    return row
