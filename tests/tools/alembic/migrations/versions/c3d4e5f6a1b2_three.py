"""three

Revision ID: c3d4e5f6a1b2
Revises: somebody wrote this by hand

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "c3d4e5f6a1b2"
down_revision: Union[str, Sequence[str], None] = "a1b2c3d4e5f6"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table("three", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("three")
