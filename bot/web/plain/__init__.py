"""The counter without JavaScript: the same conversation, on pages made of forms."""
