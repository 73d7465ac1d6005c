"""What a pasted ticket asks: the sentences that tell the trouble, without salutations, ticket numbers and telephones.

A long text blurs a question: its labels, thanks and promises to call back are words as good as the trouble's own.
Whatever the text is, reading it takes no more than some 50 ms.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from caselib.core.text import clean, normalise
from caselib.search.analysis import stop_words, tokenize
from caselib.search.engine.port import WORDS, EngineError
from caselib.search.lexicon import facts, subjects
from caselib.search.live import live_engine

# More of a text than this is not read.
LONGEST = 20_000
# A text up to this length is a question by itself.
PLAIN = 150
# What is asked with: so many characters, and so many sentences for closeness by meaning.
ESSENCE_LENGTH = 400
CLOSEST = 3
# A sentence is parted at its commas where it is longer than the first, anywhere where it is longer than the second.
_LONG, _LONGEST = 48, 80
_SHORTEST = 5
# So many sentences are read for facts and subjects, those with most in them: 20 µs a character.
_MOST_READ = 30

_ENDS = re.compile(r"[。!?！？;；\n\r…~～|]+|(?=[【\[])|(?<=[】\]])")
_COMMAS = re.compile(r"[,，、:：]+")
_MARKUP = re.compile(r"<[^<>\n]{0,200}>|&[a-z]{2,8};|https?://[^\s，。]{1,200}|[\w.]{1,60}@[\w.]{1,60}")
# Numbers of tickets and telephones, times, what was masked.
_NUMBERS = re.compile(r"[a-z]{0,4}[\d*#＊][\d*#＊-]{5,}[\d*#＊]|\d{1,2}:\d{2}(?::\d{2})?|\d{4}-\d{1,2}-\d{1,2}")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# Who speaks or what stands in a field of a form.
_LABEL = re.compile(
    r"^(?:[【\[][^】\]]{0,20}[】\]])?\s*(?:话务员|坐席|客服|接线员|市民|群众|来电人|诉求人|反映人|当事人|投诉人|留言人|申请人"
    r"|窗口(?:人员|工作人员)?|工作人员|诉求(?:内容|描述)?|反映(?:内容)?|事项|内容|标题|主题|备注|情况说明|问题描述"
    r"|网络留言|热线记录|留言|来信|主要内容|具体诉求)(?:\([^)]{0,12}\))?\s*[:：]"
)
