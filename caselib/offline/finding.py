"""The small index of a pack: one line for each precedent in normal form, the words that say the same, and first letters.

The browser looks through it letter pair by letter pair (static/offline.js): no server, no segmenter, no model.
"""

import json
from collections.abc import Sequence
from typing import Any

from caselib.core.text import normalise
from caselib.search import synonyms
from caselib.search.sounds import readings_of

from .sheets import Cited, Line, Sheet

# Characters of the story that are looked through; a gist says the rest.
_STORY = 300
_SHORT = 160


def entry_of(sheet: Sheet, line: Line) -> dict[str, Any]:
    """What the browser looks through and shows. Short names: there are a thousand of them."""
    content = sheet.content
    words = (*(tag for tag in content.tags), *(name for name, _ in line.matters), *line.causes)
    return {
        "c": line.code,
        "n": line.number,
        "t": line.title,
        "s": line.word,
        "l": line.label,
        "k": line.kind,
        "g": _shown(line.gist),
        # Looked through alone, in normal form: title, what citizens say, words, gist, story, basis; then first letters.
        "x": [
            normalise(line.title),
            normalise("\n".join(content.requester_wording)),
            normalise("\n".join(words)),
            normalise(line.gist),
            normalise(f"{content.blocker}\n{content.problem[:_STORY]}"),
            normalise("\n".join(dict.fromkeys(map(_basis, sheet.citations)))),
        ],
        "i": _initials("\n".join((line.title, *words))),
    }


def _basis(cited: Cited) -> str:
    policy = cited.version.policy
    return f"{cited.version.title or policy.title} {cited.version.doc_number or policy.doc_number}"


def _shown(gist: str) -> str:
    return gist if len(gist) <= _SHORT else f"{gist[:_SHORT]}……"


def _initials(text: str) -> str:
    return "".join(_initial(character) for character in normalise(text))


def _initial(character: str) -> str:
    if character == "\n" or character.isascii():
        return character if character.isalnum() else "\n"
    readings = readings_of(character)
    return readings[0][:1] if readings else "\n"


def index_script(entries: Sequence[dict[str, Any]]) -> str:
    """The index as a script that a page loads: a file opened from the disk may not fetch another."""
    return f"window.caselibPack={_json(list(entries))};\n"


def words_script() -> str:
    """Which words are looked for as well, of the product and of the site. 1 query at the most."""
    others = synonyms.current().others
    known = {word: list(others[word]) for word in others if len(word) > 1}
    return f"window.caselibWords={_json(known)};\n"


def _json(value: Any) -> str:
    # Both are line ends in the scripts of old browsers.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
