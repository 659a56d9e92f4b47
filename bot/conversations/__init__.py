"""Conversations, their turns, messages and state."""
