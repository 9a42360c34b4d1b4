"""One order is billed in two calls: one reads all that it needs, one writes all that comes of it.

What orders are billed by (terms, fees, rules, codes) is kept in the process. `settlement_setting_change` tells
whether it still holds: whatever changes one of those tables notes the topic and its transaction, in the same
transaction. A process keeps the snapshot that it read at; a change that this snapshot does not see is news. That
misses nothing, in whatever order transactions commit, and no row is fought over.
"""

from django.db import migrations

CHANGES = """
create table settlement_setting_change (
  xid xid8 not null,
  topic text not null,
  primary key (xid, topic)
);
create function settlement_note_change() returns trigger language plpgsql as $$
begin
  if exists (select from changed) then
    insert into settlement_setting_change (xid, topic)
      values (pg_current_xact_id(), tg_argv[0]) on conflict do nothing;
  end if;
  return null;
end $$;
create function settlement_note_codes() returns trigger language plpgsql as $$
begin
  insert into settlement_setting_change (xid, topic)
    select distinct pg_current_xact_id(), 'code:' || kind from changed on conflict do nothing;
  return null;
end $$;
create function settlement_note_emptied() returns trigger language plpgsql as $$
begin
  insert into settlement_setting_change (xid, topic)
    values (pg_current_xact_id(), '*') on conflict do nothing;
  return null;
end $$;
create trigger setting_change_append_only before update or delete on settlement_setting_change
  for each statement execute function refuse_change();
"""

WATCHED = {
    "settlement_terms": "terms",
    "settlement_fee_type": "fees",
    "settlement_rule_version": "rules",
    "settlement_rule_set_version": "rules",
    "settlement_business_line": "code:business_line",
    "parties_party": "code:party",
    "settlement_dimension": "*",
}


def _watching() -> str:
    found = []
    for table, topic in WATCHED.items():
        for event, rows in (("insert", "new"), ("update", "new"), ("delete", "old")):
            # New codes come with every import; only rules that name codes of their kind have to hear of it.
            note = f"settlement_note_change('{topic}')"
            if (table, event) == ("settlement_dimension", "insert"):
                note = "settlement_note_codes()"
            found.append(
                f"create trigger {table}_noted_{event} after {event} on {table}"
                f" referencing {rows} table as changed for each statement execute function {note};"
            )
        found.append(
            f"create trigger {table}_noted_truncate after truncate on {table}"
            " for each statement execute function settlement_note_emptied();"
        )
    return "\n".join(found)


