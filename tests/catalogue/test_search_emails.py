"""The least that the search must reach on real e-mails; `python -m tests.benchmarks.search` has the figures."""

from pathlib import Path

from tests.benchmarks.search import build_index, emails, read_tree, share_of_emails


def test_real_emails_find_their_fiche_and_their_dossier(shared_data: Path, tmp_path: Path) -> None:
    tree = read_tree(shared_data)
    search, _ = build_index(shared_data, tree, tmp_path)
    reached = share_of_emails(search, emails(shared_data), tree)
    assert reached.fiche_in_five >= 0.60
    assert reached.dossier_in_five >= 0.85
