"""The words around the equations of a line of text: ``Thus: dz/dw = x   (chain rule)``, ``so dz/dw = x and dz/dx = w``.

What is known to be said around an equation becomes blanks, and ``;`` where a second equation begins, so that every place stays
the place in the file. A condition (``if z > 0``) is never blanked out, nor a word that is not known: they are refused later.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ..names import GREEK
from .vocabulary import FUNCTIONS

_SAID_LEADS = (
    "so thus hence then therefore thereby where with and since because now finally next also consequently note similarly likewise"
    " we get have obtain find that this gives yields it follows i.e. ie"
    " maka jadi sehingga dengan karena dan lalu kemudian akibatnya diperoleh didapat"
    " dann daher somit mit und wobei weil denn damit folglich ergibt"
)
LEADS = _SAID_LEADS.split()
_SAID_REASONS = "by using since because from via due see per nach wegen weil laut mit aus karena dengan menurut berdasarkan dari"
_SAID_BEHIND_A_COMMA = "chain product sum power quotient same again note as above where with which and"
_SINGLE = (
    "by see eq line from using rule same given step since def gl zeile baris lihat siehe nach aturan derivative gradient identity"
    " definition trivial constant"
)
_LEAD = re.compile(rf"\s*(?:{'|'.join(map(re.escape, LEADS))})(?:\s*[,:]\s*|\s+)(?=[^\s=+*/^.,;:-])", re.IGNORECASE)
_LABEL = re.compile(r"\s*(?P<label>[^=:\\<>≤≥*^+]{1,80}):(?!=)\s*")
_CONDITION = re.compile(
    r"(?i)\b(?:if|when|whenever|unless|wenn|falls|jika|bila|kalau|ketika|not|wrong|wrongly|incorrect|incorrectly|mistake|error|falsch|salah|bukan)\b"
    r"|\b(?:for|für|untuk)\s+(?!the\b|our\b|this\b|each\b|layer|output|hidden|weight|bias|die\b|das\b|den\b|lapisan|bobot)"
)
_BEFORE_AN_EQUATION = re.compile(
    rf"(?<=\s)(?:{'|'.join(map(re.escape, LEADS))})(?=[\s,:])|(?<=\S)(?:\t[\t ]*|[ ]{{3,}})(?=\S)|[,;](?=\s)", re.IGNORECASE
)
_REASON = re.compile(
    rf"(?:(?<=\s)|(?<=[,;]))(?:{_SAID_REASONS.replace(' ', '|')})(?=[\s,:]|$)"
    rf"|(?<=[,;])\s?(?:{_SAID_BEHIND_A_COMMA.replace(' ', '|')})(?=[\s,:]|$)",
    re.IGNORECASE,
)
_COMPUTED = re.compile(
    r"(?i)\b(?:sum|mean|average|product|ratio|square|summe|produkt|jumlah|total)\s+(?:of|over|von|über|aller|dari)\b"
    r"|\b(?:times|plus|minus|mal|kali|divided|multiplied|twice|half)\b"
)
_DASH = re.compile(r"(?<=\s)(?:--+|[–—])\s")
_OPERATOR = re.compile(r"[=+*/^·×⋅∙%<>≤≥)\]},;-]|[−–]")
_OPEN = re.compile(r"[=+*/^·×⋅∙<>≤≥(\[{,;−–-]")
_NUMBER = re.compile(r"\s[(\[]\d{1,3}[a-z]?[)\]]$")
_RULE = re.compile(r"\s*(?:={3,}|-{3,}|~{3,}|\*{3,}|={2,}[^=]+={2,})\s*$")


def is_rule(line: str) -> bool:
    """Whether a line is a heading's underline, or a heading between equals signs."""
    return _RULE.match(line) is not None and not re.search(r"[*/^+∂]|\bd\w+/d", line.strip("=-~* \t"))


def plain(line: str) -> str:
    """The line with its equations where they were and blanks in the place of the words around them."""
    label = _LABEL.match(line)
    if label and _is_label(label["label"]):
        line = " " * label.end() + line[label.end() :]
    return "".join(_said(piece, joined=i > 0) for i, piece in enumerate(_pieces(line)))


def _is_label(label: str) -> bool:
    """``Forward``, ``Step 2``, ``(a)``, or the name of what is differentiated."""
    if _CONDITION.search(label) or "∂" in label or re.search(r"\bd\w+/d", label):
        return False
    return reads_as_prose(label) or re.fullmatch(r"\(?\w{1,8}[).]?", label.strip()) is not None


