"""Made-up personal data in every kind and disguise, and what only looks like it. Nobody's: all of it is drawn by chance."""

import functools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from caselib.core.personal_data import Kind, checks, tables

STARTER = Path(__file__).resolve().parents[2] / "fixtures" / "starter"
LETTERS = "ABCDEFGHJKLMNPQRTUWXY"
_SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
_FULL = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_SENTENCES = (
    "群众留的是{}，请回复",
    "{}",
    "附件里写着（{}）。",
    "窗口记录：{}；当天办结",
    "来信说{}\n第二段",
    "周一{}来过",
)
_PLACES = ("曲阳", "四川北", "人民", "解放", "花园")
_GIVEN = ("小明", "大伟", "丽", "建国", "雪梅", "三丰", "秀英")
_SURNAMES = ("王", "李", "张", "陈", "刘", "欧阳", "徐", "赵", "司马", "郭")


@dataclass(frozen=True, slots=True)
class Planted:
    """A text with one piece of personal data between `start` and `end`."""

    kind: Kind
    text: str
    start: int
    end: int


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _birthday(chance: random.Random) -> str:
    return f"{chance.randint(1930, 2022)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"


def citizen_id(chance: random.Random, area: str = "310109") -> str:
    first = area + _birthday(chance) + _digits(chance, 3)
    return first + checks.id_check(first)


def old_citizen_id(chance: random.Random) -> str:
    return f"310109{chance.randint(20, 99)}0{chance.randint(1, 9)}{chance.randint(10, 28)}123"


def mobile(chance: random.Random) -> str:
    return "1" + chance.choice("3456789") + _digits(chance, 9)


def bank_card(chance: random.Random, *, beginning: str = "62") -> str:
    first = beginning + _digits(chance, chance.choice((15, 18)) - len(beginning))
    return first + checks.luhn_check(first)


def credit_code(chance: random.Random, beginning: str = "92") -> str:
    first = beginning + "310109" + "".join(chance.choice("0123456789" + LETTERS) for _ in range(9))
    return first + checks.credit_check(first)


def organisation_code(chance: random.Random) -> str:
    first = chance.choice(LETTERS) + _digits(chance, 7)
    return f"{first}-{checks.organisation_check(first)}"


def plate(chance: random.Random) -> str:
    tail = chance.choice(("D", "F", "")) + _digits(chance, 5)
    return (
        chance.choice(sorted(tables.words("plate_provinces")))
        + chance.choice(LETTERS)
        + chance.choice(("", "·", " "))
        + tail
    )


def _grouped(number: str, sizes: tuple[int, ...], by: str) -> str:
    parts, place = [], 0
    for size in sizes:
        parts.append(number[place : place + size])
        place += size
    return by.join(part for part in [*parts, number[place:]] if part)


def disguises(chance: random.Random, number: str, *sizes: int) -> list[str]:
    """The ways in which people write, hide or garble one number."""
    by = chance.choice((" ", "-", "·", "—", " - ", "－", "　"))
    unseen = chance.choice("\u200b\u2060\ufeff\u00ad\u200d")
    return [
        number,
        number.translate(_FULL),
        number.translate(_SPOKEN),
        number.translate(_CIRCLED),
        _grouped(number, sizes, by),
        " ".join(number),
        unseen.join(number),
        _grouped(number.translate(_SPOKEN), sizes, by),
        number[:3] + number[3:6].translate(_SPOKEN) + number[6:],
    ]


Maker = Callable[[random.Random], tuple[str, str]]
"""Gives the words before, and the value itself."""


def _in_disguise(make: Callable[[random.Random], str], *sizes: int, before: str = "") -> Maker:
    return lambda chance: (before, chance.choice(disguises(chance, make(chance), *sizes)))


