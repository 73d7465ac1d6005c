"""Vectors that outlive the throw-away site of an evaluation: the next one over the same texts need not make them again."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from .asking import question_vectors
from .chosen import store

_QUESTIONS = "questions.npz"


def bring(folder: Path, *, model: str) -> None:
    """Puts what was kept into this site. Nothing kept, or nothing that can be read, is no error: it is made anew."""
    try:
        shutil.copytree(folder, store().folder, dirs_exist_ok=True)
        with np.load(folder / _QUESTIONS) as kept:
            if str(kept["model"]) == model:
                question_vectors().learn(model, dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True)))
    except (OSError, ValueError, KeyError):
        return


def keep(folder: Path, *, model: str) -> None:
    """Keeps this site's vectors and questions in place of what was kept before. Raises OSError."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    shutil.copytree(store().folder, fresh, dirs_exist_ok=True)
    known = question_vectors().known(model)
    if known:
        np.savez(fresh / _QUESTIONS, model=model, texts=list(known), vectors=np.stack(list(known.values())))
    # Two evaluations at once keep one of both.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.replace(fresh, folder)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
