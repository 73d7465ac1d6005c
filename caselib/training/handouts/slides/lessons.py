"""A lesson as slides: what the citizen says and the question; what is right and why; how it was done; basis and what to tell."""

import dataclasses
from collections.abc import Sequence

from django.utils.translation import gettext

from ...choices import QuestionKind
from ..blocks import Block, blocks_of, plain_of
from ..shapes import UNSEEN, Asked, Case, Cited, LessonSheet, Material
from .deck import BOTTOM, FULL, TOP, Box, Deck, Slide
from .fitting import Grid, Para, Piece, divided, fitted_groups, height_of, para, row_heights
from .front import module_slides, title_slide
from .master import ACCENT, ACCENT_50, EDGE, INK_2, SIGNALS, SUNKEN

_SIZES = (24.0, 22.0, 20.0, 18.0)
_BESIDE_SIZES = _SIZES[:3]  # What needs smaller ones beside the words of the citizen goes on a slide of its own.
_QUOTE_SIZES = (30.0, 26.0, 22.0, 20.0, 18.0)
_BODY = Box(EDGE, TOP, FULL, BOTTOM - TOP)
_GAP = 22.0
_HEAD_SIZE = 20.0  # What stands above two columns.
_LOW, _SAID_SIZE = 110.0, 26.0
# More slides than this of one section put the audience to sleep: the rest is in the notes, and the slide says so.
_MOST = 4
_OK, _STOP, _CARE = SIGNALS["ok"], SIGNALS["stop"], SIGNALS["care"]


def slides_of(material: Material, *, hall: str) -> bytes:
    """The presentation."""
    deck = Deck(material)
    title_slide(deck, hall=hall)
    for module in material.modules:
        if module.lessons:
            module_slides(deck, module)
        for lesson in module.lessons:
            _Lesson(deck, lesson).told()
    return deck.saved()


