"""more"""
from alembic import op
import sqlalchemy as sa

revision = "x2"
down_revision = "x1"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("more", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("more")
