"""Check digits of Chinese numbers, and whether digits spell a real date. All of them take normal-form text: upper case, ASCII digits."""

import datetime as dt

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS = "0123456789X"


def is_date(digits: str, *, earliest: int = 1850, latest: int = 2099) -> bool:
    """Whether eight digits YYYYMMDD name a day of the calendar."""
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return earliest <= day.year <= latest


def id_check(first_17: str) -> str:
    """The 18th character of a citizen number (GB 11643)."""
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, _ID_WEIGHTS, strict=True)) % 11]


def is_id(number: str) -> bool:
    """Whether 18 characters are a citizen number: real date of birth and right check digit."""
    return is_date(number[6:14]) and id_check(number[:17]) == number[17]


def luhn_check(digits: str) -> str:
    """The digit that, put behind these, makes a number that passes Luhn's formula."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_luhn(number: str) -> bool:
    return luhn_check(number[:-1]) == number[-1]


def credit_check(first_17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100)."""
    total = sum(
        _CREDIT_ALPHABET.index(character) * weight for character, weight in zip(first_17, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_ALPHABET[-total % 31]


def is_credit_code(code: str) -> bool:
    return credit_check(code[:17]) == code[17]


def organisation_check(first_8: str) -> str:
    """The ninth character of an organisation code (GB 11714)."""
    total = sum(int(character, 36) * weight for character, weight in zip(first_8, _ORGANISATION_WEIGHTS, strict=True))
    return _ORGANISATION_CHECKS[-total % 11]


def is_organisation_code(code: str) -> bool:
    return organisation_check(code[:8]) == code[8]
