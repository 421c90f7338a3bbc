"""Qt models: rows for views, no widgets."""
