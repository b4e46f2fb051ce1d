"""lines"""
from alembic import op
import sqlalchemy as sa

revision = "y2"
down_revision = "y1"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("lines", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("lines")
