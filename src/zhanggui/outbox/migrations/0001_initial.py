"""Notices: only added to, and a tenant sees its own party's."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
create trigger outbox_notice_append_only before update or delete on outbox_notice
  for each statement execute function refuse_change();
create trigger outbox_notice_read_append_only before update or delete on outbox_notice_read
  for each statement execute function refuse_change();
alter table outbox_notice enable row level security;
create policy outbox_notice_own on outbox_notice for select to zhanggui_tenant using (party_id = zhanggui_party());
grant select on outbox_notice to zhanggui_tenant;
alter table outbox_notice_read enable row level security;
create policy outbox_notice_read_own on outbox_notice_read for select to zhanggui_tenant
  using (party_id = zhanggui_party());
grant select on outbox_notice_read to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [("ledger", "0002_guards"), ("settlement", "0003_row_isolation")]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField(default=0, help_text='the party that is told; 0: a buyer is')),
                ('buyer_id', models.BigIntegerField(default=0)),
                ('kind', models.CharField(help_text='what happened: order.paid, payout.failed', max_length=32)),
                ('subject', models.CharField(help_text='number of the document', max_length=64)),
                ('cause', models.CharField(help_text='what makes it once to this receiver, with the kind', max_length=96)),
                ('about', models.JSONField(blank=True, default=dict)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'outbox_notice',
                'indexes': [models.Index(condition=models.Q(('party_id__gt', 0)), fields=['party_id', '-id'], name='notice_party'), models.Index(condition=models.Q(('buyer_id__gt', 0)), fields=['buyer_id', '-id'], name='notice_buyer')],
                'constraints': [models.UniqueConstraint(fields=('party_id', 'buyer_id', 'kind', 'cause'), name='notice_once'), models.CheckConstraint(condition=models.Q(models.Q(('party_id__gt', 0), ('buyer_id', 0)), models.Q(('party_id', 0), ('buyer_id__gt', 0)), _connector='OR'), name='notice_has_one_receiver')],
            },
        ),
        migrations.CreateModel(
            name='NoticeRead',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField(default=0, help_text="the notice's")),
                ('user_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='outbox.notice')),
            ],
            options={
                'db_table': 'outbox_notice_read',
                'constraints': [models.UniqueConstraint(fields=('notice', 'user_id'), name='notice_read_once')],
            },
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
