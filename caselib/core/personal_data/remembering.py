"""How a decision about a finding is remembered without the text, and by which rules a text was read."""

import hashlib
import hmac
from importlib import resources

from django.conf import settings

from .folding import read
from .kinds import Kind

# Modules without rules: a change of words or of this one is no reason to read the library again.
_NO_RULES = frozenset({"replacing.py", "remembering.py"})
_PURPOSE = b"caselib.core.personal_data.fingerprints.1"


def fingerprint_of(matched: str, *, kind: Kind, salt: bytes) -> str:
    """64 hexadecimal figures for one piece of personal data, the same however it is written: full width, in groups, spelt.

    `salt`: from `fingerprint_salt()`. Without it nobody can try all numbers until one fits.
    """
    spoken = read(matched).spoken
    # Without signs between: but 3.14 is not 314.
    bare = "".join(character for character in spoken if character.isalnum() or character == ".") or spoken
    # Two calls, not a joined text, so that no kind runs into what was found.
    return hmac.new(hmac.digest(salt, kind.value.encode(), "sha256"), bare.encode(), "sha256").hexdigest()


def fingerprint_salt() -> bytes:
    """A key of its own, drawn from SECRET_KEY. With another SECRET_KEY every remembered decision has to be made again."""
    return hmac.digest(settings.SECRET_KEY.encode(), _PURPOSE, "sha256")


def _digest_of_rules() -> str:
    """Over names and contents of what decides: the rules, their lists, and the normal form of text that they read."""
    package, core = resources.files(__package__), resources.files("caselib.core")
    sources = [each for each in package.iterdir() if each.name.endswith(".py") and each.name not in _NO_RULES]
    lists = [each for each in package.joinpath("data").iterdir() if each.name.endswith(".txt")]
    digest = hashlib.sha256()
    for each in [core.joinpath("text.py"), *sorted([*sources, *lists], key=lambda one: one.name)]:
        content = each.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{each.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


RULES_DIGEST = _digest_of_rules()
