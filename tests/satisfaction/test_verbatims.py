"""Tone, themes and novelties of free words; what a file may hold, and what is said when it cannot be read."""

import json
import os
from pathlib import Path

import pytest
import yaml

from bot.errors import InvalidInput, Misconfigured, Unprocessable
from bot.satisfaction.verbatims import (
    Analysis,
    analyse,
    analyse_file,
    cross_validated,
    open_model,
    report,
    summarise,
    train_file,
)
from bot.satisfaction.verbatims_file import Verbatim, read_verbatims
from bot.satisfaction.verbatims_lexicon import FILE, THEMES, clauses, lexicon
from bot.satisfaction.verbatims_tone import Tone, TrainedTone, shipped_tone
from bot.satisfaction.verbatims_topics import new_topics
from bot.words import fold

SHARED = Path(os.environ.get("GUICHET_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
EXPERIENCES = SHARED / "services-publics-plus" / "experiences_dev.csv"

PRAISE = [
    "L'agent de la mairie a été très gentil et m'a tout expliqué.",
    "Rien à redire, mon passeport est arrivé en quelques jours !",
    "Aucun problème, la démarche est simple et rapide.",
    "Ce n'est pas compliqué du tout, bravo.",
    "The staff were friendly and it was quick.",
    "👍",
]
GRIEVANCES = [
    "Je ne suis pas satisfait.",
    "Cela fait trois mois que j’attends une réponse, toujours rien.",
    "Le site plante à chaque étape.",
    "On m'a raccroché au nez, c'est inadmissible.",
    "I have been waiting for months and nobody answers.",
    "😡",
]
FACTS = ["J'ai déposé une demande de passeport à la mairie de ma commune.", "J'habite ici depuis peu."]


@pytest.mark.parametrize(
    ("text", "tone"),
    [(text, "positive") for text in PRAISE]
    + [(text, "negative") for text in GRIEVANCES]
    + [(text, "neutral") for text in FACTS],
)
def test_what_ships_tells_praise_from_grievance_and_from_plain_facts(text: str, tone: Tone) -> None:
    assert shipped_tone(text) == tone


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("Impossible de joindre quelqu'un par téléphone.", ["access"]),
        ("Les explications sont contradictoires.", ["information"]),
        ("L'hôtesse était souriante et à l'écoute.", ["relation"]),
        ("Toujours pas de nouvelles après deux relances.", ["responsiveness"]),
        ("Un formulaire à refaire trois fois, une usine à gaz.", ["simplicity"]),
        ("Personnel aimable mais des délais interminables.", ["relation", "responsiveness"]),
        ("Voilà.", []),
    ],
)
def test_a_text_has_the_themes_that_it_speaks_of_several_or_none(text: str, themes: list[str]) -> None:
    assert lexicon().themes(text) == themes


def test_every_entry_of_the_lexicon_is_folded_and_stands_in_one_group_of_tone_only() -> None:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    tone = [entry for group in content["tone"].values() for entry in group["words"]]
    themes = [entry for theme in THEMES for level in content["themes"][theme].values() for entry in level]
    assert [entry for entry in tone + themes if fold(entry) != entry or "-" in entry or "'" in entry] == []
    assert sorted({entry for entry in tone if tone.count(entry) > 1}) == []


def test_every_entry_of_the_lexicon_finds_itself() -> None:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    missed = [
        entry
        for group in content["tone"].values()
        for entry in group["words"]
        if not lexicon().findings(entry.replace("*", "").replace("...", "mot"))
    ]
    assert missed == []


def test_sentences_glued_by_an_export_are_taken_apart() -> None:
    assert clauses("Merci beaucoupLe site est clair") == ["merci beaucoup", "le site est clair"]


