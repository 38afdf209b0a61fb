"""What earlier turns say about this one: what was asked for, and what is half dictated.

Without its question an answer such as "삼삼육구" is only a number. Who speaks is not known here,
so a question counts whoever asked it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from consultation.spoken_numbers import digits_of
from consultation.types import PersonalData

_ASKS = {
    "이름": r"성함|이름|존함|성명|누구(?:세요|신|시)|뭐라고 부르|어떻게 부르|호칭|신청인|예금주",
    "전화번호": r"연락처|(?:전화|휴대폰|핸드폰|휴대전화)\s?번호|휴대폰|핸드폰|연락받으|연락\s?가능|받으실 번호",
    "주소": r"주소|어디\s?사(?:세|시|십)|어디\s?사는|사시는\s?(?:곳|데)|사는\s?(?:곳|데)가?\s?어디|어디(?:세요|십니까|신가요|시죠|예요)"
    r"|위치|거주지|댁이|몇\s?동\s?몇\s?호|몇\s?호(?:세|에|신|예|이)|동\s?호수|번지|어느\s?(?:동|건물|집)",
    "주민등록번호": r"주민\s?(?:등록)?\s?번호|외국인\s?등록\s?번호",
    "생년월일": r"생년월일|생일|생신|태어나신|몇\s?년생|출생일",
    "카드번호": r"카드\s?번호",
    "계좌번호": r"계좌|통장",
    "차량번호": r"(?:차량|차|자동차)\s?번호|번호판",
    "이메일": r"이메일|메일\s?주소|메일",
}
_ASK = {kind: re.compile(pattern) for kind, pattern in _ASKS.items()}
_ANY_NUMBER = re.compile(
    r"(?<!접수)(?<!민원)(?<!고객)(?<!우편)번호(?:도|를|가|는|은|만)?\s?(?:(?:좀|다시|한\s?번\s?더)\s?){0,2}(?:알려|말씀|불러|주시|주세|부탁|남겨|어떻게|몇|요)"
)
_LABEL = re.compile(r"\[[가-힣]{2,6}\]")

ANSWERED_WITHIN = 3
"""An answer is looked for in this many turns after the question."""

NUMBER_KINDS = ("전화번호", "주민등록번호", "카드번호", "계좌번호", "생년월일")
_FULL_LENGTH = {"전화번호": 9, "주민등록번호": 13, "카드번호": 16, "계좌번호": 10}
_AGENT = re.compile(
    r"(?:상담사|상담원|재단|다산콜|120)\s?([가-힣]{2,4}?)(?:입니다|이었습니다|였습니다|이라고|라고|이에요|예요)"
)


@dataclass(frozen=True, slots=True)
class Context:
    """The memory of one conversation. `asked` maps a kind to how many turns ago it was asked for."""

    asked: tuple[tuple[str, int], ...] = ()
    dictating: str = ""  # kind of a number whose rest is still to come
    names: frozenset[str] = frozenset()  # people named so far
    agents: frozenset[str] = frozenset()  # names agents introduced themselves with
    numbers: frozenset[str] = frozenset()  # personal telephone numbers so far, digits only

    def age(self, kind: str) -> int | None:
        """How many turns ago that kind was asked for; None: not, or too long ago."""
        return dict(self.asked).get(kind)

    def expects(self, kind: str) -> bool:
        """Was that kind asked for lately, or is it being dictated?"""
        return self.dictating == kind or self.age(kind) is not None

    def number_kind(self) -> str:
        """Which kind of number a bare group of digits would now be; "" when none is expected."""
        if self.dictating:
            return self.dictating
        recent = [(age, kind) for kind, age in self.asked if kind in NUMBER_KINDS]
        return min(recent, key=lambda item: (item[0], NUMBER_KINDS.index(item[1])))[1] if recent else ""

    def after(self, text: str, found: Sequence[PersonalData]) -> Context:
        """The context of the next turn."""
        plain = _LABEL.sub(" ", text)
        asked = {kind: age + 1 for kind, age in self.asked if age + 1 < ANSWERED_WITHIN}
        asked |= {kind: 0 for kind, pattern in _ASK.items() if pattern.search(plain)}
        if _ANY_NUMBER.search(plain) and not {k for k in (*NUMBER_KINDS, "차량번호") if asked.get(k) == 0}:
            asked["전화번호"] = 0  # "번호 불러 주세요"
        numbers = [f for f in found if f.kind in _FULL_LENGTH]
        digits = "".join(digits_of(f.text) for f in numbers if f.kind == numbers[-1].kind)
        dictating = ""
        if numbers:
            kind = numbers[-1].kind
            dictating = kind if len(digits) < _FULL_LENGTH[kind] else ""
        elif self.dictating and len(text) < 15:  # "네", "그다음이요?"
            dictating = self.dictating
        return replace(
            self,
            asked=tuple(asked.items()),
            dictating=dictating,
            names=self.names | {f.text for f in found if f.kind == "이름"},
            agents=self.agents | frozenset(_AGENT.findall(text)),
            numbers=self.numbers | ({digits} if numbers and numbers[-1].kind == "전화번호" else set()),
        )
