"""Number formats: what a cell shows of its value."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .entry import from_serial

DATE_TYPES = ("DATE", "TIME", "DATE_TIME")
DEFAULT_PATTERNS = {
    "NUMBER": "#,##0.00",
    "PERCENT": "0.00%",
    "CURRENCY": '"$"#,##0.00',
    "DATE": "m/d/yyyy",
    "TIME": "h:mm:ss am/pm",
    "DATE_TIME": "m/d/yyyy h:mm:ss",
    "SCIENTIFIC": "0.00E+00",
    "TEXT": "@",
}
TOKEN = re.compile(
    r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|am/pm|a/p|yyyy|yy|y|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s'
    r"|\.0+|[0#?,.]+(?:e[+-]?0+)?|%|.",
    re.DOTALL | re.IGNORECASE,
)
DATE_LETTERS = re.compile(r"(?i)yy|mmm|d|h|ss|am/pm|a/p|\bm|\[[hms]+\]")


def is_date(number_format: dict[str, Any] | None) -> bool:
    return (number_format or {}).get("type") in DATE_TYPES


def shown(value: dict[str, Any] | None, number_format: dict[str, Any] | None) -> str:
    """The text a person sees for an effective value."""
    if not value:
        return ""
    if "stringValue" in value:
        return str(value["stringValue"])
    if "boolValue" in value:
        return "TRUE" if value["boolValue"] else "FALSE"
    if "errorValue" in value:
        return error_text(value["errorValue"])
    number = value.get("numberValue", 0)
    style = number_format or {}
    pattern = style.get("pattern") or DEFAULT_PATTERNS.get(style.get("type", ""))
    return general(number) if pattern in (None, "", "General", "@") else patterned(number, str(pattern))


def error_text(error: dict[str, Any]) -> str:
    names = {
        "DIVIDE_BY_ZERO": "#DIV/0!",
        "N_A": "#N/A",
        "NAME": "#NAME?",
        "NULL_VALUE": "#NULL!",
        "NUM": "#NUM!",
        "REF": "#REF!",
        "VALUE": "#VALUE!",
        "LOADING": "Loading...",
    }
    return names.get(error["type"], "#ERROR!")


def general(number: float) -> str:
    """A number without a format: ten digits, whole ones in full, very large and small ones as powers."""
    if isinstance(number, int) or float(number).is_integer():
        if abs(number) < 1e15:
            return str(int(number))
        return exponent(f"{number:.5E}")
    if abs(number) >= 1e15 or abs(number) < 1e-9:
        return exponent(f"{number:.5E}")
    text = f"{Decimal(repr(float(f'{number:.10g}'))):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exponent(text: str) -> str:
    digits, _, power = text.partition("E")
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}E{power}"


def patterned(number: float, pattern: str) -> str:
    """A number under a pattern of up to three sections: positive; negative; zero."""
    sections = re.findall(r'(?:"[^"]*"|\\.|[^;"\\])+', pattern) or [pattern]
    if number < 0 and len(sections) > 1:
        return section(-number, sections[1])
    if number == 0 and len(sections) > 2:
        return section(0, sections[2])
    return section(number, sections[0])


def section(number: float, pattern: str) -> str:
    bare = re.sub(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]', "", pattern)
    if DATE_LETTERS.search(bare) and not re.search(r"[#0]", re.sub(r"\.0+", "", bare)):
        return moment_text(number, pattern)
    return number_text(number, pattern)


def literal(token: str) -> str:
    if token.startswith('"'):
        return token[1:-1]
    if token.startswith("[$"):
        return token[2:-1].split("-")[0]
    if token.startswith("\\"):
        return token[1:]
    return "" if token.startswith(("[", "*")) else " " if token.startswith("_") else token


def number_text(number: float, pattern: str) -> str:
    tokens = TOKEN.findall(pattern)
    place = next((at for at, token in enumerate(tokens) if re.match(r"[0#?.]", token)), None)
    if place is None:
        return "".join(map(literal, tokens))
    percent = tokens.count("%")
    digits = digits_text(abs(number) * 100**percent, tokens[place])
    before, after = tokens[:place], tokens[place + 1 :]
    sign = "-" if number < 0 and re.search(r"[1-9]", digits) else ""
    return sign + "".join(map(literal, before)) + digits + "".join(map(literal, after))


def digits_text(number: float, pattern: str) -> str:
    if found := re.fullmatch(r"(.+?)[eE]([+-]?)(0+)", pattern):
        decimals = len(found[1].partition(".")[2])
        mantissa, _, power = f"{number:.{decimals}E}".partition("E")
        sign = "-" if power.startswith("-") else "+" if found[2] else ""
        return f"{mantissa}E{sign}{power.lstrip('+-').lstrip('0').zfill(len(found[3]))}"
    whole, _, fraction = pattern.partition(".")
    scale = len(whole) - len(whole.rstrip(","))
    value = Decimal(repr(float(number))) / 1000**scale
    value = value.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    left, _, right = f"{value:f}".partition(".")
    least = len(re.findall("0", whole))
    left = left.lstrip("0").zfill(least) if least else left.lstrip("0")
    right = right[: len(fraction.rstrip("#?"))] + right[len(fraction.rstrip("#?")) :].rstrip("0")
    if "," in whole.rstrip(","):
        left = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", left)
    return f"{left}.{right}" if right or (fraction == "" and pattern.endswith(".")) else left


def moment_text(number: float, pattern: str) -> str:
    moment = from_serial(number)
    tokens = TOKEN.findall(pattern)
    half_day = any(token.lower() in ("am/pm", "a/p") for token in tokens)
    return "".join(
        moment_token(token, moment, number, half_day, minute_at(tokens, at))
        for at, token in enumerate(tokens)
    )


def minute_at(tokens: list[str], at: int) -> bool:
    """Whether an m is minutes: it follows hours or stands before seconds."""
    if tokens[at].lower() not in ("m", "mm"):
        return False
    before = next((t.lower() for t in reversed(tokens[:at]) if re.match(r"(?i)[ydhs\[]", t)), "")
    after = next((t.lower() for t in tokens[at + 1 :] if re.match(r"(?i)[ydhsm]", t)), "")
    return before.startswith(("h", "[h")) or after.startswith("s")


def moment_token(token: str, moment: datetime, number: float, half_day: bool, minute: bool) -> str:
    if minute:
        return f"{moment.minute:0{len(token)}d}"
    if found := re.fullmatch(r"\[([hms])+\]", token):
        return str(int(round(number * 86400, 3) // {"h": 3600, "m": 60, "s": 1}[found[1]]))
    hour = (moment.hour % 12 or 12) if half_day else moment.hour
    texts = {
        "yyyy": f"{moment:%Y}", "yy": f"{moment:%y}", "y": f"{moment:%y}",
        "mmmmm": f"{moment:%B}"[0], "mmmm": f"{moment:%B}", "mmm": f"{moment:%b}",
        "mm": f"{moment.month:02d}", "m": str(moment.month),
        "dddd": f"{moment:%A}", "ddd": f"{moment:%a}", "dd": f"{moment.day:02d}", "d": str(moment.day),
        "hh": f"{hour:02d}", "h": str(hour), "ss": f"{moment.second:02d}", "s": str(moment.second),
        "am/pm": f"{moment:%p}", "a/p": f"{moment:%p}"[0],
    }  # fmt: skip
    if re.fullmatch(r"\.0+", token):
        return "." + f"{moment.microsecond:06d}"[: len(token) - 1]
    return texts[token.lower()] if token.lower() in texts else literal(token)
