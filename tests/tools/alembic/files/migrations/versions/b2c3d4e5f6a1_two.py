"""two

Revision ID: b2c3d4e5f6a1
Revises: a1b2c3d4e5f6

"""
from alembic import op

revision = "b2c3d4e5f6a1"
down_revision = "a1b2c3d4e5f6"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE two (id INTEGER)")
    op.execute("CREATE INDEX two_id ON two (id)")


def downgrade():
    op.execute("DROP TABLE two")
