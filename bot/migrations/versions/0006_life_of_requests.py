"""The life of requests: chained events, what is to be sent, webhooks, tokens of the office's software, contacts."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from bot.db import Moment
from bot.requests.events import FIRST, digest

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("requests") as table:
        table.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("seal", sa.LargeBinary(), nullable=True))
        table.create_index("ix_requests_due_at", ["due_at", "id"])
        table.create_index("ix_requests_filed_at", ["filed_at", "id"])
    with op.batch_alter_table("request_events") as table:
        # The default fills the rows that are there; `_chain` then gives each its own value.
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="state"))
        table.add_column(sa.Column("actor", sa.String(length=10), nullable=False, server_default="citizen"))
        table.add_column(sa.Column("by", sa.String(length=80), nullable=True))
        table.add_column(sa.Column("details", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("commitment", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
        table.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        table.drop_column("reason")  # nothing ever wrote one
    _chain()
    with op.batch_alter_table("request_events") as table:
        for name in ("number", "kind", "actor", "digest"):
            table.alter_column(name, server_default=None)
        table.create_unique_constraint(op.f("uq_request_events_request_id_number"), ["request_id", "number"])
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_tokens_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_api_tokens_name")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["request_events.id"], name=op.f("fk_outbox_event_id_request_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_outbox_webhook_id_webhooks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_event_id"), "outbox", ["event_id"])
    op.create_index("ix_outbox_status", "outbox", ["status", "next_at"])
    op.create_table(
        "request_contacts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=True),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours_since", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_contacts")),
    )
    op.create_index("ix_request_contacts_person", "request_contacts", ["person", "service"])
    op.create_index(op.f("ix_request_contacts_request_id"), "request_contacts", ["request_id"])
    op.create_index(op.f("ix_request_contacts_at"), "request_contacts", ["at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("request_contacts")
    op.drop_table("outbox")
    op.drop_table("api_tokens")
    op.drop_table("webhooks")
    op.execute("DELETE FROM request_events WHERE kind <> 'state'")
    with op.batch_alter_table("request_events") as table:
        table.drop_constraint(op.f("uq_request_events_request_id_number"), type_="unique")
        table.add_column(sa.Column("reason", sa.String(), nullable=True))
        for name in ("number", "kind", "actor", "by", "details", "commitment", "digest", "read_at"):
            table.drop_column(name)
    with op.batch_alter_table("requests") as table:
        table.drop_index("ix_requests_due_at")
        table.drop_index("ix_requests_filed_at")
        table.drop_column("decided_at")
        table.drop_column("seal")


def _chain() -> None:
    """Number and chain the events that are there; their seal comes with the next event, the key is not known here."""
    events = sa.table(
        "request_events",
        sa.column("id"),
        sa.column("request_id"),
        sa.column("state"),
        sa.column("at", Moment()),
        sa.column("number"),
        sa.column("digest"),
    )
    connection = op.get_bind()
    last: dict[str, tuple[int, str]] = defaultdict(lambda: (0, FIRST))
    rows = connection.execute(sa.select(events.c.id, events.c.request_id, events.c.state, events.c.at).order_by("id"))
    for row in rows.all():
        number, previous = last[row.request_id]
        made = digest(previous, row.request_id, number + 1, "state", row.state, "citizen", None, row.at, None)
        connection.execute(events.update().where(events.c.id == row.id).values(number=number + 1, digest=made))
        last[row.request_id] = (number + 1, made)
