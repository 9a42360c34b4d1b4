"""Loading the fee catalogue into its table."""

from dataclasses import replace

import pytest

from zhanggui.settlement.fees.catalogue.entries import CatalogueEntry, entries
from zhanggui.settlement.fees.errors import FeeTypeFrozen
from zhanggui.settlement.fees.models import FeeType
from zhanggui.settlement.fees.operations.load_catalogue import load_catalogue
from zhanggui.settlement.fees.queries.fee_types import catalogue

pytestmark = pytest.mark.django_db


def with_commission(**changes: object) -> tuple[CatalogueEntry, ...]:
    """The catalogue with its commission (id 6) otherwise."""
    return tuple(replace(entry, **changes) if entry.id == 6 else entry for entry in entries())


@pytest.fixture
def empty() -> None:
    FeeType.objects.all().delete()


class TestLoadCatalogue:
    def test_fills_the_table(self, empty: None) -> None:
        loaded = load_catalogue()
        assert (loaded.added, loaded.changed, loaded.kept) == (len(entries()), 0, 0)
        row = FeeType.objects.get(code="commission")
        assert (row.id, row.name, row.sign, row.reverse_policy, row.counter_purpose, row.invoice) == (
            6, {"zh": "佣金", "en": "Commission"}, -1, 1, "6001.01", "output",
        )  # fmt: skip

    def test_writes_nothing_the_second_time(self) -> None:
        load_catalogue()
        loaded = load_catalogue()
        assert (loaded.added, loaded.changed, loaded.kept) == (0, 0, len(entries()))

    def test_changes_words_and_defaults_of_new_rules(self) -> None:
        load_catalogue()
        loaded = load_catalogue(catalogue=with_commission(zh="成交佣金", granularity="order"))
        assert (loaded.added, loaded.changed) == (0, 1)
        row = FeeType.objects.get(id=6)
        assert (row.name["zh"], row.granularity) == ("成交佣金", "order")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("sign", 1),
            ("reverse_policy", 0),
            ("counter_purpose", "6001.02"),
            ("group", "goods"),
            ("invoice", "none"),
            ("code", "brokerage"),
        ],
    )
    def test_refuses_to_change_what_an_id_means(self, field: str, value: object) -> None:
        load_catalogue()
        with pytest.raises(FeeTypeFrozen, match=f"fee type 6 would change {field} from"):
            load_catalogue(catalogue=with_commission(**{field: value}))

    def test_refuses_to_move_a_code_to_another_id(self) -> None:
        load_catalogue()
        with pytest.raises(FeeTypeFrozen, match='"commission" would move from id 6 to 999'):
            load_catalogue(catalogue=with_commission(id=999))

    def test_changes_nothing_at_all_when_it_refuses(self) -> None:
        load_catalogue()
        twisted = tuple(
            replace(entry, zh="改") if entry.id == 1 else replace(entry, sign=0) if entry.id == 6 else entry
            for entry in entries()
        )
        with pytest.raises(FeeTypeFrozen):
            load_catalogue(catalogue=twisted)
        assert FeeType.objects.get(id=1).name["zh"] == "货款"

    def test_leaves_the_malls_own_fee_types_alone(self) -> None:
        load_catalogue()
        own = {
            "name": {"zh": "茶水费"}, "group": "commission", "sign": -1, "reverse_policy": 0,
            "granularity": "order", "source": "passed", "counter_purpose": "6001.07", "invoice": "output",
        }  # fmt: skip
        FeeType.objects.create(id=10_000, code="tea_fee", **own)
        load_catalogue()
        assert FeeType.objects.filter(code="tea_fee").exists()


class TestCatalogue:
    def test_gives_every_fee_type_by_code_and_by_id(self) -> None:
        load_catalogue()
        fees = catalogue()
        assert list(fees.by_code) == [entry.code for entry in entries()]
        assert fees.by_id[6] is fees.by_code["commission"]
        assert (fees.by_id[6].name_in("zh-hans"), fees.by_id[6].name_in("en")) == ("佣金", "Commission")

    def test_is_the_same_object_until_the_table_changes(self) -> None:
        load_catalogue()
        first = catalogue()
        assert catalogue() is first
        load_catalogue(catalogue=with_commission(en="Category commission"))
        assert catalogue().by_id[6].en == "Category commission"

    def test_is_empty_before_anything_is_loaded(self, empty: None) -> None:
        assert not catalogue().by_id

    def test_asks_one_small_query_when_nothing_changed(self, django_assert_num_queries: object) -> None:
        load_catalogue()
        catalogue()
        with django_assert_num_queries(1):  # type: ignore[operator]
            catalogue()
