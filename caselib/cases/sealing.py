"""Keeps what tickets say unreadable in the database, its files and its backups.

The first key of CASELIB_TICKET_KEYS seals, all of them open; without any, one is derived from SECRET_KEY. A key is any
text: it goes through HKDF, so that SECRET_KEY itself may be listed as an old key once keys of their own are set.
"""

import base64
import functools
import zlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from caselib.core.errors import DomainError

_PURPOSE = b"caselib.cases.ticket"


class SealedForGood(DomainError):
    """No key opens what is stored: the keys were changed, or the database comes from another site."""

    status = 503
    title = "原文打不开"


def seal(text: str) -> str:
    """The text as a token of ASCII characters; sealing twice gives two tokens. An empty text stays empty."""
    if not text:
        return ""
    return _keys().encrypt(zlib.compress(text.encode())).decode()


def unseal(token: str) -> str:
    """The text of a token of `seal`. Raises SealedForGood where no key opens it."""
    if not token:
        return ""
    try:
        return zlib.decompress(_keys().decrypt(token.encode())).decode()
    except InvalidToken as error:
        raise SealedForGood(
            "工单原文打不开：现在的密钥解不开它。原文还在，没有丢。请告诉系统管理员，把原来的密钥加回 CASELIB_TICKET_KEYS。"
        ) from error


def sealed_anew(token: str) -> str:
    """The same text sealed with the first key. Raises SealedForGood as `unseal` does."""
    return seal(unseal(token))


def is_sealed_with_first(token: str) -> bool:
    """Whether the first key alone opens it, so that older keys may go."""
    try:
        _fernet(_listed()[0]).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def _listed() -> tuple[str, ...]:
    return tuple(settings.CASELIB_TICKET_KEYS) or (settings.SECRET_KEY,)


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in _listed()])


@functools.lru_cache(maxsize=16)
def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
