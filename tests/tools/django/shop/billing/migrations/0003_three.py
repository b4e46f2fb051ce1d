from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bills", "0002_two"),  # the one before
    ]

    operations = [
        migrations.CreateModel(name="Three", fields=[("id", models.BigAutoField(primary_key=True))]),
    ]
