"""Aftercare: triage-style guidance after aesthetic treatments."""

__version__ = "0.1.0"
