"""Questions of buyers and their messages: only ever added to, whose they are never changes, and a shop reads its own."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
create trigger question_message_append_only before update or delete on trade_question_message
  for each statement execute function refuse_change();
create trigger question_kept before delete on trade_question for each statement execute function refuse_change();
create function trade_question_freeze() returns trigger language plpgsql as $$
begin
  if (new.question_no, new.merchant_id, new.buyer_id, new.asker, new.spu_id, new.order_id, new.asked_at)
     is distinct from
     (old.question_no, old.merchant_id, old.buyer_id, old.asker, old.spu_id, old.order_id, old.asked_at)
  then
    raise exception 'who asked whom in question % never changes', old.question_no
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger question_frozen before update on trade_question
  for each row execute function trade_question_freeze();
alter table trade_question enable row level security;
create policy trade_question_own on trade_question for select to zhanggui_tenant
  using (merchant_id = zhanggui_party());
grant select on trade_question to zhanggui_tenant;
alter table trade_question_message enable row level security;
create policy trade_question_message_own on trade_question_message for select to zhanggui_tenant
  using (merchant_id = zhanggui_party());
grant select on trade_question_message to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0008_carriers_freight'),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('question_no', models.CharField(max_length=32, unique=True)),
                ('merchant_id', models.BigIntegerField(help_text='the shop that is asked; 0: the platform')),
                ('buyer_id', models.BigIntegerField()),
                ('asker', models.CharField(help_text="the buyer's name, masked: what a shop sees of the buyer", max_length=16)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('answered', 'Answered'), ('closed', 'Closed')], default='waiting', max_length=12)),
                ('asked_at', models.DateTimeField()),
                ('said_at', models.DateTimeField(help_text='when the latest message was written')),
                ('closed_at', models.DateTimeField(null=True)),
                ('buyer_seen_id', models.BigIntegerField(default=0)),
                ('staff_seen_id', models.BigIntegerField(default=0)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.order')),
                ('spu', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.spu')),
            ],
            options={
                'db_table': 'trade_question',
            },
        ),
        migrations.CreateModel(
            name='QuestionMessage',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('merchant_id', models.BigIntegerField(help_text="the question's")),
                ('buyer_id', models.BigIntegerField(help_text="the question's")),
                ('from_buyer', models.BooleanField()),
                ('author', models.CharField(blank=True, default='', max_length=150)),
                ('text', models.CharField(max_length=1000)),
                ('at', models.DateTimeField()),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='trade.question')),
            ],
            options={
                'db_table': 'trade_question_message',
            },
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['merchant_id', 'state', '-said_at'], name='question_merchant'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['buyer_id', '-said_at'], name='question_buyer'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), ('closed_at__isnull', False)), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='question_closed_once'),
        ),
        migrations.AddIndex(
            model_name='questionmessage',
            index=models.Index(fields=['question', 'id'], name='question_message_thread'),
        ),
        migrations.AddIndex(
            model_name='questionmessage',
            index=models.Index(condition=models.Q(('from_buyer', True)), fields=['buyer_id', '-at'], name='question_message_buyer'),
        ),
        migrations.AddConstraint(
            model_name='questionmessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('from_buyer', True), ('author', '')), models.Q(('from_buyer', False), models.Q(('author', ''), _negated=True)), _connector='OR'), name='question_message_has_author'),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
