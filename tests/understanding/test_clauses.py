"""A message is cut where a new question begins, and nowhere else."""

import pytest

from bot.understanding.clauses import clauses_of


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("mon fils me dit qu'elle est périmée, alors je voulais savoir où aller", "je voulais savoir ou aller"),
        ("je suis un peu perdue, pourriez-vous me dire combien ça coûte", "pourriez-vous me dire combien ca coûte"),
        ("my husband died on Tuesday, which papers should I bring", "which papers should I bring"),
        ("you useless machine just tell me where to go", "tell me where to go"),
        ("une moto que je viens d'acheter, les papiers ?", "les papiers"),
        ("je voulais le permis euh non la carte grise c'est combien", "c'est combien"),
    ],
)
def test_a_question_after_a_story_is_a_clause_of_its_own(text: str, question: str) -> None:
    assert question in clauses_of(text)


def test_a_list_of_documents_is_not_torn_apart() -> None:
    assert clauses_of("j'ai le livret, l'acte de naissance et la photo") == [
        "j'ai le livret, l'acte de naissance et la photo"
    ]
