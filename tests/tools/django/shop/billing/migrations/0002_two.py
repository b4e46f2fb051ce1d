from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bills", "0001_initial")]

    operations = [
        migrations.CreateModel(name="Two", fields=[("id", models.BigAutoField(primary_key=True))]),
    ]