class _Lesson:
    def __init__(self, deck: Deck, lesson: LessonSheet) -> None:
        self.deck, self.lesson = deck, lesson
        self.name = gettext("第 {number} 课").format(number=lesson.number)
        # Until then neither the title of the precedent nor why its signal is not the best is shown.
        self.is_open = not lesson.keeps_back

    def told(self) -> None:
        lesson = self.lesson
        if lesson.is_hidden:
            self._slide(gettext(UNSEEN)).pieces([para(gettext(UNSEEN), colour=INK_2)], _BODY, base=22.0)
            return
        if lesson.case is None:
            self._on_pages(lesson.title, [_of_markdown(lesson.note)], kicker=" ")
            for slide in self._on_pages(gettext("想一想，先定"), _questions(lesson.questions))[:1]:
                slide.notes([gettext("先请大家定，再翻页。")])
        else:
            self._case(lesson.case)
        self.is_open = True
        if self.deck.material.answers and lesson.asked:
            self._answers()
        if lesson.case is not None:
            self._done(lesson.case)
            self._basis(lesson.case)

    # --- the question ---

    def _case(self, case: Case) -> None:
        """The citizen's words large, beside them the questions; what does not fit beside goes on a slide of its own."""
        lesson = self.lesson
        width = 390.0
        beside = Box(EDGE + width + _GAP, TOP, FULL - width - _GAP, _BODY.height)
        groups, note = _questions(lesson.questions), _of_markdown(lesson.note)
        if note and not self._is_brief([note], beside):
            self._on_pages(gettext("看的时候留意"), [note])
            note = []
        if note and groups and self._is_brief([note, *groups], beside):
            groups = [note, [dataclasses.replace(groups[0][0], before=0.9), *groups[0][1:]], *groups[1:]]
        slide = self._slide(f"{self.name}　{lesson.title}")
        rest = self._quote(slide, case, Box(EDGE, TOP, width if groups else FULL, _BODY.height))
        slide.notes(self._told_before(case))
        if rest:
            self._on_pages(gettext("群众怎么说"), [rest])
        if not groups:
            return
        size, pages = fitted_groups(groups, width=beside.width, height=beside.height, sizes=_BESIDE_SIZES)
        if len(pages) == 1:
            slide.pieces(pages[0], beside, base=size)
        else:
            told = note or [para(gettext("先听群众怎么说，再往下定。"), colour=INK_2)]
            slide.pieces(told, beside, base=22.0, in_middle=True)
            self._on_pages(gettext("想一想，先定"), groups)

    def _is_brief(self, groups: Sequence[Sequence[Piece]], box: Box) -> bool:
        _, pages = fitted_groups(groups, width=box.width, height=box.height, sizes=_BESIDE_SIZES)
        return len(pages) == 1

    def _quote(self, slide: Slide, case: Case, card: Box) -> list[Piece]:
        """Draws the card; what of it did not fit."""
        label = para(gettext("卡在哪儿"), scale=0.62, colour=_CARE[0], bold=True, stays=True)
        blocker = [label, para(told, scale=0.75)] if (told := case.one("blocker")) else []
        words = [para(_quoted(line), before=0.5 if place else 0.0) for place, line in enumerate(case.wording)]
        words = words or [para(plain_of(case.problem) or case.one("gist") or case.title)]
        for size in _QUOTE_SIZES:
            foot = sum(height_of(piece, size, card.width - 56) for piece in blocker) + (24 if blocker else 0)
            used = sum(height_of(piece, size, card.width - 56) for piece in words)
            if used + foot + 44 <= card.height:
                break
        room = card.height - foot - 44
        pages = divided(words, base=size, width=card.width - 56, height=max(room, size * 6))
        slide.card(card, ground=ACCENT_50, edge=ACCENT)
        slide.pieces(pages[0], Box(card.x + 30, card.y + 20, card.width - 56, room), base=size, in_middle=True)
        if blocker:
            strip = Box(card.x + 5, card.y + card.height - foot - 4, card.width - 5, foot + 4)
            slide.card(strip, ground=_CARE[1])
            slide.pieces(blocker, Box(card.x + 30, strip.y + 12, card.width - 56, foot - 16), base=size)
        return [piece for page in pages[1:] for piece in page]

    def _told_before(self, case: Case) -> list[str]:
        """What the speaker says before anybody decides: nothing of the answer."""
        parts = [gettext("先请大家定，再翻页。")] if self.lesson.asked else []
        if case.wording and case.problem:
            parts.append(gettext("怎么回事：{words}").format(words=plain_of(case.problem)))
        parts += list(self.lesson.standing.reasons) if self.is_open else []
        return [*parts, *(each.untold for each in self.lesson.questions if each.is_hidden)]

    # --- the answer ---

    def _answers(self) -> None:
        """All on one slide while the letters stay large, two beside each other else, and else each on its own."""
        asked, title = self.lesson.asked, gettext("答案和理由")
        groups = [_answer(each, is_first=place == 0) for place, each in enumerate(asked)]
        size, pages = fitted_groups(groups, width=FULL, height=_BODY.height, sizes=_SIZES)
        if len(pages) == 1 and (size >= _HEAD_SIZE or len(groups) != 2):
            slides = self._on_pages(title, groups)
        elif len(groups) == 2 and self._fit_beside(*groups):
            groups[1][0] = dataclasses.replace(groups[1][0], before=0.0)
            slides = self._columns(title, [], *groups)
        else:
            for each in asked:
                self._answer_alone(each).notes(_reasoning(each))
            return
        slides[0].notes([part for each in asked for part in _reasoning(each)])

    def _answer_alone(self, each: Asked) -> Slide:
        """The first of its slides."""
        told = gettext("答案和理由：第 {number} 题").format(number=each.number)
        return self._on_pages(told, [_answer(each, is_first=True)])[0]

    def _fit_beside(self, *sides: Sequence[Piece]) -> bool:
        """Whether one slide takes both: an answer that goes on behind the other is read twice."""
        room = {"width": (FULL - _GAP) / 2 - 32, "height": _BODY.height - 28}
        return all(len(divided(side, base=_SIZES[-1], **room)) == 1 for side in sides)

    # --- how it was done ---

    def _done(self, case: Case) -> None:
        """What was done, on top of the conditions beside the steps where that fits on one slide."""
        left = _list(case, "applies_when", "能用吗：都要符合", "□") + _list(case, "not_when", "有一条就不能用", "×")
        right, papers = _steps(case), _list(case, "materials", "要什么材料", "□")
        papers += _list(case, "deferred_material", "哪些可以后补", "□")
        head = (_of_markdown(case.resolution) or ([para(case.one("gist"))] if case.one("gist") else [])) + _who(case)
        if not right or self._fit_beside([*head, *left], [*head, *right, *papers]):
            right, papers = right + papers, []
        if not (left and right):
            slides = self._on_pages(gettext("怎么办的"), [head, left or right])
        elif _is_low(head):
            slides = self._columns(gettext("怎么办的"), head, left, right)
        else:
            slides = self._on_pages(gettext("怎么办的"), [head]) + self._columns(gettext("照着办"), [], left, right)
        slides += self._on_pages(gettext("材料"), [papers])
        for slide in slides[:1]:
            slide.notes([*(self.lesson.standing.reasons if self.lesson.keeps_back else ()), *self._reasoning(case)])

    def _columns(self, title: str, head: Sequence[Piece], left: Sequence[Piece], right: Sequence[Piece]) -> list[Slide]:
        """Two things beside each other, on as few slides as the longer of them needs. `head`: above them on the first."""
        above = sum(height_of(piece, _HEAD_SIZE, FULL) for piece in head) + (14 if head else 0)
        inner = Box(EDGE, TOP + above, (FULL - _GAP) / 2, _BODY.height - above)
        found = {}
        for size in _SIZES:
            room = {"base": size, "width": inner.width - 32, "height": inner.height - 28}
            found[size] = [divided(side, **room) for side in (left, right)]
            if max(map(len, found[size])) == 1:
                break
        least = min(max(map(len, sides)) for sides in found.values())
        size = next(size for size in _SIZES if max(map(len, found[size])) == least)
        slides = []
        for place in range(least):
            slide = self._slide(title, place=place, of=least, kicker=self.lesson.title)
            slides.append(slide)
            slide.pieces(head, _BODY, base=_HEAD_SIZE)
            for number, pages in enumerate(found[size]):
                card = dataclasses.replace(inner, x=EDGE + number * (inner.width + _GAP))
                if place < len(pages):
                    slide.card(card, ground=SUNKEN if number else ACCENT_50)
                    slide.pieces(pages[place], card.within(14), base=size)
        return slides

    def _reasoning(self, case: Case) -> list[str]:
        if not self.deck.material.for_trainers:
            return []
        named = (("研判理由", case.assessment), ("长效机制", case.lasting))
        return [f"{gettext(label)}：{plain_of(text)}" for label, text in named if text]

    # --- basis ---

    def _basis(self, case: Case) -> None:
        """口径 in a card of its own where it is short enough, the basis below it."""
        said = [para(_quoted(line), before=0.4 if place else 0.0) for place, line in enumerate(case.of("script"))]
        if said and "script" in case.unsure:
            said.append(para(gettext("（口径待核）"), scale=0.7, colour=INK_2))
        cited = [_head(gettext("依据条款和时效")), *map(_cited, case.basis)] if case.basis else []
        title = gettext("口径和依据") if said else gettext("依据")
        tall = sum(height_of(piece, _SAID_SIZE, FULL - 60) for piece in said) + 36
        fits = said and tall <= _BODY.height * 0.6
        slides = self._said(title, said, cited, tall) if fits else self._on_pages(title, [said, cited])
        for slide in slides[:1]:
            slide.notes([_words(each) for each in case.basis if each.words])

    def _said(self, title: str, said: Sequence[Piece], cited: Sequence[Piece], tall: float) -> list[Slide]:
        rest = Box(EDGE, TOP + tall + 16, FULL, _BODY.height - tall - 16)
        size, pages = fitted_groups([cited], width=FULL, height=rest.height, sizes=_SIZES) if cited else (20.0, [])
        slide = self._slide(title, kicker=self.lesson.title)
        slide.card(Box(EDGE, TOP, FULL, tall), ground=ACCENT_50, edge=ACCENT)
        slide.pieces(said, Box(EDGE + 30, TOP + 18, FULL - 60, tall - 36), base=_SAID_SIZE)
        if len(pages) == 1:
            slide.pieces(pages[0], rest, base=size)
            return [slide]
        return [slide, *self._on_pages(gettext("依据"), [cited])]

    # --- slides ---

    def _slide(self, title: str, *, place: int = 0, of: int = 1, kicker: str = "") -> Slide:
        standing = self.lesson.standing
        more = f"（{place + 1}/{of}）" if of > 1 else ""
        shown = title if title.startswith(self.name) else f"{self.name}　{title}"
        about = f"{self.name}　{standing.number} 第 {standing.revision} 版" if standing else self.name
        word, signal = (standing.word, standing.signal) if standing else ("", "")
        reasons = standing.reasons if standing else ()
        why = reasons[0] if reasons and self.is_open else gettext("先定，理由在后面")
        return self.deck.slide(
            f"{shown}{more}",
            kicker=kicker.strip(),
            about=about,
            word=word,
            signal=signal,
            warning=f"{signal}：{why}" if reasons and word != "ok" else "",
        )

    def _on_pages(self, title: str, groups: Sequence[Sequence[Piece]], *, kicker: str = "") -> list[Slide]:
        """As many slides as the pieces need, at most `_MOST`: the rest goes into the notes of the last."""
        groups = [group for group in groups if group]
        if not groups:
            return []
        size, pages = fitted_groups(groups, width=FULL, height=_BODY.height, sizes=_SIZES)
        if len(pages) > _MOST:
            size = _SIZES[-1]
            _, pages = fitted_groups(groups, width=FULL, height=_BODY.height - 24, sizes=(size,))
        made, of = [], min(len(pages), _MOST)
        for place, page in enumerate(pages[:_MOST]):
            slide = self._slide(title, place=place, of=of, kicker=kicker or self.lesson.title)
            slide.pieces(page, _BODY, base=size)
            made.append(slide)
        if rest := [piece for page in pages[_MOST:] for piece in page]:
            told = gettext("后面还有，全文在这一页的备注里。")
            made[-1].line(told, Box(EDGE, BOTTOM - 18, FULL, 18), size=13, colour=_CARE[0])
            made[-1].notes([gettext("接着投影的：")] + [_plain(piece) for piece in rest])
        return made


