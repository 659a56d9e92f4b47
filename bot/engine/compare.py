"""Asks champion and challenger the same things, one model in memory at a time, and measures both.

Run in a process of its own (`guichet learning-step`): the service keeps its memory, and what the models said of
citizens' messages is never written to a disk.
"""

import asyncio
import statistics
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent

from bot.engine.load import load_agent, understand
from bot.learning import dataset
from bot.learning.comparison import Answer, Change, Comparison, Measures, changes
from bot.learning.evaluation import losses, measure
from bot.learning.evaluation_set import EvaluationSet, read_evaluation_set
from bot.learning.nlu_file import read_nlu
from bot.settings import Settings
from bot.understanding.classifier import IntentClassifier

STORIES = Path("tests/test_stories.yml")
FOLDS = 3
"""Cuts of the cross-validation; each trains the classifier once more, at some ten seconds."""

Tell = Callable[[float], None]


def compare(
    settings: Settings,
    champion: Path,
    challenger: Path,
    messages: Sequence[tuple[int, int, str]],
    newer: Collection[str],
    tell: Tell,
) -> tuple[Comparison, list[Change]]:
    """Measure two models.

    Args:
        settings: where the cases and the training data are.
        champion: the archive in service.
        challenger: the archive that was trained.
        messages: what citizens wrote: a turn, in how many turns, and the text.
        newer: examples that were accepted after the champion was trained.
        tell: is told how much of the work is done, from 0 to 1.

    Returns:
        The figures of both, and the messages that change.

    Raises:
        Misconfigured: a model or the cases cannot be read.
    """
    cases = read_evaluation_set(settings.evaluation_dir)
    texts = [text for _, _, text in messages]
    before, measured, said = _ask(champion, cases, texts, lambda done: tell(0.35 * done))
    after, other, says = _ask(challenger, cases, texts, lambda done: tell(0.35 + 0.35 * done))
    without, with_newer = cross_validate(settings, newer, lambda done: tell(0.7 + 0.3 * done))
    measured, other = replace(measured, cross_validation=without), replace(other, cross_validation=with_newer)
    lost, macro = losses(cases.frozen, before, after)
    turns = [(turn_id, count) for turn_id, count, _ in messages]
    return Comparison(measured, other, lost, macro), changes(turns, said, says)


def listen(champion: Path, challenger: Path, messages: Sequence[tuple[int, int, str]]) -> list[Change]:
    """Return what two models understand otherwise of messages of citizens: a turn, in how many turns, and the text.

    Raises:
        Misconfigured: a model cannot be read.
    """

    def say(archive: Path) -> list[Answer]:
        agent = load_agent(archive)
        return [_answer(understand(agent, text)) for _, _, text in messages]

    turns = [(turn_id, count) for turn_id, count, _ in messages]
    return changes(turns, say(champion), say(challenger))


def _ask(
    archive: Path, cases: EvaluationSet, texts: Sequence[str], tell: Tell
) -> tuple[list[Answer], Measures, list[Answer]]:
    """Return what a model says of the frozen set, its figures, and what it says of the messages."""
    agent = load_agent(archive)
    asked = [*(case.text for case in (*cases.frozen, *cases.never_break)), *texts]
    answers, times = [], []
    for number, text in enumerate(asked):
        started = time.perf_counter()
        answers.append(_answer(understand(agent, text)))
        times.append(time.perf_counter() - started)
        if number % 50 == 0:
            tell(number / len(asked))
    first, second = len(cases.frozen), len(cases.frozen) + len(cases.never_break)
    measured = measure(cases.frozen, answers[:first], cases.never_break, answers[first:second])
    return (
        answers[:first],
        replace(
            measured,
            failed_conversations=failed_conversations(agent),
            milliseconds=round(1000 * statistics.median(times), 2),
            megabytes=round(archive.stat().st_size / 1e6, 1),
        ),
        answers[second:],
    )


def _answer(understood: dict[str, Any]) -> Answer:
    # The best of the ranking, not `nlu_fallback`: what is measured is the model, the threshold is a setting.
    best = understood["intent_ranking"][0]
    service = understood.get("service")
    return Answer(best["name"], float(best["confidence"]), service["id"] if service else None)


def failed_conversations(agent: Agent, stories: Path = STORIES) -> tuple[str, ...]:
    """Return the names of the tests of conversations in which a model understands or does something else."""
    from rasa.core.test import _create_data_generator, _predict_tracker_actions

    if not stories.is_file():
        return ()

    async def play() -> tuple[str, ...]:
        failed = []
        generator = _create_data_generator(str(stories), agent, use_conversation_test_files=True)
        for tracker in generator.generate_story_trackers():
            found = (await _predict_tracker_actions(tracker, agent, use_e2e=True))[0]
            # Entities are no part of what a story says here: its rules go by intents.
            if (found.action_predictions, found.intent_predictions) != (found.action_targets, found.intent_targets):
                failed.append(str(tracker.sender_id))
        return tuple(sorted(failed))

    return asyncio.run(play())


def cross_validate(settings: Settings, newer: Collection[str], tell: Tell) -> tuple[float, float]:
    """Return the accuracy of both classifiers on training examples that were held out, each once.

    The folds and the examples held out are the same for both; the champion's classifier is fitted without what was
    accepted after it was trained. So the figures say what the new examples teach about the others.

    Args:
        settings: where the accepted examples are.
        newer: those that the champion has not learnt.
        tell: is told how much is done.

    Returns:
        That of the champion and that of the challenger.
    """
    from sklearn.model_selection import StratifiedKFold

    written = dataset.written_examples(Path(), settings.learned_file)
    if settings.learned_file.is_file():
        for each in read_nlu(settings.learned_file):
            written.setdefault(each.intent, []).append(each.text)
    rows = [(text, intent) for intent, texts in sorted(written.items()) for text in dict.fromkeys(texts)]
    right = [0, 0]
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(rows, [intent for _, intent in rows])
    for number, (learn, held) in enumerate(folds):
        tell(number / FOLDS)
        known = [rows[i] for i in learn if rows[i][0] not in newer]
        asked = [rows[i] for i in held]
        champion = _right(known, asked)
        right[0] += champion
        right[1] += _right([rows[i] for i in learn], asked) if len(known) < len(learn) else champion
    return round(right[0] / len(rows), 4), round(right[1] / len(rows), 4)


def _right(learn: Sequence[tuple[str, str]], asked: Sequence[tuple[str, str]]) -> int:
    classifier = IntentClassifier.fit([text for text, _ in learn], [intent for _, intent in learn])
    best = classifier.probabilities([text for text, _ in asked]).argmax(axis=1)
    return sum(classifier.intents[b] == intent for b, (_, intent) in zip(best, asked, strict=True))
