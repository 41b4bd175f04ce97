"""A line of a page in, the date it says out, in a dozen languages. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from articles.moments import moment

#: A line longer than this says something else too.
DATE_LINE_MAX = 90

_MONTHS = """
january february march april may june july august september october november december
januar februar märz april mai juni juli august september oktober november dezember
jänner feber maerz april mai juni juli august september oktober november dezember
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart april mei juni juli augustus september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول
"""
_MONTH = {
    name.replace("_", " "): number
    for names in _MONTHS.split("\n")
    for number, name in enumerate(names.split(), 1)
}
_MONTH |= {name[:3]: number for name, number in reversed(list(_MONTH.items())[:12])}  # English: Jan
_MONTH |= {"sept": 9}
_NAME = "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True))
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\.|er|st|nd|rd|th|º)?\s+(?:de\s+|of\s+)?({_NAME})\.?,?\s+(?:del?\s+)?(\d{{4}})",
    re.I,
)
_MONTH_FIRST = re.compile(rf"\b({_NAME})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.I)
_NUMBERS = re.compile(
    r"(?<!\d)(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}\.\d{1,2}\.\d{4})"
)
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_CLOCK = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3])[:.h]([0-5]\d)(?::[0-5]\d)?\s*(am|pm|a\.m\.|p\.m\.)?(?![\d:])", re.I
)
_WORD = re.compile(r"[^\W\d_]{3,}")

#: What stands before a date on a page. The first group says it is about an update.
_LABEL = re.compile(
    r"(?P<update>(?:last\s+)?(?:updated?|modified|revised)|zuletzt aktualisiert|aktualisiert|stand"
    r"|mise? à jour|actualizado|aggiornato|atualizado|bijgewerkt|uppdaterad|güncelleme|güncellendi"
    r"|zaktualizowano|обновлено|آخر تحديث|تم التحديث|تحديث|更新)\b"
    r"|(?:(?:first\s+)?(?:published|posted)|date|veröffentlicht|erschienen|publié|publicado|pubblicato"
    r"|gepubliceerd|publicerad|yayınlanma|yayınlandı|opublikowano|опубликовано|تاريخ النشر|نشر|نُشر"
    r"|发布)\b",
    re.I,
)
_AFTER_LABEL = re.compile(r"\s*(?:on|at|am|le|el|il|em|op|den|tarihi|w|в|في|:|：|-|–)?\s*", re.I)


def written(line: str) -> str:
    """The date in a line as ISO 8601, with the time of day if it says one; "" if there is none."""
    line = re.sub(r"\d", lambda digit: str(int(digit[0])), line[: DATE_LINE_MAX * 2])
    for pattern, order in (
        (_DAY_FIRST, (3, 2, 1)),
        (_MONTH_FIRST, (3, 1, 2)),
        (_EAST_ASIAN, (1, 2, 3)),
    ):
        if found := pattern.search(line):
            year, month, day = (found[group] for group in order)
            number = _MONTH.get(month.lower()) or int(month)
            return _checked(f"{year}-{number:02}-{int(day):02}", line[found.end() :])
    if found := _NUMBERS.search(line):
        when = moment(found[1])
        if when and len(found[1]) > 10:
            return found[1]
        return _checked(f"{when:%Y-%m-%d}", line[found.end() :]) if when else ""
    return ""


def _checked(day: str, after: str) -> str:
    clock = _CLOCK.search(after)
    if clock:
        hour = (
            int(clock[1]) % 12 + 12 if (clock[3] or "").lower().startswith("p") else int(clock[1])
        )
        day = f"{day}T{hour:02}:{clock[2]}"
    try:
        datetime.fromisoformat(day)
    except ValueError:
        return ""
    return day


def labelled(line: str) -> tuple[str, str] | None:
    """("updated" or "published", the date or "") of a line that is a date's label; else None."""
    found = _LABEL.match(line)
    if not found or len(line) > DATE_LINE_MAX:
        return None
    rest = line[_AFTER_LABEL.match(line, found.end()).end() :]  # type: ignore[union-attr]
    date = written(rest)
    if rest and not date:
        return None
    return ("updated" if found["update"] else "published"), date


def alone(line: str) -> str:
    """The date of a line that says nothing else ("Tuesday, 3 May 2025, 14:05"), else ""."""
    date = written(line) if len(line) <= DATE_LINE_MAX else ""
    words = [word for word in _WORD.findall(line) if word.lower() not in _MONTH]
    return date if len(words) <= 2 else ""
