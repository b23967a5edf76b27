"""Chinese pages use one word for one thing, the one of the astronomical dictionary, and full-width marks."""

import ast
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
    "行对": "记录对",
    "每一行": "每条记录",
    "该行": "该记录",
    "三行": "三条记录",
    "占一行": "为一条",
    "中的行": "中的记录",
    "任何行": "任何记录",
    "百万行": "百万条记录",
    "行数": "记录数",
    "搜索页": "检索页",
    "搜索将": "检索将",
    "交叉匹配": "交叉证认",
    "标记位": "掩码",
    "已弃用": "不建议使用",
    "已过时": "已被取代",
    "合作伙伴": "合作者",
    "团队内部": "工作组内部",
    "每一端": "每个光谱臂",
    "两端，": "两臂，",
    "首个观测夜": "首次观测日期",
    "最后观测夜": "末次观测日期",
    "在天空中": "在天球上",
    "天空中的": "天区",
    "满足所有条件": "符合全部条件",
    "满足对": "符合对",
    "你": "您",
    "……": "…",
}


HAN = re.compile("[\u4e00-\u9fff]")
# A value, then 行: but not the line of a file, which is 第 {} 行.
ROWS = re.compile(r"(?<!第 )\{\w*\}+ 行")


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


def constants_of(file: Path) -> Iterator[str]:
    """The Chinese in the strings of a Python module; values that are filled in are {}."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def chinese_texts() -> Iterator[tuple[str, str]]:
    """Where each Chinese text of the themes, documents, releases and column lists is, and the text."""
    for file in sorted((ROOT / "themes").rglob("zh/**/*.po")):
        for message in read_po(file.open("rb")):
            if message.id:
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                yield from ((f"{file.name}:{message.lineno}", text) for text in texts)
    starters = [ROOT / "generator" / "starter", *(ROOT / "generator" / "starters").glob("*")]
    for folder in [ROOT / "content", ROOT / "releases", *starters]:
        for file in sorted(folder.rglob("*.zh.md")):
            yield from ((f"{file.name}:{n}", text) for n, text in enumerate(file.read_text().splitlines(), 1))
    for file in sorted((ROOT / "generator" / "differences").glob("*.py")):
        yield from ((file.name, text) for text in constants_of(file) if HAN.search(text))
    tables = [
        *(ROOT / "releases").rglob("*.toml"),
        *(ROOT / "generator").glob("[!c]*/**/*.toml"),
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
    wrong += [f"{at}: 行 -> 条记录: {text}" for at, text in found if ROWS.search(text)]
    assert not wrong, "\n".join(wrong)


def test_marks_inside_chinese_are_full_width() -> None:
    narrow = re.compile(
        r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]|[\u4e00-\u9fff] \(|\.\.\.[\u4e00-\u9fff]"
    )
    # Code, links, and what is quoted to be written as it is, keep their own marks.
    code = re.compile(r"`[^`]*`|\]\([^)]*\)|\$[^$]*\$|“[^”]*”")
    wrong = [f"{at}: {text}" for at, text in chinese_texts() if narrow.search(code.sub("", text))]
    assert not wrong, "\n".join(wrong)


def test_every_top_word_of_the_list_of_ucds_has_a_meaning_in_chinese() -> None:
    words = tomllib.loads((ROOT / "generator/standards/ucds.zh.toml").read_text(encoding="utf-8"))
    assert {word.split(".")[0] for word in words} <= words.keys()
