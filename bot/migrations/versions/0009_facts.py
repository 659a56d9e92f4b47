"""The facts of satisfaction: answers and signals, whose figures never change."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Erasure empties `conversation_id` and `request_id`, and retention deletes; the database itself refuses the rest.
_FIXED = "at, kind, side, moment, service, administration, channel, language, dimension, value, scale, model, demo"
_SQLITE = [
    f"CREATE TRIGGER facts_do_not_change BEFORE UPDATE OF {_FIXED} ON facts "
    "BEGIN SELECT RAISE(ABORT, 'facts do not change'); END",
]
_POSTGRESQL = [
    "CREATE FUNCTION facts_do_not_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'facts do not change'; END $$",
    f"CREATE TRIGGER facts_do_not_change BEFORE UPDATE OF {_FIXED} ON facts "
    "FOR EACH ROW EXECUTE FUNCTION facts_do_not_change()",
]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "facts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("moment", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("administration", sa.String(length=60), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("dimension", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("scale", sa.String(length=20), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("request_id", sa.String(length=32), nullable=True),
        sa.Column("model", sa.String(length=100), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    op.create_index(op.f("ix_facts_at"), "facts", ["at"], unique=False)
    op.create_index("ix_facts_dimension_at", "facts", ["dimension", "at"], unique=False)
    op.create_index("ix_facts_moment_service_at", "facts", ["moment", "service", "at"], unique=False)
    op.create_index(op.f("ix_facts_conversation_id"), "facts", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_facts_request_id"), "facts", ["request_id"], unique=False)
    op.create_table(
        "fact_marks",
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_fact_marks")),
    )
    op.create_table(
        "agent_answers",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_agent_answers_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "month", name=op.f("pk_agent_answers")),
        sqlite_with_rowid=False,
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    op.drop_table("agent_answers")
    op.drop_table("fact_marks")
    op.drop_table("facts")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION facts_do_not_change()")
