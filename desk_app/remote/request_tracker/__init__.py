"""Request Tracker 5 over its REST 2.0, as one agent (facts: requests against RT 5.0.3)."""
