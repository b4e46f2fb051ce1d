from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.RunSQL("CREATE TABLE one (id INTEGER)", "DROP TABLE one"),
        migrations.RunSQL("CREATE INDEX one_id ON one (id)", migrations.RunSQL.noop),
    ]
