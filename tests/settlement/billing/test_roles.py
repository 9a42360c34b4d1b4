"""Fees between merchants, suppliers, carriers and others: everyone has statements of their own."""

import pytest

from tests.settlement.story import COMMISSION, Story, rule, text
from tests.tampering import broken
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db

PRICE = rule("purchase", "60%", fee="hosted_promotion_fee", payer="platform", receiver="supplier")
DELIVERY = rule(
    "delivery", "0%", fee="delivery_fee", payer="merchant", receiver="carrier", fixed=800, fixed_per="line"
)
INSURED = rule(
    "insured",
    "1%",
    fee="goods_insurance_fee",
    payer="merchant",
    receiver="other:insurer",
    when={"category": ["glass"]},
)


def story(*rules: dict[str, object], **fields: object) -> Story:
    from zhanggui.parties.models import Party

    for code, kind in (("sup", "supplier"), ("car", "carrier"), ("insurer", "other")):
        Party.objects.get_or_create(code=code, defaults={"kind": kind, "name": {}})
    return Story(*(rules or (COMMISSION, PRICE, DELIVERY, INSURED)), free="goods_insurance_fee", **fields)  # type: ignore[arg-type]


ORDERS = """
    order merchant goods  supplier carrier category day
    A1    m1       100.00 sup      car     glass    2026-01-05
    A2    m1        50.00 -        -       wood     2026-01-06
"""


class TestReceivers:
    def test_everyone_owed_money_has_a_statement(self) -> None:
        mall = story()
        mall.orders(ORDERS)
        mall.bill()
        assert mall.statements("party goods fees net") == text("""
            car 0.00 8.00 8.00
            insurer 0.00 1.00 1.00
            m1 150.00 -24.50 125.50
            sup 0.00 60.00 60.00
        """)
        assert mall.balances() == text("""
            1012.01 - 150.00
            2202.02 car -8.00
            2202.02 insurer -1.00
            2202.02 m1 -125.50
            2202.02 sup -60.00
            6001.01 - -7.50
            6001.03 - 60.00
            6001.04 - -8.00
        """)

    def test_no_one_has_a_line_or_a_statement_without_a_detail(self) -> None:
        mall = story()
        mall.orders("""
            order merchant goods supplier category day
            A2    m1       50.00 sup      wood     2026-01-06
        """)
        mall.bill()
        assert sorted(Statement.objects.values_list("party_id", flat=True)) == sorted(
            [mall.party("m1"), mall.party("sup")]
        )
        assert BilledLine.objects.count() == 2

    def test_a_line_free_of_everything_still_counts_as_billed(self) -> None:
        mall = story(rule("commission", "5%"))
        mall.orders("""
            order merchant goods day
            A1    m1       0.00  2026-01-06
        """)
        assert (mall.bill().lines, mall.bill().lines) == (1, 0)

    def test_a_supplier_that_delivers_itself_has_one_line_for_both(self) -> None:
        """Two roles of one party on one line once violated the key of billed lines and stopped all billing."""
        mall = story(
            COMMISSION,
            PRICE,
            DELIVERY,
            rule("pickup", "0%", fee="pickup_fee", payer="supplier", receiver="carrier", fixed=300),
        )
        mall.orders("""
            order merchant goods  supplier carrier day
            A1    m1       100.00 sup      sup     2026-01-05
            A2    m1       100.00 sup      car     2026-01-05
        """)
        mall.bill()
        assert sorted(mall.details("A1", "sup").splitlines()) == [
            "sup 1 delivery_fee 100.00 8.00", "sup 1 hosted_promotion_fee 100.00 60.00"
        ]  # fmt: skip
        assert mall.statements("party net") == "car 11.00\nm1 174.00\nsup 125.00"
        assert broken() == set()

    def test_a_named_receiver_may_also_be_the_carrier_or_the_merchant(self) -> None:
        both = rule("tip", "0%", fee="pickup_fee", payer="merchant", receiver="other:car", fixed=100)
        own = rule("self", "0%", fee="transfer_handling_fee", payer="merchant", receiver="other:m1", fixed=55)
        from zhanggui.parties.models import Party

        Party.objects.create(code="m1", kind="merchant", name={})
        mall = story(COMMISSION, DELIVERY, both, own)
        mall.orders("""
            order merchant goods  carrier day
            A1    m1       100.00 car     2026-01-05
            A2    m2       100.00 car     2026-01-05
        """)
        mall.bill()
        assert mall.statements("party net") == text("""
            car 18.00
            m1 86.55
            m2 85.45
        """)

    def test_refunds_reverse_for_everyone_and_everyone_in_their_own_cycle(self) -> None:
        mall = story()
        mall.terms("sup", "2026-01-02", cycle="week:1", invoice_mode="input")
        mall.orders(ORDERS)
        mall.bill()
        mall.refunds("""
            refund order goods  day
            R1     A1    100.00 2026-01-07
        """)
        mall.bill()
        assert mall.statements("party cycle mode refunds net") == text("""
            car month:1 output 0.00 8.00
            insurer month:1 output 0.00 1.00
            m1 month:1 output -95.00 30.50
            sup week:1 input -60.00 0.00
        """)
        assert Statement.objects.filter(party_id=mall.party("sup")).count() == 1

    def test_what_is_replayed_is_the_same_for_all_of_them(self) -> None:
        mall = story()
        mall.orders(ORDERS)
        mall.bill()
        mall.refunds("""
            refund order goods day
            R1     A1    33.33 2026-01-07
        """)
        mall.bill()
        mall.close("2026-01-31")
        assert Statement.objects.exclude(state="open").count() >= 4
        assert mall.replayed() == []


