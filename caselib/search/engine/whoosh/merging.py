"""Which segments to merge. Every commit adds a segment and every segment costs each search; merging costs the commit."""

from collections.abc import Sequence
from typing import Protocol

# Segments of like size that are merged together. Each size class is this many times the one below.
FAN = 8
# A commit that somebody waits for leaves them to idle moments until there are half as many again, so that their number
# stays bounded where no moment is idle, and then merges at most this many documents, some 0.1 s.
INLINE_FAN = FAN + FAN // 2
INLINE_DOCUMENTS = 512


class Sized(Protocol):
    def doc_count(self) -> int: ...
    def doc_count_all(self) -> int: ...


def _size_class(documents: int) -> int:
    size = 0
    while documents > FAN:
        documents //= FAN
        size += 1
    return size


def to_merge(segments: Sequence[Sized], *, limit: int, fan: int = FAN) -> list[Sized]:
    """The segments to merge now: the smallest size class that has become too many, if it fits under the limit.

    `limit`: documents that may be rewritten. `fan`: how many are too many.
    A segment with more deleted than live documents counts as due by itself.
    """
    by_class: dict[int, list[Sized]] = {}
    for segment in segments:
        by_class.setdefault(_size_class(segment.doc_count()), []).append(segment)
    for size in sorted(by_class):
        members = by_class[size]
        if len(members) >= fan and sum(segment.doc_count() for segment in members) <= limit:
            return members
    hollow = [segment for segment in segments if segment.doc_count_all() > 2 * segment.doc_count()]
    return hollow if sum(segment.doc_count() for segment in hollow) <= limit else []
