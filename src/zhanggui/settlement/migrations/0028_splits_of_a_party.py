"""What a party reads of splits: its shares with their channel, and a merchant the splits of its orders, those left to
statements too."""

from django.db import migrations, models

FILLED = """
update settlement_split s set channel_code = c.code from payments_channel c where c.id = s.channel_id;
update settlement_split_share h set channel_code = s.channel_code from settlement_split s where s.id = h.split_id;
"""
ISOLATED = """
alter table settlement_split enable row level security;
create policy settlement_split_own on settlement_split for select to zhanggui_tenant
  using (merchant_id = zhanggui_party());
grant select on settlement_split to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    dependencies = [("settlement", "0027_order_at_once")]

    operations = [
        migrations.AddField(
            model_name="split",
            name="channel_code",
            field=models.CharField(default="", help_text="for parties, who do not read channels", max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="splitshare", name="channel_code", field=models.CharField(default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="split", index=models.Index(fields=["merchant_id", "id"], name="split_of_merchant")
        ),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
        migrations.RunSQL(ISOLATED, migrations.RunSQL.noop),
    ]
