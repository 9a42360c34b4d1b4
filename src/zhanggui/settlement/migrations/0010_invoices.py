"""Invoices, red letters, checks of input invoices, withheld tax."""

import django.db.models.expressions
from django.db import migrations, models

NUMBERS = """
create sequence settlement_invoice_id_seq;
create sequence settlement_invoice_part_id_seq;
"""

GUARDS = """
create function settlement_invoice_freeze() returns trigger language plpgsql as $$
begin
  if old.state in ('issued', 'voided') and row(old.*) is distinct from row(new.*) then
    raise exception 'invoice % is % and never changes; a red letter takes it back', old.number, old.state
      using errcode = 'integrity_constraint_violation';
  end if;
  if (new.party_id, new.id, new.number, new.direction, new.kind, new.original_id, new.statement_id,
      new.entity_id, new.mode, new.currency, new.gross_minor, new.net_minor, new.tax_minor, new.drafted_at)
     is distinct from
     (old.party_id, old.id, old.number, old.direction, old.kind, old.original_id, old.statement_id,
      old.entity_id, old.mode, old.currency, old.gross_minor, old.net_minor, old.tax_minor, old.drafted_at) then
    raise exception 'what invoice % is about never changes; void it and draft another', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger invoice_frozen before update on settlement_invoice
  for each row execute function settlement_invoice_freeze();

create function settlement_received_invoice_freeze() returns trigger language plpgsql as $$
begin
  if old.state in ('verified', 'rejected') or
     (new.party_id, new.id, new.invoice_id, new.entity_id, new.number, new.number_code, new.issued_on,
      new.currency, new.gross_minor, new.net_minor, new.tax_minor, new.by_rate, new.file_hash,
      new.uploaded_at, new.uploaded_by)
     is distinct from
     (old.party_id, old.id, old.invoice_id, old.entity_id, old.number, old.number_code, old.issued_on,
      old.currency, old.gross_minor, old.net_minor, old.tax_minor, old.by_rate, old.file_hash,
      old.uploaded_at, old.uploaded_by) then
    raise exception 'invoice % as received never changes, and is decided about once', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger received_invoice_frozen before update on settlement_received_invoice
  for each row execute function settlement_received_invoice_freeze();

create function settlement_dated_freeze() returns trigger language plpgsql as $$
begin
  if old.effective_before is not null
     or (to_jsonb(new) - 'effective_before') is distinct from (to_jsonb(old) - 'effective_before') then
    raise exception '% holds data by date: end a row and add another', tg_table_name
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
"""
KEPT = ("invoice", "received_invoice", "tax_profile", "tax_treatment", "withholding_table")
APPENDED = ("invoice_part", "invoice_line", "invoice_event", "invoice_file", "withholding", "tax_month")
DATED = ("tax_treatment", "withholding_table")
OWNED = ("invoice_part", "invoice", "invoice_line", "invoice_event", "invoice_file", "received_invoice", "withholding")


def guards() -> str:
    parts = [
        GUARDS,
        *(
            f"create trigger {name}_kept before delete on settlement_{name}"
            " for each statement execute function refuse_change();"
            for name in KEPT
        ),
        *(
            f"create trigger {name}_append_only before update or delete on settlement_{name}"
            " for each statement execute function refuse_change();"
            for name in APPENDED
        ),
        *(
            f"create trigger {name}_dated before update on settlement_{name}"
            " for each row execute function settlement_dated_freeze();"
            for name in DATED
        ),
    ]
    return "\n".join(parts)


def isolation() -> str:
    """A party sees its own invoices and data, and what holds for everyone."""
    parts = []
    for name, condition in [
        *((name, "party_id = zhanggui_party()") for name in OWNED),
        ("tax_profile", "party_id in (0, zhanggui_party())"),
        ("tax_treatment", "party_id in (0, zhanggui_party())"),
    ]:
        parts.append(
            f"alter table settlement_{name} enable row level security;\n"
            f"create policy settlement_{name}_own on settlement_{name} for select to zhanggui_tenant"
            f" using ({condition});\n"
            f"grant select on settlement_{name} to zhanggui_tenant;"
        )
    parts.append("grant select on settlement_invoice_policy to zhanggui_tenant;")
    return "\n".join(parts)


