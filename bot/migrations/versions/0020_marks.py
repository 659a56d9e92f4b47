"""No row is passed over: where the last row of a table is erased, how far it was read goes back to the row before."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LAST = "(SELECT coalesce(max(id), 0) FROM {table})"
MARKS = {
    "turns": (
        "UPDATE fact_marks SET upto = {last} WHERE source IN ('visits', 'durable') AND upto > {last}",
        "UPDATE training_runs SET heard_to = {last} WHERE heard_to > {last}",
    ),
    "handoff_events": ("UPDATE fact_marks SET upto = {last} WHERE source = 'handoffs' AND upto > {last}",),
    "request_events": ("UPDATE fact_marks SET upto = {last} WHERE source = 'requests' AND upto > {last}",),
    "request_contacts": ("UPDATE fact_marks SET upto = {last} WHERE source = 'recontacts' AND upto > {last}",),
}


def upgrade() -> None:
    """Apply; PostgreSQL gives no number twice and needs nothing."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, marks in MARKS.items():
        last = LAST.format(table=table)
        lowered = [mark.format(last=last) for mark in marks]
        for each in lowered:
            op.execute(each)
        op.execute(
            f"CREATE TRIGGER {table}_are_read_from_the_last AFTER DELETE ON {table} WHEN old.id > {last} "
            f"BEGIN {' '.join(f'{each};' for each in lowered)} END"
        )


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "sqlite":
        for table in MARKS:
            op.execute(f"DROP TRIGGER {table}_are_read_from_the_last")
