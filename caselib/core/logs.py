"""What the log of the site says, without the secrets that stand in addresses and messages."""

import logging
import re

# The marks that every secret of ours begins with: of tokens, of feeds (which stand in the path), of the signatures of messages.
# Enough is left to find which one it was, as on the pages.
_SECRET = re.compile(r"\b((?:clt|feed|whsec)_[\w-]{7})[\w-]{30,}")


class SecretFreeFormatter(logging.Formatter):
    """Cuts secrets wherever they stand in a line, tracebacks included: Django writes the path of each refused request."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub(r"\1…", super().format(record))
