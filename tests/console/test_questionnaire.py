"""The questionnaire of the month, as an agent meets it in the console."""

from tests.console.colleague import Colleague
from tests.console.conftest import PASSWORD
from tests.service import Service


async def test_an_agent_answers_once_and_what_they_say_is_nobodys(counter: Service) -> None:
    browser = Colleague(counter.url)
    try:
        await browser.sign_in("agnes", PASSWORD)
        assert browser.page.links("/console/question")
        await browser.open("/console/questionnaire")
        assert "On me fait confiance." in browser.page.words
        await browser.send("/console/questionnaire")
        assert browser.page.links("/console/question"), "nothing was answered: it can still be"
        await browser.send("/console/questionnaire", trust="4", value="5", courtesy="7")
        assert "Merci, vos réponses sont gardées sans votre nom." in browser.page.words
        rows = counter.rows("SELECT dimension, value, administration FROM facts WHERE side = 'agent' ORDER BY id")
        assert [(row["dimension"], row["value"], row["administration"]) for row in rows] == [
            ("trust", 4, None), ("value", 5, None),
        ]  # fmt: skip
        assert "Vous avez répondu pour ce mois" in (await browser.open("/console/questionnaire")).words
        assert not (await browser.open("/console")).links("/console/question")
    finally:
        await browser.client.close()
