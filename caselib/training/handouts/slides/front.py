"""The slides before the lessons: the title, and the contents of each module."""

from django.utils.translation import gettext

from ..blocks import plain_of
from ..shapes import NOT_BASIS, ModuleSheet
from .deck import BOTTOM, FULL, TOP, Box, Deck
from .fitting import fitted, para
from .master import ACCENT, ACCENT_100, EDGE, INK_2, SIGNALS, WIDTH

_SIZES = (24.0, 22.0, 20.0, 18.0)
_BAND = 208.0
# The smallest ones are for a goal of three hundred characters.
_COVER_SIZES = (28.0, 24.0, 20.0, 18.0, 16.0, 14.0, 12.0)


def title_slide(deck: Deck, *, hall: str) -> None:
    material = deck.material
    word, signal = material.worst
    slide = deck.slide(material.title, kicker=hall, word=word, signal=signal)
    facts = gettext("{readers}　{department}　编号 {code}　{version}　{day}").format(
        readers=material.readers,
        department=material.department,
        code=material.code,
        version=material.version_words,
        day=material.day_words,
    )
    pieces = [para(material.goal, scale=1.1)] if material.goal else []
    pieces.append(para(facts, scale=0.8, colour=INK_2, before=0.8))
    if material.only:
        pieces.append(para(gettext("只有“{only}”").format(only=material.only), scale=0.8, colour=INK_2))
    if signal:
        told = gettext("信号：{signal}（{day} 查看）").format(signal=signal, day=material.on.isoformat())
        pieces.append(para(told, scale=0.8, colour=SIGNALS[word][0], before=0.4))
    if material.is_draft:
        pieces.append(
            para(gettext("草稿，还没有审核发布"), scale=0.9, bold=True, colour=SIGNALS["stop"][0], before=0.4)
        )
    pieces.append(para(NOT_BASIS, scale=0.8, colour=INK_2, before=0.8))
    slide.title(material.title, sizes=(44.0, 38.0, 32.0, 26.0), box=Box(EDGE, 70, FULL, 116))
    slide.card(Box(0, 0, WIDTH, _BAND), ground=ACCENT_100, is_behind=True)
    slide.card(Box(0, _BAND, WIDTH, 4), ground=ACCENT, is_behind=True)
    box = Box(EDGE, _BAND + 24, FULL, BOTTOM - _BAND - 24)
    size, pages = fitted(pieces, width=box.width, height=box.height, sizes=_COVER_SIZES)
    slide.pieces(pages[0], box, base=size, in_middle=True)
    slide.notes([plain_of(material.intro)])


def module_slides(deck: Deck, module: ModuleSheet) -> None:
    """The lessons of a module with how they stand."""
    word, signal = deck.material.worst
    lines = []
    for lesson in module.lessons:
        standing = lesson.standing
        marked = f"　（{standing.signal}）" if standing and standing.word != "ok" else ""
        lines.append(para(f"第 {lesson.number} 课　{lesson.title}{marked}", before=0.3))
    size, slides = fitted(lines, width=FULL, height=BOTTOM - TOP, sizes=_SIZES)
    for place, pieces in enumerate(slides):
        more = f"（{place + 1}/{len(slides)}）" if len(slides) > 1 else ""
        slide = deck.slide(f"{module.title}{more}", kicker=gettext("目录"), word=word, signal=signal)
        slide.pieces(pieces, Box(EDGE, TOP, FULL, BOTTOM - TOP), base=size)
