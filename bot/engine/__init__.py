"""Rasa as a library, hosted on loopback."""
