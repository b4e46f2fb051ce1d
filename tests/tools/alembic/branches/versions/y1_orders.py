"""orders"""
from alembic import op
import sqlalchemy as sa

revision = "y1"
down_revision = None
branch_labels = ("shop",)
depends_on = ("x2",)


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("orders")
