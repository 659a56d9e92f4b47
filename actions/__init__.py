"""Rasa's actions: thin. Each reads the tracker, asks `bot.*`, and answers with a response named in domain.yml."""