class Migration(migrations.Migration):
    dependencies = [("settlement", "0009_collections")]

    operations = [
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('id', models.BigIntegerField()),
                ('number', models.CharField(help_text='ours, from the draft on', max_length=40, unique=True)),
                ('direction', models.SmallIntegerField(choices=[(1, 'Output'), (2, 'Input')])),
                ('kind', models.CharField(choices=[('blue', 'Blue'), ('red', 'Red')], default='blue', max_length=8)),
                ('original_id', models.BigIntegerField(default=0, help_text='red: the invoice it takes back from')),
                ('statement_id', models.BigIntegerField()),
                ('entity_id', models.IntegerField()),
                ('mode', models.SmallIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('issued', 'Issued'), ('voided', 'Voided'), ('expected', 'Expected'), ('received', 'Received'), ('verified', 'Verified'), ('written_off', 'Written Off')], max_length=16)),
                ('gross_minor', models.BigIntegerField()),
                ('net_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField()),
                ('reason', models.TextField(blank=True, default='')),
                ('seller', models.JSONField(default=dict, help_text='as printed, frozen when issued')),
                ('buyer', models.JSONField(default=dict, help_text='as printed, frozen when issued')),
                ('tax_number', models.CharField(blank=True, default='', help_text="the tax authority's", max_length=40)),
                ('tax_number_code', models.CharField(blank=True, default='', max_length=20)),
                ('issued_on', models.DateField(null=True)),
                ('tax_month', models.DateField(help_text='first day of the month it is filed in', null=True)),
                ('file_hash', models.BinaryField(default=bytes, max_length=32)),
                ('drafted_at', models.DateTimeField()),
                ('drafted_by', models.CharField(max_length=150)),
                ('issued_at', models.DateTimeField(null=True)),
                ('issued_by', models.CharField(blank=True, default='', max_length=150)),
            ],
            options={
                'db_table': 'settlement_invoice',
            },
        ),
        migrations.CreateModel(
            name='InvoiceEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('invoice_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('before', models.CharField(max_length=16)),
                ('after', models.CharField(max_length=16)),
                ('reason', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'settlement_invoice_event',
            },
        ),
        migrations.CreateModel(
            name='InvoiceFile',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'hash', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('hash', models.BinaryField(max_length=32)),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(help_text='pdf, xml or ofd', max_length=8)),
                ('content', models.BinaryField()),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'settlement_invoice_file',
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'invoice_id', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('invoice_id', models.BigIntegerField()),
                ('position', models.SmallIntegerField()),
                ('part_id', models.BigIntegerField()),
                ('fee_type_id', models.IntegerField()),
                ('rate_ppm', models.IntegerField()),
                ('tax_code', models.CharField(blank=True, default='', max_length=32)),
                ('gross_minor', models.BigIntegerField()),
                ('net_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField()),
            ],
            options={
                'db_table': 'settlement_invoice_line',
            },
        ),
        migrations.CreateModel(
            name='InvoicePart',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('id', models.BigIntegerField()),
                ('statement_id', models.BigIntegerField()),
                ('origin_statement_id', models.BigIntegerField(help_text='the statement that holds the sale')),
                ('entity_id', models.IntegerField()),
                ('mode', models.SmallIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('direction', models.SmallIntegerField(choices=[(1, 'Output'), (2, 'Input')])),
                ('fee_type_id', models.IntegerField()),
                ('rate_ppm', models.IntegerField()),
                ('tax_code', models.CharField(blank=True, default='', max_length=32)),
                ('item', models.JSONField(default=dict)),
                ('inside', models.BooleanField(help_text='tax is part of the amount, not a detail of its own')),
                ('tax_rule_id', models.IntegerField(default=0, help_text='the rule of the VAT twin; 0 = from the treatment')),
                ('gross_minor', models.BigIntegerField()),
                ('net_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField()),
                ('detail_count', models.BigIntegerField()),
            ],
            options={
                'db_table': 'settlement_invoice_part',
            },
        ),
        migrations.CreateModel(
            name='InvoicePolicy',
            fields=[
                ('entity_id', models.IntegerField(primary_key=True, serialize=False)),
                ('draft_when', models.CharField(default='confirmed', help_text='closed or confirmed', max_length=16)),
                ('reversals', models.CharField(default='red_letter', help_text='red_letter or deduction', max_length=16)),
                ('input_check', models.CharField(default='before_payment', help_text='or after_payment', max_length=16)),
                ('verify_above_minor', models.BigIntegerField(help_text='verifying more than this needs an approval; empty = one verifier is enough', null=True)),
            ],
            options={
                'db_table': 'settlement_invoice_policy',
            },
        ),
        migrations.CreateModel(
            name='ReceivedInvoice',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('id', models.BigIntegerField()),
                ('invoice_id', models.BigIntegerField(help_text='the expected invoice it covers')),
                ('entity_id', models.IntegerField()),
                ('number', models.CharField(max_length=40)),
                ('number_code', models.CharField(blank=True, default='', max_length=20)),
                ('issued_on', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('gross_minor', models.BigIntegerField()),
                ('net_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField()),
                ('by_rate', models.JSONField(help_text='[{rate_ppm, net_minor, tax_minor}], ascending by rate')),
                ('file_hash', models.BinaryField(default=bytes, max_length=32)),
                ('state', models.CharField(choices=[('received', 'Received'), ('verifying', 'Verifying'), ('verified', 'Verified'), ('rejected', 'Rejected')], default='received', max_length=16)),
                ('tax_month', models.DateField(null=True)),
                ('uploaded_at', models.DateTimeField()),
                ('uploaded_by', models.CharField(max_length=150)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, default='', max_length=150)),
                ('reason', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'settlement_received_invoice',
            },
        ),
        migrations.CreateModel(
            name='TaxMonth',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('entity_id', models.IntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('month', models.DateField(help_text='its first day')),
                ('closed_at', models.DateTimeField()),
                ('closed_by', models.CharField(max_length=150)),
                ('figures', models.JSONField()),
            ],
            options={
                'db_table': 'settlement_tax_month',
            },
        ),
        migrations.CreateModel(
            name='TaxProfile',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField(default=0)),
                ('entity_id', models.IntegerField(default=0)),
                ('effective_from', models.DateField()),
                ('effective_before', models.DateField(null=True)),
                ('taxpayer', models.CharField(choices=[('general', 'General'), ('small', 'Small'), ('individual', 'Individual')], default='general', max_length=16)),
                ('title', models.CharField(max_length=200)),
                ('tax_number', models.CharField(blank=True, default='', max_length=32)),
                ('address', models.CharField(blank=True, default='', max_length=300)),
                ('phone', models.CharField(blank=True, default='', max_length=40)),
                ('bank_name', models.CharField(blank=True, default='', max_length=200)),
                ('bank_account_masked', models.CharField(blank=True, default='', max_length=32)),
                ('bank_account_sealed', models.BinaryField(default=bytes)),
            ],
            options={
                'db_table': 'settlement_tax_profile',
            },
        ),
        migrations.CreateModel(
            name='TaxTreatment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('direction', models.SmallIntegerField(choices=[(1, 'Output'), (2, 'Input')])),
                ('entity_id', models.IntegerField(default=0)),
                ('party_id', models.BigIntegerField(default=0)),
                ('fee_type_id', models.IntegerField(default=0)),
                ('effective_from', models.DateField()),
                ('effective_before', models.DateField(null=True)),
                ('rate_ppm', models.IntegerField()),
                ('tax_code', models.CharField(blank=True, default='', help_text='tax classification code', max_length=32)),
                ('item', models.JSONField(default=dict, help_text='what the line is called: {zh, en}')),
            ],
            options={
                'db_table': 'settlement_tax_treatment',
            },
        ),
        migrations.CreateModel(
            name='Withholding',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'statement_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('statement_id', models.BigIntegerField()),
                ('entity_id', models.IntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('table_id', models.BigIntegerField()),
                ('base_minor', models.BigIntegerField()),
                ('taxable_minor', models.BigIntegerField()),
                ('rate_ppm', models.IntegerField()),
                ('tax_minor', models.BigIntegerField()),
                ('line_id', models.BigIntegerField(help_text='the charge whose detail it is')),
                ('tax_month', models.DateField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'settlement_withholding',
            },
        ),
        migrations.CreateModel(
            name='WithholdingTable',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('entity_id', models.IntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('effective_from', models.DateField()),
                ('effective_before', models.DateField(null=True)),
                ('allowance_minor', models.BigIntegerField(default=0)),
                ('allowance_ppm', models.IntegerField(default=0)),
                ('brackets', models.JSONField()),
            ],
            options={
                'db_table': 'settlement_withholding_table',
            },
        ),
        migrations.AddField(
            model_name='statement',
            name='invoice_axis',
            field=models.CharField(choices=[('pending', 'Pending'), ('none', 'None'), ('to_issue', 'To Issue'), ('issued', 'Issued'), ('to_receive', 'To Receive'), ('received', 'Received'), ('verified', 'Verified'), ('written_off', 'Written Off')], db_default='pending', max_length=16),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['invoice_axis', 'state'], name='statement_invoice_axis'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('invoice_axis__in', ['pending', 'none', 'to_issue', 'issued', 'to_receive', 'received', 'verified', 'written_off'])), name='statement_invoice_axis_known'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['statement_id'], name='invoice_of_statement'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['state', 'direction'], name='invoice_by_state'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['entity_id', 'tax_month'], name='invoice_by_month'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('tax_number', ''), _negated=True), fields=('tax_number_code', 'tax_number'), name='invoice_tax_number_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('gross_minor', django.db.models.expressions.CombinedExpression(models.F('net_minor'), '+', models.F('tax_minor')))), name='invoice_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'issued', 'voided', 'expected', 'received', 'verified', 'written_off'])), name='invoice_state_known'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gross_minor__gt', 0), ('kind', 'blue'), ('original_id', 0)), models.Q(('gross_minor__lt', 0), ('kind', 'red'), ('original_id__gt', 0)), _connector='OR'), name='invoice_red_is_negative'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'issued'), _negated=True), models.Q(models.Q(('tax_number', ''), _negated=True), ('tax_month__isnull', False)), _connector='OR'), name='invoice_issued_is_numbered'),
        ),
        migrations.AddIndex(
            model_name='invoiceevent',
            index=models.Index(fields=['party_id', 'invoice_id'], name='invoice_event_of'),
        ),
        migrations.AddIndex(
            model_name='invoiceline',
            index=models.Index(fields=['party_id', 'part_id'], name='invoice_line_of_part'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('party_id', 'invoice_id', 'part_id'), name='invoice_line_once'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('gross_minor', django.db.models.expressions.CombinedExpression(models.F('net_minor'), '+', models.F('tax_minor')))), name='invoice_line_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='invoicepart',
            constraint=models.UniqueConstraint(fields=('party_id', 'statement_id', 'direction', 'fee_type_id', 'rate_ppm', 'inside', 'origin_statement_id', 'tax_rule_id'), name='invoice_part_once'),
        ),
        migrations.AddConstraint(
            model_name='invoicepart',
            constraint=models.CheckConstraint(condition=models.Q(('gross_minor', django.db.models.expressions.CombinedExpression(models.F('net_minor'), '+', models.F('tax_minor')))), name='invoice_part_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='invoicepolicy',
            constraint=models.CheckConstraint(condition=models.Q(('draft_when__in', ['closed', 'confirmed']), ('reversals__in', ['red_letter', 'deduction']), ('input_check__in', ['before_payment', 'after_payment'])), name='invoice_policy_known'),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(fields=['party_id', 'invoice_id'], name='received_for_invoice'),
        ),
        migrations.AddConstraint(
            model_name='receivedinvoice',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'rejected'), _negated=True), fields=('number_code', 'number'), name='received_invoice_number_once'),
        ),
        migrations.AddConstraint(
            model_name='receivedinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('gross_minor', django.db.models.expressions.CombinedExpression(models.F('net_minor'), '+', models.F('tax_minor')))), name='received_invoice_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='receivedinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'verifying', 'verified', 'rejected'])), name='received_invoice_state_known'),
        ),
        migrations.AddConstraint(
            model_name='taxmonth',
            constraint=models.UniqueConstraint(fields=('entity_id', 'currency', 'month'), name='tax_month_once'),
        ),
        migrations.AddConstraint(
            model_name='taxprofile',
            constraint=models.UniqueConstraint(fields=('party_id', 'entity_id', 'effective_from'), name='tax_profile_start_once'),
        ),
        migrations.AddConstraint(
            model_name='taxprofile',
            constraint=models.CheckConstraint(condition=models.Q(('effective_before__isnull', True), ('effective_before__gt', models.F('effective_from')), _connector='OR'), name='tax_profile_forward'),
        ),
        migrations.AddConstraint(
            model_name='taxtreatment',
            constraint=models.UniqueConstraint(fields=('direction', 'entity_id', 'party_id', 'fee_type_id', 'effective_from'), name='tax_treatment_start_once'),
        ),
        migrations.AddConstraint(
            model_name='taxtreatment',
            constraint=models.CheckConstraint(condition=models.Q(('effective_before__isnull', True), ('effective_before__gt', models.F('effective_from')), _connector='OR'), name='tax_treatment_forward'),
        ),
        migrations.AddConstraint(
            model_name='taxtreatment',
            constraint=models.CheckConstraint(condition=models.Q(('rate_ppm__gte', 0), ('rate_ppm__lte', 1000000)), name='tax_treatment_rate'),
        ),
        migrations.AddConstraint(
            model_name='withholdingtable',
            constraint=models.UniqueConstraint(fields=('entity_id', 'currency', 'effective_from'), name='withholding_start_once'),
        ),
        migrations.AddConstraint(
            model_name='withholdingtable',
            constraint=models.CheckConstraint(condition=models.Q(('effective_before__isnull', True), ('effective_before__gt', models.F('effective_from')), _connector='OR'), name='withholding_forward'),
        ),
        migrations.RunSQL(NUMBERS, migrations.RunSQL.noop),
        migrations.RunSQL(guards(), migrations.RunSQL.noop),
        migrations.RunSQL(isolation(), migrations.RunSQL.noop),
    ]
