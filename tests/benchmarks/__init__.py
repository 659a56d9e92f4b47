"""Measurements of the product, and of plain Rasa beside it."""
