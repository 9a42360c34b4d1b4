"""Customers of a shop: who bought at it, how often and for how much. Read them inside the shop's tenancy: the
database tells a shop the number, masked name and level of its own buyers, and nothing else of anybody."""

from typing import Any

from django.db import connection

FIELDS: dict[str, str | tuple[str, str]] = {
    "id": "k.id", "number": "k.number", "name": "k.name", "level": "k.level", "orders": "k.orders", "paid": "k.paid",
    "given": "k.given", "kept": "k.kept", "first_at": "k.first_at", "last_at": "k.last_at", "kind": "k.kind",
    "party_id": ("o.merchant_id", "orders"), "currency": ("o.currency", "orders"),
}  # fmt: skip
"""Fields of the list; the last two are narrowed down before anything is added up."""
CUSTOMERS = """
select * from (
  select c.id, c.number, c.name, c.level, sum(a.orders)::bigint as orders, sum(a.paid)::bigint as paid,
    sum(a.given)::bigint as given, sum(a.paid - a.given)::bigint as kept, min(a.first_at) as first_at,
    max(a.last_at) as last_at, case when sum(a.orders) > 1 then 'again' else 'once' end as kind
  from (
    select o.buyer_id, count(*) as orders, sum(o.due_minor) as paid, coalesce(sum(g.given), 0) as given,
      min(o.paid_at) as first_at, max(o.paid_at) as last_at
    from trade_order o left join lateral (
      select sum(b.amount_minor) as given from trade_give_back b where b.order_id = o.id) g on true
    where o.paid_at is not null and {where:orders} group by o.buyer_id
  ) a cross join lateral trade_customer(a.buyer_id) c
  group by c.id, c.number, c.name, c.level
) k where {where}
"""
"""A row a person who paid an order: of merged log-ins one. Given back counts from when it was asked for."""

type Document = dict[str, Any]


def customers_told(*, party_id: int, currency: str, after: int = 0, most: int) -> list[Document]:
    """Customers of a shop in one currency, minor units, in the order in which they became buyers; `id` is the key
    to go on after."""
    query = CUSTOMERS.replace("{where:orders}", "o.merchant_id = %(party)s and o.currency = %(currency)s")
    query = query.replace("{where}", "k.id > %(after)s") + " order by k.id limit %(most)s"
    with connection.cursor() as cursor:
        cursor.execute(query, {"party": party_id, "currency": currency, "after": after, "most": most})
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    same = ("id", "number", "name", "level", "orders", "first_at", "last_at")
    return [
        {name: row[name] for name in same}
        | {"currency": currency, "paid_minor": row["paid"], "given_back_minor": row["given"]}
        for row in rows
    ]
