"""Business lines as they come in and go out: the document of `zhanggui business-line open`."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from zhanggui.portals.api.schemas.fields import PRINTABLE, Code, Currency, Strict
from zhanggui.portals.api.schemas.incoming import Names, OpeningTerms
from zhanggui.portals.api.schemas.outgoing import Paged

Told = Annotated[bool, Field(strict=True)]
EXAMPLE: dict[str, Any] = {
    "code": "tea-online",
    "name": {"zh": "茶叶线上", "en": "Tea online"},
    "currency": "CNY",
    "entity": {"code": "ZG-CN", "name": {"zh": "掌柜结算有限公司", "en": "Zhanggui Settlement China"}},
    "terms": {"effective_from": "2026-06-01", "node": "received", "invoice_mode": "output", "cycle": "month:1"},
    "parties": [{"code": "carrier-swift", "kind": "carrier", "name": {"zh": "迅达快递", "en": "Swift Express"}}],
    "rule_set": {
        "schema": "zhanggui.rule-set/1", "code": "tea-online", "currency": "CNY", "effective_from": "2026-06-01",
        "rounding": "half_even", "free": [],
        "rules": [{
            "code": "commission", "fee": "commission", "priority": 0, "when": {}, "payer": "merchant",
            "receiver": "platform", "granularity": "sku",
            "formula": {"base": "goods_paid", "rate": "5%", "rounding": "half_up"},
        }],
    },
}  # fmt: skip


class EntityIn(Strict):
    """A settlement entity; made if its code is not known yet, else taken as it is."""

    code: Annotated[str, Field(min_length=1, max_length=32, pattern=PRINTABLE)]
    name: Names


class LinePartyIn(Strict):
    """A party that the rules name; made if its code is not known yet, else taken as it is."""

    code: Code
    kind: Literal["merchant", "supplier", "carrier", "distributor", "other"]
    name: Names


class BusinessLineIn(Strict):
    """A business line to open: its entity, the terms of whoever has none of its own, its fee rules (as
    docs/reference/rule-set.md describes them). All of it or nothing. A code that is taken is refused."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    code: Code
    name: Names
    currency: Currency
    entity: EntityIn
    terms: OpeningTerms
    parties: Annotated[list[LinePartyIn], Field(max_length=500, default_factory=list)]
    rule_set: dict[str, Any]
    settlement_only: Told = False
    shadow: Told = False


class BusinessLineOut(Schema):
    """A business line. `settlement_only` bills itself and posts its details; `shadow` bills them again (双保险).
    `rule_set_version` is the latest published version of its rules, null without one."""

    id: int
    code: str
    zh: str
    en: str
    currency: str
    rule_set: str
    rule_set_version: int | None
    settlement_only: bool
    shadow: bool


class BusinessLinePage(Paged):
    """Business lines, oldest first."""

    items: list[BusinessLineOut]
