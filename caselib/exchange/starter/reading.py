"""One file of the starter library, read field by field, so that an error names the file and the field."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from django.db.models import TextChoices

from caselib.core.errors import RuleBroken

NOTHING_WRITTEN = "什么都没有写入，改好再运行一次。"


class BrokenFile(RuleBroken):
    """A file of the starter library does not hold. `file` is its path below the library's folder."""

    def __init__(self, file: str, field: str, reason: str) -> None:
        place = f"{file} 的字段“{field}”" if field else file
        super().__init__(f"{place}：{reason}{NOTHING_WRITTEN}", code="broken_file", field=field)
        self.file = file


class Entry:
    """One mapping in a file. Every field is read by one of the methods; `done` refuses those that nobody asked for."""

    def __init__(self, data: Any, *, file: str, at: str = "") -> None:
        self.file, self.at = file, at
        if not isinstance(data, dict):
            raise BrokenFile(file, at, "这里要写成“字段: 值”的形式。")
        self._data = data
        self._asked: set[str] = set()

    def broken(self, field: str, reason: str) -> BrokenFile:
        """The error about one field of this entry, to be raised."""
        return BrokenFile(self.file, f"{self.at}.{field}".strip("."), reason)

    def text(self, name: str, *, required: bool = False) -> str:
        """A string; a bare year or date is taken as it is written. Empty where the field is missing."""
        value = self._take(name)
        if value is None:
            value = ""
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            value = value.isoformat()
        elif isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise self.broken(name, "要写成文字。")
        if required and not value.strip():
            raise self.broken(name, "还没有写。")
        return value.strip()

    def texts(self, name: str) -> tuple[str, ...]:
        values = self._list(name)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.broken(name, "每一条都要写成文字，不能空着。")
        return tuple(value.strip() for value in values)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self._take(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.broken(name, "只能写 true 或 false。")
        return value

    def whole(self, name: str) -> int | None:
        value = self._take(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.broken(name, "要写成整数。")
        return value

    def date(self, name: str) -> dt.date | None:
        text = self.text(name)
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError as error:
            raise self.broken(name, f"“{text}”不是日期，写成 2023-02-13。") from error

    def choice(self, name: str, choices: type[TextChoices], *, default: str | None = None) -> str:
        text = self.text(name, required=default is None) or str(default or "")
        if text not in choices.values:
            raise self.broken(
                name, f"“{text}”不是可选的值（{'、'.join(value for value in choices.values if value)}）。"
            )
        return text

    def entries(self, name: str) -> list["Entry"]:
        return entries_of(self._list(name), file=self.file, at=f"{self.at}.{name}".strip("."))

    def entry(self, name: str) -> "Entry | None":
        value = self._take(name)
        return None if value is None else Entry(value, file=self.file, at=f"{self.at}.{name}".strip("."))

    def names(self) -> list[str]:
        """The names of all fields, for a mapping whose keys are data."""
        return [str(name) for name in self._data]

    def done(self) -> None:
        """Raises BrokenFile for a field that is not known: most often it is a known one misspelt."""
        for name in self._data:
            if name not in self._asked:
                raise self.broken(str(name), "不认识这个字段，核对一下拼写。")

    def _take(self, name: str) -> Any:
        self._asked.add(name)
        return self._data.get(name)

    def _list(self, name: str) -> list[Any]:
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.broken(name, "要写成列表，每条前面一个“-”。")
        return value


def entries_of(values: Any, *, file: str, at: str = "") -> list[Entry]:
    """The mappings of a list, numbered from 1 in error messages."""
    if not isinstance(values, list):
        raise BrokenFile(file, at, "要写成列表，每条前面一个“-”。")
    return [Entry(value, file=file, at=f"{at}[{position}]") for position, value in enumerate(values, start=1)]


def read_yaml(folder: Path, file: str) -> Any:
    """What the file says. Raises BrokenFile for one that is missing, no UTF-8 or no YAML, with the line."""
    try:
        # The loader in C reads the same and takes a tenth of the time, where it is there.
        return yaml.load((folder / file).read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    except OSError as error:
        raise BrokenFile(file, "", f"读不了（{error.strerror}）。") from error
    except UnicodeDecodeError as error:
        raise BrokenFile(file, "", "不是 UTF-8 编码。") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BrokenFile(file, "", f"第 {mark.line + 1} 行格式不对。" if mark else "格式不对。") from error


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
