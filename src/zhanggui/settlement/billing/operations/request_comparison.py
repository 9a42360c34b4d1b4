"""Keep the wish for a what-if: a document to be rated over all past orders of a business line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.settlement.billing.models import Comparison
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.fees.queries.rule_sets import compiled_draft
from zhanggui.settlement.fees.rules.document import rule_set_document
from zhanggui.settlement.fees.rules.parser import parse_rule_set


def request_comparison(
    *, document: Mapping[str, Any], business_line: BusinessLine, at: datetime, actor: str
) -> Comparison:
    """This function will keep a queued comparison of the document, in the caller's transaction. Raises
    InvalidRuleSet when the document cannot be read, and the compiler's refusals when nothing can be rated by it."""
    rule_set = parse_rule_set(document)
    compiled_draft(rule_set)
    return Comparison.objects.create(
        business_line_id=business_line.id, set_code=rule_set.code, document=rule_set_document(rule_set),
        currency=business_line.currency, requested_at=at, actor=actor,
    )  # fmt: skip
