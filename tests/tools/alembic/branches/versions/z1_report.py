"""report"""
from alembic import op
import sqlalchemy as sa

revision = "z1"
down_revision = None
branch_labels = ("report",)
depends_on = ("shop", "x2")


def upgrade():
    op.create_table("report", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("report")
