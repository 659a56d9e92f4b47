"""Reading the log: indexes for each way to look for a conversation, full text over what was said, unlinked feedback.

The full text is kept by the databases themselves, in the transaction that writes the turn: on SQLite an FTS5 table and
three triggers, on PostgreSQL a generated column and its index. A later migration that copies the table `turns` on
SQLite (batch mode with a change of constraint) loses the triggers and must make them again, like `_add_triggers`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_turns_number": ["conversation_id", "number"],
    "ix_turns_at": ["at", "id"],
    "ix_turns_intent": ["intent", "at", "id"],
    "ix_turns_service": ["service", "at", "id"],
    "ix_turns_model": ["model", "at", "id"],
}
PARTIAL = {
    "ix_turns_fallback": ("turns", ["at", "id"], "fallback = 1", "fallback"),
    "ix_conversations_handed_over": ("conversations", ["id"], "mode <> 'bot'", "mode <> 'bot'"),
    "ix_messages_agent": ("messages", ["conversation_id"], "author = 'agent'", "author = 'agent'"),
}
LETTERS = (
    "àâäáãåçèéêëîïìíñôöòóõùûüúÿýÀÂÄÁÃÅÇÈÉÊËÎÏÌÍÑÔÖÒÓÕÙÛÜÚŸÝ",
    "aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy",
)
"""Letters with an accent, and without: what FTS5 does by itself, so that both databases find the same."""
FUNCTION = f"""
CREATE FUNCTION guichet_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT to_tsvector('simple'::regconfig, regexp_replace(translate(lower(said), '{LETTERS[0]}', '{LETTERS[1]}'),
   '[^[:alnum:]]+', ' ', 'g')) $$
"""
FTS = """
CREATE VIRTUAL TABLE turns_text
USING fts5(text, content='turns', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
"""
ADDED = "INSERT INTO turns_text(rowid, text) VALUES (new.id, new.text);"
REMOVED = "INSERT INTO turns_text(turns_text, rowid, text) VALUES ('delete', old.id, old.text);"


def _add_triggers() -> None:
    """Make the triggers that keep the full text of SQLite up to date."""
    op.execute(f"CREATE TRIGGER turns_text_added AFTER INSERT ON turns BEGIN {ADDED} END")
    op.execute(f"CREATE TRIGGER turns_text_removed AFTER DELETE ON turns BEGIN {REMOVED} END")
    op.execute(f"CREATE TRIGGER turns_text_changed AFTER UPDATE OF text ON turns BEGIN {REMOVED} {ADDED} END")


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_turns_at_intent", "turns")
    for name, columns in INDEXES.items():
        op.create_index(name, "turns", columns)
    for name, (table, columns, on_sqlite, on_postgresql) in PARTIAL.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(on_postgresql))
    with op.batch_alter_table("feedback") as batch:
        batch.alter_column("conversation_id", existing_type=sa.String(length=32), nullable=True)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FTS)
        op.execute("INSERT INTO turns_text(turns_text) VALUES ('rebuild')")
        _add_triggers()
    else:
        op.execute(FUNCTION)
        # Stored: to take a text apart costs more than all the rest of a search.
        op.execute("ALTER TABLE turns ADD words tsvector GENERATED ALWAYS AS (guichet_words(text)) STORED")
        op.execute("CREATE INDEX ix_turns_words ON turns USING gin (words)")


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER turns_text_{what}")
        op.execute("DROP TABLE turns_text")
    else:
        op.execute("ALTER TABLE turns DROP words")
        op.execute("DROP FUNCTION guichet_words(text)")
    # Answers that were unlinked belong to no conversation: the older tables have no place for them.
    op.execute("DELETE FROM feedback WHERE conversation_id IS NULL")
    with op.batch_alter_table("feedback") as batch:
        batch.alter_column("conversation_id", existing_type=sa.String(length=32), nullable=False)
    for name, (table, *_) in PARTIAL.items():
        op.drop_index(name, table)
    for name in INDEXES:
        op.drop_index(name, "turns")
    op.create_index("ix_turns_at_intent", "turns", ["at", "intent"])
