from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE one (id INTEGER PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS aerich (
            id SERIAL PRIMARY KEY,
            version VARCHAR(255) NOT NULL,
            app VARCHAR(100) NOT NULL,
            content JSONB NOT NULL
        );"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE one;"""
