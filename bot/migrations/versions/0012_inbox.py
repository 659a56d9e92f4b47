"""The inbox: what was harvested from the log, in groups, and what people said that it means."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "harvests",
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_harvests")),
    )
    op.create_table(
        "inbox_groups",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("unknown", sa.Boolean(), nullable=False),
        sa.Column("twice", sa.Boolean(), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("closest", sa.JSON(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_groups")),
    )
    op.create_index("ix_inbox_groups_order", "inbox_groups", ["state", "place", "id"])
    op.create_index(op.f("ix_inbox_groups_topic"), "inbox_groups", ["topic"])
    op.create_table(
        "inbox_messages",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("ranking", sa.JSON(), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_inbox_messages_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["inbox_groups.id"], name=op.f("fk_inbox_messages_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_messages")),
        sa.UniqueConstraint("conversation_id", "message_id", name=op.f("uq_inbox_messages_conversation_id_message_id")),
    )
    op.create_index(op.f("ix_inbox_messages_group_id"), "inbox_messages", ["group_id"])
    op.create_table(
        "proposed_intents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_intents")),
        sa.UniqueConstraint("name", name=op.f("uq_proposed_intents_name")),
    )
    op.create_table(
        "inbox_labels",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("intent", sa.String(length=60), nullable=True),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("proposed_id", sa.Integer(), nullable=True),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("split_into", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["inbox_groups.id"], name=op.f("fk_inbox_labels_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["proposed_id"], ["proposed_intents.id"], name=op.f("fk_inbox_labels_proposed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_labels")),
    )
    op.create_index(op.f("ix_inbox_labels_act"), "inbox_labels", ["act"])
    op.create_index(op.f("ix_inbox_labels_group_id"), "inbox_labels", ["group_id"])
    op.create_index("ix_inbox_labels_by", "inbox_labels", ["by", "id"])


def downgrade() -> None:
    """Take back."""
    for table in ("inbox_labels", "proposed_intents", "inbox_messages", "inbox_groups", "harvests"):
        op.drop_table(table)