def _pieces(line: str) -> list[str]:
    """The line cut where another equation begins, ``;`` in the place of what joins them."""
    cuts = [m.start() for m in _BEFORE_AN_EQUATION.finditer(line) if "\\" not in line or m[0].strip()]
    pieces, start, waiting, depth, done, signed = list[str](), 0, -1, 0, 0, False
    for cut, following in pairwise([*cuts, len(line)]):
        depth, signed, done = depth + _depth(line[done:cut]), signed or "=" in line[done:cut], cut
        segment = line[cut:following]
        waiting = cut if waiting < 0 else waiting
        if "=" not in segment:
            waiting = waiting if all(word.lower() in LEADS for word in re.findall(r"[^\s,;]+", segment[:200])) else -1
            continue
        if signed and depth == 0 and _is_another(line[max(start, waiting - 200) : waiting], segment):
            pieces.append(line[start:waiting])
            start, signed = waiting, False
        waiting = -1
    return [*pieces, line[start:]]


def _depth(text: str) -> int:
    return sum(text.count(c) for c in "([{") - sum(text.count(c) for c in ")]}")


def _is_another(before: str, after: str) -> bool:
    """Whether one equation is over and another begins."""
    over, left = before.rstrip(), after.lstrip(" \t,;")
    if not over or over.endswith("="):
        return False
    return after[:1] not in " \t" or not (_OPEN.match(over[-1]) or _OPERATOR.match(left) or left[0] in "(=≈" or left.startswith(":="))


def _said(piece: str, *, joined: bool) -> str:
    """One equation without the words before and behind it, ``;`` before it when it follows another."""
    start = len(piece) - len(piece.lstrip(" \t,;")) if joined else 0
    while match := _LEAD.match(piece, start):
        start = match.end()
    return (";" * joined).ljust(start)[:start] + _untailed(piece[start:])


def _untailed(text: str) -> str:
    """Without a remark in brackets, a reason, or what stands behind a dash."""
    whole, head = len(text), text.rfind("=") + 1
    for _ in range(4):
        tail = text[head:].rstrip(" \t")
        number = _NUMBER.search(tail[-12:])
        shorter = tail[: -len(number[0])].rstrip() if number else tail
        kept = _unbracketed(shorter)
        kept = tail if number and kept == shorter else kept  # alone it is told by the gap before it
        for pattern in (_REASON, _DASH):
            match = pattern.search(kept)
            if match and _is_remark(kept[match.start() :], strict=pattern is _DASH) and kept[: match.start()].strip(" ,;("):
                kept = re.sub(r"\s(?:--+|[–—])$", "", kept[: match.start()].rstrip(" \t,;")).rstrip()
        text = text[:head] + kept
        if len(kept) == len(tail):
            break
    return text.ljust(whole)


def _unbracketed(tail: str) -> str:
    end = tail.rstrip(" \t.,;")
    if not end.endswith((")", "]")):
        return tail
    depth = 0
    for i in range(len(end) - 1, -1, -1):
        depth += (end[i] in ")]") - (end[i] in "([")
        if depth == 0:
            said = end[i + 1 : -1]
            return end[:i].rstrip(" \t,;") if i and end[i - 1] in " \t" and _is_remark(said) and end[:i].strip() else tail
    return tail


def _is_remark(said: str, *, strict: bool = False) -> bool:
    """Whether it is words, and nothing is computed or made a condition."""
    if _CONDITION.search(said) or _COMPUTED.search(said) or re.search(r"[=+*/^·×<>≤≥∂\\]|\s[-−]\s", said.lstrip("-–— ")):
        return False
    words = _words(said)
    single = any(re.fullmatch(rf"(?i){_SINGLE.replace(' ', '|')}", word) for word in re.findall(r"[^\W\d_]+", said))
    return single or len(words) >= (1 if strict else 2) or bool(_REASON.match(said) and words)


def _words(said: str) -> list[str]:
    found = re.findall(r"(?<![\\\w])[^\W\d_]{3,}(?![\w(\[])", said)
    return [word for word in found if word not in FUNCTIONS and word not in GREEK]


def reads_as_prose(text: str) -> bool:
    """Whether there is a word in it that is no function and no Greek letter."""
    return bool(_words(text))
