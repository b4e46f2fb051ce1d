from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE three (id INTEGER PRIMARY KEY);
        INSERT INTO nonsense VALUES (1);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE three;"""
