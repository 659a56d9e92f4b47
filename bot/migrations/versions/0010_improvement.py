"""Totals of facts, what was read in verbatims, and what is done about it: actions, modes, alerts, reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("feedback") as feedback:
        feedback.add_column(sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "fact_totals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("moment", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("administration", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("dimension", sa.String(length=60), nullable=False),
        sa.Column("scale", sa.String(length=20), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("squares", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_totals")),
    )
    op.create_index("ix_fact_totals_start", "fact_totals", ["grain", "start", "demo"], unique=False)
    op.create_table(
        "failure_modes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("detection", sa.Integer(), nullable=False),
        sa.Column("control", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failure_modes")),
    )
    op.create_table(
        "improvement_actions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("dimension", sa.String(length=60), nullable=False),
        sa.Column("moment", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("hypothesis", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("check", sa.JSON(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_actions")),
    )
    op.create_index(op.f("ix_improvement_actions_state"), "improvement_actions", ["state"], unique=False)
    op.create_table(
        "quality_reviews",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("present", sa.String(length=300), nullable=False),
        sa.Column("decisions", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_reviews")),
    )
    op.create_table(
        "satisfaction_alerts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dimension", sa.String(length=60), nullable=False),
        sa.Column("moment", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction_alerts")),
    )
    op.create_index(op.f("ix_satisfaction_alerts_opened_at"), "satisfaction_alerts", ["opened_at"], unique=False)
    op.create_table(
        "verbatim_topics",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verbatim_topics")),
    )
    op.create_index(op.f("ix_verbatim_topics_month"), "verbatim_topics", ["month"], unique=False)
    op.create_table(
        "improvement_notes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["improvement_actions.id"], name=op.f("fk_improvement_notes_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_notes")),
    )
    op.create_index(op.f("ix_improvement_notes_action_id"), "improvement_notes", ["action_id"], unique=False)
    op.create_table(
        "improvement_verbatims",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["improvement_actions.id"],
            name=op.f("fk_improvement_verbatims_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name=op.f("fk_improvement_verbatims_feedback_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("action_id", "feedback_id", name=op.f("pk_improvement_verbatims")),
    )
    op.create_table(
        "verbatim_readings",
        sa.Column("feedback_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tone", sa.String(length=10), nullable=False),
        sa.Column("themes", sa.String(length=80), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name=op.f("fk_verbatim_readings_feedback_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_verbatim_readings")),
    )
    op.create_index(op.f("ix_verbatim_readings_tone"), "verbatim_readings", ["tone"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_verbatim_readings_tone"), table_name="verbatim_readings")
    op.drop_table("verbatim_readings")
    op.drop_table("improvement_verbatims")
    op.drop_index(op.f("ix_improvement_notes_action_id"), table_name="improvement_notes")
    op.drop_table("improvement_notes")
    op.drop_index(op.f("ix_verbatim_topics_month"), table_name="verbatim_topics")
    op.drop_table("verbatim_topics")
    op.drop_index(op.f("ix_satisfaction_alerts_opened_at"), table_name="satisfaction_alerts")
    op.drop_table("satisfaction_alerts")
    op.drop_table("quality_reviews")
    op.drop_index(op.f("ix_improvement_actions_state"), table_name="improvement_actions")
    op.drop_table("improvement_actions")
    op.drop_table("failure_modes")
    op.drop_index("ix_fact_totals_start", table_name="fact_totals")
    op.drop_table("fact_totals")
    with op.batch_alter_table("feedback") as feedback:
        feedback.drop_column("demo")