class TestTerms:
    def test_a_refund_after_a_change_of_mode_follows_the_original_on_a_statement_of_its_own(self) -> None:
        mall = Story()
        mall.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
        """)
        mall.bill()
        mall.close("2026-01-31")
        mall.terms("m1", "2026-02-01", invoice_mode="input", entity="e2", cycle="week:1")
        mall.orders("""
            order merchant goods  day
            A2    m1       100.00 2026-02-04
        """)
        mall.refunds("""
            refund order goods day
            R1     A1    40.00 2026-02-05
            R2     A2    10.00 2026-02-06
        """)
        mall.bill()
        assert mall.statements("period mode entity cycle net") == text("""
            01-01..02-01 output e1 month:1 95.00
            02-01..03-01 output e1 month:1 -38.00
            02-02..02-09 input e2 week:1 85.50
        """)

    def test_rules_and_terms_are_those_of_the_order_not_of_the_billing(self) -> None:
        mall = Story(hold_days=10)
        mall.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
        """)
        mall.publish(rule("commission", "50%"), starts="2026-01-06")
        mall.orders("""
            order merchant goods  day
            A2    m1       100.00 2026-01-05
            A3    m1       100.00 2026-01-07
        """)
        assert mall.bill("2026-01-14").lines == 0
        mall.bill("2026-01-17")
        assert mall.details(party="m1").splitlines()[1::2] == [
            "m1 1 commission 100.00 -5.00",
            "m1 1 commission 100.00 -5.00",
            "m1 1 commission 100.00 -50.00",
        ]


class TestCumulative:
    TIERS = {
        "kind": "graduated",
        "by": "cumulative_sales",
        "steps": [{"from": 0, "rate": "10%"}, {"from": 10000, "rate": "5%"}],
    }

    def test_tiers_count_what_was_sold_before_in_the_month(self) -> None:
        mall = Story(rule("commission", "0%", tiers=self.TIERS))
        mall.orders("""
            order merchant goods  day
            A1    m1       80.00  2026-01-05
            A2    m1       80.00  2026-01-06
            A3    m2       80.00  2026-01-06
            A4    m1       80.00  2026-02-06
        """)
        mall.bill()
        mall.orders("""
            order merchant goods  day
            A5    m1       80.00  2026-01-20
        """)
        mall.bill()
        fees = [line.split()[-1] for line in mall.details().splitlines() if "commission" in line]
        assert fees == ["-8.00", "-5.00", "-8.00", "-4.00", "-8.00"]

    def test_versions_of_the_rules_in_one_batch_count_each_others_sales(self) -> None:
        """The sales that version 1 rated were once not counted for version 2 of the same billing."""
        mall = Story(rule("commission", "0%", tiers=self.TIERS))
        mall.publish(rule("commission", "0%", tiers=self.TIERS, floor=1), starts="2026-01-06")
        mall.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
            A2    m1       100.00 2026-01-08
        """)
        mall.bill()
        fees = [line.split()[-1] for line in mall.details().splitlines() if "commission" in line]
        assert fees == ["-10.00", "-5.00"]
        mall.close("2026-01-31")
        assert mall.replayed() == []

    @pytest.mark.parametrize("size", [1, 2, None])
    def test_the_cut_into_chunks_does_not_matter(self, size: int | None) -> None:
        mall = Story(rule("commission", "0%", tiers=self.TIERS))
        mall.orders("""
            order merchant goods  day
            A1    m1       70.00  2026-01-05
            A2    m1       70.00  2026-01-06
            A3    m1       70.00  2026-01-07
        """)
        mall.bill(chunk_size=size)
        assert mall.statements("fees") == "-15.50"
