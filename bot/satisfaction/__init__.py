"""How it went: questions, answers and the scoring store."""
