import json

import numpy as np
import pytest
from scipy.special import log_softmax

from bot.errors import Misconfigured, Unprocessable
from bot.understanding.classifier import IntentClassifier, linear
from bot.understanding.classifier_network import FILTERS, SIZE, Network, batches, gradients, read
from bot.understanding.features import Featuriser, normalise

EXAMPLES = {
    "ask_documents": [
        "Quels papiers faut-il pour un passeport ?",
        "quelles pièces justificatives dois-je fournir",
        "Faut-il un justificatif de domicile ?",
        "what documents do I need",
        "liste des documents à apporter",
    ],
    "ask_price": [
        "Combien coûte un passeport ?",
        "C'est gratuit ?",
        "quel est le prix de la carte grise",
        "how much does it cost",
        "le tarif pour un enfant",
    ],
    "greet": ["Bonjour", "bonsoir madame", "hello", "salut", "good morning"],
    "talk_to_person": ["Je veux parler à un agent", "passez-moi quelqu'un", "a real person please"],
    "thank": ["merci"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
INTENTS = [intent for intent, texts in EXAMPLES.items() for _ in texts]


@pytest.fixture(scope="module")
def classifier() -> IntentClassifier:
    return IntentClassifier.fit(TEXTS, INTENTS, seed=1)


def test_training_messages_are_understood(classifier):
    best = [classifier.rank(text)[0][0] for text in TEXTS]
    assert np.mean([b == i for b, i in zip(best, INTENTS, strict=True)]) > 0.9


def test_new_wordings_are_understood(classifier):
    assert classifier.rank("combien ça coûte un acte ?")[0][0] == "ask_price"
    assert classifier.rank("les documents à fournir pour la carte")[0][0] == "ask_documents"
    assert classifier.rank("je voudrais parler à quelqu'un")[0][0] == "talk_to_person"


def test_an_intent_with_a_single_example_is_understood(classifier):
    assert classifier.rank("merci beaucoup")[0][0] == "thank"


@pytest.mark.parametrize(
    "text", ["QUELS PAPIERS FAUT IL", "quels papiers faut-il", "qels papiers fautil", "Quels papiérs"]
)
def test_case_accents_and_typos_do_not_change_the_intent(classifier, text):
    assert classifier.rank(text)[0][0] == "ask_documents"


@pytest.mark.parametrize("text", ["", " ", "🙂🙂🙂", "Добрый день", "\x00\x07\x1b", "?!...", "١٢٣", "é́́", "\ud800"])
def test_what_cannot_be_read_is_answered_without_certainty(classifier, text):
    row = classifier.probabilities([text])[0]
    assert np.isfinite(row).all()
    assert row.max() < 0.6
    assert np.isfinite(classifier.scope([text])).all()


def test_a_very_long_message_is_answered(classifier):
    ranking = classifier.rank("combien coûte " + "x" * 10_000 + " un deux trois" * 2_000)
    assert sum(p for _, p in ranking) == pytest.approx(1)


def test_rows_sum_to_one_and_columns_are_the_intents(classifier):
    rows = classifier.probabilities(["bonjour", "le prix", ""])
    assert rows.shape == (3, len(EXAMPLES))
    assert rows.sum(axis=1) == pytest.approx(1)
    assert classifier.intents == sorted(EXAMPLES)


def test_a_message_gets_the_same_probabilities_alone_and_among_others(classifier):
    together = classifier.probabilities(["bonjour", "combien ça coûte", "🙂"])
    alone = np.vstack([classifier.probabilities([text]) for text in ["bonjour", "combien ça coûte", "🙂"]])
    assert together == pytest.approx(alone, abs=1e-5)


def test_the_ranking_is_the_probabilities_in_order(classifier):
    ranking = classifier.rank("bonjour")
    assert [p for _, p in ranking] == sorted((p for _, p in ranking), reverse=True)
    assert dict(ranking) == pytest.approx(
        dict(zip(classifier.intents, classifier.probabilities(["bonjour"])[0], strict=True))
    )


def test_no_message_gives_no_row(classifier):
    assert classifier.probabilities([]).shape == (0, len(EXAMPLES))
    assert classifier.scope([]).shape == (0,)


def test_known_wordings_are_more_surely_in_scope_than_foreign_ones(classifier):
    inside, outside = classifier.scope(["Combien coûte un passeport ?", "zxqv wkjh pfgt"])
    assert inside > outside


def test_saved_and_loaded_it_answers_the_same(classifier, tmp_path):
    classifier.save(tmp_path / "model")
    loaded = IntentClassifier.load(tmp_path / "model")
    texts = [*TEXTS, "un mot inconnu", ""]
    assert np.array_equal(loaded.probabilities(texts), classifier.probabilities(texts))
    assert np.array_equal(loaded.scope(texts), classifier.scope(texts))


def test_no_file_of_the_model_is_a_pickle(classifier, tmp_path):
    classifier.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz"}
    for path in tmp_path.glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype.kind == "f" for name in arrays.files)


@pytest.mark.parametrize("content", [None, "{", '{"format": 0}', '{"format": 1}', "[]"])
def test_a_folder_without_a_readable_model_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "classifier.json").write_text(content)
    with pytest.raises(Misconfigured, match="train it again"):
        IntentClassifier.load(tmp_path)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_classifier(classifier):
    again = IntentClassifier.fit(TEXTS, INTENTS, seed=1)
    assert np.array_equal(again.probabilities(TEXTS), classifier.probabilities(TEXTS))


