import pytest

from bot.understanding.courtesy import without_courtesy


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Bonjour, je veux refaire mon passeport", "je veux refaire mon passeport"),
        ("Bonsoir à tous, pourriez-vous me dire où voter demain ? Merci d'avance.", "où voter demain ?"),
        ("Madame, Monsieur, désolé de vous déranger, ma poubelle est cassée", "ma poubelle est cassée"),
        ("Auriez-vous la gentillesse de me passer un collègue, s'il vous plaît ?", "me passer un collègue"),
        ("Hello, I hope you are well. I lost my licence, please.", "I lost my licence"),
        ("excuse me, could you please tell me how to vote, thanks", "how to vote"),
        ("le prix du passeport", "le prix du passeport"),
    ],
)
def test_what_is_said_is_told_from_the_courtesy_around_it(message, said):
    assert without_courtesy(message) == said


@pytest.mark.parametrize(
    "message", ["Bonjour madame", "Salut, ça va ?", "hi there", "merci beaucoup", "", "?!", "bonjour" + 9990 * "."]
)
def test_courtesy_alone_says_nothing(message):
    assert without_courtesy(message) is None


def test_a_word_that_begins_like_a_greeting_is_none():
    assert without_courtesy("hier ma carte a disparu") == "hier ma carte a disparu"
    assert without_courtesy("hi-fi volée dans ma cave") == "hi-fi volée dans ma cave"
