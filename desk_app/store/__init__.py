"""The local desk: one SQLite file and its attachments."""
