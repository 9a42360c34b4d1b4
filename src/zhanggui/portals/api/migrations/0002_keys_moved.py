"""Keys of programs belong to people: the model is the parties' from now on, its table stays where it is."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("parties", "0003_api_key")]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="ApiKey")])
    ]
