"""Logouts that the provider announces; the services that a conversation is about; how citizens like to be spoken to."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("sessions", sa.Column("provider_session", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_sessions_provider_session"), "sessions", ["provider_session"])
    op.create_table(
        "openid_logouts",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_openid_logouts")),
    )
    op.create_index(op.f("ix_openid_logouts_until"), "openid_logouts", ["until"])
    op.create_index("ix_audit_trail_object_id", "audit_trail", ["object_id", "id"])
    op.add_column("requests", sa.Column("prefers_language", sa.String(length=2), nullable=True))
    op.add_column("requests", sa.Column("prefers_way", sa.String(length=10), nullable=True))
    op.add_column("requests", sa.Column("prefers_told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "conversation_services",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_services_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "service", name=op.f("pk_conversation_services")),
    )
    op.execute(
        "INSERT INTO conversation_services (conversation_id, service) "
        "SELECT DISTINCT conversation_id, service FROM turns WHERE service IS NOT NULL"
    )
    # What is about no service says so with an empty one; a conversation without a turn says nothing yet.
    op.execute(
        "INSERT INTO conversation_services (conversation_id, service) "
        "SELECT DISTINCT conversation_id, '' FROM turns WHERE conversation_id NOT IN "
        "(SELECT conversation_id FROM conversation_services)"
    )
    op.create_index("ix_conversation_services_service", "conversation_services", ["service", "conversation_id"])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("requests") as requests:
        for column in ("prefers_told_at", "prefers_way", "prefers_language"):
            requests.drop_column(column)
    op.drop_index("ix_audit_trail_object_id", "audit_trail")
    op.drop_table("conversation_services")
    op.drop_table("openid_logouts")
    op.drop_index(op.f("ix_sessions_provider_session"), "sessions")
    with op.batch_alter_table("sessions") as sessions:
        sessions.drop_column("provider_session")
