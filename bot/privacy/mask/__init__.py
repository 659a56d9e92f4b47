"""The finders behind `bot.privacy.masking`, one file per family of personal data.

A finder takes a `Folded` text and yields `Span`s in it. It sees what the finders before it took as hidden characters,
so the order of `bot.privacy.masking.FINDERS` decides which kind wins.
"""
