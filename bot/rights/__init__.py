"""What a person may ask for their data, and what the office owes them: erasure, copy, retention, keys.

Each of these touches conversations, requests and satisfaction at once, in one transaction. The rooms say what goes with
what; this one joins them, so it stands above them all (docs/decisions/0008-a-room-for-rights.md).
"""
