"""The gate, rule by rule: what it lets pass, what it refuses and why; and what no judgement can turn round."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.learning.comparison import Comparison, Loss, Measures
from bot.learning.gate import Decision, Judged, Limits, Rule, Verdict, decide

SAME = Measures(accuracy=0.9, macro_f1=0.9, f1={}, calibration=0.03, services=0.9)
EQUAL = Comparison(SAME, SAME)
LIMITS = Limits()
JUDGED = st.lists(st.builds(Judged, st.integers(1, 50), st.sampled_from([True, False, None])), max_size=60)
FIGURE = st.floats(-0.3, 0.3)
LOSSES = st.lists(st.builds(Loss, st.sampled_from("abc"), FIGURE, FIGURE, FIGURE), max_size=3).map(tuple)
COMPARISONS = st.builds(
    Comparison,
    st.just(SAME),
    st.builds(
        lambda error, broken: replace(SAME, calibration=error, broken=broken),
        st.floats(0, 0.2),
        st.lists(st.sampled_from("xyz"), max_size=2).map(tuple),
    ),
    LOSSES,
    st.builds(Loss, st.just(""), FIGURE, FIGURE, FIGURE),
)


def rules(decision: Decision) -> list[Rule]:
    return [reason.rule for reason in decision.reasons]


def with_challenger(**values: object) -> Comparison:
    return Comparison(SAME, replace(SAME, **values))


def test_an_equal_model_passes() -> None:
    assert decide(EQUAL, []) == Decision(Verdict.PASSED)


def test_an_intent_that_surely_loses_more_than_the_limit_refuses_the_model() -> None:
    lost = replace(EQUAL, losses=(Loss("ask_price", 0.11, 0.01, 0.21), Loss("greet", -0.2, -0.3, -0.1)))
    decision = decide(lost, [])
    assert decision.verdict is Verdict.REFUSED
    assert [(reason.rule, reason.what) for reason in decision.reasons] == [(Rule.INTENT_LOSES, "ask_price")]


def test_a_loss_that_may_be_chance_or_that_is_small_does_not() -> None:
    chance, small = Loss("ask_price", 0.15, -0.01, 0.3), Loss("greet", 0.10, 0.02, 0.16)
    assert decide(replace(EQUAL, losses=(chance, small)), []).verdict is Verdict.PASSED


def test_the_mean_must_not_surely_lose_either() -> None:
    assert rules(decide(replace(EQUAL, macro=Loss("", 0.02, 0.005, 0.03)), [])) == [Rule.MEAN_LOSES]
    assert decide(replace(EQUAL, macro=Loss("", 0.02, -0.001, 0.03)), []).verdict is Verdict.PASSED
    assert decide(replace(EQUAL, macro=Loss("", 0.01, 0.005, 0.03)), []).verdict is Verdict.PASSED


def test_what_must_never_break_is_named_when_it_breaks() -> None:
    decision = decide(with_challenger(broken=("je veux mourir",)), [])
    assert [(each.rule, each.what) for each in decision.reasons] == [(Rule.NEVER_BREAKS, "je veux mourir")]


def test_what_the_champion_gets_wrong_already_is_not_held_against_the_challenger() -> None:
    wrong = replace(SAME, broken=("oui",), failed_conversations=("thanks",))
    assert decide(Comparison(wrong, wrong), []).verdict is Verdict.PASSED
    assert decide(Comparison(wrong, SAME), []).verdict is Verdict.PASSED


def test_a_conversation_that_no_longer_goes_well_refuses_the_model() -> None:
    assert rules(decide(with_challenger(failed_conversations=("distress",)), [])) == [Rule.CONVERSATION_BREAKS]


def test_confidence_must_say_what_it_says_or_at_least_not_less_than_before() -> None:
    assert rules(decide(with_challenger(calibration=0.051), [])) == [Rule.CALIBRATION]
    assert decide(with_challenger(calibration=0.05), []).verdict is Verdict.PASSED
    vague = replace(SAME, calibration=0.2)
    assert decide(Comparison(vague, vague), []).verdict is Verdict.PASSED


def test_the_most_frequent_changes_wait_for_a_person() -> None:
    changes = [Judged(9, True), Judged(3, None), Judged(1, None)]
    assert decide(EQUAL, changes) == Decision(Verdict.TO_JUDGE, (), 2)
    assert decide(EQUAL, changes, Limits(to_judge=1)).verdict is Verdict.PASSED


def test_changes_for_the_worse_are_counted_by_messages() -> None:
    assert rules(decide(EQUAL, [Judged(9, False), Judged(1, True), Judged(1, True)])) == [Rule.CHANGED_FOR_WORSE]
    assert decide(EQUAL, [Judged(9, True), Judged(1, False), Judged(2, False)]).verdict is Verdict.PASSED


def test_every_reason_is_told_at_once() -> None:
    bad = replace(with_challenger(calibration=0.3, broken=("oui",)), losses=(Loss("a", 0.5, 0.4, 0.6),))
    assert set(rules(decide(bad, [Judged(1, False)]))) == {
        *(Rule.INTENT_LOSES, Rule.NEVER_BREAKS, Rule.CALIBRATION, Rule.CHANGED_FOR_WORSE)
    }


@given(COMPARISONS, JUDGED)
def test_a_model_passes_exactly_when_nothing_is_against_it_and_nothing_is_left(
    comparison: Comparison, judged: list[Judged]
) -> None:
    decision = decide(comparison, judged)
    assert (decision.verdict is Verdict.PASSED) == (not decision.reasons and not decision.left_to_judge)
    assert (decision.verdict is Verdict.REFUSED) == bool(decision.reasons)


@given(COMPARISONS, JUDGED, st.integers(0, 59))
def test_a_change_judged_wrong_instead_of_right_never_helps(
    comparison: Comparison, judged: list[Judged], index: int
) -> None:
    if index < len(judged):
        better, worse = list(judged), list(judged)
        better[index] = replace(judged[index], right=True)
        worse[index] = replace(judged[index], right=False)
        if decide(comparison, worse).verdict is Verdict.PASSED:
            assert decide(comparison, better).verdict is Verdict.PASSED


@given(COMPARISONS, JUDGED)
def test_wider_limits_never_add_a_reason(comparison: Comparison, judged: list[Judged]) -> None:
    wide = Limits(intent_loss=0.2, mean_loss=0.05, calibration=0.1, worse=0.5)
    assert set(rules(decide(comparison, judged, wide))) <= set(rules(decide(comparison, judged)))
