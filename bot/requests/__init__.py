"""Requests (demandes): fields, drafts, submission and follow-up."""
