"""Widgets that show models and values."""
