"""The role of customer service."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0004_roles_of_orders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apikey',
            name='role',
            field=models.CharField(choices=[('platform_admin', 'Platform Admin'), ('platform_finance', 'Platform Finance'), ('platform_cashier', 'Platform Cashier'), ('platform_controller', 'Platform Controller'), ('platform_operations', 'Platform Operations'), ('platform_service', 'Platform Service'), ('platform_auditor', 'Platform Auditor'), ('merchant_owner', 'Merchant Owner'), ('merchant_finance', 'Merchant Finance'), ('merchant_viewer', 'Merchant Viewer'), ('merchant_staff', 'Merchant Staff'), ('supplier_owner', 'Supplier Owner'), ('supplier_staff', 'Supplier Staff')], max_length=32),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('platform_admin', 'Platform Admin'), ('platform_finance', 'Platform Finance'), ('platform_cashier', 'Platform Cashier'), ('platform_controller', 'Platform Controller'), ('platform_operations', 'Platform Operations'), ('platform_service', 'Platform Service'), ('platform_auditor', 'Platform Auditor'), ('merchant_owner', 'Merchant Owner'), ('merchant_finance', 'Merchant Finance'), ('merchant_viewer', 'Merchant Viewer'), ('merchant_staff', 'Merchant Staff'), ('supplier_owner', 'Supplier Owner'), ('supplier_staff', 'Supplier Staff')], max_length=32),
        ),
    ]
