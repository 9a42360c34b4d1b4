"""What must always hold of published rules; the function returns the offending rows."""

import hashlib
import json
from typing import Any

from zhanggui.settlement.fees.models import RuleSetVersion, RuleVersion


def published_rules_changed() -> list[dict[str, Any]]:
    """Published rules and rule sets that no longer have the hash taken when they were published."""
    rules = RuleVersion.objects.values_list("id", "set_code", "code", "version", "content", "content_hash")
    broken: list[dict[str, Any]] = [
        {"rule": f"{set_code}/{code}", "version": version, "id": number}
        for number, set_code, code, version, content, value in rules.iterator()
        if _sha256({name: one for name, one in content.items() if name != "note"}) != bytes(value)
    ]
    sets = RuleSetVersion.objects.values_list("id", "code", "version", "document", "digest")
    broken += [
        {"rule_set": code, "version": version, "id": number}
        for number, code, version, document, value in sets.iterator()
        if _sha256(document) != bytes(value)
    ]
    return broken


def _sha256(document: dict[str, Any]) -> bytes:
    """The canonical form, written down a second time on purpose: this checks what publishing wrote."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()
