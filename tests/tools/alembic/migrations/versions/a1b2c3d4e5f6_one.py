"""one

Revision ID: a1b2c3d4e5f6
Revises: somebody wrote this by hand

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a1b2c3d4e5f6"
down_revision: Union[str, Sequence[str], None] = None
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table("one", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("one")