@pytest.mark.parametrize("k", [1, 2])
def test_one_or_two_intents_are_enough(k):
    texts, intents = ["oui", "d'accord", "non", "pas du tout"][: 2 * k], ["affirm", "affirm", "deny", "deny"][: 2 * k]
    small = IntentClassifier.fit(texts, intents)
    assert [small.rank(text)[0][0] for text in texts] == intents


@pytest.mark.parametrize(("texts", "intents"), [([], []), (["a"], ["x", "y"])])
def test_training_without_an_intent_a_message_is_refused(texts, intents):
    with pytest.raises(Unprocessable):
        IntentClassifier.fit(texts, intents)


def test_messages_that_differ_by_case_accent_or_apostrophe_are_one():
    assert normalise("L’ÉTAT\tCIVIL ﬁn") == normalise("l'etat civil fin") == "l'etat civil fin"


def test_a_row_of_features_has_two_blocks_of_length_one():
    featuriser = Featuriser.fit(["bonjour madame", "au revoir"])
    rows = featuriser.transform(["bonjour madame madame", "xyz", ""])
    assert rows.multiply(rows).sum(axis=1).A1[0] == pytest.approx(2)
    assert rows[2].nnz == 0


def test_a_question_mark_is_read():
    featuriser = Featuriser.fit(["tu viens ?", "tu viens"])
    asked, told = featuriser.transform(["tu viens ?", "tu viens"])
    assert asked.nnz > told.nnz


def test_terms_that_nobody_knows_claim_nothing_for_any_intent():
    featuriser = Featuriser.fit(["bonjour", "au revoir"])
    weights, bias = linear(featuriser.transform(["bonjour", "au revoir"]), np.array([0, 1]), 2, seed=0)
    columns, _ = featuriser.row("xyz")
    assert len(columns) == 0
    assert weights.sum(axis=1) == pytest.approx(0, abs=1e-5)
    assert bias.sum() == pytest.approx(0, abs=1e-5)


def test_the_network_learns_the_order_of_words():
    # The same words in another order mean another thing, which no bag of words can tell.
    texts = ["chien mord homme", "homme mord chien"] * 8
    network = Network.fit(texts, np.array([0, 1] * 8), 2, seed=0)
    assert network.scores(next(batches(texts, network.vocabulary))).argmax(axis=1).tolist() == [0, 1] * 8
    assert network.parameters["output"].shape == (FILTERS + SIZE, 2)


@pytest.mark.slow
def test_a_model_of_the_size_of_the_product_is_small(tmp_path):
    words = [f"mot{i}" for i in range(1500)]
    random = np.random.default_rng(0)
    texts = [" ".join(random.choice(words, 8)) for _ in range(400)]
    IntentClassifier.fit(texts, [f"intent_{i % 40}" for i in range(400)]).save(tmp_path)
    with np.load(tmp_path / "classifier.npz") as arrays:
        assert sum(arrays[name].nbytes for name in arrays.files) < 40e6


def test_the_network_moves_along_the_slope_of_its_error():
    texts, y = ["le chien mord", "un homme", "homme sans chien ni homme"], np.array([0, 1, 0])
    network = Network.fit(texts, y, 2, seed=0)
    batch = next(batches(texts, network.vocabulary))
    vectors = (batch.pieces @ network.table).astype(np.float64)
    parameters = {name: array.astype(np.float64) for name, array in network.parameters.items()}
    targets, random = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]]), np.random.default_rng(0)
    kept = 2.0 * (random.random((3, FILTERS + SIZE)) < 0.5)

    def error(values):
        scores = (read(values["vectors"], batch, values)[0] * kept) @ values["output"] + values["output_bias"]
        return -(targets * log_softmax(scores, axis=1)).sum() / 3

    slopes, of_vectors = gradients(vectors, batch, parameters, targets, kept)
    values = {**parameters, "vectors": vectors}
    for name, slope in {**slopes, "vectors": of_vectors}.items():
        way = random.normal(size=slope.shape)
        there, back = (error({**values, name: values[name] + step * way}) for step in (1e-6, -1e-6))
        assert (slope * way).sum() == pytest.approx((there - back) / 2e-6, rel=1e-3, abs=1e-6), name


def test_a_classifier_of_before_says_nothing_of_its_sharpness_and_is_read(classifier, tmp_path):
    classifier.save(tmp_path)
    card = json.loads((tmp_path / "classifier.json").read_text(encoding="utf-8"))
    assert card.pop("sharpness") == pytest.approx(0.8)  # That of few messages, as all had before.
    (tmp_path / "classifier.json").write_text(json.dumps(card), encoding="utf-8")
    assert np.array_equal(IntentClassifier.load(tmp_path).probabilities(TEXTS), classifier.probabilities(TEXTS))
