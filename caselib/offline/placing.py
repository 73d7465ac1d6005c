"""A pack comes to its folder as a whole or not at all: built beside it, then renamed."""

import errno
import glob
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken

from .manifest import manifest_read

_FULL = {errno.ENOSPC, errno.EDQUOT}


def refuse_foreign(target: Path) -> None:
    """Raises RuleBroken where something lies at the target that is no pack of ours: nobody's files are replaced."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise RuleBroken(
            gettext("{target} 不是文件夹，没有导出。换一个文件夹。").format(target=target),
            code="not_a_folder",
            field="folder",
        )
    if target.is_dir() and any(target.iterdir()) and manifest_read(target) is None:
        raise RuleBroken(
            gettext("{target} 里有别的文件，不是离线包，没有动它。换一个空的文件夹，或者先把里面的东西移走。").format(
                target=target
            ),
            code="not_ours",
            field="folder",
        )


def interrupted_restore(target: Path) -> None:
    """Puts a pack back that a killed run had moved aside: between two renames there is no pack for a moment."""
    if target.exists() or not target.parent.is_dir():
        return
    aside = [
        path for path in target.parent.glob(f".{glob.escape(target.name)}.old-*") if manifest_read(path) is not None
    ]
    if aside:
        max(aside, key=lambda path: path.stat().st_mtime).rename(target)


@contextmanager
def built_beside(target: Path, *, kept: str = "原来的离线包还在，没有动。") -> Iterator[Path]:
    """A new folder beside the target to build in; gone at the end, whatever happened.

    Raises RuleBroken for a full disk, with what is `kept`.
    """
    building: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{target.name}.making-", dir=target.parent))
        building.chmod(0o755)
        yield building
    except OSError as error:
        why = "磁盘满了" if error.errno in _FULL else f"写不了文件（{error.strerror or '原因不明'}）"
        raise RuleBroken(
            gettext("{why}，没有导出。{kept}").format(why=why, kept=kept), code="not_written", field="folder"
        ) from error
    finally:
        if building is not None:
            shutil.rmtree(building, ignore_errors=True)


def put_in_place(building: Path, target: Path) -> None:
    """Puts the finished folder where the pack belongs. The one before comes back if that fails."""
    refuse_foreign(target)
    if not target.exists():
        building.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old-", dir=target.parent))
    old.rmdir()
    target.rename(old)
    try:
        building.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
