"""The folder of the index: one live generation, a pointer to it, and a lock for whoever writes.

PATH/current        names the live generation; replaced in one step after every commit, so readers only look at it
PATH/g000001-…/     Whoosh's files, about.json that says what they were made with, and the library's words.txt
PATH/writer.lock    held by the one process that writes
"""

import errno
import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from caselib.search.dictionary import NO_WORDS, Dictionary
from caselib.search.engine.port import IndexBusy, IndexNotWritten, IndexUnavailable

from .writer import sync

FORMAT = 1
POINTER = "current"
ABOUT = "about.json"
WORDS = "words.txt"
_GENERATION = re.compile(r"g(\d{6})-[0-9a-z]+")
MISSING = "检索索引还没有建立，暂用标题匹配。请管理员运行 manage.py search_rebuild。"
DAMAGED = "检索索引已损坏，暂用标题匹配；先例都在数据库里，没有丢失。请管理员运行 manage.py search_rebuild。"
BUSY = "另一个程序正在更新检索索引，本次更新已记下，稍后会自动完成。"

FULL = "磁盘空间不足，检索索引没有更新；内容已经保存，腾出空间后会自动补上。"
FAILED = "检索索引没有写成（{reason}）；内容已经保存，稍后会自动补上。"

Stamp = tuple[int, int]


@contextmanager
def writing() -> Iterator[None]:
    """Turns what the disk complains about into `IndexNotWritten`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise IndexNotWritten(FULL) from error
        raise IndexNotWritten(FAILED.format(reason=error.strerror or type(error).__name__)) from error


class IndexStore:
    """Files and locks only; what is in the files is the business of `snapshot` and `engine`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        # As text: every question asks several times, and joining a path takes longer than the system call.
        self._pointer = os.fspath(root / POINTER)

    def stamp(self) -> Stamp:
        """Differs after every commit and every switch. One system call. Raises `IndexUnavailable`."""
        try:
            status = os.stat(self._pointer)
        except OSError as error:
            raise IndexUnavailable(MISSING) from error
        return status.st_ino, status.st_mtime_ns

    def live(self) -> Path:
        """The folder of the live generation. Raises `IndexUnavailable`."""
        try:
            name = (self.root / POINTER).read_text(encoding="ascii").split()[0]
        except OSError as error:
            raise IndexUnavailable(MISSING) from error
        except (IndexError, UnicodeDecodeError) as error:
            raise IndexUnavailable(DAMAGED) from error
        # The pointer may have been written by something else: only a name of our own kind is followed.
        if not _GENERATION.fullmatch(name) or not (self.root / name).is_dir():
            raise IndexUnavailable(DAMAGED)
        return self.root / name

    def about(self, folder: Path) -> dict:
        """What a generation was made with. Raises `IndexUnavailable` for a folder that is not ours."""
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise IndexUnavailable(DAMAGED) from error
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise IndexUnavailable(DAMAGED)
        return about

    def new_generation(self) -> Path:
        """An empty folder beside the live one, readable by nobody else."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)
        taken = [int(match[1]) for entry in self.root.iterdir() if (match := _GENERATION.fullmatch(entry.name))]
        folder = self.root / f"g{max(taken, default=0) + 1:06d}-{os.getpid():x}{time.time_ns() & 0xFFFFF:05x}"
        folder.mkdir(mode=0o700)
        return folder

    def dictionary(self, folder: Path) -> Dictionary:
        """The library's words that a generation was made with. Raises `IndexUnavailable` where they cannot be read."""
        try:
            return Dictionary.of((folder / WORDS).read_text(encoding="utf-8").split("\n"))
        except FileNotFoundError:
            # Made before there were any: without them it reads as it was written.
            return NO_WORDS
        except (OSError, UnicodeDecodeError) as error:
            raise IndexUnavailable(DAMAGED) from error

    def describe(self, folder: Path, *, fingerprint: str, dictionary: Dictionary = NO_WORDS) -> None:
        """Says in the generation what it is made with."""
        (folder / WORDS).write_text("\n".join(dictionary.words), encoding="utf-8")
        sync(folder / WORDS)
        about = {"format": FORMAT, "fingerprint": fingerprint}
        (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        sync(folder / ABOUT)

    def tell_of_commit(self, folder: Path) -> None:
        """Tells readers that a generation has a new commit, and makes it the live one if it is not. Atomic.

        Its table of contents is on the disk already: the pointer needs a new stamp for the processes that run, and
        nothing more for those that come after a loss of power.
        """
        pointer = self.root / POINTER
        try:
            before = self.stamp()
            if self.live() == folder:
                now = max(time.time_ns(), before[1] + 1)
                os.utime(pointer, ns=(now, now))
                if self.stamp() != before:
                    return
        except IndexUnavailable:
            # Removed or damaged meanwhile: written anew below.
            pass
        # Disks that tell the time in seconds, such as those of memory sticks, need a new file.
        self.point_to(folder)

    def point_to(self, folder: Path) -> None:
        """Makes a generation the live one. Atomic."""
        fresh = self.root / f"{POINTER}.{os.getpid()}"
        try:
            fresh.write_text(f"{folder.name} {time.time_ns()}\n", encoding="ascii")
            sync(fresh)
            os.replace(fresh, self.root / POINTER)
        finally:
            fresh.unlink(missing_ok=True)
        sync(self.root)

    def drop_others(self, keep: Path) -> None:
        """Removes generations that nobody needs, and what killed writers left. Readers keep the files they opened."""
        for entry in self.root.iterdir():
            if entry.name.startswith(f"{POINTER}."):
                entry.unlink(missing_ok=True)
            elif entry != keep and _GENERATION.fullmatch(entry.name):
                shutil.rmtree(entry, ignore_errors=True)

    @contextmanager
    def lock(self, name: str = "writer", *, wait: float) -> Iterator[None]:
        """Only one process and thread at a time is inside. The system frees the lock when its holder dies.

        `wait`: seconds to wait for another holder. Raises `IndexBusy` after that.
        """
        with writing():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.root / f"{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _flock(handle, until=time.monotonic() + wait)
            yield
        finally:
            os.close(handle)


def _flock(handle: int, *, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise IndexBusy(BUSY) from error
            time.sleep(0.005)
        else:
            return
