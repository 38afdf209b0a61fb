"""Natural sentences over the names of the gazetteer, with the district that is right; none for shared names."""

from __future__ import annotations

import random
from collections.abc import Iterator

from consultation.districts import Gazetteer

_BY_KIND = {
    "dong": (
        "{0} 주택가 골목에 누가 쓰레기를 버리고 갔어요",
        "{0}인데요 가로등이 며칠째 꺼져 있어요",
        "{0} 주민인데 공사장 소음 때문에 살 수가 없습니다",
        "{0} 골목에 불법주차가 너무 심해요",
        "여기 {0}이에요 보도블록이 다 깨졌어요",
        "{0}에서 하수구 냄새가 올라와요",
    ),
    "station": (
        "{0} 3번 출구 앞에 킥보드가 널브러져 있어요",
        "{0} 앞에 불법주차가 너무 많아요 단속해 주세요",
        "{0} 근처 골목에서 담배 피우는 사람이 많아요",
        "{0} 2번출구 나오자마자 노점상이 길을 막고 있습니다",
        "방금 {0}에서 봤는데 도로에 구멍이 났어요",
        "{0} 사거리 신호등이 고장 났어요",
    ),
    "": (
        "{0} 앞에 차가 막고 있어요",
        "{0} 정문 앞 인도에 물건을 쌓아놨어요",
        "{0} 맞은편 가로등이 안 켜져요",
        "{0} 뒤편 골목에 쓰레기가 쌓여 있습니다",
        "{0} 근처 도로가 푹 꺼졌어요",
        "{0} 옆에 불법 현수막이 걸려 있네요",
    ),
    "district": (
        "{0} 골목에 쓰레기 무단투기 신고합니다",
        "{0}에서 공사장 먼지가 너무 날려요",
    ),
}  # fmt: skip
_USED = ("dong", "station", "landmark", "university", "hospital", "market", "park", "office", "district")


def sentences(gazetteer: Gazetteer, *, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """(sentence, district) for `count` names drawn at random that mean one district."""
    draw = random.Random(seed)
    names = [
        (name, district, kind)
        for name, district in gazetteer.certain()
        for kind in {p.kind for p in gazetteer.places(f"{name} 앞") if p.name == name}
        if kind in _USED
    ]
    for name, district, kind in draw.sample(names, count):
        yield draw.choice(_BY_KIND.get(kind, _BY_KIND[""])).format(name), district


def shared_sentences(gazetteer: Gazetteer, *, seed: int) -> Iterator[tuple[str, str]]:
    """(sentence, name) for every name that several districts share."""
    draw = random.Random(seed)
    for name in gazetteer.shared():
        kind = "station" if name.endswith("역") else "dong" if name.endswith("동") else ""
        yield draw.choice(_BY_KIND[kind]).format(name), name
