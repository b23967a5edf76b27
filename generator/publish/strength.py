"""Estimate how many guesses a passphrase withstands, using zxcvbn.

zxcvbn finds words, dates, keyboard rows, sequences and repeats. A passphrase is examined in several ways,
since each can reveal what the others miss: as it is, without the separator between its words, word by word,
without doubled letters, as two interleaved strings, and as pinyin syllables.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

SHORTEST = 12
"""Characters of a passphrase."""
STRENGTH = 12
"""Required strength, as log10 of guesses: a random character counts 1, so 12 of them are enough."""
CHANCE = 4
"""Length of a word, keyboard row or repeat that random text may contain by chance."""
LETTERS = 7
"""Length of letters and digits in random text that may be words by chance."""
MEASURED = 72
"""Number of characters that are examined; more make a passphrase no weaker and take long."""
ADVICE = "use six words drawn by dice, or 16 random characters: who has the folder can guess without limit"
SIGNS = 0.5
"""log10 of guesses for the separator between words, or for another change of the whole."""
SYLLABLE = 1.7
"""log10 of guesses for a pinyin syllable among others, as words make some likely."""
KNOWN = """
correct horse battery staple
to be or not to be that is the question
may the force be with you
the quick brown fox jumps over the lazy dog
it was the best of times it was the worst of times
in the beginning god created the heaven and the earth
i think therefore i am
all your base are belong to us
winter is coming
live long and prosper
twinkle twinkle little star how i wonder what you are
my very educated mother just served us nine pizzas
oh be a fine girl kiss me
billions and billions
ad astra per aspera
per aspera ad astra
houston we have a problem
one small step for man one giant leap for mankind
we are all made of star stuff
never gonna give you up
lorem ipsum dolor sit amet consectetur
sphinx of black quartz judge my vow
pack my box with five dozen liquor jugs
open sesame
let me in please
do not open without permission
this is my password
this is a secret passphrase
trustno one
zero one two three four five six seven eight nine ten eleven twelve
alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu
mercury venus earth mars jupiter saturn uranus neptune pluto
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
red orange yellow green blue indigo violet
do re mi fa sol la ti do
tian xia di yi
ren min gong he guo
wo ai ni
ni hao shi jie
chuang qian ming yue guang yi shi di shang shuang
yi er san si wu liu qi ba jiu shi
zhong guo ke xue yuan guo jia tian wen tai
guo jia tian wen tai
zhong hua ren min gong he guo
床前明月光 疑是地上霜 举头望明月 低头思故乡
白日依山尽 黄河入海流 欲穷千里目 更上一层楼
天地玄黄 宇宙洪荒 日月盈昃 辰宿列张
赵钱孙李 周吴郑王 冯陈褚卫 蒋沈韩杨
人之初 性本善 性相近 习相远
一二三 四五六 七八九 十百千 万
甲乙丙丁 戊己庚辛 壬癸
子丑寅卯 辰巳午未 申酉戌亥
好好学习 天天向上
我爱北京天安门 天安门上太阳升
中华人民共和国
中国科学院 国家天文台
郭守敬望远镜
大天区面积多目标光纤光谱天文望远镜
tr0ub4dor 3
troubador 3
3 1415926535 8979323846 2643383279
2 7182818284 5904523536 0287471352
1 4142135623 7309504880
1 6180339887 4989484820
1 1 2 3 5 8 13 21 34 55 89 144 233 377
2 3 5 7 11 13 17 19 23 29 31 37 41 43 47
1 4 9 16 25 36 49 64 81 100 121 144
1 2 4 8 16 32 64 128 256 512 1024 2048 4096
299792458
6 02214076
4 8 15 16 23 42
password secret passphrase astronomy astronomer galaxy telescope spectrum spectra spectroscopy spectroscopic
survey catalogue catalog release data observatory universe redshift quasar pulsar supernova nebula
lamost guoshoujing sdss boss apogee gaia desi galah
"""
"""Sayings, lists and numbers that attackers try first; the beginning of each is equally well known."""
_INITIAL = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
_FINAL = (
    "(?:iang|iong|uang|iao|ian|ing|uai|uan|ang|eng|ong|ai|ei|ao|ou|an|en|er|ia|ie|iu|in|ua|uo|ui|un|ue|ve"
    "|a|o|e|i|u|v)"
)
_SYLLABLE = re.compile(_INITIAL + _FINAL)
LONGEST_SYLLABLE = 6
WITH_NUMBER = re.compile(r"([^\W\d_]{3,})(\d{1,4})")
YEAR = re.compile(r"(19|20)\d\d")


def weakness(passphrase: str, near: Sequence[str] = ()) -> str:
    """Why a passphrase is weak; "" if it is not. `near` are words that an attacker would try first."""
    words = unicodedata.normalize("NFKC", passphrase).strip()
    if len(words) < SHORTEST:
        return f"has fewer than {SHORTEST} characters"
    words = words[:MEASURED]
    first = [one for one in map(_plain, near) if len(one) > 1]
    tried = tuple(dict.fromkeys([*first, *_known()]))
    power, why = _pieces(words, tried)
    power = min(power, *_seen_otherwise(words, tried), math.inf)
    if power >= STRENGTH:
        return ""
    why = f" ({why[0].lower()}{why[1:]})" if why else ""
    return f"is weak{why}: about 10^{int(power)} guesses find it, where 10^{STRENGTH} should not"


def _seen_otherwise(words: str, tried: Sequence[str]) -> Iterator[float]:
    """log10 of guesses for transformed versions of a passphrase."""
    once = " ".join(dict.fromkeys(words.split()))
    if len(once) < len(words):
        yield _pieces(once, tried)[0] + SIGNS
    signs = re.findall(r"[\W_]+", words)
    parts = [part for part in re.split(r"[\W_]+", words) if part]
    kinds = len({sign.strip() or sign[:1] for sign in signs})
    between = SIGNS * (kinds if kinds < 2 else kinds + len(signs))
    joined = "".join(parts)
    if len(joined) <= LETTERS or (kinds > 1 and sum(map(len, signs)) > len(joined) / 3):
        return
    yield _known_pieces(joined, tried) + between
    yield _by_word(parts, tried) + between
    single = "".join(letter for letter, _ in groupby(joined))
    if len(single) <= 2 * len(joined) / 3:
        yield _pieces(single, tried)[0] + between + SIGNS
    halves = joined[::2], joined[1::2]
    yield sum(_known_pieces(half, tried, 0) for half in halves) + between + SIGNS
    yield _syllables(parts, tried) + between


def _by_word(parts: Sequence[str], tried: Sequence[str]) -> float:
    """log10 of guesses word by word, from the frequency rank of each; repeated words count little."""
    power, unknown, seen = 0.0, 0, set()
    apart = [piece for part in parts for piece in _apart(part)]
    for part in apart:
        plain = part.casefold()
        known = _ranks().get(plain, _place(plain, tried))
        own = math.log10(known) + SIGNS if known else _known_pieces(part, tried)
        if YEAR.fullmatch(part):
            own = min(own, 2.0)
        elif own == math.inf:
            own, unknown = _pieces(part, tried)[0], unknown + len(part)
        power += SIGNS if plain in seen else own
        seen.add(plain)
    return power if 2 * unknown <= sum(map(len, parts)) else math.inf


def _apart(part: str) -> list[str]:
    """Split a word from the number at its end."""
    found = WITH_NUMBER.fullmatch(part)
    return list(found.groups()) if found else [part]


def _syllables(parts: Iterable[str], tried: Sequence[str]) -> float:
    """log10 of guesses as pinyin syllables and numbers; infinite if there is anything else."""
    power = 0.0
    for run in (run for part in parts for run in re.findall(r"[a-z]+|\d+|.", part.casefold())):
        if run.isdigit():
            power += min(_pieces(run, tried)[0], len(run))
        else:
            power += SYLLABLE * _fewest_syllables(run)
    return power


def _fewest_syllables(text: str) -> float:
    fewest = [0.0] + [math.inf] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(end - LONGEST_SYLLABLE, 0), end):
            if _SYLLABLE.fullmatch(text, start, end):
                fewest[end] = min(fewest[end], fewest[start] + 1)
    return fewest[-1]


def _known_pieces(text: str, tried: Sequence[str], most: float = 0.5) -> float:
    """log10 of guesses as it is; infinite if more than the share `most` consists of unknown characters."""
    found = _found(text, tried)["sequence"]
    unknown = sum(len(one["token"]) for one in found if one["pattern"] == "bruteforce")
    return _guesses(found) if unknown <= most * len(text) else math.inf


def _pieces(text: str, tried: Sequence[str]) -> tuple[float, str]:
    """log10 of guesses, and zxcvbn's warning about the passphrase."""
    found = _found(text, tried)
    return _guesses(found["sequence"]), str(found["feedback"]["warning"] or "").rstrip(".")


