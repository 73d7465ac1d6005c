"""Texts of precedents on their way to other systems, one line of them at a time."""

import re

from django.conf import settings
from django.urls import reverse

from caselib.precedents.models import Precedent
from caselib.precedents.privacy import decided_of, kinds_in, outgoing_text

# What no document of XML 1.0 may hold, by any way of writing it.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def line_outgoing(text: str, *, precedent: Precedent) -> str:
    """A title or gist as it may leave (`precedents.privacy.outgoing`). 1 query where something in it blocks, else none."""
    return outgoing_text(text, decided=decided_of(precedent)) if kinds_in(text) else text


def xml_safe(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def address_of(precedent: Precedent) -> str:
    """The page of a precedent, as a whole address where CASELIB_SITE_URL is set."""
    return settings.CASELIB_SITE_URL + reverse("pages:precedent", args=[precedent.code])
