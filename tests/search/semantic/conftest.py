import shutil
from collections.abc import Iterator

import pytest

from caselib.search.semantic import asking, chosen, live, sync

from .fake import FakeEmbedder


@pytest.fixture
def vectors(index, settings, monkeypatch) -> Iterator[FakeEmbedder]:
    """A site with a model of its own, no vectors yet, and threads that are done when they are started."""
    model = FakeEmbedder()
    settings.CASELIB_EMBEDDING = "auto"
    settings.CASELIB_INDEX_INLINE = False
    for module in (live, sync):
        monkeypatch.setattr(module, "embedder", lambda: model)
    monkeypatch.setattr(sync, "in_background", lambda work: work())
    asking.forget()
    folder = chosen.store().folder
    shutil.rmtree(folder, ignore_errors=True)
    yield model
    shutil.rmtree(folder, ignore_errors=True)
    asking.forget()