def _found(text: str, tried: Sequence[str]) -> dict[str, Any]:
    from zxcvbn import zxcvbn

    if not text:
        return {"sequence": [], "feedback": {"warning": ""}}
    found: dict[str, Any] = zxcvbn(text, user_inputs=list(tried))
    return found


def _guesses(pieces: list[dict[str, Any]]) -> float:
    """log10 of guesses that find all the pieces zxcvbn recognizes in a passphrase.

    zxcvbn's own total adds as much for four pieces as for 12 random letters, whatever the pieces are, and
    counts less for random text in which three letters happen to be a word.
    """
    unknown = sum(len(one["token"]) for one in pieces if one["pattern"] == "bruteforce")
    random = 2 * unknown > sum(len(one["token"]) for one in pieces)
    power = 0.0
    for one in pieces:
        most = 2 if one.get("dictionary_name") == "user_inputs" else CHANCE
        chance = random and len(one["token"]) <= most
        by_letter = chance or one["pattern"] == "bruteforce"
        power += len(one["token"]) if by_letter else float(one["guesses_log10"])
    return power


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


@functools.cache
def _known() -> tuple[str, ...]:
    """Sayings without spaces, their beginnings of two or more words, and their longer words."""
    found: dict[str, None] = {}
    for line in KNOWN.strip().splitlines():
        words = line.split()
        for end in range(len(words), 1, -1):
            found[" ".join(words[:end])] = None
        found |= {word: None for word in words if len(word) > CHANCE}
    return tuple(dict.fromkeys(one for one in map(_plain, found) if len(one) > CHANCE))


def _place(word: str, tried: Sequence[str]) -> int:
    return tried.index(word) + 1 if word in tried else 0


@functools.cache
def _ranks() -> dict[str, int]:
    """The best rank of each word in any list."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    ranks: dict[str, int] = {}
    for words in FREQUENCY_LISTS.values():
        for place, word in enumerate(words, 1):
            ranks[word] = min(ranks.get(word, place), place)
    return ranks