# --- pieces ---


def _head(words: str, *, before: float = 0.0) -> Para:
    return para(words, bold=True, colour=ACCENT, scale=0.9, before=before, stays=True)


def _quoted(words: str) -> str:
    return words if words[:1] in '“"「' else f"“{words}”"


def _is_low(pieces: Sequence[Piece]) -> bool:
    return sum(height_of(piece, _HEAD_SIZE, FULL) for piece in pieces) <= _LOW


def _questions(questions: Sequence[Asked]) -> list[list[Piece]]:
    """Each question as pieces that stay together."""
    return [_question(each, before=0.9 if place else 0.0) for place, each in enumerate(questions)]


def _question(each: Asked, *, before: float) -> list[Piece]:
    if each.is_hidden:
        return [para(f"{each.number}. {each.untold}", before=before, colour=INK_2, scale=0.8)]
    pieces: list[Piece] = [para(f"{each.number}. {each.stem}（{each.label}）", bold=True, before=before, stays=True)]
    pieces += [para(part.text, mark=f"{part.letter}.", before=0.25, scale=0.9) for part in each.left]
    for place, part in enumerate(each.parts):
        when = gettext("（适用：{when}）").format(when=part.when) if part.when else ""
        gap = 0.6 if each.left and place == 0 else 0.25
        pieces.append(para(part.text + when, mark=f"{part.letter}.", before=gap, scale=0.9))
    if each.kind == QuestionKind.SHORT:
        pieces.append(para(gettext("先自己说一遍。"), colour=INK_2, scale=0.8, before=0.3))
    return pieces


