"""Figures of a drafted sentence that no turn confirms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from consultation.text import squeeze
from consultation.types import Turn

_FIGURE = re.compile(
    r"\d[\d,.:\-]*\s?(?:원|만\s?원|천\s?원|%|퍼센트|년|개월|월|일|시|분|세|살|명|회|번|층|호|제곱미터|평|부|주|배)?|"
    r"(?:[일이삼사오육칠팔구십백천만]{2,}|[공영일이삼사오육칠팔구]{3,})\s?(?:원|년|개월|월|일|시|분|세|명|회|번|층|호)?"
)


def doubts(text: str, turns: Sequence[Turn]) -> tuple[str, ...]:
    """Numbers, amounts, dates and telephone numbers of the text that are in none of the turns."""
    heard = squeeze(" ".join(turn.text for turn in turns))
    found = [figure.group().strip() for figure in _FIGURE.finditer(text)]
    return tuple(dict.fromkeys(figure for figure in found if squeeze(figure) not in heard))
