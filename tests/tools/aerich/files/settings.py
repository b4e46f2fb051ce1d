import os

TORTOISE_ORM = {
    "connections": {"default": os.environ["TORTOISE_URL"]},
    "apps": {"models": {"models": ["models", "aerich.models"], "default_connection": "default"}},
}
