"""Finds and masks personal data in text. `find` says what is where and why, `mask` puts the kind in its place.

`replacement_for` has neutral words for an editor; `fingerprint_of` remembers a decision without the text; `RULES_DIGEST`
changes with the rules. Formats, check digits and lists are data and small rules; nothing is looked up elsewhere, nothing kept.
"""

from .kinds import Finding, Kind, Severity
from .remembering import RULES_DIGEST, fingerprint_of, fingerprint_salt
from .replacing import replacement_for
from .scanning import find, mask

__all__ = [
    "RULES_DIGEST",
    "Finding",
    "Kind",
    "Severity",
    "find",
    "fingerprint_of",
    "fingerprint_salt",
    "mask",
    "replacement_for",
]