# The lock first, in a statement of its own: the next statement sees what closers did while we waited. What has
# changed is asked for after the lines: whoever sees a line sees the codes that came with it.
READ = """
create function settlement_open_series(of_party bigint, at_entity integer, in_currency text, in_mode smallint,
  in_cycle text) returns json language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
  closed date;
  opened json;
begin
  if in_cycle = 'document' then
    return null;
  end if;
  select s.ends_before into closed from settlement_statement s
    where s.party_id = of_party and s.entity_id = at_entity and s.currency = in_currency and s.mode = in_mode
      and s.kind = 1 and s.cycle = in_cycle and s.document_id = 0 and s.state <> 'open'
    order by s.starts_on desc limit 1;
  select json_agg(json_build_array(s.starts_on - date '1970-01-01', s.id, s.billed_account_id)) into opened
    from settlement_statement s
    where s.party_id = of_party and s.entity_id = at_entity and s.currency = in_currency and s.mode = in_mode
      and s.kind = 1 and s.cycle = in_cycle and s.document_id = 0 and s.state = 'open'
      and s.starts_on >= coalesce(closed, '-infinity');
  return json_build_array(of_party, at_entity, in_mode, in_cycle, closed - date '1970-01-01', opened);
end $$;
create function settlement_order_to_bill(
  asked_order bigint, asked_line integer, reached_by timestamptz, in_currency text,
  seen_server text, seen_snapshot text, seen_xid text, topics text[],
  modes smallint[], cycles text[], others bigint[], our_purposes text[], their_purposes text[],
  out server text, out stale boolean, out own boolean, out batch bigint,
  out lines json, out series json, out accounts json
) language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  merchants bigint[];
  suppliers bigint[];
  carriers bigint[];
  terms integer[];
  entities integer[] := '{}';
  found json[] := '{}';
  entity integer;
  mode smallint;
  cycle text;
  party bigint;
begin
  perform pg_advisory_xact_lock_shared(1514602512);
  select json_agg(to_json(l) order by l.merchant_id, l.line_id), array_agg(l.merchant_id),
         array_agg(l.supplier_id), array_agg(l.carrier_id), array_agg(l.terms_id)
    into lines, merchants, suppliers, carriers, terms
    from (
      select line_id, order_id, merchant_id, supplier_id, carrier_id, quantity, goods_minor, shop_discount_minor,
             platform_discount_minor, points_discount_minor, freight_minor, tax_minor, supply_minor,
             (extract(epoch from ordered_at) * 1000000)::bigint as ordered_at,
             (extract(epoch from billable_at) * 1000000)::bigint as billable_at,
             category_id, spu_id, sku_id, sku_type_id, level_id, merchant_category_id, business_line_id,
             channel_id, payment_method_id, region_id, rule_set_id, terms_id
      from settlement_staged_line
      where order_id = asked_order and business_line_id = asked_line and billable_at <= reached_by
    ) l
    where not exists (
      select from settlement_billed_line b
      where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0 offset 0);
  if lines is null then
    return;
  end if;
  select concat_ws(' ', extract(epoch from pg_postmaster_start_time()), d.oid,
                   'settlement_setting_change'::regclass::oid)
    into server from pg_database d where d.datname = current_database();
  own := exists (select from settlement_setting_change c where c.xid = pg_current_xact_id_if_assigned());
  -- A number that has not been drawn yet came with a restored backup: it was there when the snapshot was taken.
  stale := server is distinct from seen_server or exists (
    select from settlement_setting_change c
    where c.xid >= pg_snapshot_xmin(seen_snapshot::pg_snapshot)
      and c.xid < pg_snapshot_xmax(pg_current_snapshot())
      and (not pg_visible_in_snapshot(c.xid, seen_snapshot::pg_snapshot) or c.xid = seen_xid::xid8)
      and c.xid is distinct from pg_current_xact_id_if_assigned()
      and (c.topic = any(topics) or c.topic = '*'));
  if stale then
    return;
  end if;
  batch := nextval('ledger_batch_id_seq');
  for place in 1 .. cardinality(merchants) loop
    select t.entity_id, t.invoice_mode, t.cycle into entity, mode, cycle
      from settlement_terms t where t.id = terms[place];
    found := found || settlement_open_series(merchants[place], entity, in_currency, mode, cycle);
    foreach party in array array[suppliers[place], carriers[place]] || others loop
      if party > 0 then
        for other in 1 .. cardinality(modes) loop
          found := found || settlement_open_series(party, entity, in_currency, modes[other], cycles[other]);
        end loop;
      end if;
    end loop;
    if not entity = any(entities) then
      entities := entities || entity;
    end if;
  end loop;
  series := array_to_json(found);
  select json_agg(json_build_array(a.entity_id, a.purpose, a.party_id, a.id)) into accounts
    from ledger_account a
    where a.entity_id = any(entities) and a.reference = 0 and a.currency = in_currency
      and (a.party_id = 0 and a.purpose = any(our_purposes)
           or a.party_id = any(merchants) and a.purpose = any(their_purposes));
end $$;
"""

# A line's pattern_id is its place among the patterns here. Two writers may each add a pattern: neither waits.
WRITE = """
create function settlement_write_lines(patterns json, lines json) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  pattern settlement_detail_pattern;
  line settlement_billed_line;
  number bigint;
  numbers bigint[] := '{}';
begin
  for pattern in select * from json_populate_recordset(null::settlement_detail_pattern, patterns) loop
    select min(id) into number from settlement_detail_pattern where digest = pattern.digest;
    if number is null then
      insert into settlement_detail_pattern (fee_types, rules, base_of, digest)
        values (pattern.fee_types, pattern.rules, pattern.base_of, pattern.digest) returning id into number;
    end if;
    numbers := numbers || number;
  end loop;
  for line in select * from json_populate_recordset(null::settlement_billed_line, lines) loop
    line.pattern_id := numbers[line.pattern_id];
    insert into settlement_billed_line select line.*;
  end loop;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0026_charges_of_an_order"),
        ("ledger", "0005_few_entries"),
        ("parties", "0004_roles_of_orders"),
    ]

    operations = [
        migrations.RunSQL(CHANGES, migrations.RunSQL.noop),
        migrations.RunSQL(_watching(), migrations.RunSQL.noop),
        migrations.RunSQL(READ, migrations.RunSQL.noop),
        migrations.RunSQL(WRITE, migrations.RunSQL.noop),
    ]
