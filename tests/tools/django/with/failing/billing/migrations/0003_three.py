from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_two")]

    operations = [
        migrations.RunSQL("CREATE TABLE three (id INTEGER)", "DROP TABLE three"),
        migrations.RunSQL("CREATE INDEX three_id ON nowhere (id)", migrations.RunSQL.noop),
    ]
