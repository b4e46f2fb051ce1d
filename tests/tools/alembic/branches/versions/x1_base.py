"""base"""
from alembic import op
import sqlalchemy as sa

revision = "x1"
down_revision = None
branch_labels = ("base",)
depends_on = None


def upgrade():
    op.create_table("base", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("base")
