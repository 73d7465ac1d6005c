"""Made-up values of every kind in privacy rules, in every way of writing them. Nobody's: all are drawn by chance.

Check digits are worked out here a second time, so that a slip in the product's own arithmetic shows.
"""

import random
from collections.abc import Callable, Iterable

UNSEEN = "\u200b\u200d\u2060\ufeff\u00ad"
_FULL = str.maketrans("".join(map(chr, range(0x21, 0x7F))), "".join(map(chr, range(0xFF01, 0xFF5F))))
_NUMERALS = ("零一二三四五六七八九", "〇一二三四五六七八九", "零幺二三四五六七八九")
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_AREAS = ("110105", "310109", "310115", "320508", "330106", "340104", "440305", "510107", "610113", "650102")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "慕容", "司徒", "令狐")
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛超霞平刚桂英玉兰建华志明秀珍海燕雪梅春红晓东国庆文斌俊峰婷浩宇欣怡子轩梓涵"

Make = Callable[[random.Random], str]


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def day(chance: random.Random, first: int = 1935, last: int = 2021) -> tuple[int, int, int]:
    return chance.randint(first, last), chance.randint(1, 12), chance.randint(1, 28)


def full_width(text: str) -> str:
    return text.translate(_FULL)


def spelt(chance: random.Random, text: str) -> str:
    return text.translate(str.maketrans("0123456789", chance.choice(_NUMERALS)))


def hidden(chance: random.Random, text: str) -> str:
    """With characters inside that nobody sees."""
    letters = list(text)
    for at in sorted(chance.sample(range(1, len(letters)), chance.randint(1, 3)), reverse=True):
        letters.insert(at, chance.choice(UNSEEN))
    return "".join(letters)


def grouped(chance: random.Random, text: str, sizes: Iterable[int]) -> str:
    by = chance.choice((" ", "-", "·", "－", "\u00a0", "—"))
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return by.join(part for part in [*parts, text[at:]] if part)


def citizen(chance: random.Random, area: str = "") -> str:
    first = (area or chance.choice(_AREAS)) + "{}{:02d}{:02d}".format(*day(chance)) + digits(chance, 3)
    total = sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(first))
    return first + "10X98765432"[total % 11]


def citizen_15(chance: random.Random) -> str:
    year, month, date = day(chance, 1930, 1999)
    return f"{chance.choice(_AREAS)}{year % 100:02d}{month:02d}{date:02d}{digits(chance, 3)}"


def luhn(first: str) -> str:
    doubled = [int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(first))]
    return first + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def union_pay(chance: random.Random, length: int) -> str:
    begin = chance.choice(("622202", "621700", "622848", "621661", "625912", "620522"))
    return luhn(begin + digits(chance, length - 1 - len(begin)))


def credit(chance: random.Random) -> str:
    first = chance.choice(("91310109", "92310109", "91110105", "52310000", "93330106"))
    first += "".join(chance.choice(_CREDIT) for _ in range(9))
    total = sum(_CREDIT.index(letter) * pow(3, at, 31) for at, letter in enumerate(first))
    return first + _CREDIT[(31 - total % 31) % 31]


def organisation(chance: random.Random) -> str:
    first = chance.choice("ABDEHKMPX") + digits(chance, 7)
    total = sum(int(letter, 36) * weight for letter, weight in zip(first, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return f"{first}-{'0X987654321'[total % 11]}"


def mobile(chance: random.Random) -> str:
    return "1" + chance.choice("3456789") + digits(chance, 9)


def line(chance: random.Random) -> tuple[str, str]:
    """Area code and number of a fixed line."""
    area = chance.choice(("010", "021", "022", "025", "0512", "0571", "0755", "0991"))
    return area, chance.choice("5678") + digits(chance, 7)


def plate(chance: random.Random) -> str:
    return chance.choice("京津沪渝冀豫云辽皖鲁苏浙赣鄂晋蒙陕吉闽贵粤川宁琼") + chance.choice("ABCDEFGHJKLMN")


def surname(chance: random.Random) -> str:
    return chance.choice(_COMPOUND) if chance.random() < 0.1 else chance.choice(_SURNAMES)


def name(chance: random.Random) -> str:
    return surname(chance) + "".join(chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2))))


def disguised(make: Make, *sizes: int, numerals: bool = False) -> tuple[Make, ...]:
    """Plain, full width, with unseen characters, in groups, every digit by itself, and with Chinese numerals."""
    ways: tuple[Make, ...] = (
        make,
        make,
        lambda chance: full_width(make(chance)),
        lambda chance: hidden(chance, make(chance)),
        lambda chance: grouped(chance, make(chance), sizes),
        lambda chance: " ".join(make(chance)),
        lambda chance: hidden(chance, grouped(chance, full_width(make(chance)), sizes)),
    )
    if numerals:
        return (
            *ways,
            lambda chance: spelt(chance, make(chance)),
            lambda chance: grouped(chance, spelt(chance, make(chance)), sizes),
        )
    return ways
