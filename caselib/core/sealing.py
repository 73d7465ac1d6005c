"""Keeps a text unreadable in the database, its files and its backups: for source tickets, and for secrets of other systems.

The first key of CASELIB_TICKET_KEYS seals, all of them open; without any, one is derived from SECRET_KEY. A key is any
text: it goes through HKDF, so that SECRET_KEY itself may be listed as an old key once keys of their own are set.
"""

import base64
import functools
import zlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class NoKeyOpens(Exception):
    """No listed key opens the token: the keys were changed, or the database comes from another site."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals for one purpose: what was sealed for another does not open. `purpose`: never changed once in use."""

    purpose: bytes

    def seal(self, text: str) -> str:
        """The text as a token of ASCII characters; sealing twice gives two tokens. An empty text stays empty."""
        if not text:
            return ""
        return self._keys().encrypt(zlib.compress(text.encode())).decode()

    def unseal(self, token: str) -> str:
        """The text of a token of `seal`. Raises NoKeyOpens."""
        if not token:
            return ""
        try:
            return zlib.decompress(self._keys().decrypt(token.encode())).decode()
        except InvalidToken as error:
            raise NoKeyOpens from error

    def is_sealed_with_first(self, token: str) -> bool:
        """Whether the first key alone opens it, so that older keys may go."""
        try:
            _fernet(_listed()[0], self.purpose).decrypt(token.encode())
        except InvalidToken:
            return False
        return True

    def _keys(self) -> MultiFernet:
        return MultiFernet([_fernet(key, self.purpose) for key in _listed()])


def _listed() -> tuple[str, ...]:
    return tuple(settings.CASELIB_TICKET_KEYS) or (settings.SECRET_KEY,)


@functools.lru_cache(maxsize=32)
def _fernet(key: str, purpose: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
