from __future__ import annotations

import pytest

from assistant.tidy import tidy


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("저기 그 골목에 막 차가 서 있어요", "골목에 차가 서 있어요"),
        ("한 두 시 아니 세 시쯤이요", "한 세 시쯤이요"),
        ("십오 주 아니 십육 주예요", "십육 주예요"),
        ("제가 우리 애가 아파서요", "아이가 아파서요"),
        ("그거 어디서 되는교", "그거 어디서 되나요"),
        ("어데 가면 됩니꺼", "어디 가면 됩니까"),
    ],
)
def test_spoken_words_become_what_somebody_would_write(said: str, written: str):
    assert tidy(said) == written


@pytest.mark.parametrize(
    "name", ["아빠 육아휴직 장려금", "엄마손 분식", "전 남편 땅", "아이돌봄 서비스", "좀도리 축제"]
)
def test_names_stay_as_they_were_said(name: str):
    assert name in tidy(f"{name} 문의요")


def test_a_fluent_speaker_points_at_something():
    assert tidy("그 자료를 보내 드립니다", fluent=True) == "그 자료를 보내 드립니다"


def test_nothing_stays_nothing():
    assert tidy("") == ""
