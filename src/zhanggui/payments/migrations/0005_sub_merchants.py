"""Parts of charges that lie on accounts of sub-merchants: which account, what the channel keeps, what we add."""

from django.db import migrations, models

FROZEN = """
create or replace function payments_charge_part_freeze() returns trigger language plpgsql as $$
begin
  if (new.id, new.charge_id, new.reference, new.party_id, new.number, new.channel_number, new.amount_minor,
      new.account, new.fee_minor, new.subsidy_minor)
     is distinct from
     (old.id, old.charge_id, old.reference, old.party_id, old.number, old.channel_number, old.amount_minor,
      old.account, old.fee_minor, old.subsidy_minor)
  then
    raise exception 'part % of a charge is taken money and never changes', old.id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_refund_repairs'),
    ]

    operations = [
        migrations.AddField(
            model_name='chargepart',
            name='account',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='chargepart',
            name='fee_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='chargepart',
            name='subsidy_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='paymentattempt',
            name='accounts',
            field=models.JSONField(default=dict, help_text='by order: the sub-merchant that is paid, and what the channel keeps of it'),
        ),
        migrations.AddIndex(
            model_name='chargepart',
            index=models.Index(condition=models.Q(('account', ''), _negated=True), fields=['channel_number'], name='charge_part_of_sub_merchant'),
        ),
        migrations.AddConstraint(
            model_name='chargepart',
            constraint=models.CheckConstraint(condition=models.Q(('fee_minor', 0), models.Q(models.Q(('account', ''), _negated=True), ('fee_minor__gt', 0), ('fee_minor__lte', models.F('amount_minor'))), _connector='OR'), name='charge_part_fee_of_sub_merchant'),
        ),
        migrations.AddConstraint(
            model_name='chargepart',
            constraint=models.CheckConstraint(condition=models.Q(('subsidy_minor', 0), models.Q(models.Q(('account', ''), _negated=True), ('subsidy_minor__gt', 0)), _connector='OR'), name='charge_part_subsidy_of_sub_merchant'),
        ),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
