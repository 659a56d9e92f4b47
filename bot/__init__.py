"""Guichet: the conversational counter of a public service."""

__version__ = "0.1.0"
