"""Learning: examples that trainers accepted, and the messages that they were taken from."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "learned_examples",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("intent", sa.String(length=60), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("accepted_by", sa.String(length=80), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_examples")),
    )
    op.create_index(op.f("ix_learned_examples_intent"), "learned_examples", ["intent"])
    op.create_index(op.f("ix_learned_examples_state"), "learned_examples", ["state"])
    op.create_table(
        "example_sources",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("example_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["example_id"], ["learned_examples.id"], name=op.f("fk_example_sources_example_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_example_sources")),
    )
    op.create_index(op.f("ix_example_sources_example_id"), "example_sources", ["example_id"])
    op.create_index(op.f("ix_example_sources_conversation_id"), "example_sources", ["conversation_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("example_sources")
    op.drop_table("learned_examples")
