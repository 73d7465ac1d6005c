"""The package as bytes: one page, its look, its script and what it marks by, and the manifest."""

import io
import json
import zipfile
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from .manifest import NAME, START, manifest_of
from .reading import Asked, Course

# Of the site's look only colours and sizes: the page of a package brings its own.
_STYLES = ("tokens.css", "scorm/course.css")
_SCRIPTS = ("scorm/marking.js", "scorm/platform.js", "scorm/course.js")
RULES = "rules.js"
# XML 1.0 has no place for these, and a title that was pasted may hold them.
_NOT_IN_XML = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF])


def packed(course: Course) -> bytes:
    """The package as a zip file, the same bytes for the same course. Raises FileNotFoundError for a site without its files."""
    files = {Path(name).name: _static(name) for name in (*_STYLES, *_SCRIPTS)}
    files[RULES] = rules_of(course).encode()
    names = {"styles": [Path(name).name for name in _STYLES], "scripts": [RULES, *(Path(n).name for n in _SCRIPTS)]}
    files[START] = render_to_string("training/scorm/course.html", {"course": course, **names}).encode()
    title = course.title.translate(_NOT_IN_XML)
    identifier = f"caselib-{course.code}"
    manifest = manifest_of(
        identifier, title, version=str(course.version), files=[START, *sorted(files.keys() - {START})]
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        # The manifest stands first, at the root: some platforms look no further.
        for name, content in ((NAME, manifest), *sorted(files.items())):
            entry = zipfile.ZipInfo(name, date_time=(course.on.year, course.on.month, course.on.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            folder.writestr(entry, content)
    return made.getvalue()


def rules_of(course: Course) -> str:
    """What the package marks by, as a script. Lessons and questions stand in the order of the page."""
    told = {
        "code": course.code,
        "version": course.version,
        "passMark": course.pass_mark,
        "lessons": [
            {
                "id": f"l{lesson.number}",
                "hides": lesson.hides,
                "questions": [_marked_by(question) for question in lesson.questions],
            }
            for lesson in course.lessons
        ],
    }
    return f"window.caselibCourse = {json.dumps(told, ensure_ascii=True, separators=(',', ':'))};\n"


def _marked_by(question: Asked) -> dict[str, object]:
    return {"code": question.code, "kind": question.kind, "body": question.rule}


def _static(name: str) -> bytes:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    return Path(found).read_bytes()
