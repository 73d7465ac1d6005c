"""Entries as Atom and RSS, by the generator that comes with Django."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from caselib.connect.showing import address_of, xml_safe

from .selectors import Entry

_NOTICE = "案例供参考，不是依据；以现行政策原文为准。"


class _Atom(Atom1Feed):
    """An empty feed has the date that it is given, or it would be another one with each call."""

    def latest_post_date(self) -> dt.datetime:
        return super().latest_post_date() if self.items else self.feed["since"]


class _Rss(Rss201rev2Feed):
    def latest_post_date(self) -> dt.datetime:
        return super().latest_post_date() if self.items else self.feed["since"]


FORMS = {"atom": _Atom, "rss": _Rss}


def feed_text(entries: Iterable[Entry], *, form: str, title: str, site: str, since: dt.datetime) -> bytes:
    """The document. `form`: atom or rss; `site`: where addresses begin if CASELIB_SITE_URL is empty; `since`: the date of an
    empty feed. It names no address of its own: that holds the secret, and documents are passed on. No query."""
    base = settings.CASELIB_SITE_URL or site
    feed = FORMS[form](
        title=xml_safe(title),
        link=f"{base}/",
        description=_NOTICE,
        language="zh-Hans",
        feed_guid=_tag(base, "precedents"),
        since=since,
    )
    for entry in entries:
        feed.add_item(**_item(entry, base))
    return feed.writeString("utf-8").encode()


def _item(entry: Entry, base: str) -> dict[str, object]:
    precedent = entry.precedent
    number = precedent.number or precedent.code
    if entry.gone:
        title, text = f"{entry.gone}：{number}", f"{number} {entry.gone}，不要再照办。"
    else:
        title, text = entry.title, f"{number}　{entry.signal}\n{entry.gist}\n{_NOTICE}"
    address = address_of(precedent)
    return {
        "title": xml_safe(title),
        "link": address if address.startswith("http") else base + address,
        "description": xml_safe(text),
        "unique_id": _tag(base, f"precedent/{precedent.code}"),
        "unique_id_is_permalink": False,
        "pubdate": precedent.published_at,
        "updateddate": entry.updated,
        "categories": [xml_safe(word) for word in (entry.gone or entry.signal, entry.matter) if word],
    }


def _tag(base: str, name: str) -> str:
    """A tag URI (RFC 4151): the same for ever, whatever address the site has within its host."""
    return f"tag:{urlsplit(base).hostname or 'localhost'},2026:{name}"
