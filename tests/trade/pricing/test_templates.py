"""Freight templates are kept by their owners."""

from typing import Any

import pytest

from tests.trade.stalls import NOW, Stalls
from zhanggui.audit.models import AuditRecord
from zhanggui.money.errors import FloatRefused, Refusal, UnknownCurrency
from zhanggui.trade.pricing.errors import (
    FreightTemplateInUse,
    FreightTemplateTaken,
    FreightTemplateWrong,
    UnknownFreightTemplate,
)
from zhanggui.trade.pricing.models import FreightRow, FreightTemplate
from zhanggui.trade.pricing.operations.add_freight_template import add_freight_template
from zhanggui.trade.pricing.operations.change_freight_template import change_freight_template
from zhanggui.trade.pricing.operations.close_freight_template import close_freight_template
from zhanggui.trade.pricing.queries import freight_steps, freight_terms
from zhanggui.trade.pricing.rules.freight import FreightStep

pytestmark = pytest.mark.django_db
NEAR, ELSEWHERE = FreightStep(("shanghai", "jiangsu"), 1, 600, 1, 100), FreightStep((), 1, 1200, 2, 300)


def add(**terms: Any) -> FreightTemplate:
    usual: dict[str, Any] = {
        "owner_id": 7, "code": "usual", "name": {"zh": "常规", "en": "Usual"}, "currency": "CNY", "basis": "piece",
        "rows": [NEAR, ELSEWHERE], "at": NOW, "actor": "ann",
    }  # fmt: skip
    return add_freight_template(**(usual | terms))


class TestAdd:
    def test_keeps_the_rows_and_tells_the_log(self) -> None:
        template = add(free_from_minor=9900)
        assert freight_steps(template) == [NEAR, ELSEWHERE]
        terms = freight_terms(template_ids=[template.id], currency="CNY")[template.id]
        assert (terms.free_from_minor, terms.steps) == (9900, (NEAR, ELSEWHERE))
        assert freight_terms(template_ids=[template.id], currency="USD") == {}
        assert AuditRecord.objects.get().action == "freight_template.added"

    @pytest.mark.parametrize(
        ("terms", "refusal"),
        [
            ({"code": "a b"}, FreightTemplateWrong), ({"name": {}}, FreightTemplateWrong),
            ({"currency": "XXX"}, UnknownCurrency), ({"basis": "volume"}, FreightTemplateWrong),
            ({"free_from_minor": -1}, FreightTemplateWrong), ({"rows": []}, FreightTemplateWrong),
            ({"rows": [NEAR, NEAR]}, FreightTemplateWrong), ({"rows": [ELSEWHERE] * 2}, FreightTemplateWrong),
            ({"rows": [FreightStep((), 0, 1, 1, 1)]}, FreightTemplateWrong),
            ({"rows": [FreightStep((), 1, -1, 1, 1)]}, FreightTemplateWrong),
            ({"rows": [FreightStep((), 1, 1.5, 1, 1)]}, FloatRefused),  # type: ignore[arg-type]
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be_counted_by(self, terms: dict[str, Any], refusal: type[Refusal]) -> None:
        with pytest.raises(refusal):
            add(**terms)
        assert not FreightTemplate.objects.exists()

    def test_refuses_a_code_twice_at_one_owner(self) -> None:
        add()
        with pytest.raises(FreightTemplateTaken):
            add()
        add(owner_id=8)


class TestChange:
    def test_replaces_the_rows(self) -> None:
        template = add()
        change_freight_template(
            owner_id=7, code="usual", name={"en": "New"}, basis="weight", rows=[ELSEWHERE], free_from_minor=1,
            at=NOW, actor="ann",
        )  # fmt: skip
        template.refresh_from_db()
        assert (template.name, template.basis, freight_steps(template)) == (
            {"en": "New"},
            "weight",
            [ELSEWHERE],
        )
        assert FreightRow.objects.count() == 1
        assert AuditRecord.objects.latest("id").before["basis"] == "piece"

    def test_is_the_owners_alone(self) -> None:
        add()
        with pytest.raises(UnknownFreightTemplate):
            change_freight_template(
                owner_id=8,
                code="usual",
                name={"en": "New"},
                basis="piece",
                rows=[ELSEWHERE],
                at=NOW,
                actor="bob",
            )


class TestClose:
    def test_waits_until_no_goods_on_sale_name_it(self) -> None:
        stalls = Stalls()
        owner = stalls.shop("alpha")
        sku = stalls.sku("alpha", "a", 100, template=add(owner_id=owner).id)
        with pytest.raises(FreightTemplateInUse):
            close_freight_template(owner_id=owner, code="usual", at=NOW, actor="ann")
        stalls.take_down(sku.spu)
        assert not close_freight_template(owner_id=owner, code="usual", at=NOW, actor="ann").active
        with pytest.raises(UnknownFreightTemplate):
            close_freight_template(owner_id=owner, code="usual", at=NOW, actor="ann")
