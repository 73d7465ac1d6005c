"""What the trail keeps of an entry of a vocabulary: what people typed, masked; published codes as they are."""

import re
from typing import Any

from .services import masked

_CODES = ("basic_code", "impl_code", "code")
# What every kind of personal data has some of. A file brings twenty thousand rows while other writers wait, and looking
# through each in full takes longer than writing it.
_SUSPECT = re.compile(r"@|\d(?:\D{0,3}\d){5}|先生|女士|小姐|同志|老师|师傅|阿姨|叔叔|身份证|电话|手机|微信")


def kept(values: dict[str, Any]) -> dict[str, Any]:
    """The values for `before` or `after` of an event."""
    return masked(values) | {name: values[name] for name in _CODES if name in values}


def kept_of_many(values: dict[str, Any]) -> dict[str, Any]:
    """As `kept`, for a row of a file: looked through in full only where something looks like personal data."""
    return kept(values) if _SUSPECT.search(str(list(values.values()))) else values
