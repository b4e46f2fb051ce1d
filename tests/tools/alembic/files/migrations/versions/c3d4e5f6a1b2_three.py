"""three

Revision ID: c3d4e5f6a1b2
Revises: b2c3d4e5f6a1

"""
from alembic import op

revision = "c3d4e5f6a1b2"
down_revision = "b2c3d4e5f6a1"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE three (id INTEGER)")
    op.execute("CREATE INDEX three_id ON three (id)")


def downgrade():
    op.execute("DROP TABLE three")
