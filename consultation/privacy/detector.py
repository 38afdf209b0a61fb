"""All kinds of personal data of one text, in the light of the turns before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from consultation.privacy.addresses import find_addresses
from consultation.privacy.context import Context
from consultation.privacy.dates import find_births
from consultation.privacy.emails import find_emails
from consultation.privacy.names import find_names
from consultation.privacy.numbers import find_numbers
from consultation.privacy.plates import find_plates
from consultation.spoken_numbers import digits_of
from consultation.types import PersonalData

KINDS = ("이름", "전화번호", "주민등록번호", "주소", "계좌번호", "카드번호", "차량번호", "이메일", "생년월일")

_KIND = re.compile(rf"\[({'|'.join(KINDS)})\]")
_WHOLE = 9  # digits of the shortest whole number: 02-123-4567
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}  # one for one: offsets stay


class Masker:
    """Reads a conversation turn by turn and remembers what was asked, dictated and named.

    Feed it every turn once, in order; `find(text, before=…)` is the same reader fed with `before`.
    """

    def __init__(self) -> None:
        self._context = Context()

    def find(self, text: str) -> list[PersonalData]:
        """Personal data of the next turn, in reading order, not overlapping."""
        found, self._context = _read(text, self._context)
        return found

    def mask(self, text: str) -> str:
        """The next turn with each find replaced by its kind: "[전화번호]"."""
        return _replace(text, self.find(text))


def find(text: str, *, before: Sequence[str] = ()) -> list[PersonalData]:
    """Personal data of a text, in reading order, not overlapping; offsets count its characters.

    `before`: the turns before it, latest last, of both speakers, best unmasked. The last six
    suffice for questions and dictation; the more there are, the more names are known again.
    """
    reader = Masker()
    for turn in before:
        reader.find(turn)
    return reader.find(text)


def mask(text: str, *, before: Sequence[str] = ()) -> str:
    """The text with each find replaced by its kind: "제 번호는 [전화번호]이요"."""
    return _replace(text, find(text, before=before))


def kinds_in(masked: str) -> list[tuple[str, int, int]]:
    """The kinds that a masked text names, in order, each with where it stands there."""
    return [(found[1], found.start(), found.end()) for found in _KIND.finditer(masked)]


def _replace(text: str, found: Sequence[PersonalData]) -> str:
    parts: list[str] = []
    at = 0
    for f in found:
        parts += [text[at : f.start], f"[{f.kind}]"]
        at = f.end
    return "".join(parts) + text[at:]


def _read(text: str, context: Context) -> tuple[list[PersonalData], Context]:
    plain = text.translate(_FULL_WIDTH)
    numbers = find_numbers(plain, context)
    whole = [n for n in numbers if len(digits_of(n.text)) >= _WHOLE]
    page = _Page(text)
    # The surest first: a lot such as 123-4567, or a spoken plate, may look like a piece of a
    # number, while a whole number is never one of them.
    page.add(find_emails(plain))
    page.add(whole)
    page.add(find_plates(plain, context))
    page.add(find_births(plain, context))
    page.add(find_addresses(plain, context))
    page.add(numbers)
    page.add(find_names(plain, context, page.found()))
    found = page.found()
    return found, context.after(text, found)


class _Page:
    """What was found so far; a character belongs to the first that takes it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._taken = bytearray(len(text))
        self._found: list[PersonalData] = []

    def add(self, more: Sequence[PersonalData]) -> None:
        for new in more:
            if not any(self._taken[new.start : new.end]):
                self._taken[new.start : new.end] = b"\1" * (new.end - new.start)
                self._found.append(
                    PersonalData(new.start, new.end, new.kind, self._text[new.start : new.end])
                )

    def found(self) -> list[PersonalData]:
        """In reading order."""
        return sorted(self._found, key=lambda f: f.start)
