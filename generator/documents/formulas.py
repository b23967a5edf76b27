"""LaTeX formulas to MathML, which browsers typeset without scripts or extra fonts."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")
RELATIONS = frozenset("=≈≃∼<>≤≥≪≫∝≡→∈")
"""Operators with space around them."""
UPRIGHT = re.compile(r"\\mathrm\{([A-Za-z]+)\}")
BRACES = re.compile(r"\\.|[{}]")


def to_mathml(formula: str, *, display: bool) -> str:
    """Convert one formula; `display` for one in a paragraph of its own.

    Raises ValueError saying what is wrong with it.
    """
    from latex2mathml import converter  # slow to import, and most builds meet no new formula

    depth = 0
    for match in BRACES.finditer(formula):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth < 0:
            break
    if depth:
        raise ValueError("has an unmatched { or }")
    # The converter would write upright words letter by letter, and a single letter in italics.
    upright = UPRIGHT.sub(r"\\text{\1}", formula)
    try:
        element = converter.convert_to_element(upright, display="block" if display else "inline")
    except Exception as error:
        # The converter has an exception class for each mistake, without a common base.
        name = type(error).__name__.removesuffix("Error")
        raise ValueError(f"cannot be read ({re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name).lower()})") from error
    for node in element.iter():
        # The converter leaves character references in its texts, as if they were parsed as markup later.
        node.text = html.unescape(node.text) if node.text else None
        if node.tag in ("mi", "mo") and node.text:
            unknown = COMMAND.match(node.text)
            if unknown:
                raise ValueError(f"uses {unknown[0]}, which is not supported")
            if node.text == "&" and r"\&" not in formula:
                raise ValueError(r"uses & outside a matrix, cases or align* environment")
    element.attrib.pop("xmlns", None)
    return str(ElementTree.tostring(element, encoding="unicode"))


def in_one_line(mathml: str) -> str:
    """A formula as text on one line, for excerpts: (a+b)/2, x_i^2, √(a+b)."""
    # The only named reference that HTML writes and XML does not know.
    return _line(ElementTree.fromstring(mathml.replace("&nbsp;", "\u00a0")))


def _line(element: ElementTree.Element) -> str:
    name = element.tag.rpartition("}")[2]
    parts = [_line(child) for child in element]
    match name, parts:
        case "mfrac", [above, below]:
            return f"{_group(above)}/{_group(below)}"
        case "msqrt", _:
            return "√" + _group("".join(parts))
        case "mroot", [base, degree]:
            return f"{_group(base)}^(1/{degree})"
        case (("msub" | "munder"), [base, low]):
            return f"{base}_{_group(low)}"
        case (("msup" | "mover"), [base, high]):
            return f"{base}^{_group(high)}"
        case (("msubsup" | "munderover"), [base, low, high]):
            return f"{base}_{_group(low)}^{_group(high)}"
        case "mo", _ if (element.text or "") in RELATIONS:
            return f" {element.text} "
        case (("mtr" | "mlabeledtr"), _):
            return " ".join(parts) + "; "
    return "".join([(element.text or "").strip(), *parts]) if parts else (element.text or "")


def _group(text: str) -> str:
    """In brackets, unless it is one number, name or function."""
    return text if re.fullmatch(r"√?(\w*|\([^()]*\))", text) else f"({text})"
