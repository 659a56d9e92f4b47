"""The desk: answers by e-mail to messages left, agents who vanish, requests of the same contact."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DIGESTS = ("same_email", "same_phone")


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_feedback_subject", "feedback", ["subject"], unique=False)
    op.add_column("handoffs", sa.Column("agent_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_requests_state", "requests")
    for at in ("due_at", "filed_at"):
        op.create_index(f"ix_requests_state_{at}", "requests", ["state", at, "id"], unique=False)
    for name in DIGESTS:
        op.add_column("requests", sa.Column(name, sa.String(length=40), nullable=True))
        op.create_index(f"ix_requests_{name}", "requests", [name], unique=False)
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("event_id", existing_type=sa.Integer(), nullable=True)
        outbox.add_column(sa.Column("handoff_id", sa.String(length=32), nullable=True))
        outbox.create_foreign_key(
            op.f("fk_outbox_handoff_id_handoffs"), "handoffs", ["handoff_id"], ["id"], ondelete="CASCADE"
        )
        outbox.create_index("ix_outbox_handoff_id", ["handoff_id"], unique=False)


def downgrade() -> None:
    """Take back; answers that were not sent yet are lost."""
    op.execute("DELETE FROM outbox WHERE event_id IS NULL")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_index("ix_outbox_handoff_id")
        outbox.drop_constraint(op.f("fk_outbox_handoff_id_handoffs"), type_="foreignkey")
        outbox.drop_column("handoff_id")
        outbox.alter_column("event_id", existing_type=sa.Integer(), nullable=False)
    for at in ("due_at", "filed_at"):
        op.drop_index(f"ix_requests_state_{at}", "requests")
    op.create_index("ix_requests_state", "requests", ["state"], unique=False)
    for name in DIGESTS:
        op.drop_index(f"ix_requests_{name}", "requests")
        op.drop_column("requests", name)
    op.drop_column("handoffs", "agent_seen_at")
    op.drop_index("ix_feedback_subject", "feedback")
