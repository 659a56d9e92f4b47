"""What a message means: its intent, its service, its situation and its language."""
