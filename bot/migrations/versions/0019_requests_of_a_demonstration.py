"""Which requests `guichet demo` made up."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("requests", sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take back."""
    # An older version would take what is made up for what citizens asked.
    op.execute(sa.text("DELETE FROM request_events WHERE request_id IN (SELECT id FROM requests WHERE demo)"))
    op.execute(sa.text("DELETE FROM requests WHERE demo"))
    with op.batch_alter_table("requests") as requests:
        requests.drop_column("demo")
