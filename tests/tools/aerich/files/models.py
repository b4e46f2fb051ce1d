from tortoise import fields, models


class One(models.Model):
    id = fields.IntField(primary_key=True)
