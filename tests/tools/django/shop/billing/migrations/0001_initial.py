from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0001_initial")]

    operations = [
        migrations.CreateModel(name="One", fields=[("id", models.BigAutoField(primary_key=True))]),
    ]
