"""Shares of what lies with sub-merchants: our part, and what is freed to them."""

from django.db import migrations, models

FROZEN = """
create or replace function settlement_split_share_freeze() returns trigger language plpgsql as $$
begin
  if (new.party_id, new.split_id, new.receiver_id, new.currency, new.way, new.owed_minor, new.amount_minor,
      new.line_id, new.made_at)
     is distinct from
     (old.party_id, old.split_id, old.receiver_id, old.currency, old.way, old.owed_minor, old.amount_minor,
      old.line_id, old.made_at)
  then
    raise exception 'share % was frozen when it was made', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_sub_merchants'),
        ('settlement', '0032_line_ranges'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='sharereturn',
            name='share_return_billed_when_back',
        ),
        migrations.RemoveConstraint(
            model_name='split',
            name='split_rest_once',
        ),
        migrations.RemoveConstraint(
            model_name='splitshare',
            name='share_not_above_owed',
        ),
        migrations.RemoveConstraint(
            model_name='splitshare',
            name='share_back_when_closed',
        ),
        migrations.AddField(
            model_name='splitshare',
            name='way',
            field=models.CharField(choices=[('sent', 'Sent'), ('ours', 'Ours'), ('kept', 'Kept')], default='sent', max_length=8),
        ),
        migrations.AlterField(
            model_name='splitreceiver',
            name='kind',
            field=models.CharField(help_text='merchant or person, as channels tell them apart; sub_merchant: what buyers pay goes there', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='sharereturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line_id__gt', 0), ('state', 'succeeded')), models.Q(models.Q(('state', 'succeeded'), _negated=True), ('line_id', 0)), models.Q(('line_id', 0), ('party_id', 0)), _connector='OR'), name='share_return_billed_when_back'),
        ),
        migrations.AddConstraint(
            model_name='split',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'rest')), fields=('part',), name='split_rest_once'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__lte', models.F('owed_minor')), ('way', 'kept'), _connector='OR'), name='share_not_above_owed'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('back_line_id', 0), ('way', 'ours')), models.Q(models.Q(('way', 'ours'), _negated=True), ('back_line_id__gt', 0), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('back_line_id', 0)), _connector='OR'), name='share_back_when_closed'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line_id', 0), ('party_id', 0), ('statement_id', 0), ('way', 'ours')), models.Q(models.Q(('way', 'ours'), _negated=True), ('line_id__gt', 0), ('party_id__gt', 0)), _connector='OR'), name='share_of_ours_without_statement'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way', 'kept'), _negated=True), models.Q(('state', 'closed'), _negated=True), _connector='OR'), name='share_kept_never_closed'),
        ),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
