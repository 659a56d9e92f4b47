"""What is said of examples before a model is trained on them, one rule after the other."""

from bot.learning.nlu_file import Utterance
from bot.learning.reports import TIMES_MEDIAN, Finding, Kind, findings

WRITTEN = {
    "ask_price": [
        *(
            "combien coûte un passeport",
            "le tarif de la cantine",
            "c'est payant la carte grise",
            "quel prix pour un bac",
        ),
        *("faut il régler quelque chose pour le mariage", "montant du timbre fiscal", "gratuit ou pas la crèche"),
        *("how much is a licence", "what is the fee for parking", "le coût d'une concession", "acheter des timbres"),
        "les frais de dossier",
    ],
    "ask_delay": [
        *("sous quel délai arrive le permis", "quand aurai je ma réponse", "combien de jours pour le visa"),
        *(
            "c'est long la naturalisation",
            "how long does it take",
            "attente pour la préfecture",
            "la réponse vient quand",
        ),
        *("durée de traitement de la retraite", "en combien de temps le recours", "date de livraison du livret"),
        *("vous mettez des semaines", "délai de remboursement"),
    ],
}
KNOWN = set(WRITTEN)


def learned(*texts: str, intent: str = "ask_price") -> list[Utterance]:
    return [Utterance(intent, "", "fr", text) for text in texts]


def found(examples: list[Utterance], kind: Kind, frozen: set[str] = frozenset()) -> list[Finding]:
    return [each for each in findings(WRITTEN, examples, KNOWN, frozen) if each.kind is kind]


def test_examples_that_are_fine_give_nothing_to_say() -> None:
    assert findings(WRITTEN, learned("un passeport, c'est cher ?"), KNOWN, set()) == []


def test_the_same_words_with_another_intent_in_the_project_contradict_it() -> None:
    text = "Sous quel délai arrive le permis ?"
    (finding,) = found(learned(text), Kind.CONTRADICTION)
    assert (finding.text, finding.intents, finding.leaves_out) == (text, ("ask_delay", "ask_price"), True)


def test_two_accepted_examples_may_contradict_each_other() -> None:
    both = learned("et la photo") + learned("Et la photo ?", intent="ask_delay")
    assert len(found(both, Kind.CONTRADICTION)) == 2


def test_an_intent_that_the_domain_no_longer_has_leaves_its_examples_out() -> None:
    (finding,) = found(learned("salut", intent="greeting"), Kind.UNKNOWN_INTENT)
    assert finding.leaves_out


def test_what_still_looks_like_personal_data_is_left_out() -> None:
    texts = ["mon dossier 1234567", "écrivez à moi@ici", "né le 03/02/1985 appelez le 06 12 34 56 78", "le 12 34 56"]
    assert [each.text for each in found(learned(*texts), Kind.PERSONAL_DATA)] == texts
    assert found(learned("le tarif du [nom] en 2026 à 75011"), Kind.PERSONAL_DATA) == []


def test_a_sentence_of_the_test_set_is_never_trained_on() -> None:
    (finding,) = found(learned("Quel prix ?"), Kind.FROZEN, {"quel prix"})
    assert finding.leaves_out


def test_what_the_project_has_already_is_not_counted_twice() -> None:
    assert len(found(learned("Combien coûte un passeport ?"), Kind.DUPLICATE)) == 1


def test_what_is_nearly_an_example_of_another_intent_is_shown_with_it_and_kept() -> None:
    (finding,) = found(learned("sous quel delai arrive le permis ?!"), Kind.NEAR_DUPLICATE)
    assert finding.intents == ("ask_price", "ask_delay")
    assert finding.detail == "sous quel délai arrive le permis"
    assert not finding.leaves_out


def test_too_few_and_too_many_examples_are_said() -> None:
    many = learned(*(f"tarif {n}" for n in range(12 * TIMES_MEDIAN)))
    assert [each.intents for each in found(many, Kind.TOO_MANY)] == []
    few = findings(WRITTEN, learned("oui", intent="affirm"), KNOWN | {"affirm", "deny"}, set())
    assert [(each.intents, each.detail) for each in few if each.kind is Kind.TOO_FEW] == [
        (("affirm",), "1"),
    ]
    three = {**WRITTEN, "affirm": ["oui"] * 12}
    report = findings(three, many, set(three), set())
    assert [(each.intents, each.detail) for each in report if each.kind is Kind.TOO_MANY] == [(("ask_price",), "84")]


def test_two_intents_whose_examples_look_alike_are_named_as_a_pair() -> None:
    apart = learned(*(f"{text} {text[::-1]}" for text in WRITTEN["ask_price"]))
    assert found(apart, Kind.CONFUSABLE) == []
    mixed = apart[:8] + learned(
        "permis sous quel délai", "combien de jours", "semaines pour rien", "durée de traitement"
    )
    (pair,) = found(mixed, Kind.CONFUSABLE)
    assert (pair.intents, pair.detail) == (("ask_price", "ask_delay"), "4/12")
