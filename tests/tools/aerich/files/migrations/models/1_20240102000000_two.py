from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE two (id INTEGER PRIMARY KEY);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE two;"""
