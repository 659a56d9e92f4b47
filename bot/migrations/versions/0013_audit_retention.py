"""Lines of the audit trail may go once they are six months old; what they say can still not be changed."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# The least that the CNIL recommends for logs (deliberation 2021-122); the setting `audit_days` may not be lower.
_SQLITE = (
    "CREATE TRIGGER audit_trail_no_delete BEFORE DELETE ON audit_trail{} "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_trail_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN {}RAISE EXCEPTION 'the audit trail only grows'; END $$"
)


def upgrade() -> None:
    """Apply."""
    _put(
        sqlite=" WHEN OLD.at > datetime('now', '-180 days')",
        postgresql="IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '180 days' THEN RETURN OLD; END IF; ",
    )


def downgrade() -> None:
    """Take back."""
    _put(sqlite="", postgresql="")


def _put(*, sqlite: str, postgresql: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_trail_no_delete")
        op.execute(_SQLITE.format(sqlite))
    else:
        op.execute(_POSTGRESQL.format(postgresql))
