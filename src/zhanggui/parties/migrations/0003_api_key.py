"""Keys of programs belong to people: the model moves here from the API's app, its table stays where it is."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE

ROLES = [
    ("platform_admin", "Platform Admin"),
    ("platform_finance", "Platform Finance"),
    ("platform_cashier", "Platform Cashier"),
    ("platform_controller", "Platform Controller"),
    ("platform_operations", "Platform Operations"),
    ("platform_auditor", "Platform Auditor"),
    ("merchant_owner", "Merchant Owner"),
    ("merchant_finance", "Merchant Finance"),
    ("merchant_viewer", "Merchant Viewer"),
]
KEY = migrations.CreateModel(
    name="ApiKey",
    fields=[
        ("id", models.BigAutoField(primary_key=True, serialize=False)),
        ("label", models.CharField(max_length=120)),
        ("hint", models.CharField(help_text="beginning of the key, to tell keys apart", max_length=16)),
        ("digest", models.BinaryField(max_length=32, unique=True)),
        ("role", models.CharField(choices=ROLES, max_length=32)),
        ("created_at", models.DateTimeField()),
        ("expires_at", models.DateTimeField(null=True)),
        ("revoked_at", models.DateTimeField(null=True)),
        ("last_used_at", models.DateTimeField(null=True)),
        ("party", models.ForeignKey(on_delete=CASCADE, related_name="+", to="parties.party")),
        ("user", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
    ],
    options={"db_table": "api_key"},
)


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_cashier_and_controller"), ("api", "0001_initial")]
    operations = [migrations.SeparateDatabaseAndState(state_operations=[KEY])]
