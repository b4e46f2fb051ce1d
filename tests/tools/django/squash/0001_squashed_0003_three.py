from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("bills", "0001_initial"), ("bills", "0002_two"), ("bills", "0003_three")]

    initial = True

    dependencies = [("auth", "0001_initial")]

    operations = [
        migrations.CreateModel(name="One", fields=[("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(name="Two", fields=[("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(name="Three", fields=[("id", models.BigAutoField(primary_key=True))]),
    ]
