"""Feeds whose charges are pulled by themselves, and what each pull came to."""

import django.db.models.deletion
from django.db import migrations, models

# A pull that ended says forever what it said.
KEPT = """
create trigger charge_pull_kept before update on settlement_charge_pull for each row
  when (old.state <> 'running') execute function refuse_change();
create trigger charge_pull_stays before delete on settlement_charge_pull
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0021_holds_and_categories'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChargeFeed',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name', models.JSONField()),
                ('url', models.CharField(max_length=500)),
                ('token_sealed', models.BinaryField(default=bytes, help_text='the credential it is asked with; empty: none')),
                ('every_minutes', models.IntegerField()),
                ('active', models.BooleanField(default=True)),
                ('cursor', models.CharField(blank=True, default='', max_length=500)),
                ('round', models.IntegerField(default=1, help_text='how often it was begun from its first page')),
                ('next_at', models.DateTimeField(help_text='when it is pulled next, while active')),
                ('asked_by', models.CharField(blank=True, default='', help_text='who wants it pulled now, if anybody', max_length=150)),
                ('failures', models.IntegerField(default=0, help_text='failed pulls since the last that went well')),
                ('created_at', models.DateTimeField()),
                ('business_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='settlement.businessline')),
            ],
            options={
                'db_table': 'settlement_charge_feed',
            },
        ),
        migrations.CreateModel(
            name='ChargePull',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='running', max_length=12)),
                ('actor', models.CharField(max_length=150)),
                ('started_at', models.DateTimeField()),
                ('alive_at', models.DateTimeField(help_text='when its latest page was taken in')),
                ('finished_at', models.DateTimeField(null=True)),
                ('began_after', models.CharField(blank=True, default='', max_length=500)),
                ('ended_after', models.CharField(blank=True, default='', max_length=500)),
                ('complete', models.BooleanField(default=False, help_text='the end of the feed was reached')),
                ('pages', models.IntegerField(default=0)),
                ('accepted', models.IntegerField(default=0)),
                ('repeated', models.IntegerField(default=0, help_text='charges that were here already, and are settled once')),
                ('rejected', models.IntegerField(default=0)),
                ('reject_code', models.CharField(blank=True, default='', help_text='why it broke off', max_length=64)),
                ('reject_message', models.TextField(blank=True, default='')),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='settlement.chargefeed')),
            ],
            options={
                'db_table': 'settlement_charge_pull',
            },
        ),
        migrations.AddField(
            model_name='chargebatch',
            name='pull',
            field=models.ForeignKey(help_text='the pull of a feed that brought it, if one', null=True, on_delete=django.db.models.deletion.PROTECT, to='settlement.chargepull'),
        ),
        migrations.AddConstraint(
            model_name='chargefeed',
            constraint=models.CheckConstraint(condition=models.Q(('every_minutes__gte', 5)), name='charge_feed_not_too_often'),
        ),
        migrations.AddIndex(
            model_name='chargepull',
            index=models.Index(fields=['feed', '-id'], name='charge_pull_latest'),
        ),
        migrations.AddConstraint(
            model_name='chargepull',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('feed',), name='charge_pull_one_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(fields=['batch_id'], name='charge_batch_rows'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(fields=['business_line_id', 'charge_no'], name='charge_number'),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