def _answer(each: Asked, *, is_first: bool) -> list[Piece]:
    pieces: list[Piece] = [para(f"{each.number}. {each.stem}", bold=True, before=0.0 if is_first else 1.0, stays=True)]
    pieces += [para(line, mark="√", colour=_OK[0], bold=True, before=0.2) for line in each.answer]
    for part in each.parts:
        if part.why:
            pieces.append(para(f"{part.letter}：{part.why}", scale=0.85, level=1, before=0.15, colour=INK_2))
    if each.explanation:
        pieces.append(para(plain_of(each.explanation), scale=0.9, before=0.3))
    if each.cited:
        pieces.append(_cited(each.cited))
    return pieces


def _reasoning(each: Asked) -> list[str]:
    parts = [f"{each.number}. {each.stem}", *each.answer]
    if each.explanation:
        parts.append(gettext("理由：{words}").format(words=plain_of(each.explanation)))
    return parts + ([_words(each.cited)] if each.cited else [])


def _cited(cited: Cited) -> Para:
    relation = f"{cited.relation}：" if cited.relation else gettext("依据：")
    validity = f"【{cited.validity}】" if cited.validity else ""
    note = f"（{cited.note}）" if cited.note else ""
    return para(
        f"{relation}{cited.text}{validity}{note}", scale=0.85, before=0.3, mark="•", colour=SIGNALS[cited.word][0]
    )


