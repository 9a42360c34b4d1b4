"""Parts of words are found by trigrams where PostgreSQL has the extension; without it they are found too, row by row."""

from django.db import migrations

TRIGRAMS = """
do $$
begin
  create extension if not exists pg_trgm;
exception when insufficient_privilege or undefined_file or feature_not_supported then
  raise notice 'pg_trgm cannot be had here: parts of words are looked for row by row';
end $$;
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    create index spu_parts on trade_spu using gin
      (lower(coalesce(title->>'zh', '') || ' ' || coalesce(title->>'en', '') || ' ' || keywords) gin_trgm_ops);
  end if;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0004_orders_told")]

    operations = [migrations.RunSQL(TRIGRAMS, "drop index if exists spu_parts")]
