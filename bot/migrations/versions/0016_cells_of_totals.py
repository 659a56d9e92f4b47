"""Totals name their cell by a number; channels and languages, and services, are also added up beforehand."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KEY = ("side", "kind", "moment", "service", "channel", "language", "dimension", "scale", "demo")
_FOLDED = {"nothing": (), "doors": ("channel", "language"), "services": ("service",)}
_TEXTS = {
    "side": 10, "kind": 10, "moment": 20, "service": 60, "channel": 10, "language": 2, "dimension": 60, "scale": 20,
}  # fmt: skip
_SUMS = "SUM(n), SUM(total), SUM(squares)"


def upgrade() -> None:
    """Apply; sums of facts that are gone already are carried over."""
    op.execute("CREATE TABLE totals_before AS SELECT * FROM fact_totals")
    op.drop_index("ix_fact_totals_start", table_name="fact_totals")
    op.drop_table("fact_totals")
    op.create_table(
        "fact_cells",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("folded", sa.String(length=10), nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in _TEXTS.items()),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_cells")),
    )
    once = "demo folded dimension service moment side kind scale channel language".split()
    op.create_index("ix_fact_cells_once", "fact_cells", once, unique=True)
    op.create_table(
        "fact_totals",
        sa.Column("cell_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("squares", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cell_id"], ["fact_cells.id"], name=op.f("fk_fact_totals_cell_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cell_id", "grain", "start", "value", name=op.f("pk_fact_totals")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_fact_totals_start", "fact_totals", ["grain", "start"])
    for folded, away in _FOLDED.items():
        # Our own words, no text from outside.
        key = ", ".join("''" if name in away else name for name in _KEY)
        op.execute(
            f"INSERT INTO fact_cells (folded, {', '.join(_KEY)}) SELECT DISTINCT '{folded}', {key} FROM totals_before"  # noqa: S608
        )
        same = " AND ".join(f"c.{name} = {chr(39) * 2 if name in away else 'b.' + name}" for name in _KEY)
        op.execute(
            f"INSERT INTO fact_totals (cell_id, grain, start, value, n, total, squares) "  # noqa: S608
            f"SELECT c.id, b.grain, b.start, b.value, {_SUMS} FROM totals_before b "
            f"JOIN fact_cells c ON c.folded = '{folded}' AND {same} GROUP BY c.id, b.grain, b.start, b.value"
        )
    op.drop_table("totals_before")


def downgrade() -> None:
    """Take back; of which administration a sum was is not known any more."""
    whole = ", ".join(f"c.{name}" for name in _KEY)
    op.execute(
        f"CREATE TABLE totals_before AS SELECT t.grain, t.start, t.value, t.n, t.total, t.squares, {whole} "  # noqa: S608
        "FROM fact_totals t JOIN fact_cells c ON c.id = t.cell_id AND c.folded = 'nothing'"
    )
    op.drop_table("fact_totals")
    op.drop_table("fact_cells")
    op.create_table(
        "fact_totals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in _TEXTS.items()),
        sa.Column("administration", sa.String(length=60), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("squares", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_totals")),
    )
    op.create_index("ix_fact_totals_start", "fact_totals", ["grain", "start", "demo"])
    columns = f"grain, start, value, n, total, squares, {', '.join(_KEY)}"
    op.execute(f"INSERT INTO fact_totals ({columns}, administration) SELECT {columns}, '' FROM totals_before")  # noqa: S608
    op.drop_table("totals_before")