def _name(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + chance.choice(_GIVEN)


def _home(chance: random.Random) -> str:
    number = lambda: str(chance.randint(1, 999))  # noqa: E731
    written = chance.choice(("{}弄{}号{}室", "{}号{}号楼{}室", "{} 弄 {} 号 {} 室", "{}幢{}单元{}室", "{}弄{}号{}户"))
    text = written.format(number(), number(), chance.randint(101, 2404))
    return text.translate(chance.choice((_SPOKEN, _FULL, {})))


MAKERS: dict[Kind, tuple[Maker, ...]] = {
    Kind.CITIZEN_ID: (
        _in_disguise(citizen_id, 6, 8),
        _in_disguise(citizen_id, 4, 4, 4, 4),
        _in_disguise(old_citizen_id, before="身份证号"),
    ),
    Kind.RESIDENCE_PERMIT: (_in_disguise(lambda chance: citizen_id(chance, chance.choice(("810000", "820000", "830000"))), 6, 8),),
    Kind.PERMANENT_RESIDENCE: (
        _in_disguise(lambda chance: citizen_id(chance, "9" + _digits(chance, 5)), 6, 8),
        lambda chance: ("外国人永久居留证", "USA" + _digits(chance, 12)),
    ),
    Kind.PARTLY_MASKED: (
        lambda chance: ("", f"310109********{_digits(chance, 4)}"),
        lambda chance: ("", f"{mobile(chance)[:3]}{chance.choice(('****', '＊＊＊＊', 'xxxx'))}{_digits(chance, 4)}"),
    ),
    Kind.MOBILE: (
        _in_disguise(mobile, 3, 4),
        _in_disguise(mobile, 3, 4, before="手机"),
        lambda chance: ("", chance.choice(("+86 ", "86-", "+86", "0086")) + mobile(chance)),
    ),
    Kind.LANDLINE: (
        lambda chance: ("", chance.choice(("021-", "0571—", "010 ", "（021）", "021")) + chance.choice("56") + _digits(chance, 7)),
        lambda chance: ("联系电话：", chance.choice("56") + "301" + chance.choice(("", "-")) + "47" + _digits(chance, 2)),
    ),
    Kind.BANK_CARD: (
        _in_disguise(bank_card, 4, 4, 4, 4),
        lambda chance: ("卡号", bank_card(chance, beginning="9558")),
    ),
    Kind.CREDIT_CODE: (_in_disguise(credit_code), lambda chance: ("", credit_code(chance, "91").lower())),
    Kind.ORGANISATION_CODE: (lambda chance: ("", organisation_code(chance)),),
    Kind.PLATE: (lambda chance: ("", plate(chance)), lambda chance: ("", plate(chance).lower())),
    Kind.PASSPORT: (
        lambda chance: ("护照", "E" + _digits(chance, 8)),
        lambda chance: ("", chance.choice("GDSPH") + _digits(chance, 8)),
        lambda chance: ("护照号 ", "PE" + _digits(chance, 7)),
    ),
    Kind.TRAVEL_PERMIT: (
        lambda chance: ("往来港澳通行证", "C" + _digits(chance, 8)),
        lambda chance: ("回乡证号：", chance.choice("HM") + _digits(chance, 10)),
        lambda chance: ("台胞证", _digits(chance, 8)),
    ),
    Kind.MILITARY_ID: (lambda chance: ("", f"军字第{_digits(chance, 7)}号"),),
    Kind.INSURANCE_CARD: (lambda chance: ("社保卡号", chance.choice(LETTERS) + _digits(chance, 8)),),
    Kind.HOUSEHOLD: (lambda chance: ("户口簿编号", _digits(chance, 9)),),
    Kind.DRIVING_LICENCE: (lambda chance: ("驾驶证档案编号", "3101" + _digits(chance, 8)),),
    Kind.EMAIL: (
        lambda chance: ("", f"user{_digits(chance, 3)}@example{chance.choice(('.com', '.com.cn', '.org'))}"),
        lambda chance: ("", f"a.b_{_digits(chance, 2)}＠mail.example.com"),
        lambda chance: ("", f"user{_digits(chance, 3)}[at]example.com"),
    ),
    Kind.WECHAT: (
        lambda chance: (chance.choice(("微信号：", "微信：", "V信", "vx ", "wechat:")), f"abc_{_digits(chance, 5)}"),
    ),
    Kind.QQ: (lambda chance: (chance.choice(("QQ", "qq：", "ＱＱ号")), "2" + _digits(chance, 8)),),
    Kind.ADDRESS: (
        lambda chance: (f"住{chance.choice(_PLACES)}路", _home(chance)),
        lambda chance: ("", f"幸福村{chance.randint(1, 20)}组{chance.randint(1, 99)}号"),
    ),
    Kind.WARD: (lambda chance: ("区中心医院", f"{chance.randint(1, 30)}病区{chance.randint(1, 60)}床"),),
    Kind.COURT_CASE: (
        lambda chance: ("", f"（2023）沪0109民初{chance.randint(1, 99999)}号"),
        lambda chance: ("", f"〔2021〕苏02行终{chance.randint(1, 9999)}号"),
    ),
    Kind.TICKET: (
        lambda chance: ("工单编号：", f"SH{_birthday(chance)}{_digits(chance, 6)}"),
        lambda chance: ("受理号", f"2023-{_digits(chance, 4)}-{_digits(chance, 6)}"),
    ),
    Kind.NAME: (
        lambda chance: ("姓名：", _name(chance)),
        lambda chance: ("法定代表人", _name(chance)),
        lambda chance: ("我叫", _name(chance)),
    ),
    Kind.BIRTH_DATE: (lambda chance: ("出生日期：", f"{chance.randint(1930, 2020)}年{chance.randint(1, 12)}月{chance.randint(1, 28)}日"),),
    Kind.EXACT_AMOUNT: (lambda chance: ("报销", f"{chance.randint(100, 99999)}.{chance.randint(1, 9)}{chance.randint(1, 9)}"),),
}  # fmt: skip
_BEHIND = {Kind.EXACT_AMOUNT: "元", Kind.NAME: "的身份证"}


def planted(count: int = 500, *, seed: int = 1) -> Iterator[Planted]:
    """Texts with personal data: every kind in turn, its makers, disguises and sentences by chance."""
    chance = random.Random(seed)  # noqa: S311 - the same samples in every run, no secret
    kinds = list(MAKERS)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        before, value = chance.choice(MAKERS[kind])(chance)
        opening, closing = chance.choice(_SENTENCES).split("{}")
        start = len(opening + before)
        yield Planted(kind, opening + before + value + _BEHIND.get(kind, "") + closing, start, start + len(value))


def _matter_code(chance: random.Random) -> str:
    return (credit_code(chance, "11")[:17] + chance.choice(("2000", "3000", "4000")) + _digits(chance, 11))[:31].ljust(
        31, "0"
    )


_NO_NAMES = (
    "高龄女士", "工作人员同志", "老同志", "法定代表人变更", "申请人身份证", "双方身份证", "联系人电话", "业主大会", "常用电话",
    "本人电话", "股东会决议", "申请人向窗口提交", "行业主管部门", "单位电话", "马上打电话", "父亲去世", "配偶的身份证",
)  # fmt: skip
LOOK_ALIKES: tuple[Callable[[random.Random], str], ...] = (
    _matter_code,
    lambda chance: "000" + _digits(chance, 9),
    lambda chance: f"310109-{chance.randint(2019, 2026)}-D{chance.randint(1, 30):02d}-{chance.randint(1, 9999):04d}",
    lambda chance: f"{chance.choice(('国办发', '沪府规', '国市监注', '虹府办'))}〔{chance.randint(2009, 2026)}〕{chance.randint(1, 199)}号",
    lambda chance: f"国务院令第{chance.randint(100, 800)}号",
    lambda chance: f"GB/T {chance.randint(1000, 40000)}-{chance.randint(1999, 2025)}",
    lambda chance: f"DB31/T {chance.randint(100, 1500)}—{chance.randint(1999, 2025)}",
    lambda chance: f"邮编{chance.randint(200000, 202999)}",
    lambda chance: f"{chance.randint(1990, 2026)}年{chance.randint(1, 12)}月{chance.randint(1, 28)}日",
    lambda chance: f"{chance.randint(1990, 2026)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d} {chance.randint(8, 17):02d}:30",
    lambda chance: f"{chance.randint(13, 18)}至{chance.randint(19, 60)}周岁",
    lambda chance: f"13-15 2024-10-{chance.randint(1, 9)}",
    lambda chance: chance.choice(("拨打12345", "电话12333", "热线021-12345", "12366", "打110", "联系电话12315")),
    lambda chance: f"{chance.randint(1, 999)}万元",
    lambda chance: f"{mobile(chance)}元",
    lambda chance: f"{chance.randint(1000, 99999)}00元",
    lambda chance: f"{chance.randint(10, 9999)}.{_digits(chance, 2)}平方米",
    lambda chance: f"第{'一二三四五六七八九'[chance.randint(0, 8)]}十{'一二三四五六七八九'[chance.randint(0, 8)]}条第二款第（三）项",
    lambda chance: f"第{chance.randint(1, 200)}条",
    lambda chance: "二〇二" + "一二三四五六"[chance.randint(0, 5)] + "年十二月三十一日",
    lambda chance: f"{chance.choice(_PLACES)}路街道办事处",
    lambda chance: f"行政服务中心{chance.randint(1, 9)}号楼{chance.randint(101, 399)}室",
    lambda chance: f"{chance.randint(1, 99)}号窗口",
    lambda chance: f"{chance.choice(_SURNAMES[:5])}某{chance.choice(('', '某'))}",
    lambda chance: chance.choice(_NO_NAMES),
    lambda chance: f"{_digits(chance, 18)}",
    lambda chance: f"{chance.randint(2015, 2026)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}{_digits(chance, 8)}",
    lambda chance: f"{chance.randint(1, 9)}.{_digits(chance, 11)}",
    lambda chance: f"接口文档v{chance.randint(1, 9)}.{chance.randint(0, 99)}",
    lambda chance: "hall" + _digits(chance, 2) + "@sh.gov.cn",
)  # fmt: skip


def look_alikes(count: int = 500, *, seed: int = 2) -> Iterator[str]:
    """Texts without personal data: every look-alike in turn, sentences by chance."""
    chance = random.Random(seed)  # noqa: S311 - the same samples in every run, no secret
    for number in range(count):
        yield chance.choice(_SENTENCES).replace("{}", LOOK_ALIKES[number % len(LOOK_ALIKES)](chance))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


@functools.cache
def starter_texts() -> tuple[tuple[str, str], ...]:
    """Every text of the starter library, with the name of its file."""
    return tuple(
        (path.name, text)
        for path in sorted(STARTER.rglob("*.yaml"))
        for text in _texts(yaml.safe_load(path.read_text(encoding="utf-8")))
    )
