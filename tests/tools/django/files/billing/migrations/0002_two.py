from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_one")]

    operations = [
        migrations.RunSQL("CREATE TABLE two (id INTEGER)", "DROP TABLE two"),
        migrations.RunSQL("CREATE INDEX two_id ON two (id)", migrations.RunSQL.noop),
    ]