def test_half_a_character_that_json_can_hold_does_not_stop_the_analysis(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.jsonl", '{"text": "Super \\ud83d"}\n')
    (analysis,) = analyse_file(file, tmp_path)
    json.dumps(analysis.row(), ensure_ascii=False).encode("utf-8")
    assert analysis.tone == "positive"


def test_rows_come_back_in_their_order_and_silence_has_no_tone(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.csv", "texte;titre\nBravo;x\n;Catastrophe\nNul;x\n")
    assert [(analysis.text, analysis.tone) for analysis in analyse_file(file, tmp_path)] == [
        ("Bravo", "positive"),
        ("", None),
        ("Nul", "negative"),
    ]


def test_a_title_speaks_too_and_is_not_given_back_as_text(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.csv", "titre,description\nQuelle honte,J'ai déposé un dossier.\n")
    (analysis,) = analyse_file(file, tmp_path)
    assert (analysis.text, analysis.tone) == ("J'ai déposé un dossier.", "negative")


def test_the_summary_counts_tones_and_themes_and_leaves_silence_out() -> None:
    rows = [Analysis("a", "positive", ("access",))] * 8 + [Analysis("b", "negative", ("access", "relation"))] * 2
    summary = summarise([*rows, Analysis("", None)])
    assert (summary["n"], summary["without_text"]) == (10, 1)
    # Wilson's interval for 8 of 10, worked out by hand: (0.8 + z²/20 ± z·sqrt(0.016 + z²/400)) / (1 + z²/10).
    assert summary["tones"]["positive"] == {"n": 8, "share": 0.8, "low": 0.4902, "high": 0.9433}
    assert summary["tones"]["neutral"]["n"] == 0
    assert summary["themes"]["access"]["n"] == 10
    assert summary["themes"]["relation"]["tones"] == {"positive": 0, "neutral": 0, "negative": 2}
    assert any(line.startswith("positive") and "80.0%" in line for line in report(summary))


def test_the_summary_of_silence_has_no_share() -> None:
    summary = summarise([Analysis("", None)])
    assert summary["tones"]["positive"] == {"n": 0, "share": None, "low": None, "high": None}
    assert next(report(summary)) == "0 texts, 1 rows without text"


# Words that the lexicon does not know, so that only what is learnt can tell them.
OUR_WORDS: dict[Tone, str] = {"positive": "cerise", "neutral": "caillou", "negative": "ortie"}


def _write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def _labelled(path: Path, rows: int = 20, tones: tuple[Tone, ...] = ("positive", "neutral", "negative")) -> Path:
    lines = [f"{tone};Dossier {row}, {OUR_WORDS[tone]}" for row in range(rows) for tone in tones]
    return _write(path, "\n".join(["tone;texte", ";sans avis", *lines]))


def test_what_the_office_labels_is_learnt_and_used_from_then_on(tmp_path: Path) -> None:
    assert open_model(tmp_path) is None
    assert analyse([Verbatim("Une ortie")], open_model(tmp_path))[0].tone == "neutral"
    training = train_file(_labelled(tmp_path / "a.csv"), tmp_path)
    assert training.rows == {"positive": 20, "neutral": 20, "negative": 20}
    assert training.accuracy > 0.9 > training.shipped_accuracy
    file = _write(tmp_path / "b.csv", "texte\nUne ortie\nUne cerise\n")
    analyses = analyse_file(file, tmp_path)
    assert [analysis.tone for analysis in analyses] == ["negative", "positive"]
    assert all(0.34 < (analysis.confidence or 0) <= 1 for analysis in analyses)


def test_a_model_taught_two_tones_tells_only_these(tmp_path: Path) -> None:
    train_file(_labelled(tmp_path / "a.csv", tones=("positive", "negative")), tmp_path)
    assert {a.tone for a in analyse([Verbatim(text) for text in FACTS], open_model(tmp_path))} <= {
        "positive",
        "negative",
    }


def test_the_same_file_teaches_the_same(tmp_path: Path) -> None:
    file = _labelled(tmp_path / "a.csv")
    texts = [verbatim.text for verbatim in read_verbatims(file)]
    rows = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        train_file(file, folder)
        model = open_model(folder)
        assert model is not None
        rows.append(model.probabilities(texts))
    assert rows[0].tolist() == rows[1].tolist()
    assert rows[0].sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("label", ["Positif", "POSITIVE", "positif "])
def test_french_labels_are_understood(tmp_path: Path, label: str) -> None:
    content = "".join(f"{label},cerise {row}\nNégatif,ortie {row}\n" for row in range(10))
    training = train_file(_write(tmp_path / "a.csv", "Ressenti_usager,texte\n" + content), tmp_path)
    assert training.rows == {"positive": 10, "neutral": 0, "negative": 10}


def test_an_unknown_label_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="line 3: the tone 'bleu' is none of"):
        train_file(_write(tmp_path / "a.csv", "tone,texte\npositive,a\nbleu,b\n"), tmp_path)


def test_a_file_without_labels_or_with_too_few_teaches_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no row with both a text and a tone"):
        train_file(_write(tmp_path / "a.csv", "texte\nBien\n"), tmp_path)
    with pytest.raises(Unprocessable, match="10 rows of each: there are 9 positive, 9 neutral, 9 negative"):
        train_file(_labelled(tmp_path / "b.csv", rows=9), tmp_path)
    with pytest.raises(Unprocessable, match="two tones or three"):
        train_file(_labelled(tmp_path / "c.csv", tones=("positive",)), tmp_path)
    assert open_model(tmp_path) is None


def test_a_model_that_is_damaged_or_not_ours_is_refused_in_one_sentence(tmp_path: Path) -> None:
    train_file(_labelled(tmp_path / "a.csv"), tmp_path)
    (path,) = (tmp_path / "verbatims").iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(Misconfigured, match="run `guichet verbatims train FILE` again"):
        open_model(tmp_path)


def test_a_model_of_another_lexicon_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train_file(_labelled(tmp_path / "a.csv"), tmp_path)
    monkeypatch.setattr("bot.satisfaction.verbatims_tone.FORMAT", 0)
    with pytest.raises(Misconfigured, match="another lexicon"):
        open_model(tmp_path)


BEFORE = [f"La mairie a traité ma demande numéro {row} de passeport." for row in range(400)]


def test_what_is_new_this_month_is_named_by_its_own_words() -> None:
    outage = [f"Panne de la borne automatique dans le hall, jour {row}." for row in range(6)]
    fees = [f"Le timbre fiscal a augmenté de {row} euros." for row in range(1, 5)]
    clusters = new_topics([*BEFORE[:10], *outage, *fees], BEFORE[10:])
    assert [cluster.n for cluster in clusters] == [6, 4]
    assert "borne" in " ".join(clusters[0].words)
    assert "timbre" in " ".join(clusters[1].words)
    assert set(clusters[0].examples) <= set(outage)


def test_nothing_is_new_when_the_month_resembles_the_months_before() -> None:
    assert new_topics(BEFORE[:50], BEFORE[50:]) == []


def test_one_persons_story_is_not_a_topic_and_nothing_is_new_without_a_past() -> None:
    assert new_topics([*BEFORE[:10], "Licorne, licorne, licorne !"], BEFORE[10:]) == []
    assert new_topics(BEFORE, []) == []
    assert new_topics(["!!!"], ["???"]) == []


@pytest.fixture(scope="module")
def experiences() -> list[Verbatim]:
    if not EXPERIENCES.is_file():
        pytest.skip(f"{EXPERIENCES} is not there; set GUICHET_SHARED_DATA to the folder of the shared data")
    return read_verbatims(EXPERIENCES)


FEELINGS: dict[str, Tone] = {"Positif": "positive", "Neutre": "neutral", "Négatif": "negative"}


def test_as_shipped_real_praise_is_told_from_real_grievance(experiences: list[Verbatim]) -> None:
    sided = [verbatim for verbatim in experiences if verbatim.label != "Neutre"]
    right = sum(
        analysis.tone == FEELINGS[verbatim.label] for verbatim, analysis in zip(sided, analyse(sided), strict=True)
    )
    assert right / len(sided) >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize(("labels", "least"), [(("Positif", "Neutre", "Négatif"), 0.69), (("Positif", "Négatif"), 0.9)])
def test_trained_on_real_experiences_the_tone_of_others_is_told(
    experiences: list[Verbatim], labels: tuple[str, ...], least: float
) -> None:
    rows = [verbatim for verbatim in experiences if verbatim.label in labels]
    assert cross_validated([row.whole for row in rows], [FEELINGS[row.label] for row in rows]) >= least


def test_training_needs_as_many_tones_as_texts_that_share_something() -> None:
    tones: list[Tone] = ["positive"] * 10 + ["negative"] * 10
    with pytest.raises(Unprocessable, match="too little in common"):
        TrainedTone.fit([chr(0x4E00 + row) for row in range(20)], tones)
