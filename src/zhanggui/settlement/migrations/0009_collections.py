"""Debts, receipts, claims, deposits, reserves, holds, adjustments, rebates."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

OWN = (
    "settlement_adjustment", "settlement_rebate_agreement", "settlement_rebate", "settlement_deposit",
    "settlement_deposit_movement", "settlement_deposit_order", "settlement_hold", "settlement_hold_movement",
    "settlement_debt", "settlement_debt_settlement", "settlement_claim",
)  # fmt: skip
OWN_OR_ALL = ("settlement_deposit_requirement", "settlement_reserve_policy", "settlement_collection_policy")
ONLY_ADDED = (
    "settlement_rebate", "settlement_deposit_movement", "settlement_hold_movement", "settlement_debt_settlement",
    "settlement_dunning_note",
)  # fmt: skip
# table: columns that are written once; what a document says is what was approved
WRITTEN_ONCE = {
    "settlement_adjustment": "party_id business_line_id fee_type_id currency amount_minor reason made_by",
    "settlement_rebate_agreement": "party_id business_line_id tiers method cycle cap_minor effective_from made_by",
    "settlement_deposit_order": "deposit_id party_id use amount_minor statement_id reason made_by",
    "settlement_write_off": "party_id statement_id amount_minor reason made_by",
    "settlement_receipt_refund": "receipt_id amount_minor reason made_by",
    "settlement_receipt": "own_account_id bank_reference currency amount_minor received_on",
    "settlement_claim": "receipt_id party_id target statement_id amount_minor",
    "settlement_debt": "party_id statement_id currency amount_minor",
    "settlement_hold": "party_id kind currency wanted_minor reason made_by",
}


def guards() -> str:
    parts = [
        f"create trigger {table.removeprefix('settlement_')}_append_only before update or delete on {table}"
        " for each statement execute function refuse_change();"
        for table in ONLY_ADDED
    ]
    for table, columns in WRITTEN_ONCE.items():
        name = table.removeprefix("settlement_")
        changed = " or ".join(f"new.{column} is distinct from old.{column}" for column in columns.split())
        parts.append(
            f"create function settlement_{name}_freeze() returns trigger language plpgsql as $$ begin"
            f" if {changed} then raise exception 'what {name} % says never changes', old"
            " using errcode = 'integrity_constraint_violation'; end if; return new; end $$;"
            f"create trigger {name}_frozen before update on {table}"
            f" for each row execute function settlement_{name}_freeze();"
            f"create trigger {name}_kept before delete on {table}"
            " for each statement execute function refuse_change();"
        )
    for table in (*OWN, *OWN_OR_ALL):
        mine = "= zhanggui_party()" if table in OWN else "in (0, zhanggui_party())"
        parts.append(
            f"alter table {table} enable row level security;"
            f"create policy {table}_own on {table} for select to zhanggui_tenant using (party_id {mine});"
            f"grant select on {table} to zhanggui_tenant;"
        )
    return "\n".join(parts)


class Migration(migrations.Migration):
    dependencies = [("settlement", "0008_payouts")]

    operations = [
        migrations.AddField(
            model_name="statement",
            name="withheld_minor",
            field=models.BigIntegerField(
                db_default=0, default=0, help_text="of what was confirmed: held, or set off against a debt"
            ),
        ),
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("manual", "Manual"), ("rebate", "Rebate")], default="manual", max_length=12
                    ),
                ),
                ("fee_type_id", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "base_minor",
                    models.BigIntegerField(default=0, help_text="rebates: the sales they are a share of"),
                ),
                ("reason", models.TextField()),
                ("evidence", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                (
                    "approval_id",
                    models.BigIntegerField(
                        default=0, help_text="the request that was approved; rebates: of the agreement"
                    ),
                ),
                ("line_id", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "business_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.businessline"
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="settlement.adjustment",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_adjustment",
            },
        ),
        migrations.CreateModel(
            name="CollectionPolicy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField(default=0)),
                (
                    "action",
                    models.CharField(
                        choices=[("carry", "Carry"), ("collect", "Collect")], default="carry", max_length=12
                    ),
                ),
                ("carry_max", models.SmallIntegerField(null=True)),
                ("while_selling", models.BooleanField(default=False)),
                (
                    "due_days",
                    models.SmallIntegerField(
                        default=15, help_text="days from closing until a debt is overdue"
                    ),
                ),
                (
                    "set_off",
                    models.BooleanField(default=True, help_text="against goods money of later statements"),
                ),
                (
                    "deposit_agreed",
                    models.BooleanField(
                        default=False,
                        help_text="the agreement lets us settle debts from the deposit without further approval",
                    ),
                ),
                ("effective_from", models.DateField()),
                ("effective_before", models.DateField(null=True)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.settlemententity"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_collection_policy",
            },
        ),
        migrations.CreateModel(
            name="Debt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "party_id",
                        "statement_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("party_id", models.BigIntegerField()),
                ("statement_id", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("open_minor", models.BigIntegerField()),
                (
                    "pledged_minor",
                    models.BigIntegerField(
                        default=0, help_text="asked to be written off, waiting for approval"
                    ),
                ),
                ("due_on", models.DateField()),
                ("level", models.SmallIntegerField(default=0, help_text="dunning level reached, 0 = none")),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=150)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.settlemententity"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_debt",
            },
        ),
        migrations.CreateModel(
            name="DebtSettlement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("statement_id", models.BigIntegerField()),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("set_off", "Set Off"),
                            ("deposit", "Deposit"),
                            ("receipt", "Receipt"),
                            ("write_off", "Write Off"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                (
                    "document_id",
                    models.BigIntegerField(
                        default=0,
                        help_text="set-offs: the statement that paid; else deposit movement, claim or write-off",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=150)),
            ],
            options={
                "db_table": "settlement_debt_settlement",
                "indexes": [models.Index(fields=["party_id", "statement_id"], name="debt_settlement_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="debt_settlement_of_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("held_minor", models.BigIntegerField(default=0)),
                (
                    "pledged_minor",
                    models.BigIntegerField(
                        default=0, help_text="asked for by documents that wait for approval"
                    ),
                ),
                ("required_minor", models.BigIntegerField(default=0)),
                (
                    "demanded_minor",
                    models.BigIntegerField(
                        default=0, help_text="what is short and asked of the party; 0 = none"
                    ),
                ),
                ("demanded_at", models.DateTimeField(null=True)),
                ("top_up_by", models.DateField(null=True)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.settlemententity"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_deposit",
            },
        ),
        migrations.CreateModel(
            name="DepositMovement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "Receipt"),
                            ("statement", "Statement"),
                            ("deduction", "Deduction"),
                            ("debt", "Debt"),
                            ("refund", "Refund"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                (
                    "document_id",
                    models.BigIntegerField(
                        default=0, help_text="claim, deposit order or debt settlement, by kind"
                    ),
                ),
                (
                    "line_id",
                    models.BigIntegerField(
                        default=0, help_text="the billed line, where a statement shows it"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=150)),
                ("reason", models.TextField(blank=True, default="")),
                (
                    "deposit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.deposit"),
                ),
            ],
            options={
                "db_table": "settlement_deposit_movement",
            },
        ),
        migrations.CreateModel(
            name="DepositOrder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("penalty", "Penalty"),
                            ("buyers", "Buyers"),
                            ("debt", "Debt"),
                            ("statement", "Statement"),
                            ("bank", "Bank"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("statement_id", models.BigIntegerField(default=0, help_text="the debt it settles")),
                ("reason", models.TextField()),
                ("evidence", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("approval_id", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "deposit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.deposit"),
                ),
                (
                    "own_account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="settlement.ownaccount"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_deposit_order",
            },
        ),
        migrations.CreateModel(
            name="DepositRequirement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField(default=0)),
                ("category_id", models.IntegerField(default=0, help_text="Dimension id; 0 = every party")),
                (
                    "rule",
                    models.CharField(
                        choices=[("largest", "Largest"), ("added", "Added")], default="largest", max_length=12
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("effective_from", models.DateField()),
                ("effective_before", models.DateField(null=True)),
                (
                    "business_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.businessline"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_deposit_requirement",
            },
        ),
        migrations.CreateModel(
            name="DunningNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("statement_id", models.BigIntegerField()),
                ("level", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=150)),
                ("note", models.TextField()),
                ("promised_on", models.DateField(null=True)),
                ("promised_minor", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "settlement_dunning_note",
                "indexes": [models.Index(fields=["party_id", "statement_id"], name="dunning_note_of")],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                (
                    "kind",
                    models.CharField(
                        choices=[("reserve", "Reserve"), ("amount", "Amount"), ("party", "Party")],
                        max_length=12,
                    ),
                ),
                (
                    "statement_id",
                    models.BigIntegerField(default=0, help_text="reserves: the statement it is a share of"),
                ),
                ("wanted_minor", models.BigIntegerField(default=0)),
                ("held_minor", models.BigIntegerField(default=0)),
                ("rate_ppm", models.IntegerField(default=0)),
                ("release_on", models.DateField(null=True)),
                ("reason", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, default="", max_length=150)),
                ("release_reason", models.TextField(blank=True, default="")),
                (
                    "entity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="settlement.settlemententity",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_hold",
            },
        ),
        migrations.CreateModel(
            name="HoldMovement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("statement_id", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("line_id", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=150)),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="settlement.hold",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_hold_movement",
            },
        ),
        migrations.CreateModel(
            name="RebateAgreement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("name", models.CharField(max_length=128)),
                (
                    "method",
                    models.CharField(choices=[("graduated", "Graduated"), ("whole", "Whole")], max_length=12),
                ),
                ("tiers", models.JSONField()),
                ("cycle", models.CharField(default="month:1", max_length=32)),
                ("cap_minor", models.BigIntegerField()),
                ("effective_from", models.DateField()),
                ("effective_before", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("approval_id", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "business_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.businessline"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_rebate_agreement",
            },
        ),
        migrations.CreateModel(
            name="Rebate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("starts_on", models.DateField()),
                ("ends_before", models.DateField()),
                ("sequence", models.IntegerField(help_text="1 = the first run over this period")),
                (
                    "base_minor",
                    models.BigIntegerField(help_text="goods side of the period's sales less their refunds"),
                ),
                ("derivation", models.JSONField(help_text="method, tiers, the bands reached, the cap")),
                ("total_minor", models.BigIntegerField(help_text="the rebate of the period at this base")),
                ("before_minor", models.BigIntegerField(help_text="given by earlier runs")),
                ("amount_minor", models.BigIntegerField()),
                ("computed_at", models.DateTimeField()),
                (
                    "adjustment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.adjustment"
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.rebateagreement"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_rebate",
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("bank_reference", models.CharField(max_length=128)),
                ("amount_minor", models.BigIntegerField()),
                ("claimed_minor", models.BigIntegerField(default=0)),
                (
                    "refunded_minor",
                    models.BigIntegerField(default=0, help_text="given back to the payer, or asked to be"),
                ),
                ("received_on", models.DateField()),
                ("payer", models.CharField(blank=True, default="", max_length=200)),
                (
                    "payer_account",
                    models.CharField(blank=True, default="", help_text="masked", max_length=64),
                ),
                ("memo", models.CharField(blank=True, default="", max_length=500)),
                (
                    "source",
                    models.CharField(default="screen", help_text="screen, api, csv, bank", max_length=16),
                ),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=150)),
                ("reversed_at", models.DateTimeField(null=True)),
                ("reversal_reason", models.TextField(blank=True, default="")),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.settlemententity"
                    ),
                ),
                (
                    "own_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.ownaccount"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_receipt",
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                (
                    "target",
                    models.CharField(choices=[("debt", "Debt"), ("deposit", "Deposit")], max_length=12),
                ),
                ("statement_id", models.BigIntegerField(default=0)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=150)),
                ("reversed_at", models.DateTimeField(null=True)),
                ("reversed_by", models.CharField(blank=True, default="", max_length=150)),
                ("reversal_reason", models.TextField(blank=True, default="")),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="settlement.receipt",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_claim",
            },
        ),
        migrations.CreateModel(
            name="ReceiptRefund",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("approval_id", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="settlement.receipt",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_receipt_refund",
            },
        ),
        migrations.CreateModel(
            name="ReservePolicy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField(default=0)),
                ("rate_ppm", models.IntegerField()),
                ("days", models.SmallIntegerField()),
                ("effective_from", models.DateField()),
                ("effective_before", models.DateField(null=True)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.settlemententity"
                    ),
                ),
            ],
            options={
                "db_table": "settlement_reserve_policy",
            },
        ),
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("statement_id", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.TextField()),
                ("evidence", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("approval_id", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "settlement_write_off",
                "indexes": [models.Index(fields=["party_id", "statement_id"], name="write_off_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="write_off_positive"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(fields=["party_id", "id"], name="adjustment_of_party"),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(fields=["state", "made_at"], name="adjustment_by_state"),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True), name="adjustment_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("line_id__gt", 0), ("state", "approved")),
                    models.Q(models.Q(("state", "approved"), _negated=True), ("line_id", 0)),
                    _connector="OR",
                ),
                name="adjustment_billed_when_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["pending", "approved"])),
                fields=("reverses",),
                name="adjustment_reversed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="collectionpolicy",
            constraint=models.UniqueConstraint(
                fields=("party_id", "entity", "effective_from"), name="collection_policy_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="collectionpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("carry_max__isnull", True), ("carry_max__gte", 0), _connector="OR"),
                name="collection_carry_in_range",
            ),
        ),
        migrations.AddIndex(
            model_name="debt",
            index=models.Index(
                condition=models.Q(("open_minor__gt", 0)), fields=["due_on"], name="debt_open_by_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="debt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    ("open_minor__gte", 0),
                    ("open_minor__lte", models.F("amount_minor")),
                ),
                name="debt_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="debt",
            constraint=models.CheckConstraint(
                condition=models.Q(("pledged_minor__gte", 0), ("pledged_minor__lte", models.F("open_minor"))),
                name="debt_pledged_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(
                fields=("party_id", "entity", "currency"), name="deposit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(("held_minor__gte", 0)), name="deposit_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(("pledged_minor__gte", 0), ("pledged_minor__lte", models.F("held_minor"))),
                name="deposit_pledged_once",
            ),
        ),
        migrations.AddIndex(
            model_name="depositmovement",
            index=models.Index(fields=["party_id", "id"], name="deposit_movement_of_party"),
        ),
        migrations.AddConstraint(
            model_name="depositmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True), name="deposit_movement_of_something"
            ),
        ),
        migrations.AddIndex(
            model_name="depositorder",
            index=models.Index(fields=["party_id", "id"], name="deposit_order_of_party"),
        ),
        migrations.AddConstraint(
            model_name="depositorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="deposit_order_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositrequirement",
            constraint=models.UniqueConstraint(
                fields=("business_line", "party_id", "category_id", "rule", "effective_from"),
                name="deposit_requirement_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 0)), name="deposit_requirement_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_before__isnull", True),
                    ("effective_before__gt", models.F("effective_from")),
                    _connector="OR",
                ),
                name="deposit_requirement_forward",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["party_id", "id"], name="hold_of_party"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("released_at__isnull", True)),
                fields=["release_on"],
                name="hold_to_release",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "reserve")),
                fields=("party_id", "statement_id"),
                name="reserve_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("held_minor__gte", 0), ("held_minor__lte", models.F("wanted_minor"))),
                name="hold_within_wanted",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("released_at__isnull", True), ("held_minor", 0), _connector="OR"),
                name="hold_released_wholly",
            ),
        ),
        migrations.AddIndex(
            model_name="holdmovement",
            index=models.Index(fields=["party_id", "statement_id"], name="hold_movement_of_statement"),
        ),
        migrations.AddConstraint(
            model_name="holdmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True), name="hold_movement_of_something"
            ),
        ),
        migrations.AddIndex(
            model_name="rebateagreement",
            index=models.Index(fields=["party_id", "id"], name="rebate_agreement_of_party"),
        ),
        migrations.AddConstraint(
            model_name="rebateagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("cap_minor__gt", 0)), name="rebate_cap_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="rebateagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_before__isnull", True),
                    ("effective_before__gt", models.F("effective_from")),
                    _connector="OR",
                ),
                name="rebate_window_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="rebate",
            constraint=models.UniqueConstraint(
                fields=("agreement", "starts_on", "sequence"), name="rebate_run_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rebate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_minor",
                        django.db.models.expressions.CombinedExpression(
                            models.F("total_minor"), "-", models.F("before_minor")
                        ),
                    )
                ),
                name="rebate_is_the_difference",
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(fields=["received_on"], name="receipt_by_day"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("own_account", "bank_reference"), name="receipt_once"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0), ("claimed_minor__gte", 0), ("refunded_minor__gte", 0)
                ),
                name="receipt_signs",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_minor__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("claimed_minor"), "+", models.F("refunded_minor")
                        ),
                    )
                ),
                name="receipt_not_overclaimed",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reversed_at__isnull", True),
                    models.Q(("claimed_minor", 0), ("refunded_minor", 0)),
                    _connector="OR",
                ),
                name="receipt_reversed_unclaimed",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["party_id", "id"], name="claim_of_party"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="claim_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="receipt_refund_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservepolicy",
            constraint=models.UniqueConstraint(
                fields=("party_id", "entity", "effective_from"), name="reserve_policy_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__gte", 1), ("rate_ppm__gte", 0), ("rate_ppm__lte", 1000000)),
                name="reserve_in_range",
            ),
        ),
        migrations.RunSQL(guards(), migrations.RunSQL.noop),
    ]
