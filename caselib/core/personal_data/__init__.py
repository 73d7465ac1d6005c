"""Finds and masks personal data in text. `find` says what is where and why, `mask` puts the kind in its place.

Formats, check digits and lists are data and small rules; nothing is looked up elsewhere and nothing is kept.
"""

from .kinds import Finding, Kind, Severity
from .scanning import find, mask

__all__ = ["Finding", "Kind", "Severity", "find", "mask"]
