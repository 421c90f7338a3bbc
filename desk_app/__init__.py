"""The desktop client for people who answer tickets."""

__version__ = "0.1.0"
