"""Acting on what is measured: alerts, actions and whether they worked, failure modes, reviews, evidence."""
