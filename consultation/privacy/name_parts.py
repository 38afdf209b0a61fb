"""What Korean personal names are made of, and the ordinary words that look like them."""

from __future__ import annotations

from pathlib import Path

SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예"
    "경봉사부가복태목형피두감음빈동온호범좌팽승간상시갈단견당화창제계라련노"
)
COMMON_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진"
)
RARE_SURNAMES = frozenset(
    "경봉사부가복태목형두감음동온호범승간상시갈단견당화창계제련좌빈은편표어국"
)  # sooner begin a word
DOUBLE_SURNAMES = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방")

_FIRST_COMMON = frozenset(
    "가경광규근기길남다대도동두명무미민병보복봉상서석선성세소수숙순승시신아연영예옥용우원유윤은의인재정제종주준지진찬창채철춘태하학한해향현형혜호홍화효훈희나라애"
)
_FIRST_RARE = frozenset(
    "강건계국권금노달덕란량루리린마만말문방배백범별부빈빛사산새설송슬솔식안양언여열오완운월율을이일자장점조중천청초충치택평필헌혁환후휘힘담로름늘봄샛샘단루겨고구바초칠삼갑을필판두관끝쌍막귀난돌득업차탁팔행흥함분"
)
_SECOND_COMMON = frozenset(
    "경관광구국규균근기길남나동란래련령리린림만명미민배범복봉빈상서석선섭성수숙순식신심아안애연열영예옥완용우욱운웅원윤율은의이익인일임자재정제종주준중지진찬창철춘태택하학한해향헌혁현형혜호홍화환훈희"
    "솔솜슬람름라빛늘담르온결비경례롬늬"
)
_SECOND_RARE = frozenset(
    "가강걸곤교군권금녀년노누덕도돈두든들랑랜로록루률말모무문백별분산삼새샘설세소송승시실양언엽오월유음장조천청초출칠탁필후휘겸율훤갑술득출봄찬"
)


# Given names that are Korean words; their syllables are rare in other names.
_WORDS = frozenset(
    (  # noqa: SIM905
        "바다 하늘 가람 누리 한별 다솜 아름 슬기 보람 새롬 초롱 이슬 샛별 미르 나래 노을 라온 해든 힘찬 "
        "한솔 단비 꽃님 보라 아라 가온 새봄 여름 이든 로운 슬찬 빛나 하람 소담 다온 다올 한결 한빛 푸름 "
        "우람 마루 버들 송이 다래 달래 진달 새별 은별 예솔 온유 사랑 소망 믿음 평화 은총 축복 주찬 하나 "
        "두리 으뜸 튼튼 겨레 나라 나루 여울 도담 도란 아람 가을 겨울 봄이"
    ).split()
)


def likeness(given: str) -> float:
    """How much one or two syllables look like a given name: 0 not at all .. 1 typical."""
    if len(given) == 1:
        return 0.7 if given in _SECOND_COMMON else 0.3 if given in _SECOND_RARE else 0.0
    if len(given) != 2:
        return 0.0
    if given in _WORDS:
        return 1.0
    first = 0.5 if given[0] in _FIRST_COMMON else 0.3 if given[0] in _FIRST_RARE else 0.0
    second = 0.5 if given[1] in _SECOND_COMMON else 0.3 if given[1] in _SECOND_RARE else 0.0
    return first + second if first and second else (first + second) / 2


ORDINARY = frozenset(
    word
    for line in Path(__file__).with_name("ordinary_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
"""Words that begin like a surname; none of them, alone or with a particle, is taken for a name."""
