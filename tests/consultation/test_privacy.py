"""Personal data is found and masked; ordinary talk is left alone."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.privacy import KINDS, Masker, find, mask
from tests.consultation.pii_samples import Sample, clean, personal

SEEDS = (101, 202)


def found(text: str, *before: str) -> list[tuple[str, str]]:
    return [(f.text, f.kind) for f in find(text, before=before)]


# --- figures over made-up sentences -----------------------------------------------------------


def recall(samples: list[Sample]) -> dict[str, float]:
    """Share of the known spans that were found, by kind and form; overlap with the right kind counts."""
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for sample in samples:
        results = find(sample.text, before=sample.before)
        for text, kind in sample.gold:
            form = sample.form if sample.form.startswith(kind) else f"{kind} beside"
            total[form] += 1
            hits[form] += any(r.kind == kind and (text in r.text or r.text in text) for r in results)
    return {form: hits[form] / total[form] for form in total}


@pytest.mark.parametrize("seed", SEEDS)
def test_recall_holds_on_made_up_sentences_of_every_kind_and_form(seed: int) -> None:
    samples = personal(seed)
    assert len(samples) >= 600
    for form, share in recall(samples).items():
        least = 0.95 if "spoken" in form or "mixed" in form or "piece" in form else 0.99
        if form.startswith("이름"):
            least = 0.45 if form.endswith("one") else 0.9
        if form.startswith("주소"):
            least = 0.95
        assert share >= least, form


@pytest.mark.parametrize("seed", SEEDS)
def test_at_most_one_clean_sentence_in_fifty_is_touched(seed: int) -> None:
    sentences = list(dict.fromkeys(clean(seed, 1200)))
    assert len(sentences) >= 400
    touched = [s for s in sentences if find(s)]
    assert len(touched) <= len(sentences) * 0.02, touched


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_found_beside_the_known_spans_is_rare(seed: int) -> None:
    samples = personal(seed)
    extra = [
        (sample.text, f.text)
        for sample in samples
        for f in find(sample.text, before=sample.before)
        if not any(f.text in text or text in f.text for text, _ in sample.gold)
    ]
    assert len(extra) <= len(samples) * 0.01, extra


# --- telephone numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("제 번호는 010-0000-1234입니다", "010-0000-1234"),
        ("01000001234로 문자 주세요", "01000001234"),
        ("번호가 공일공 공공공공 일이삼사이요", "공일공 공공공공 일이삼사"),
        ("영일영에 공공공공에 일이삼사예요", "영일영에 공공공공에 일이삼사"),
        ("010에 0000에 삼육사이요", "010에 0000에 삼육사이"),
        ("공 일 공 공 공 공 공 하나 둘 삼 사요", "공 일 공 공 공 공 공 하나 둘 삼 사"),
        ("０１０－００００－１２３４ 입니다", "０１０－００００－１２３４"),
        ("공일육 이삼공 일이삼사입니다", "공일육 이삼공 일이삼사"),
        ("070-1234-0000이에요", "070-1234-0000"),
    ],
)
def test_a_telephone_number_is_found_to_the_character(text: str, number: str) -> None:
    assert found(text) == [(number, "전화번호")]


def test_a_number_beside_a_particle_is_found() -> None:
    """`\\b` never stands between a digit and Hangul: the fault that other masks have."""
    assert (
        mask("010-0000-1234로, 4111-1111-1111-1112로, 12가3456이")
        == "[전화번호]로, [카드번호]로, [차량번호]이"
    )


@pytest.mark.parametrize(
    "text",
    [
        "119로 하세요", "1372 소비자상담센터요", "02-120으로 걸면 되나요", "구청 대표번호는 02-2148-1111이에요", "1588-0000으로 전화하세요",
        "담당 부서 번호 알려 드릴게요 02-2133-1000입니다", "센터가 공이 이일삼삼 오오오오예요", "080-000-0000 수신거부요", "02-2133-1000으로 문의하시면 됩니다",
    ],
)  # fmt: skip
def test_public_numbers_stay(text: str) -> None:
    assert found(text) == []


def test_a_citizens_landline_is_personal() -> None:
    assert found("집 전화는 공이 일육삼 육일사이입니더") == [("공이 일육삼 육일사이", "전화번호")]


def test_a_number_dictated_over_turns_is_found_piece_by_piece() -> None:
    reader = Masker()
    turns = [
        "연락처가 어떻게 되세요?",
        "번호는 공이 일공팔",
        "네 공이 일공팔이요",
        "삼삼육구",
        "삼삼육구 맞으시죠? 어르신 성함은요?",
    ]
    assert [[(f.text, f.kind) for f in reader.find(t)] for t in turns] == [
        [],
        [("공이 일공팔", "전화번호")],
        [("공이 일공팔", "전화번호")],
        [("삼삼육구", "전화번호")],
        [("삼삼육구", "전화번호")],
    ]


def test_a_bare_group_of_digits_is_nothing_without_its_question() -> None:
    assert found("삼삼육구요") == []
    assert found("삼삼육구요", "휴대폰 번호 뒷자리 말씀해 주세요") == [("삼삼육구", "전화번호")]


@pytest.mark.parametrize(
    "text", ["6625번 버스요", "네 365일 다 하나요", "삼천이백 원 나왔어요", "삼사오 월에요", "1388번이요"]
)
def test_a_number_of_ordinary_talk_stays_even_after_a_question(text: str) -> None:
    assert found(text, "연락처 부탁드립니다") == []


# --- the other numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("주민번호 900302-1234567입니다", "900302-1234567"),
        ("210302-3999999", "210302-3999999"),  # born 2021: no checksum
        ("내 주민번호 오구공팔일칠 다시 일공이삼사구일 불러 주면", "오구공팔일칠 다시 일공이삼사구일"),
        ("외국인등록번호는 9003025234567이에요", "9003025234567"),
    ],
)
def test_a_resident_number_is_found_whatever_its_checksum(text: str, number: str) -> None:
    assert found(text) == [(number, "주민등록번호")]


def test_halves_of_a_resident_number_are_found_where_they_are_asked_for() -> None:
    assert found("오공공삼일이", "주민번호 앞자리요") == [("오공공삼일이", "주민등록번호")]
    assert found("주민번호 뒷자리는 이공일사칠팔구요") == [("이공일사칠팔구", "주민등록번호")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("카드번호 4111 1111 1111 1112요", "4111 1111 1111 1112"),
        (
            "사일일일 다시 공공공공 다시 이이이이 다시 삼삼삼삼",
            "사일일일 다시 공공공공 다시 이이이이 다시 삼삼삼삼",
        ),
        ("카드는 3711-123456-12345", "3711-123456-12345"),
    ],
)
def test_a_card_number_is_found(text: str, number: str) -> None:
    assert found(text) == [(number, "카드번호")]


def test_an_account_is_found_with_the_bank_right_before_it() -> None:
    assert found("계좌는 하나 910-010101-77707 여기로요") == [("하나 910-010101-77707", "계좌번호")]
    assert found("환급받을 계좌번호는 삼일공 다시 공공일이 다시 칠칠칠칠 다시 일일입니다")[0][1] == "계좌번호"
    assert found("우리 010-0000-1234로요") == [("010-0000-1234", "전화번호")]


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("12가 3456 차가요", "12가 3456"),
        ("123허0456이 서 있어요", "123허0456"),
        ("서울 70바 1234 택시요", "서울 70바 1234"),
        ("고지서에 공육 더 팔일일오 이거요", "공육 더 팔일일오"),
        ("차 번호가 백이십삼 허 공구구팔이에요", "백이십삼 허 공구구팔"),
    ],
)
def test_a_plate_is_found_written_or_spoken(text: str, plate: str) -> None:
    assert found(text) == [(plate, "차량번호")]


@pytest.mark.parametrize(
    "text",
    [
        "95다9280 판결이요",
        "12호 2024년 고시",
        "제12조 1234",
        "20도 1000미터",
        "80이하 800이하입니다",
        "30대 2000명",
    ],
)
def test_what_only_resembles_a_plate_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("takcoffee@example.com입니다", "takcoffee@example.com"),
        ("메일은 sunny 골뱅이 이그잼플 점 컴이요", "sunny 골뱅이 이그잼플 점 컴"),
        ("에스 유 엔 칠칠 골뱅이 example 점 com이요", "에스 유 엔 칠칠 골뱅이 example 점 com"),
    ],
)
def test_an_email_address_is_found_written_or_spoken(text: str, address: str) -> None:
    assert found(text) == [(address, "이메일")]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("생년월일이 오십구년 팔월 십칠일인데", "오십구년 팔월 십칠일"),
        ("80년 3월 2일생이에요", "80년 3월 2일"),
        ("생년월일 800302요", "800302"),
        ("어머니는 사십오년 유월 열흘에 태어나셨어요", "사십오년 유월 열흘"),
        ("생일이 1980.03.02예요", "1980.03.02"),
    ],
)
def test_a_date_of_birth_is_found(text: str, date: str) -> None:
    assert found(text) == [(date, "생년월일")]


def test_the_date_of_an_event_is_no_date_of_birth() -> None:
    assert found("2024년 3월 2일에 이사 왔어요") == []
    assert found("팔십년 삼월 이일이요", "생년월일이 어떻게 되세요?") == [("팔십년 삼월 이일", "생년월일")]


# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("성북동 백이십삼 다시 사번지요", "성북동 백이십삼 다시 사번지"),
        ("동대문구 제기동 들꽃빌라 에이동 백이호라예", "동대문구 제기동 들꽃빌라 에이동 백이호"),
        ("서울시 은평구 한빛로 12-3 201호예요", "서울시 은평구 한빛로 12-3 201호"),
        ("집이 나래로 34길 5, 101동 1502호예요", "나래로 34길 5, 101동 1502호"),
        ("늘봄아파트 백일동 천오백이호", "늘봄아파트 백일동 천오백이호"),
        ("상계주공 칠단지 칠백삼동 백일호", "상계주공 칠단지 칠백삼동 백일호"),
    ],
)
def test_an_address_is_found_from_its_largest_name_to_its_last_number(text: str, address: str) -> None:
    assert found(text) == [(address, "주소")]


@pytest.mark.parametrize(
    "text",
    [
        "저는 신림동에 살아요", "강남구 사는데요", "노량진역 3번 출구 앞이요", "구청 3층 302호 민원실로 오세요", "별지 제3호 서식이요", "2호선 타고 왔어요", "내일 다시 오겠습니다",
        "버스로 20분 걸려요", "세종대로 110 서울시청으로 오세요", "구청 주소는 관악로 145입니다", "응암동 120-3 앞 도로에 구멍이 났어요", "최대로 10개까지요", "천호동에서 왔어요",
    ],
)  # fmt: skip
def test_places_without_a_door_and_public_addresses_stay(text: str) -> None:
    assert found(text) == []


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "before", "name"),
    [
        ("저는 고은찬인데 제가 할 수 있나요", (), "고은찬"),
        ("변상구라고 해 손가락이 부었어", ("선생님 뭐라고 부르면 될까요?",), "변상구"),
        ("네 심은주예요", ("성함이 어떻게 되세요?",), "심은주"),
        ("길복자요", ("예금주는요?",), "길복자"),
        ("병원 이름이랑 민서희 제 이름도 말하면 되죠?", (), "민서희"),
        ("어머니 성함이 피옥분이세요", (), "피옥분"),
        ("제 이름은 남궁빛나입니다", (), "남궁빛나"),
        ("성함은 남준이고요", (), "남준"),
        ("my name is 사라 존슨입니다", (), "사라 존슨"),
        ("이복순 어르신 확인했어요", ("성함은요?", "이복순이고 휴대폰은 없어예"), "이복순"),
    ],
)
def test_a_name_is_found_without_its_particle(text: str, before: tuple[str, ...], name: str) -> None:
    assert found(text, *before) == [(name, "이름")]


def test_a_name_given_beside_a_number_or_an_address_is_found() -> None:
    assert mask("영등포구예요 임채은 010-0000-2277") == "영등포구예요 [이름] [전화번호]"
    assert mask("공일공 공공공공 육칠이삼이요 심은주예요") == "[전화번호]이요 [이름]예요"


def test_a_name_once_known_is_found_wherever_it_is_said_again() -> None:
    assert found("그럼 봉순임 어르신 한 시 반에 전화드릴게요", "성함은요?", "봉순임이라고 허요") == [
        ("봉순임", "이름")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "저는 장애인인데요", "제가 임차인이고요", "고객님 감사합니다", "담당자님 바꿔 주세요", "신청인이 직접 가야 하나요", "본인이 부담해야 하나요", "이순신 장군 동상이요", "오세훈 시장님이요",
        "이름을 바꾸고 싶어요", "이름이 뭔가요", "전기라고 합니다", "김 과장님이요", "옆집 김씨가요", "친구 동아리 공연이요", "사진하고 같이요", "신고하고 왔어요",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_names(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["네 잠시만요", "방탄소년단 공연 때문에요", "안 알려 줄래요", "신월동이요", "주민등록등본이에요"]
)
def test_an_answer_that_is_no_name_stays(text: str) -> None:
    assert found(text, "성함이 어떻게 되세요?") == []


def test_an_agents_own_introduction_stays() -> None:
    assert found("안녕하십니까 120다산콜재단 상담사 송다은입니다") == []
    assert found("상담사 송다은이었습니다", "안녕하십니까 상담사 송다은입니다") == []


# --- the whole --------------------------------------------------------------------------------


def test_finds_are_in_order_do_not_overlap_and_hold_their_own_text() -> None:
    for sample in personal(7):
        end = 0
        for f in find(sample.text, before=sample.before):
            assert f.kind in KINDS
            assert end <= f.start < f.end
            assert sample.text[f.start : f.end] == f.text
            end = f.end


def test_masking_twice_changes_nothing_more() -> None:
    for sample in personal(8):
        once = mask(sample.text, before=sample.before)
        assert mask(once) == once


def test_reading_turn_by_turn_equals_finding_with_the_turns_before() -> None:
    turns = [
        "성함이요?",
        "이복순이고 전화는 공이 일육삼",
        "네",
        "육일사이요",
        "이복순 님 공이 일육삼 육일사이 맞으시죠?",
    ]
    reader = Masker()
    for i, turn in enumerate(turns):
        assert reader.find(turn) == find(turn, before=turns[:i])


def test_what_was_found_is_never_printed_by_accident() -> None:
    assert "1234" not in repr(find("010-0000-1234"))


@given(
    st.text(
        alphabet="공일이삼사오0123456789 -.@가나김동호로번지다시골뱅이점성함은님씨년월\n\x00\u200b🙂",
        max_size=80,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_without_error(text: str) -> None:
    for f in find(text, before=("성함하고 연락처 주소요?",)):
        assert text[f.start : f.end] == f.text
    assert isinstance(mask(text), str)


HOSTILE = [
    "1", "010", "공", "공일", " ", "@", "a@", "a", "가", "김철수 씨 ", "백호", "1동 2호 ", "1 다시 ", "가로 1 ", "골뱅이", "성함은 ", "1번지", "1-",
    "계좌 123456789012 ", "80년3월2일 ", "김가나라고 ", "010-0000-5678 ", "성함은 김민준 ", "a 골뱅이 ", "12가 ", "\n", "이름 ",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_length_and_not_with_its_square(unit: str) -> None:
    """Four times the text takes about four times the processor time; a square would take sixteen."""

    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            find(text)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(20_000) <= 9 * seconds(5_000) + 0.05
