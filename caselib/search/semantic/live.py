"""What the rest of search asks: how close precedents are to a question by meaning.

Vectors know no audience. Whoever uses these functions must filter what they name, as it does with the engine's hits.
"""

import datetime as dt
import enum
import re
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.utils import timezone

from caselib.core.marks import pending

from . import health
from .asking import question_vectors
from .chosen import embedder, store
from .passages import TOPIC
from .port import QUERY_CHARACTERS, EmbeddingUnavailable, prepared
from .snapshot import Closeness

__all__ = ["Closeness", "SemanticState", "Status", "closeness", "closeness_of_object", "preload", "state"]

# Pinyin, codes and numbers mean nothing to the model.
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CHANGED = "语义模型给出的向量换了长度。检索照常按字词进行；请管理员运行 manage.py search_rebuild。"


def closeness(text: str, other: str = "") -> Closeness | None:
    """How close precedents are to what was typed; `orders` are keys of precedents, of any audience.

    `other`: the same in other words, empty for none: then it is how close they are to both on average. It costs the model
    as much again, and where it gives nothing the first alone decides.

    None without a model, without vectors, without a Chinese character in the first 160 characters, and when the model
    fails or takes longer than EMBEDDING_TIMEOUT: then the search goes by words alone. Never raises for any text. No
    query to the database. Some 50 ms for a new question, 1 ms for one that was asked before.
    """
    model = embedder()
    if model is None:
        return None
    snapshot = store().snapshot()
    if snapshot.model != model.name or not snapshot.count:
        return None
    question = prepared(text, most=QUERY_CHARACTERS)
    if not _CHINESE.search(question):
        return None
    vector = question_vectors().of(question, embedder=model, timeout=settings.EMBEDDING_TIMEOUT)
    if vector is None:
        return None
    again = prepared(other, most=QUERY_CHARACTERS)
    if again and again != question:
        second = question_vectors().of(again, embedder=model, timeout=settings.EMBEDDING_TIMEOUT)
        if second is not None and second.shape == vector.shape:
            # Not brought to length one: then a cosine with it is the mean of both cosines.
            vector = (vector + second) / np.float32(2.0)
    found = snapshot.closest(vector)
    if found is None:
        health.note_failure(_CHANGED)
    return found


def closeness_of_object(pk: int) -> Closeness | None:
    """How close other precedents are to a stored one; asks no model. None where it has no vectors.

    The same holds for audiences as with `closeness`.
    """
    model = embedder()
    if model is None:
        return None
    snapshot = store().snapshot()
    return snapshot.closest_to(pk) if snapshot.model == model.name else None


class Status(enum.Enum):
    """The value is what the administrator reads."""

    OFF = "已关闭"
    NOT_INSTALLED = "未装"
    PREPARING = "正在准备"
    FAILING = "出错"
    WORKING = "正常"


@dataclass(frozen=True, slots=True)
class SemanticState:
    """`model`: its name, empty without one. `objects`: precedents with vectors. `pending`: precedents that wait for theirs.

    `error`: what went wrong last, a Chinese sentence, with `since`; empty while all is well.
    """

    status: Status
    model: str = ""
    objects: int = 0
    pending: int = 0
    error: str = ""
    since: dt.datetime | None = None

    @property
    def line(self) -> str:
        """All of it in a few words."""
        if self.status is Status.WORKING:
            return f"{self.status.value}，{self.objects} 件案例可以按意思查找。"
        if self.status is Status.PREPARING:
            left = f"还有 {self.pending} 件没有处理，" if self.pending else ""
            return f"{self.status.value}，{left}先按字词查找。"
        if self.status is Status.FAILING and self.since:
            return f"{self.status.value}，从 {timezone.localtime(self.since):%m月%d日 %H:%M} 起。{self.error}"
        return f"{self.status.value}，按字词查找。"


def state() -> SemanticState:
    """What the administrator is told. Asks no model; 1 query."""
    if settings.CASELIB_EMBEDDING == "off":
        return SemanticState(Status.OFF)
    model = embedder()
    if model is None:
        return SemanticState(Status.NOT_INSTALLED)
    snapshot = store().snapshot()
    objects = snapshot.count if snapshot.model == model.name else 0
    waiting = pending(TOPIC).count()
    trouble = health.trouble()
    if trouble:
        return SemanticState(Status.FAILING, model.name, objects, waiting, trouble.error, trouble.since)
    ready = snapshot.model == model.name and not waiting
    return SemanticState(Status.WORKING if ready else Status.PREPARING, model.name, objects, waiting)


def preload() -> None:
    """Loads the model and the vectors. For a web process after it parted from its parent; never fails."""
    model = embedder()
    if model is None or settings.EMBEDDING_URL:
        return
    try:
        model.query("营业执照")
    except EmbeddingUnavailable as error:
        health.note_failure(error.message)
        return
    store().snapshot()
