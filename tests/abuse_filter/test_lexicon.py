"""Abusive words are found in any spelling, innocent words are left alone."""

import pytest

from abuse_filter.lexicon import Lexicon, spellings
from consultation.errors import BadInput


@pytest.fixture(scope="module")
def lexicon():
    return Lexicon.open()


@pytest.mark.parametrize(
    "text",
    [
        "시발점이 어디예요", "시발역에서 타면 되나요", "새끼 고양이를 주웠어요", "수박 씨 발라 먹는 방법", "감염병 예방 접종",
        "성교육 신청", "2018년에 신청했어요", "십팔번 버스", "고자질하는 건 아니고요", "가 보지도 않고", "일을 시키는 곳",
        "인공지능 교육", "그렇다 할지라도", "병신년이 몇 년도예요", "화면이 자꾸 꺼져요", "콩나물 대가리는 어디에 버려요",
        "벙어리장갑 분실", "어미 개랑 새끼들이 있어요", "서울시 발급 서류", "김 씨 발인이 언제예요", "오후 두 시 발 열차",
        "영향을 미친 정책", "청소년이 받을 수 있나요", "이십 년이 지났어요", "개 짖는 소리", "몸조심하세요", "휘발유 냄새",
        "두고 온 우산", "젖병 소독기", "경쟁이 벌어지고 있어요", "새끼손가락을 다쳤어요", "칼국수 집 위생 신고",
    ],
)  # fmt: skip
def test_an_innocent_word_is_left_alone(lexicon, text):
    assert lexicon.find(text) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("아 시발 진짜", "시발"),
        ("시.발.새.끼야", "시.발.새.끼야"),
        ("ㅅㅂ 또 안 되네", "ㅅㅂ"),
        ("병1신아", "병1신"),
        ("18놈들", "18놈"),
        ("씨8 새끼", "씨8 새끼"),
        ("tlqkf 환불해", "tlqkf"),
        ("아 씨이발", "씨이발"),
        ("이런 개쉐이", "개쉐이"),
        ("이 ***아 나와", "***아"),
        ("닥ㅊㅕ", "닥ㅊㅕ"),
        ("서울역에서 씨발 뭐하냐", "씨발"),
    ],
)
def test_an_abusive_word_is_found_where_it_stands(lexicon, text, hidden):
    found = [text[hit.start : hit.end] for hit in lexicon.find(text)]
    assert hidden in found


def test_a_whole_word_may_carry_a_particle_but_not_another_word():
    lexicon = Lexicon.parse("^시바$\t욕설\t1")
    assert lexicon.find("시바가 또 그러네")
    assert not lexicon.find("시바견이 귀여워요")


def test_a_longer_term_swallows_the_shorter(lexicon):
    (hit,) = lexicon.find("씨발놈아")
    assert hit.severity == 3
    assert hit.labels == ("욕설", "모욕")


@pytest.mark.parametrize(
    "text",
    [
        "시발 " * 33_334,
        "가나다라마" * 20_000,
        "시.발." * 25_000,
        "씨1" * 50_000,
        "아" * 100_000,
        "tlqkf" * 20_000,
    ],
)
def test_a_hundred_thousand_characters_are_searched(lexicon, text):
    for hit in lexicon.find(text[:100_000]):
        assert 0 <= hit.start < hit.end <= 100_000


def test_spellings_of_a_pattern():
    assert list(spellings("[시씨]발_놈")) == ["시발놈", "시발 놈", "씨발놈", "씨발 놈"]
    assert list(spellings("개?새")) == ["새", "개새"]


@pytest.mark.parametrize(
    "line",
    ["시발\t욕설", "시발\t나쁨\t1", "[시발\t욕설\t1", "(시발\tinnocent\t0", "시발\t욕설\tx", "?\t욕설\t1"],
)
def test_a_bad_line_is_named(line):
    with pytest.raises(BadInput, match="line 2"):
        Lexicon.parse("# head\n" + line)