def _words(cited: Cited) -> str:
    validity = f"【{cited.validity}】" if cited.validity else ""
    gist = gettext("（条文大意）") if cited.is_gist else ""
    return f"{cited.text}{validity}\n{cited.words}{gist}".strip()


def _list(case: Case, field: str, label: str, sign: str) -> list[Piece]:
    lines = case.of(field)
    if not lines:
        return []
    colour = _STOP[0] if sign == "×" else ""
    unsure = gettext("（待核）") if field in case.unsure else ""
    head = para(gettext(label) + unsure, bold=True, colour=colour or ACCENT, scale=0.9, before=0.7, stays=True)
    return [head, *(para(line, mark=sign, before=0.25, scale=0.9) for line in lines)]


def _steps(case: Case) -> list[Piece]:
    lines = case.of("handling_steps")
    if not lines:
        return []
    unsure = gettext("（待核）") if "handling_steps" in case.unsure else ""
    head = para(gettext("一步一步") + unsure, bold=True, colour=ACCENT, scale=0.9, stays=True)
    return [head, *(para(line, mark=f"{number}.", before=0.25, scale=0.9) for number, line in enumerate(lines, 1))]


def _who(case: Case) -> list[Piece]:
    if not case.who:
        return []
    unsure = gettext("（待核）") if "who_can_decide" in case.unsure else ""
    return [para(gettext("谁能定：{words}").format(words=case.who) + unsure, scale=0.9, before=0.8, bold=True)]


def _of_markdown(text: str) -> list[Piece]:
    return [piece for block in blocks_of(text) for piece in _of_block(block)]


def _of_block(block: Block) -> list[Piece]:
    if block.kind == "rule":
        return []
    if block.kind == "table":
        return _table(block)
    look: dict[str, object] = {"before": 0.4, "level": block.level if block.kind != "heading" else 0}
    if block.kind == "heading":
        look |= {"bold": True, "colour": ACCENT, "stays": True, "before": 0.8}
    elif block.kind == "bullet":
        look |= {"mark": "•"}
    elif block.kind == "number":
        look |= {"mark": block.mark}
    elif block.kind == "quote":
        look |= {"level": 1, "colour": INK_2}
    return [Para(block.spans, **look)]


def _table(block: Block) -> list[Piece]:
    """A table where each of its rows fits on a slide, else a line for each row."""
    rows = [["".join(span.text for span in cell) for cell in row] for row in block.rows]
    columns = max(map(len, rows), default=0)
    if not columns:
        return []
    filled = tuple((*row, *[""] * (columns - len(row))) for row in rows)
    grid = Grid(filled, (1 / columns,) * columns)
    if columns > 8 or max(row_heights(grid, _SIZES[-1], FULL)) > _BODY.height / 2:
        return [para("　".join(filter(None, row)), before=0.3, mark="•") for row in filled]
    return [grid]


def _plain(piece: Piece) -> str:
    return piece.words if isinstance(piece, Para) else "\n".join("　".join(row) for row in piece.rows)
