"""Inside `as_tenant` the database shows one party's rows and takes no writes, whatever is asked."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.isolation.market import Market, open_market
from zhanggui.parties.tenancy import TENANT_ROLE, TenantMixedUp, as_tenant

pytestmark = pytest.mark.django_db

OWNED = {
    "settlement_statement": "party_id",
    "settlement_statement_event": "party_id",
    "settlement_billed_line": "party_id",
    "settlement_detail": "party_id",
    "settlement_dispute": "party_id",
    "settlement_charge": "party_id",
    "settlement_staged_line": "merchant_id",
    "settlement_staged_refund": "merchant_id",
    "ledger_account": "party_id",
    "ledger_entry": "book_id",
    "ledger_posting": "book_id",
    "ledger_delta": "party_id",
    "ledger_balance": "party_id",
    "parties_party": "id",
}
CLOSED = [
    "parties_user", "parties_membership", "audit_record", "settlement_import_run", "settlement_reject",
    "settlement_rule_set_version", "settlement_staged_payment", "settlement_billing_run", "ledger_batch",
    "django_session", "desk_export", "settlement_shadow_difference", "api_key", "api_kept_answer",
    "settlement_comparison", "settlement_comparison_outcome",
]  # fmt: skip


@pytest.fixture
def market(db: None) -> Market:
    return open_market()


def rows(query: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def role() -> tuple[str, str]:
    [(user, party)] = rows("select current_user, coalesce(current_setting('zhanggui.party_id', true), '')")
    return user, party


class TestReading:
    @pytest.mark.parametrize("table", OWNED)
    def test_shows_only_the_partys_own_rows(self, market: Market, table: str) -> None:
        column, tea = OWNED[table], market.party("tea").id
        owners = f"select count(*), count(*) filter (where {column} = %s) from {table}"
        [(whole, own)] = rows(owners, tea)
        with as_tenant(tea):
            [(seen, seen_own)] = rows(owners, tea)
        assert (seen, seen_own) == (own, own)
        if table not in (
            "settlement_dispute",
            "settlement_charge",
            "settlement_staged_refund",
            "ledger_balance",
        ):
            assert 0 < own < whole, "the market must have rows of others to hide"

    def test_hides_another_merchants_statement_asked_for_by_its_number(self, market: Market) -> None:
        other = market.statement("kiln")
        with as_tenant(market.party("tea").id):
            assert rows("select * from settlement_statement where party_id = %s", other.party_id) == []
            assert rows("select * from settlement_statement where number = %s", other.number) == []
            assert rows("select * from settlement_detail where statement_id = %s", other.id) == []

    def test_shows_of_a_shared_order_the_own_lines_and_no_sums(self, market: Market) -> None:
        with as_tenant(market.party("tea").id):
            assert rows("select sku.code from settlement_staged_line l join settlement_staged_order o"
                        " on o.id = l.order_id join settlement_dimension sku on sku.id = l.sku_id"
                        " where o.order_no = 'S-1'") == [("TEA-1",)]  # fmt: skip
            assert rows("select order_no from settlement_staged_order order by 1") == [
                ("S-1",), ("S-2",), ("S-5",),
            ]  # fmt: skip
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows("select goods_minor from settlement_staged_order")

    def test_hides_rules_made_for_somebody_else(self, market: Market) -> None:
        query = "select code from settlement_rule_version order by code"
        with as_tenant(market.party("tea").id):
            assert rows(query) == [("commission",), ("tech",)]
        with as_tenant(market.party("glass").id):
            assert rows(query) == [("commission",), ("commission-glass",), ("tech",)]

    @pytest.mark.parametrize("table", CLOSED)
    def test_has_no_access_at_all_to_the_platforms_tables(self, market: Market, table: str) -> None:
        with as_tenant(market.party("tea").id):
            refused = pytest.raises(DatabaseError, match="permission denied")
            with refused, transaction.atomic():
                rows(f"select * from {table}")

    def test_without_a_party_shows_nothing(self, market: Market) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('zhanggui.party_id', '', true)")
            cursor.execute(f"set local role {TENANT_ROLE}")
            assert rows("select count(*) from settlement_statement") == [(0,)]
            cursor.execute("reset role")

    def test_every_view_reads_with_the_rights_of_the_reader(self, db: None) -> None:
        """A view without security_invoker would read as its owner and show everybody's rows."""
        leaking = rows(
            "select c.relname from pg_class c where c.relkind = 'v'"
            " and c.relnamespace = 'public'::regnamespace"
            " and not coalesce('security_invoker=true' = any(c.reloptions), false)"
        )
        assert leaking == []

    def test_every_table_a_tenant_may_read_has_a_policy_or_is_known_to_be_shared(self, db: None) -> None:
        open_tables = rows(
            "select c.relname from pg_class c where c.relkind in ('r', 'p') and not c.relrowsecurity"
            f" and c.relnamespace = 'public'::regnamespace"
            f" and has_any_column_privilege('{TENANT_ROLE}', c.oid, 'select') order by 1"
        )
        assert [name for (name,) in open_tables] == [
            "settlement_business_line",
            "settlement_detail_pattern",  # numbers of fees and rule versions: nobody's in particular
            "settlement_dimension", "settlement_entity", "settlement_fee_type", "settlement_invoice_policy",
            "trade_attribute", "trade_brand", "trade_category",  # what is sold is for everybody to see
            "trade_picture", "trade_product_type", "trade_specification",
        ]  # fmt: skip


