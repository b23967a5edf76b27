"""Passphrases that resist guessing: not known ones, patterns, or words of the release."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from drportal.publish.sealed_release import words_near
from drportal.publish.strength import ADVICE, weakness

from ..sealed_portal import Edition

NEAR = ["dr8", "v1", "partners", "LAMOST"]
REFUSED = """
correcthorsebatterystaple
correct horse battery staple
Correct-Horse-Battery-Staple!
tobeornottobe
to be or not to be that is the question
may the 4th be with you
thequickbrownfoxjumps
we are all made of star stuff
abc def ghi jkl
abc-def-ghi-jkl
a b c d e f g h i j k l
p.a.s.s.w.o.r.d.1.2.3
one two three four five six
mondaytuesday
january february
a1b2c3d4e5f6
1a2b3c4d5e6f
aabbccddeeff
aaabbbcccdddeee
112233445566
abcabcabcabc
1234abcd5678efgh
qazwsxedcrfv
1qaz2wsx3edc4rfv
zaq1xsw2cde3
qwer tyui op as df
!@#$%^&*()_+
woaini1314520
woaizhongguo
zhongguokexueyuan
guojiatianwentai
GuoJia TianWenTai
beijingtianwentai
xiaomingxiaohong
tianxiadiyi888
3.14159265358979
271828182845904
4815162342 4815162342
lamost-dr8-v1.0-2024
LAMOST DR8 partners
partners2024lamost
astronomy2024!!
SpectroscopicSurvey
drowssap drowssap
Tr0ub4dor&3Tr0
Summer2024!Winter2025!
zhongguokexueyuanguojiatianwentai
e=mc^2 e=mc^2
床前明月光疑是地上霜举头望明月
一二三四五六七八九十百千
1q2w3e4r5t6y
aAbBcCdDeEfF
abc123def456ghi789
god save the queen
P@ssw0rdP@ssw0rd
""".strip().splitlines()


@pytest.mark.parametrize("passphrase", REFUSED)
def test_what_is_tried_first_is_refused(passphrase: str) -> None:
    assert weakness(passphrase, NEAR).startswith("is weak")


@pytest.mark.parametrize(
    ("passphrase", "why"),
    [
        ("short", "fewer than 12 characters"),
        ("  short      ", "fewer than 12 characters"),
        ("aaaaaaaaaaaaaaaaaaaa", "is weak (repeats like"),
        ("a" * 5000, "is weak"),
        ("lamostlamostlamostlamost", "is weak"),
        ("password password", "is weak"),
        ("qwertyuiopasdf", "is weak"),
        ("january2026january", "is weak"),
        ("12345678901234567890", "is weak"),
        ("ＰＡＳＳＷＯＲＤ１２３４", "is weak"),  # as wide letters, which are the same passphrase
        ("dr8v1partners", "is weak"),
        ("sieben Äpfel, neun Nüsse", ""),
        ("glacier umbrella tonic saffron drift", ""),
        ("password1234", "is weak"),
        ("Lamost2024!!", "is weak"),
        ("LAMOST DR10 v2.0", "is weak"),  # four known pieces
        ("qwertyuiop123", "is weak"),
        ("xK3#xK3#xK3#", "is weak (repeats like"),
        ("20240101-20241231", "is weak"),
        ("november 29 2026", "is weak"),
        ("dr8 v1 partners", "is weak"),
        ("x7Kq9!mZpQ2rT4", ""),
        ("x7Kq9amZpQ2r", ""),
        ("rDWbPLHeUezQ", ""),  # with three letters beside each other on a keyboard
        ("dTNTNQHBlJi5", ""),  # with two letters twice
        ("h0ni53d6lil4", ""),  # with a name
        ("trumpet maple orbit lantern", ""),
        ("trumpetmapleorbitlantern", ""),
        ("七个苹果九个坚果三杯茶一本书两盏灯", ""),
        ("glacier umbrella tonic saffron drift " * 300, ""),
    ],
)
def test_passphrases_are_measured_by_what_guesses_they_withstand(passphrase: str, why: str) -> None:
    found = weakness(passphrase, NEAR)
    assert why in found if why else found == ""


@pytest.mark.not_quick
def test_what_the_advice_says_is_always_accepted() -> None:
    assert "six words" in ADVICE and "16 random characters" in ADVICE
    chance = random.Random(20)
    common = [w for w in FREQUENCY_LISTS["english_wikipedia"] if w.isalpha() and 4 <= len(w) <= 8][:7776]
    for signs in (" ", "", "-"):
        for _ in range(12):
            words = signs.join(chance.choice(common) for _ in range(6))
            assert weakness(words, NEAR) == "", words
    letters = string.ascii_letters + string.digits
    for some in (letters, string.ascii_lowercase, letters + string.punctuation, "0123456789abcdef"):
        for _ in range(12):
            made = "".join(chance.choice(some) for _ in range(16))
            assert weakness(made, NEAR) == "", made


def test_the_words_of_a_release_are_tried_first(edition: Edition) -> None:
    """Its address, its name, and the titles of its pages."""
    near = words_near(edition.release)
    assert {"v1"} <= {word.casefold() for word in near}
    title = (edition.release / "index.html").read_text().partition("<title>")[2].partition("</title>")[0]
    assert len(title) > 20 and weakness(title, near).startswith("is weak"), title


def test_letters_of_other_scripts_are_measured_too(tmp_path: Path) -> None:
    assert weakness("ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　ｂａｔｔｅｒｙ　ｓｔａｐｌｅ")
    assert weakness("。。。。。。。。。。。。。") and weakness("            \t      x")
    assert not weakness("云 鲸 钟 蓝 门 河 书 火 石 月 桥 灯 海 松")
