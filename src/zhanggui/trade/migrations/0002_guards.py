"""Histories that are only added to, what an order line cost never changes, and row-level security of merchants and
suppliers: in the tenant role a party sees its own goods, orders, parcels and cases, whatever the code above asks.
"""

from django.db import migrations

APPEND_ONLY = (
    "trade_stock_movement", "trade_spu_step", "trade_line_share", "trade_order_step", "trade_order_line",
    "trade_parcel_line", "trade_parcel_event", "trade_return_step",
)  # fmt: skip

FROZEN = """
create function trade_order_freeze() returns trigger language plpgsql as $$
begin
  if (new.order_no, new.purchase_id, new.merchant_id, new.buyer_id, new.currency, new.goods_minor,
      new.shop_discount_minor, new.platform_discount_minor, new.freight_minor, new.due_minor, new.placed_at)
     is distinct from
     (old.order_no, old.purchase_id, old.merchant_id, old.buyer_id, old.currency, old.goods_minor,
      old.shop_discount_minor, old.platform_discount_minor, old.freight_minor, old.due_minor, old.placed_at)
  then
    raise exception 'what order % costs was frozen when it was placed', old.order_no
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger order_frozen before update on trade_order for each row execute function trade_order_freeze();
create trigger order_kept before delete on trade_order for each statement execute function refuse_change();
create trigger purchase_kept before delete on trade_purchase for each statement execute function refuse_change();
create trigger return_case_kept before delete on trade_return_case
  for each statement execute function refuse_change();
"""

OWN = {
    "trade_shop": "merchant_id = zhanggui_party()",
    "trade_spu": "owner_id = zhanggui_party() or (supply and state = 'listed')",
    "trade_spu_step": "exists (select from trade_spu s where s.id = spu_id and s.owner_id = zhanggui_party())",
    "trade_spu_picture": "exists (select from trade_spu s where s.id = spu_id)",
    "trade_sku": "owner_id = zhanggui_party() or exists (select from trade_spu s where s.id = spu_id)",
    "trade_sku_price": "exists (select from trade_sku k where k.id = sku_id)",
    "trade_warehouse": "owner_id = zhanggui_party()",
    "trade_stock": "exists (select from trade_warehouse w where w.id = warehouse_id)",
    "trade_stock_movement": "exists (select from trade_stock s where s.id = stock_id)",
    "trade_freight_template": "owner_id = zhanggui_party()",
    "trade_freight_row": "exists (select from trade_freight_template t where t.id = template_id)",
    "trade_coupon": "merchant_id in (0, zhanggui_party())",
    "trade_held_coupon": "exists (select from trade_coupon c where c.id = coupon_id"
    " and c.merchant_id = zhanggui_party())",
    "trade_spend_and_save": "merchant_id in (0, zhanggui_party())",
    "trade_order": "merchant_id = zhanggui_party() or supplier_id = zhanggui_party()",
    "trade_purchase": "exists (select from trade_order o where o.purchase_id = trade_purchase.id)",
    "trade_order_line": "merchant_id = zhanggui_party()"
    " or exists (select from trade_order o where o.id = order_id)",
    "trade_line_share": "merchant_id = zhanggui_party()",
    "trade_order_step": "merchant_id = zhanggui_party()"
    " or exists (select from trade_order o where o.id = order_id)",
    "trade_parcel": "shipper_id = zhanggui_party() or exists (select from trade_parcel_line p"
    " join trade_order_line l on l.id = p.line_id where p.parcel_id = trade_parcel.id"
    " and l.merchant_id = zhanggui_party())",
    "trade_parcel_line": "exists (select from trade_order_line l where l.id = line_id)",
    "trade_parcel_event": "exists (select from trade_parcel p where p.id = parcel_id)",
    "trade_pickup_code": "merchant_id = zhanggui_party()",
    "trade_digital_item": "owner_id = zhanggui_party()",
    "trade_return_case": "merchant_id = zhanggui_party()"
    " or exists (select from trade_order o where o.id = order_id and o.supplier_id = zhanggui_party())",
    "trade_return_line": "exists (select from trade_return_case c where c.id = case_id)",
    "trade_return_step": "exists (select from trade_return_case c where c.id = case_id)",
    "trade_review": "merchant_id = zhanggui_party()",
}
SHARED = ("trade_product_type", "trade_attribute", "trade_specification", "trade_category", "trade_brand",
          "trade_picture",)  # fmt: skip


def isolation() -> str:
    parts = [
        f"alter table {table} enable row level security;\n"
        f"create policy {table}_own on {table} for select to zhanggui_tenant using ({rows});\n"
        f"grant select on {table} to zhanggui_tenant;"
        for table, rows in OWN.items()
    ]
    return "\n".join([*parts, *(f"grant select on {table} to zhanggui_tenant;" for table in SHARED)])


def appended() -> str:
    return "\n".join(
        f"create trigger {table}_append_only before update or delete on {table}\n"
        f"  for each statement execute function refuse_change();"
        for table in APPEND_ONLY
    )


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0001_initial"),
        ("ledger", "0002_guards"),
        ("settlement", "0003_row_isolation"),
    ]

    operations = [
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
        migrations.RunSQL(appended(), migrations.RunSQL.noop),
        migrations.RunSQL(isolation(), migrations.RunSQL.noop),
    ]
