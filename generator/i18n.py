"""Texts, numbers and dates in one language."""

from __future__ import annotations

import datetime
import functools
import gettext
import io
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import babel
import babel.dates
import babel.messages.mofile
import babel.messages.pofile
import babel.numbers

from .model.text import in_language
from .problems import InputError, Problem

SIZES = ("B", "kB", "MB", "GB", "TB", "PB")


class Language:
    """One language of a site. Texts without a translation stay as they are (English)."""

    def __init__(
        self, code: str, catalogues: Sequence[Path] = (), words: Mapping[str, str] | None = None
    ) -> None:
        """`catalogues` are .po files, of which later ones take precedence; `words` take precedence over all.

        Raises InputError for an unknown language code or a file that cannot be read.
        """
        self.code = code
        try:
            self.locale = babel.Locale.parse(code, sep="-")
        except (ValueError, babel.UnknownLocaleError):
            fix = "use codes such as en, zh, zh-Hant"
            raise InputError(
                Problem("portal.toml", "languages", f"{code!r} is not a language", fix)
            ) from None
        self.translations: gettext.NullTranslations = gettext.NullTranslations()
        for file in catalogues:
            translations = _read(file, code)
            translations.add_fallback(self.translations)
            self.translations = translations
        if words:
            own = _Words(words)
            own.add_fallback(self.translations)
            self.translations = own

    @functools.cached_property
    def name(self) -> str:
        """The name of the language in that language."""
        name = self.locale.get_display_name() or self.code
        return str(name[0].upper() + name[1:])

    def gettext(self, message: str) -> str:
        return self.translations.gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.translations.ngettext(one, many, n)

    def text(self, text: dict[str, str] | None, default: str = "") -> str:
        return in_language(text, self.code, default)

    def number(self, value: float | int | Decimal | None, digits: int | None = None) -> str:
        """A number with grouped thousands; `digits` decimals, by default as many as needed."""
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return "–"
        if digits is None:
            return str(babel.numbers.format_decimal(value, locale=self.locale))
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(babel.numbers.format_decimal(value, format=pattern, locale=self.locale))

    def compact(self, value: int) -> str:
        """A large number in words: 10.39 million, 1038.84万. Numbers below a million are written in full."""
        if value < 1_000_000:
            return self.number(value)
        kind = "long" if "long" in self.locale.compact_decimal_formats else "short"
        return str(
            babel.numbers.format_compact_decimal(
                value, format_type=kind, locale=self.locale, fraction_digits=2
            )
        )

    def percent(self, share: float) -> str:
        """A fraction as per cent, never rounded to 0 or 100 unless it is exactly that."""
        shown = min(max(share, 0.0), 1.0)
        if 0 < shown < 0.001:
            return "<" + str(babel.numbers.format_percent(0.001, format="0.0%", locale=self.locale))
        if 0.999 < shown < 1:
            return ">" + str(babel.numbers.format_percent(0.999, format="0.0%", locale=self.locale))
        digits = "0%" if shown in (0, 1) else "0.0%"
        return str(babel.numbers.format_percent(shown, format=digits, locale=self.locale))

    def density(self, value: float) -> str:
        """A number to two significant digits."""
        digits = max(0, 1 - math.floor(math.log10(value))) if value > 0 else 0
        return self.number(round(value, digits), min(digits, 3))

    def value(self, value: object) -> str:
        """A limit of a column, not grouped; fractions have nine significant digits."""
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, float):
            return str(value)
        return f"{value + 0.0:.9g}" if math.isfinite(value) else str(value)

    def size(self, count: int) -> str:
        """Bytes in decimal units: 1.2 GB."""
        value, unit = float(count), 0
        while value >= 999.5 and unit < len(SIZES) - 1:
            value, unit = value / 1000, unit + 1
        digits = 0 if unit == 0 or value >= 99.95 else 1
        return f"{self._rounded(round(Decimal(str(value)), digits), digits)} {SIZES[unit]}"

    @functools.cached_property
    def _rounded(self) -> Callable[[Decimal, int], str]:
        """Writes a number with some decimals. Lists of thousands of files have many that are the same."""
        return functools.lru_cache(maxsize=4096)(self._number)

    def _number(self, value: Decimal, digits: int) -> str:
        return self.number(value, digits)

    def month(self, number: int) -> str:
        """The short name of a month (1 to 12)."""
        return str(self.locale.months["stand-alone"]["abbreviated"][number])

    def date(self, value: str | None) -> str:
        """A date given as YYYY, YYYY-MM or YYYY-MM-DD, in words; anything else is returned unchanged."""
        if not value:
            return "–"
        parts = value.split("-")
        if not all(part.isdigit() for part in parts) or len(parts) > 3:
            return value
        year, month, day = (int(part) for part in [*parts, "1", "1"][:3])
        try:
            moment = datetime.date(year, month, day)
        except (ValueError, OverflowError):
            return value
        if len(parts) == 3:
            # English pages are read everywhere: a date with the day first is understood everywhere.
            form = "d MMMM y" if self.locale.language == "en" else "long"
            return str(babel.dates.format_date(moment, format=form, locale=self.locale))
        return str(
            babel.dates.format_skeleton("yMMMM" if len(parts) == 2 else "y", moment, locale=self.locale)
        )


class _Words(gettext.NullTranslations):
    """Words that take precedence over a catalogue."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self._words = dict(words)

    def gettext(self, message: str) -> str:
        return self._words.get(message) or super().gettext(message)


def _read(file: Path, code: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(_compiled(file.read_bytes(), file, code)))


@functools.lru_cache(maxsize=64)
def _compiled(content: bytes, file: Path, code: str) -> bytes:
    """A .po file compiled to .mo; cached, as themes share most of theirs. Raises InputError."""
    try:
        catalogue = babel.messages.pofile.read_po(io.BytesIO(content), locale=code, abort_invalid=True)
    except (babel.messages.pofile.PoFileError, UnicodeDecodeError) as error:
        raise InputError(Problem(str(file), "", f"cannot be read: {error}", "correct the entry")) from None
    made = io.BytesIO()
    babel.messages.mofile.write_mo(made, catalogue)
    return made.getvalue()
