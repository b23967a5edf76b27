"""Chinese pages use one word for one thing, the one of the astronomical dictionary, and full-width marks."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]

# Words that a reader stumbles over, and the word to use.
BETTER = {
    "约化儒略": "简化儒略",
    "修正儒略": "简化儒略",
    "子类": "次型",
    "流水线": "数据处理程序",
    "波段臂": "光谱臂",
    "蓝端": "蓝臂",
    "红端": "红臂",
    "标识": "编号",
    "行星表": "条星表记录",
    "第〇版": "v0 版",
    "用于别处": "在其他软件中使用",
    "不是数": "请输入数值",
    "上下颠倒": "下限大于上限",
    "没有行": "没有记录",
    "此处为 1": "指定波长处归一为 1",
    "下限剔除": "低于（σ）剔除",
    "上限剔除": "高于（σ）剔除",
    "中值": "中位数",
    "无权重": "无效",
    "视野": "显示范围",
    "天空位置": "天球位置",
    "首夜": "首末观测日期",
    "末个观测夜": "首末观测日期",
    "观测之夜的日期": "观测日期（当晚）",
    "还出现在": "相关位置",
    "您是否要写": "您是不是要输入",
    "将要写出": "内容预览",
    "写成电子邮件": "用邮件发送",
    "你": "您",
    "……": "…",
}


def texts_of(value: object, chinese: bool = False) -> Iterator[str]:
    """The Chinese texts in what a TOML file says: values of `zh` keys."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from texts_of(part, chinese or key == "zh")
    elif isinstance(value, list):
        for part in value:
            yield from texts_of(part, chinese)
    elif isinstance(value, str) and chinese:
        yield value


def chinese_texts() -> Iterator[tuple[str, str]]:
    """Where each Chinese text of the themes, documents, releases and column lists is, and the text."""
    for file in sorted((ROOT / "themes").rglob("zh/**/*.po")):
        for message in read_po(file.open("rb")):
            if message.id:
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                yield from ((f"{file.name}:{message.lineno}", text) for text in texts)
    for file in sorted((ROOT / "content").rglob("*.zh.md")) + sorted((ROOT / "releases").rglob("*.zh.md")):
        yield from ((f"{file.name}:{n}", text) for n, text in enumerate(file.read_text().splitlines(), 1))
    tables = [
        *(ROOT / "releases").rglob("*.toml"),
        *(ROOT / "generator").glob("[!c]*/*.toml"),
        ROOT / "portal.toml",
    ]
    for file in sorted(tables):
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        yield from (
            (str(file.relative_to(ROOT)), text) for text in texts_of(found, file.name.endswith(".zh.toml"))
        )


def test_no_word_that_readers_stumble_over_comes_back() -> None:
    found = list(chinese_texts())
    assert len(found) > 1500
    wrong = [
        f"{at}: {word} -> {better}: {text}"
        for at, text in found
        for word, better in BETTER.items()
        if word in text
    ]
    assert not wrong, "\n".join(wrong)


def test_marks_inside_chinese_are_full_width() -> None:
    file = ROOT / "themes/default/locale/zh/LC_MESSAGES/drportal.po"
    narrow = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]")
    wrong = [
        text
        for at, text in chinese_texts()
        if at.startswith(file.name) and narrow.search(re.sub(r"“[^”]*”", "", text))
    ]
    assert not wrong
