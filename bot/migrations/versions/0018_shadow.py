"""What a challenger hears: how far it listened, and which messages of live traffic it understands otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("training_runs", sa.Column("heard_to", sa.Integer(), server_default="0", nullable=False))
    op.add_column("training_runs", sa.Column("heard", sa.Integer(), server_default="0", nullable=False))
    op.add_column("changed_messages", sa.Column("live", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take back."""
    # An older version would ask a person to judge what was only heard.
    op.execute(sa.text("DELETE FROM changed_messages WHERE live"))
    with op.batch_alter_table("changed_messages") as changed:
        changed.drop_column("live")
    with op.batch_alter_table("training_runs") as runs:
        runs.drop_column("heard")
        runs.drop_column("heard_to")
