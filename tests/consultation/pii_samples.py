"""Made-up sentences of a call centre with known personal data, and clean ones without any.

Everything is invented and drawn from a seed. Numbers use blocks nobody has: 010-0000 and 010-1xxx,
02-1xx; the sentences know nothing of the rules they test.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

ZERO_IS = ("공", "영")
DIGITS = "공일이삼사오육칠팔구"
PLAIN = ("하나", "둘")


@dataclass(frozen=True)
class Sample:
    """A turn, the personal data in it as (text, kind), and the turns before it."""

    text: str
    gold: tuple[tuple[str, str], ...]
    form: str  # kind and form, e.g. "전화번호 spoken"
    before: tuple[str, ...] = ()


def said(digits: str, rng: random.Random, *, gap: str = "", twin: bool = False) -> str:
    """Digits as words, one by one."""
    zero = rng.choice(ZERO_IS)
    words = []
    for d in digits:
        word = zero if d == "0" else DIGITS[int(d)]
        if twin and d in "12" and rng.random() < 0.4:
            word = PLAIN[int(d) - 1]
        words.append(word)
    return gap.join(words)


def number(rng: random.Random, length: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(length))


def sino(n: int) -> str:
    """123 -> 백이십삼."""
    text = ""
    for unit, word in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
        d, n = divmod(n, unit)
        if d:
            text += ("" if d == 1 and word else DIGITS[d]) + word
    return text or "공"


ENDS = [
    "이요",
    "입니다",
    "이에요",
    "이고요",
    "인데요",
    "으로 해 주세요",
    " 맞아요",
    "",
    "라고 적어 주세요",
    "거든요",
    "으로 문자 주세요",
]
PHONE_LEADS = [
    "", "네 ", "제 번호는 ", "연락처는 ", "휴대폰이 ", "전화번호요 ", "음 ", "번호가 어 ", "저한테 연락하시려면 ", "네 그러면 ", "핸드폰 번호는 ",
    "문자는 ", "남편 번호로 해 주세요 ", "그 번호가 바뀌어서요 ", "회신은 ", "지금 거신 번호 말고 ", "예 받아 적으세요 ",
]  # fmt: skip


def phones(rng: random.Random) -> Iterator[Sample]:
    for _ in range(70):
        head, mid, last = "010", rng.choice(["0000", "1" + number(rng, 3)]), number(rng, 4)
        written = rng.choice(["{}-{}-{}", "{}{}{}", "{} {} {}", "{}.{}.{}", "{}-{} {}", "{})-{}-{}"]).format(
            head, mid, last
        )
        yield _wrap(rng, written, "전화번호", "written", PHONE_LEADS, ENDS)
    for _ in range(110):
        head, mid, last = "010", rng.choice(["0000", "1" + number(rng, 3)]), number(rng, 4)
        style = rng.randrange(8)
        twin = style == 3
        parts = [said(p, rng, twin=twin, gap=" " if style == 7 else "") for p in (head, mid, last)]
        joiner = [" ", "", "에 ", " ", " 다시 ", "의 ", ", ", " "][style]
        if style == 1:
            joiner = ""
        spoken = joiner.join(parts)
        if style == 6 and rng.random() < 0.5:
            spoken = f"{head} {parts[1]} {last}"
        yield _wrap(rng, spoken, "전화번호", "spoken", PHONE_LEADS, ENDS)
    for _ in range(25):
        mixed = f"010에 {said('1' + number(rng, 3), rng)}에 {number(rng, 4)}"
        yield _wrap(rng, mixed, "전화번호", "mixed", PHONE_LEADS, ENDS)
    for _ in range(25):
        n = "02", "1" + number(rng, 2), number(rng, 4)
        text = rng.choice(
            ["-".join(n), " ".join(said(p, rng) for p in n), "에 ".join(said(p, rng) for p in n)]
        )
        lead = rng.choice(["집 전화는 ", "휴대폰이 없어서 집 전화 ", "전화는 ", "저희 집은 "])
        yield Sample(
            f"{lead}{text}{rng.choice(['이요', '입니다', '이에요', ''])}",
            ((text, "전화번호"),),
            "전화번호 landline",
        )
    asks = [
        "연락처 부탁드립니다",
        "전화번호가 어떻게 되세요?",
        "연락받으실 번호 말씀해 주시겠어요?",
        "휴대폰 번호 알려 주세요",
    ]
    for _ in range(25):
        a, b, c = "010", "1" + number(rng, 3), number(rng, 4)
        spoken = rng.random() < 0.6
        first, second, third = (said(p, rng) if spoken else p for p in (a, b, c))
        ask = rng.choice(asks)
        yield Sample(f"네 {first} {second}", ((f"{first} {second}", "전화번호"),), "전화번호 piece", (ask,))
        yield Sample(
            f"{third}{rng.choice(['이요', '', '입니다'])}",
            ((third, "전화번호"),),
            "전화번호 piece",
            (ask, f"{first} {second}", f"네 {first} {second}"),
        )
        yield Sample(
            f"{third} 맞으시죠?",
            ((third, "전화번호"),),
            "전화번호 piece",
            (ask, f"{first} {second}", "네 네", third),
        )


def residents(rng: random.Random) -> Iterator[Sample]:
    leads = [
        "주민번호는 ",
        "주민등록번호가 ",
        "제 주민번호 ",
        "네 ",
        "외국인등록번호 ",
        "등본 떼려고요 주민번호 ",
        "어 그게 ",
    ]
    for i in range(70):
        front = f"{rng.randrange(100):02}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
        back = rng.choice("12345678") + number(rng, 6)
        if i % 2:
            text, form = (
                rng.choice([f"{front}-{back}", f"{front}{back}", f"{front} {back}", f"{front} - {back}"]),
                "written",
            )
        else:
            f, b = said(front, rng), said(back, rng)
            text, form = (
                rng.choice([f"{f} 다시 {b}", f"{f} {b}", f"{f}에 {b}", f"{f[:2]} {f[2:]} 다시 {b}"]),
                "spoken",
            )
        yield _wrap(rng, text, "주민등록번호", form, leads, ENDS)


def cards(rng: random.Random) -> Iterator[Sample]:
    leads = ["카드번호는 ", "신용카드 번호 ", "네 카드 번호가 ", "세금 낸 카드가 ", "결제한 카드번호요 "]
    for i in range(50):
        groups = [rng.choice("459") + number(rng, 3), *(number(rng, 4) for _ in range(3))]
        if i % 2:
            text, form = rng.choice(["-", " ", "", "."]).join(groups), "written"
        else:
            text, form = rng.choice([" ", " 다시 ", "에 "]).join(said(g, rng) for g in groups), "spoken"
        yield _wrap(rng, text, "카드번호", form, leads, ENDS)


def accounts(rng: random.Random) -> Iterator[Sample]:
    banks = [
        "국민은행",
        "신한",
        "우리은행",
        "농협",
        "하나은행",
        "카카오뱅크",
        "기업은행",
        "새마을금고",
        "우체국",
        "토스뱅크",
    ]
    shapes = [(3, 3, 6), (6, 2, 6), (3, 6, 5), (4, 3, 6), (3, 2, 5, 1), (4, 2, 7), (3, 4, 4, 2)]
    for i in range(60):
        groups = [
            rng.choice("12356789") + number(rng, n - 1) if j == 0 else number(rng, n)
            for j, n in enumerate(rng.choice(shapes))
        ]
        if i % 2:
            text, form = rng.choice(["-", "", " "]).join(groups), "written"
        else:
            text, form = rng.choice([" ", " 다시 "]).join(said(g, rng) for g in groups), "spoken"
        bank = rng.choice(banks)
        lead = rng.choice(
            [
                f"{bank} ",
                f"계좌는 {bank} ",
                f"{bank} 계좌 ",
                "환급받을 계좌번호는 ",
                f"{bank}이고 ",
                "계좌번호요 ",
                "통장 번호가 ",
            ]
        )
        beside = (
            f"{bank} {text}" if lead.endswith(f"{bank} ") else text
        )  # a bank right before the number counts in
        yield Sample(
            f"{lead}{text}{rng.choice(['입니다', '요', '으로 넣어 주세요', ''])}",
            ((beside, "계좌번호"),),
            f"계좌번호 {form}",
        )


def plates(rng: random.Random) -> Iterator[Sample]:
    uses = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호"
    ends = [
        " 차요",
        "이 불법주차했어요",
        "인데요",
        "입니다",
        " 이 차가 소화전 앞에 있어요",
        "예요",
        " 신고할게요",
        "",
    ]
    leads = ["차량번호는 ", "번호판이 ", "차 번호 ", "네 ", "흰색 승용차 ", "주차된 차가 ", "택시 번호 "]
    for i in range(70):
        front, use, back = str(rng.randrange(10, 999)), rng.choice(uses), number(rng, 4)
        if i % 2:
            text, form = (
                rng.choice(
                    [
                        f"{front}{use}{back}",
                        f"{front}{use} {back}",
                        f"{front} {use} {back}",
                        f"서울 {front[:2]}바 {back}",
                        f"{front}{use}-{back}",
                    ]
                ),
                "written",
            )
        else:
            text, form = rng.choice([
                f"{said(front, rng)} {use} {said(back, rng)}", f"{said(front, rng)}{use} {said(back, rng)}",
                f"{sino(int(front[:2]))} {use} {said(back, rng)}", f"{front}{use}에 {said(back, rng)}", f"서울 {said(front[:2], rng)} 바 {said(back, rng)}",
            ]), "spoken"  # fmt: skip
        yield _wrap(rng, text, "차량번호", form, leads, ends)


def emails(rng: random.Random) -> Iterator[Sample]:
    hosts = [
        ("example.com", "이그잼플 점 컴"),
        ("example.org", "example 점 org"),
        ("example.co.kr", "example 점 co 점 kr"),
        ("naver.example.com", "네이버 닷컴"),
    ]
    ends = ["으로 보내 주세요", "입니다", "이요", "로 답장 주세요", "", "이에요"]
    for i in range(40):
        user = "".join(
            rng.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(rng.randrange(3, 9))
        ) + rng.choice(["", "77", "_k", ".kim", "2024"])
        host, spoken_host = rng.choice(hosts)
        text = f"{user}@{host}" if i % 2 else f"{user} 골뱅이 {spoken_host}"
        yield _wrap(
            rng,
            text,
            "이메일",
            "written" if i % 2 else "spoken",
            ["이메일은 ", "메일 주소 ", "네 ", "회신 메일은 "],
            ends,
        )


def births(rng: random.Random) -> Iterator[Sample]:
    for _ in range(60):
        y, m, d = rng.randrange(30, 99), rng.randrange(1, 13), rng.randrange(1, 29)
        month = {6: "유", 10: "시"}.get(m, sino(m))
        spoken = f"{sino(y)}년 {month}월 {sino(d)}일"
        written = rng.choice([f"{y}년 {m}월 {d}일", f"19{y}년 {m}월 {d}일", f"19{y}년{m}월{d}일"])
        six = f"{y}{m:02}{d:02}"
        yield rng.choice([
            Sample(f"제가 {written}생인데요 해당되나요", ((written, "생년월일"),), "생년월일 written"),
            Sample(f"생년월일은 {written}입니다", ((written, "생년월일"),), "생년월일 written"),
            Sample(f"어머니가 {spoken}생이세요", ((spoken, "생년월일"),), "생년월일 spoken"),
            Sample(f"네 {spoken}이요", ((spoken, "생년월일"),), "생년월일 spoken", ("생년월일이 어떻게 되세요?",)),
            Sample(f"{six}입니다", ((six, "생년월일"),), "생년월일 written", ("본인 확인을 위해 생년월일 여섯 자리 말씀해 주세요",)),
            Sample(f"생년월일 {said(six, rng)}이요", ((said(six, random.Random(0)), "생년월일"),), "생년월일 spoken") if "0" not in six
            else Sample(f"생년월일 {six}이요", ((six, "생년월일"),), "생년월일 written"),
            Sample(f"생일이 19{y}.{m:02}.{d:02} 이에요", ((f"19{y}.{m:02}.{d:02}", "생년월일"),), "생년월일 written"),
        ])  # fmt: skip


DONGS = [
    ("은평구", "갈현동"),
    ("노원구", "상계동"),
    ("성북구", "장위동"),
    ("관악구", "봉천동"),
    ("금천구", "독산동"),
    ("중랑구", "면목동"),
    ("강서구", "화곡동"),
    ("강동구", "천호동"),
    ("양천구", "신월동"),
    ("도봉구", "쌍문동"),
]
ROADS = ["한빛로", "새솔로", "들꽃대로", "별내음로12길", "가온길", "나래로 34길"]
HOUSES = [
    "새솔빌라",
    "한빛아파트",
    "푸른하늘연립",
    "늘봄오피스텔",
    "가온고시원",
    "별빛주택",
    "해오름맨션",
    "들꽃마을아파트",
]


def addresses(rng: random.Random) -> Iterator[Sample]:
    leads = ["주소는 ", "저희 집이 ", "네 ", "여기 ", "사는 곳은 ", "제가 사는 데가 "]
    ends = ["이요", "입니다", "예요", "인데요 와 주실 수 있나요", "에 살아요", "라예", ""]
    for i in range(110):
        gu, dong = rng.choice(DONGS)
        road, house = rng.choice(ROADS), rng.choice(HOUSES)
        block, room = rng.randrange(101, 130), rng.randrange(1, 20) * 100 + rng.randrange(1, 9)
        lot, sub = rng.randrange(11, 999), rng.randrange(1, 60)
        if i % 2:
            form = "written"
            text = rng.choice([
                f"{gu} {road} {lot}", f"서울시 {gu} {road} {lot} {room}호", f"{gu} {dong} {lot}-{sub}", f"{dong} {lot}-{sub}번지",
                f"{gu} {dong} {house} {block}동 {room}호", f"{house} {block}동 {room}호", f"{dong} {lot}번지 {room}호", f"{gu} {road} {lot}, {block}동 {room}호",
                f"서울 {gu} {dong} {lot}-{sub} {house} {room}호",
            ])  # fmt: skip
        else:
            form = "spoken"
            text = rng.choice([
                f"{gu} {dong} {house} {rng.choice('가나다라')}동 {sino(room)}호", f"{dong} {sino(lot)} 다시 {sino(sub)}번지", f"{gu} {dong} {sino(lot)} 다시 {sino(sub)}",
                f"{house} {sino(block)}동 {sino(room)}호", f"{gu} {dong} {house} {said(str(block), rng)}동 {said(str(room), rng)}호",
                f"{gu} {dong} {house} 이층 {sino(room)}호", f"{gu} {rng.choice(['한빛로', '새솔로'])} {sino(lot)}", f"{gu} {dong} {house} 반지하 {sino(room % 100 + 100)}호",
            ])  # fmt: skip
        yield _wrap(rng, text, "주소", form, leads, ends)


SURNAMES = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염석선설마길연위표명기도봉탁"
GIVEN = (  # noqa: SIM905
    "서준 하윤 도윤 지호 예준 시우 주원 하준 지후 준서 서연 서윤 지우 서현 민서 하은 "
    "지유 윤서 채원 수아 영수 영호 영철 정숙 영숙 순자 미경 명숙 경희 정희 춘자 말순 "
    "복남 덕수 상철 광수 병철 기철 태식 종수 현우 민준 건우 우진 선우 유진 연우 은우 "
    "정우 승현 준혁 동현 성민 재현 민재 지훈 승민 혜진 지영 은정 미영 수진 은영 현정 "
    "선영 미숙 옥순 금자 필례 봉남 두식 만수 삼식 칠성 판석 갑수 을순 가람 누리 한별 "
    "다솜 아름 슬기 보람 새롬 초롱 하늘 바다 미르 예린 소율 다은 나은 라온 이안 태오 "
    "로운 시온 해든 규리 세령 도담 준 훈 현 솔 빈 진 율 겸 찬 린"
).split()
FOREIGN = ["응우옌 티 란", "마리아 산토스", "다니엘 오코예", "왕리", "바트 에르덴", "사라 존슨", "알리 칸"]


def names(rng: random.Random) -> Iterator[Sample]:
    for _ in range(260):
        given = rng.choice(GIVEN)
        surname = (
            rng.choice(["남궁", "황보", "선우", "제갈"]) if rng.random() < 0.04 else rng.choice(SURNAMES)
        )
        name = surname + given
        closed = (ord(name[-1]) - 0xAC00) % 28 > 0
        i, ye = ("이" if closed else ""), ("이에요" if closed else "예요")
        nim_ok = len(name) > 2
        text, before = rng.choice([
            (f"저는 {name}{i}라고 합니다", ()), (f"제 이름은 {name}입니다", ()), (f"성함은 {name}{i}고요", ()), (f"네 {name}{ye}", ("성함이 어떻게 되세요?",)),
            (f"{name}입니다", ("신청하시는 분 성함 부탁드립니다",)), (f"{name}", ("고객님 성함 말씀해 주시겠어요?",)), (f"{name}{i}요", ("실례지만 성함이 어떻게 되시나요",)),
            (f"{name} 님 맞으시죠? 접수해 드렸습니다", ("성함 말씀해 주세요", f"{name}{i}요")), (f"네 {name} 고객님 확인했습니다", ("성함이요?", f"{name}입니다")),
            (f"신청인은 {name}입니다", ()), (f"예금주 {name}", ()), (f"공일공 일이삼사 오육칠팔이요 {name}{ye}", ()), (f"{name} 010-0000-1234", ("성함과 연락처를 남겨 주세요",)),
            (f"저 {name}인데요 지난번에 전화드렸던", ()), (f"{name}{i}라고 하는데요 아까 통화했어요", ()), (f"아들 이름은 {name}{i}고 초등학생이에요", ()),
            (f"{name} 씨가 저희 세입자예요", ()), (f"본인 {name}입니다", ()), (f"{name} 어르신 한 번만 더 확인할게요", ("성함이요?", f"{name}")), (f"제가 {name}{ye} 좀 전에 접수했는데", ()),
            (f"이름이 {name}{i}요 나이는 일흔이고", ()), (f"명의자는 {name}인데 제 남편이에요", ()),
        ])  # fmt: skip
        if not nim_ok and (" 씨가" in text or " 님 " in text):
            continue
        gold = [(name, "이름")]
        if "일이삼사" in text:
            gold.append(("공일공 일이삼사 오육칠팔", "전화번호"))
        if "0000" in text:
            gold.append(("010-0000-1234", "전화번호"))
        yield Sample(
            text,
            tuple(gold),
            "이름 " + ("foreign" if surname == "" else "one" if len(given) == 1 else "two"),
            before,
        )
    for _ in range(20):
        name = rng.choice(FOREIGN)
        closed = (ord(name[-1]) - 0xAC00) % 28 > 0
        yield Sample(f"제 이름은 {name}{'이에요' if closed else '예요'}", ((name, "이름"),), "이름 foreign")


def _wrap(rng: random.Random, text: str, kind: str, form: str, leads: list[str], ends: list[str]) -> Sample:
    end = rng.choice(ends)
    return Sample(f"{rng.choice(leads)}{text}{end}", ((text, kind),), f"{kind} {form}")


def personal(seed: int = 0) -> list[Sample]:
    """Sentences with personal data, all kinds and forms."""
    rng = random.Random(seed)
    return [
        sample
        for make in (phones, residents, cards, accounts, plates, emails, births, addresses, names)
        for sample in make(rng)
    ]


TOPICS = (  # noqa: SIM905
    "전입신고 여권재발급 자동차세 재산세 주민세 기초연금 임산부지원 청년월세 대형폐기물 "
    "불법주정차신고 가로등고장 수도요금 보육료 아동수당 장애인등록 확정일자 인감증명서 "
    "건축물대장 따릉이환불 문화누리카드 예방접종 치매검사 긴급복지 임대주택 종량제봉투"
).split()
CLEAN = [
    "{topic} 어떻게 하나요", "{topic} 때문에 전화드렸는데요", "이사 때문에 그러는데 {n}일 안에 해야 되나요", "{n}만 원 나왔는데 왜 이렇게 비싸요", "이천이십사년 {m}월에 신청했는데 아직도 안 나와요",
    "육십오 세 이상이면 되는 거죠", "저는 {age}살인데 {topic} 되나요", "{line}호선 타고 가면 되나요", "{bus}번 버스가 안 와요", "비밀번호 다섯 자리 누르라는데", "일 년 365일 하나요", "조례 제{n}조 {m}항에 그렇게 되어 있던데요",
    "접수번호 {receipt}인데 처리됐나요", "오전 {m}시부터 오후 {m}시까지인가요", "{m}월 {d}일까지 내면 된다고 했어요", "119에 신고했는데요", "1372로 전화하래요", "정부24에서 했는데 오류가 나요", "02-120으로 걸면 되나요",
    "구청 번호가 02-2148-1111 맞나요", "주민센터 3층 302호 민원실로 가세요", "사백이십삼만 원이 체납됐다고", "두 번 세 번 전화했어요", "한 시간째 기다리고 있어요", "강남역 {m}번 출구 앞이에요", "저는 장애인인데요 {topic} 궁금해서요",
    "제가 임차인이고요 집주인이 안 해 줘요", "저는 공무원이라고 합니다 그쪽에서요", "신청인이 직접 가야 하나요", "보호자가 대신 가도 되나요", "선생님 성함이 어떻게 되세요?", "고객님 확인 감사합니다", "담당자님 연결해 주세요",
    "저희 동네는 {dong}인데요 쓰레기를 안 가져가요", "{gu} 사는데 어디로 가요", "신림동에 살아요", "{n}평짜리 집이에요", "소득이 {n}프로 이하여야 한대요", "이번 달 이일에 냈어요", "사이사이에 쓰레기가 끼어 있어요",
    "오이 사고 이제 왔어요", "일이 많아서 못 갔어요 이사도 했고", "구 년 동안 살았어요", "삼 개월 이상 거주해야 한대요", "영하 십이 도예요 너무 추워요", "백이십 번으로 전화하면 된다고 해서요", "천이백 원 환승 요금이 왜 나가요",
    "네 번호는 안 알려 드릴래요", "주소지가 다른데 되나요", "계좌로 언제 들어오나요", "카드로 내면 되나요", "생년월일이 다르게 적혀 있어요", "차 번호를 모르는데요", "이름을 바꾸고 싶어요 개명이요", "이메일로도 되나요", "등본에 이름이 잘못 나왔어요",
    "우리 아이는 다섯 살이고 딸이에요", "어머니가 혼자 계시는데요", "아들이 군대에 가 있어요", "오 번 눌렀는데 왜 여기로 와요", "{n}층짜리 건물이에요", "아파트 단지 앞 도로가 파였어요", "길 건너 공사장이 시끄러워요", "바로 2분 거리예요",
    "버스로 20분 걸려요", "일층에 있어요 화장실이", "삼일절에도 하나요", "팔일오 광복절에 문 여나요", "사일구 묘지 어떻게 가요", "육이오 참전 유공자인데요", "오일팔 기념식 하나요", "구일구 뭐라고요", "공일 날도 해요?", "일일이 다 확인해야 돼요?",
    "2026년 3월 2일에 이사 왔어요", "전입신고를 십이월 삼일에 했어요", "사업자번호는 어디서 봐요", "고지서에 {receipt}라고 적혀 있어요 전자납부번호요", "우편번호 03172로 보내세요", "02-2133-1000으로 문의하시면 됩니다", "상담사 연결해 주세요",
    "서울시장 만나고 싶어요", "이순신 장군 동상 앞이요", "세종대왕 동상이 어디 있죠", "김치 쓰레기는 음식물이에요?", "정말이요? 고마워요", "최소 {n}명은 돼야 한대요", "임시로 {n}일만 세워 뒀어요", "민원 넣은 지 {n}일 됐어요", "안내문에 그렇게 쓰여 있어요",
    "이 차가 맨날 서 있어요", "{n}가 {m}동에 있어요", "하나 둘 셋 넷 다섯 여섯 일곱 개요", "둘이서 {n}만 원이면 싸네요", "제1종 보통 면허예요", "서식 제10호 써서 내라는데", "별지 3호 서식이요", "오늘 중으로 돼요?", "다산콜 맞죠 120번", "홈페이지 주소가 뭐예요 seoul.go.kr 인가요",
]  # fmt: skip


def clean(seed: int = 0, count: int = 600) -> list[str]:
    """Sentences without personal data: amounts, dates, bus numbers, laws, public numbers."""
    rng = random.Random(seed)
    openings = ["", "", "네 ", "저기요 ", "음 ", "아니 그게 ", "그런데요 ", "예 ", "여보세요 "]
    return [
        rng.choice(openings) + rng.choice(CLEAN).format(
            topic=" ".join(rng.sample(TOPICS, 1)), n=rng.choice([2, 3, 7, 15, 24, 30, 120, 365, 1500]), m=rng.randrange(1, 13), d=rng.randrange(1, 29),
            age=rng.randrange(18, 90), line=rng.randrange(1, 10), bus=rng.choice([102, 6625, 2413, 5511, 7737]), receipt=f"2026{number(rng, 8)}",
            dong=rng.choice(["장위동", "신월동", "제기동", "상계동", "연남동"]), gu=rng.choice(["강남구", "은평구", "마포구", "노원구"]),
        )
        if i >= len(CLEAN)
        else CLEAN[i].format(topic=rng.choice(TOPICS), n=24, m=3, d=7, age=71, line=2, bus=6625, receipt="202611210012", dong="장위동", gu="은평구")
        for i in range(count)
    ]  # fmt: skip
