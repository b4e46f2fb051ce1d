from django.apps import AppConfig


class Billing(AppConfig):
    name = "shop.billing"
    label = "bills"
