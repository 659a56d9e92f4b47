"""Agents and admins: accounts, passwords, second factor, sessions, invitations, and the trail of what they did."""