class TestWriting:
    @pytest.mark.parametrize(
        "statement",
        [
            "insert into parties_party (kind, code, name) values ('merchant', 'x', '{}')",
            "update settlement_statement set state = 'confirmed'",
            "delete from settlement_dispute",
            "update ledger_balance set amount = 0",
            "truncate settlement_billed_line",
            "select nextval('settlement_event_id_seq')",
            "alter table settlement_statement disable row level security",
        ],
    )
    def test_is_refused(self, market: Market, statement: str) -> None:
        with as_tenant(market.party("tea").id):
            refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
            with refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


class TestLeaving:
    def test_gives_the_role_back_at_the_end(self, market: Market) -> None:
        before = role()
        with as_tenant(market.party("tea").id):
            assert role() == (TENANT_ROLE, str(market.party("tea").id))
        assert role() == before

    def test_gives_the_role_back_after_a_failure(self, market: Market) -> None:
        before = role()
        with pytest.raises(ZeroDivisionError), as_tenant(market.party("tea").id):
            raise ZeroDivisionError
        assert role() == before

    def test_gives_the_role_back_after_a_failure_of_the_database(self, market: Market) -> None:
        before = role()
        with pytest.raises(DatabaseError), as_tenant(market.party("tea").id):
            rows("select 1 / 0")
        assert role() == before

    def test_stays_the_party_after_a_block_inside_it(self, market: Market) -> None:
        tea = market.party("tea").id
        with as_tenant(tea):
            with as_tenant(tea):
                pass
            assert role() == (TENANT_ROLE, str(tea))
            with pytest.raises(ZeroDivisionError), as_tenant(tea):
                raise ZeroDivisionError
            assert role() == (TENANT_ROLE, str(tea))

    def test_never_becomes_another_party_inside(self, market: Market) -> None:
        tea, kiln = market.party("tea").id, market.party("kiln").id
        with as_tenant(tea), pytest.raises(TenantMixedUp), as_tenant(kiln):
            pass

    @pytest.mark.django_db(transaction=True)
    def test_leaves_nothing_on_the_connection(self, transactional_db: None) -> None:
        with as_tenant(1):
            pass
        assert role()[1] == ""
        with pytest.raises(ZeroDivisionError), as_tenant(1):
            raise ZeroDivisionError
        assert role()[1] == ""
