"""A channel heard live: when utterances appear, what is in them, and what survives trouble."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from consultation.errors import BadInput, EngineDown
from consultation.ports import Transcriber
from consultation.privacy import find
from consultation.text import squeeze
from consultation.types import Speaker, Utterance, Word
from stt.audio import RATE, Samples
from stt.error_model import PERFECT, ErrorModel
from stt.live import LiveTranscriber
from stt.metrics import cer
from stt.recogniser import Heard, Listen, Recogniser
from stt.schedule import Scheduler
from stt.segments import Endpointing
from stt.simulated_calls import words_of
from stt.simulated_channel import ScriptedDetector, SimulatedEngine
from stt.terms import TermCorrector
from tests.stt.calls import scripts
from tests.stt.speech import say, silence

PLAIN = Listen()

CITIZEN = Speaker.CITIZEN


def words(text: str, start: float = 1.0, length: float = 0.3, pause: float = 0.05) -> list[Word]:
    return [
        Word(
            word, round(start + i * (length + pause), 3), round(start + i * (length + pause) + length, 3), 1.0
        )
        for i, word in enumerate(text.split())
    ]


def channel(said: Sequence[Word], engine: Recogniser | None = None, **more) -> LiveTranscriber:
    more.setdefault("detector", ScriptedDetector(said))
    return LiveTranscriber(CITIZEN, recogniser=engine or SimulatedEngine(said, PERFECT), **more)


def hear(live: Transcriber, seconds: float, piece: int = 320) -> list[Utterance]:
    count = round(seconds * RATE)
    sound = np.zeros(count, np.int16)
    return [u for at in range(0, count, piece) for u in live.push(sound[at : at + piece])] + live.finish()


def finals(utterances: Sequence[Utterance]) -> list[Utterance]:
    return [u for u in utterances if u.is_final]


def test_words_come_back_with_their_times_speaker_and_confidence() -> None:
    said = words_of(scripts()["sample-001"], CITIZEN)
    heard = finals(hear(channel(said), said[-1].end + 2))
    assert [(w.text, w.start, w.end) for u in heard for w in u.words] == [
        (w.text, pytest.approx(w.start, abs=0.002), pytest.approx(w.end, abs=0.002)) for w in said
    ]
    assert all(u.speaker is CITIZEN and u.text == " ".join(w.text for w in u.words) for u in heard)
    assert all((u.start, u.end) == (u.words[0].start, u.words[-1].end) for u in heard)
    assert all(w.confidence == 1.0 for u in heard for w in u.words)


def test_how_the_sound_is_cut_changes_no_final() -> None:
    said = words_of(scripts()["sample-002"], CITIZEN)
    by_frame, by_second, odd = (
        finals(hear(channel(said, SimulatedEngine(said, seed=5)), said[-1].end + 2, piece))
        for piece in (320, RATE, 1777)
    )
    assert by_frame == by_second == odd


def test_the_final_comes_half_a_second_after_the_last_word() -> None:
    said = words("전입신고 어떻게 하나요")
    live = channel(said)
    while not (found := finals(live.push(silence(0.02)))):
        assert live.position < 10
    assert live.position - said[-1].end < 0.5
    assert found[0].text == "전입신고 어떻게 하나요"


def test_partials_grow_and_come_while_the_words_are_said() -> None:
    said = words(
        "어제 이사를 왔는데요 전입신고를 하려면 어디로 가야 하는지 무엇이 필요한지 궁금해서 전화드렸어요"
    )
    heard = hear(channel(said, SimulatedEngine(said, replace(PERFECT, edge=0.5), seed=1)), said[-1].end + 2)
    shown = [u for u in heard if not u.is_final]
    assert len(shown) >= 3
    assert all(squeeze(b.text).startswith(squeeze(a.text)) for a, b in itertools.pairwise(shown))
    assert shown[0].end < said[-1].end - 2
    assert not shown[0].words


def test_without_partials_only_finals_come() -> None:
    said = words("제가 어제 이사를 왔는데요 전입신고를 하려면 어디로 가야 하나요")
    assert [u.is_final for u in hear(channel(said, partials=False), said[-1].end + 2)] == [True]


def test_a_spoken_number_is_never_in_a_partial() -> None:
    said = words("제 번호는 공일공 공공공공 일이삼사 이고요 문자로 안내 좀 보내 주시면 정말 좋겠습니다")
    heard = hear(channel(said, masked_before=lambda: ["안녕하세요 무엇을 도와드릴까요"]), said[-1].end + 2)
    shown = [u.text for u in heard if not u.is_final]
    assert shown
    assert not any("공일공" in text or "일이삼사" in text for text in shown)
    assert not any(find(text) for text in shown)
    assert "공일공 공공공공 일이삼사" in finals(heard)[-1].text  # the call masks finals itself


def test_a_bare_answer_to_a_question_for_personal_data_waits_for_its_final() -> None:
    said = words("김가나 이고요 다른 것은 없습니다")
    heard = hear(channel(said, masked_before=lambda: ["성함이 어떻게 되세요"]), said[-1].end + 2)
    assert [u.is_final for u in heard] == [True]


def test_a_long_speech_is_divided_and_no_word_is_lost_or_said_twice() -> None:
    said = [
        Word(f"낱말{number}", round(1 + 0.4 * number, 3), round(1 + 0.4 * number + 0.38, 3), 1.0)
        for number in range(300)
    ]
    for seed in range(3):
        engine = SimulatedEngine(said, PERFECT, seed)
        endpointing = Endpointing(max_length=7.0 + seed)
        heard = finals(hear(channel(said, engine, endpointing=endpointing), said[-1].end + 2))
        assert len(heard) > 10
        assert [w.text for u in heard for w in u.words] == [w.text for w in said]


def test_a_word_that_both_halves_of_a_divided_speech_claim_is_kept_once() -> None:
    class Imprecise:
        """Tells a word's time a little later in the second hearing."""

        name = "imprecise"

        def __init__(self) -> None:
            self.before = SimulatedEngine(said, PERFECT)

        def recognise(self, samples: Samples, listen: Listen = PLAIN) -> Heard:  # type: ignore[override]
            heard = self.before.recognise(samples, listen)
            late = 0.15 if listen.start > 5 else -0.15
            return replace(
                heard,
                words=tuple(
                    replace(w, start=max(0, w.start + late), end=max(0.1, w.end + late)) for w in heard.words
                ),
            )

    said = [Word(f"낱말{n}", 1 + 0.7 * n, 1 + 0.7 * n + 0.69, 1.0) for n in range(14)]
    heard = finals(
        hear(channel(said, Imprecise(), endpointing=Endpointing(max_length=7.0)), said[-1].end + 2)  # type: ignore[arg-type]
    )
    assert len(heard) == 2
    assert [w.text for u in heard for w in u.words] == [w.text for w in said]


def test_what_a_model_invents_without_speech_is_taken_out() -> None:
    said = words("감사합니다", length=0.8)

    class Inventive(SimulatedEngine):
        def recognise(self, samples, listen=PLAIN):
            heard = super().recognise(samples, listen)
            end = len(samples) / RATE
            return replace(heard, words=(*heard.words, Word("시청해주셔서", end - 0.1, end, 0.9)), text="")

    live = channel(said, Inventive(said, PERFECT), endpointing=Endpointing(padding=1.0, min_silence=1.5))
    heard = finals(hear(live, 5))
    assert [u.text for u in heard] == ["감사합니다"]
    assert live.taken_out.total() == 1


@pytest.mark.parametrize("failure", ["closing", "foreign", "repetition"])
def test_what_a_model_invents_beside_speech_does_not_reach_the_call_and_nothing_said_is_lost(
    failure: str,
) -> None:
    for name in ("sample-001", "sample-002"):
        said = words_of(scripts()[name], CITIZEN)
        engine = SimulatedEngine(said, replace(PERFECT, **{failure: 1.0}), name)
        heard = squeeze(
            "".join(u.text for u in hear(channel(said, engine, partials=False), said[-1].end + 2))
        )
        truth = squeeze("".join(w.text for w in said))
        if failure == "foreign":  # the word in another script stands between true ones
            assert heard == truth
        else:
            assert heard.startswith(truth[:40])
            assert len(heard) == len(truth)


def test_a_model_that_doubts_its_own_text_is_believed() -> None:
    class Doubtful:
        name = "doubtful"

        def recognise(self, samples, listen=PLAIN):
            return Heard("구독과 좋아요", (), 0.2, no_speech=0.9)

    said = words("음 음")
    assert not finals(hear(channel(said, Doubtful()), 4))  # type: ignore[arg-type]


def test_text_without_word_times_gets_them_from_the_speech() -> None:
    class Bare:
        name = "bare"

        def recognise(self, samples, listen=PLAIN):
            return Heard("여권 언제 나와요", (), 0.7)

    said = words("여권 언제 나와요")
    (heard,) = finals(hear(channel(said, Bare()), 5))  # type: ignore[arg-type]
    assert [w.text for w in heard.words] == ["여권", "언제", "나와요"]
    assert all(abs(a.start - b.start) < 0.2 for a, b in zip(heard.words, said, strict=True))
    assert {w.confidence for w in heard.words} == {0.7}


def test_terms_and_spaces_are_mended_and_words_follow() -> None:
    said = words("저는 영등보구 청에서 왔어요")
    live = channel(
        said,
        corrector=TermCorrector.of_seoul(),
        spacing=lambda text: text.replace("구 청에서", "구청에서"),
    )
    (heard,) = finals(hear(live, 5))
    assert heard.text == "저는 영등포구청에서 왔어요"
    assert [w.text for w in heard.words] == heard.text.split()
    assert (heard.words[1].start, heard.words[1].end) == (said[1].start, said[2].end)


def test_domain_words_are_asked_for_at_each_decoding() -> None:
    asked: list[Listen] = []

    class Listening(SimulatedEngine):
        def recognise(self, samples, listen=PLAIN):
            asked.append(listen)
            return super().recognise(samples, listen)

    said = words("하나 둘 셋 넷 다섯 여섯")
    hear(channel(said, Listening(said, PERFECT), prompt=lambda: "강남구 송파구"), 5)
    assert {listen.prompt for listen in asked} == {"강남구 송파구"}
    assert [listen.words for listen in asked].count(True) == 1


def test_a_short_gap_is_silence_within_the_speech() -> None:
    said = words("하나 둘 셋 넷 다섯 여섯")
    live = channel(said)
    heard = [u for _ in range(100) for u in live.push(silence(0.02))]
    heard += live.skip(0.1)
    heard += [u for _ in range(150) for u in live.push(silence(0.02))]
    assert [u.text for u in finals(heard + live.finish())] == ["하나 둘 셋 넷 다섯 여섯"]


def test_a_long_gap_ends_the_speech_and_times_stay_right() -> None:
    early, late = words("하나 둘 셋", 1.0), words("넷 다섯 여섯", 600.0)
    live = channel([*early, *late])
    heard = live.push(silence(1.7)) + live.skip(597.003)
    assert live.position == pytest.approx(598.703)
    heard += [u for _ in range(250) for u in live.push(silence(0.02))] + live.finish()
    first, second = finals(heard)
    assert first.text.startswith("하나")
    assert second.text == "넷 다섯 여섯"
    assert (second.start, second.end) == (
        pytest.approx(late[0].start, abs=0.02),
        pytest.approx(late[-1].end, abs=0.02),
    )


def test_an_endless_gap_costs_neither_time_nor_memory() -> None:
    live = channel([])
    assert live.skip(9e6) == []
    assert live.position == pytest.approx(9e6)
    assert len(live._sound) < 4 * RATE
    for wrong in (-1.0, float("nan"), float("inf"), 1e8):
        with pytest.raises(BadInput):
            live.skip(wrong)


def test_memory_of_an_hour_of_silence_and_of_speech_without_end_is_bounded() -> None:
    live = channel(
        [], detector=ScriptedDetector([Word("아", 0.0, 1e6, 1.0)]), engine=SimulatedEngine([], PERFECT)
    )
    quiet = channel([])
    for _ in range(120):
        live.push(silence(1))
        quiet.push(silence(1))
        assert len(live._sound) / 2 / RATE < 31
        assert len(quiet._sound) / 2 / RATE < 3


def test_what_is_still_being_said_at_the_end_becomes_a_final() -> None:
    said = words("여보세요 들리세요")
    live = channel(said)
    live.push(silence(said[-1].end + 0.05))
    assert [u.text for u in live.finish()] == ["여보세요 들리세요"]
    assert live.finish() == []
    with pytest.raises(BadInput, match="ended"):
        live.push(silence(0.02))


def test_sound_of_another_shape_or_type_is_refused() -> None:
    live = channel([])
    for wrong in (np.zeros((160, 2), np.int16), np.zeros(160, np.float32), np.zeros(160, np.uint8)):
        with pytest.raises(BadInput, match="int16"):
            live.push(wrong)  # type: ignore[arg-type]
    assert live.push(np.zeros(0, np.int16)) == []


def test_where_speech_was_is_known_for_talk_over() -> None:
    said = [*words("하나 둘", 1.0), *words("셋", 5.0)]
    live = channel(said)
    hear(live, 7)
    assert [(round(a, 1), round(b, 1)) for a, b in live.voiced] == [(1.0, 1.3), (1.3, 1.7), (5.0, 5.3)]


def test_neither_scheduler_nor_recogniser_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        LiveTranscriber(CITIZEN)


# ---- on the threads of a scheduler


def collect(live: LiveTranscriber, until: Callable[[], bool]) -> list[Utterance]:
    out: list[Utterance] = []
    limit = time.monotonic() + 10
    while not until():
        assert time.monotonic() < limit
        out += live.poll()
        time.sleep(0.002)
    return out + live.poll()


def test_eight_channels_on_one_scheduler_hear_what_each_would_hear_alone() -> None:
    calls = list(scripts().values())[:4]
    lines = [
        ([w for w in words_of(call, speaker) if w.end < 30], speaker)
        for call in calls
        for speaker in (Speaker.CITIZEN, Speaker.AGENT)
    ]
    model = ErrorModel()
    alone = [
        finals(hear(channel(said, SimulatedEngine(said, model, i)), said[-1].end + 2))
        for i, (said, _) in enumerate(lines)
    ]
    scheduler = Scheduler(SimulatedEngine([]), workers=2)
    lives = [
        LiveTranscriber(
            CITIZEN, scheduler, recogniser=SimulatedEngine(said, model, i), detector=ScriptedDetector(said)
        )
        for i, (said, _) in enumerate(lines)
    ]
    together: list[list[Utterance]] = [[] for _ in lines]
    longest = max(said[-1].end for said, _ in lines) + 2
    for _ in range(round(longest / 0.1)):
        for i, live in enumerate(lives):
            together[i] += live.push(silence(0.1))
    for i, live in enumerate(lives):
        together[i] += live.finish(60)
    assert [finals(heard) for heard in together] == alone
    scheduler.close()


def test_push_does_not_wait_for_the_model_and_the_text_comes_later() -> None:
    said = words("전입신고 어떻게 하나요")

    class Slow(SimulatedEngine):
        def recognise(self, samples, listen=PLAIN):
            time.sleep(0.3)
            return super().recognise(samples, listen)

    scheduler = Scheduler(Slow(said, PERFECT))
    live = LiveTranscriber(CITIZEN, scheduler, detector=ScriptedDetector(said), partials=False)
    began = time.monotonic()
    assert not [u for _ in range(200) for u in live.push(silence(0.02))]
    assert time.monotonic() - began < 0.3
    assert live.delay > 0
    heard = collect(live, lambda: scheduler.load.finals == 1)
    assert [u.text for u in heard] == ["전입신고 어떻게 하나요"]
    assert live.delay == 0
    scheduler.close()


def test_while_one_channels_engine_is_down_the_other_channel_goes_on_and_nothing_is_invented() -> None:
    said = [*words("하나 둘 셋", 1.0), *words("넷 다섯 여섯", 4.0)]
    state = {"down": True}

    class Down(SimulatedEngine):
        def recognise(self, samples, listen=PLAIN):
            if state["down"]:
                raise EngineDown("no answer")
            return super().recognise(samples, listen)

    scheduler = Scheduler(SimulatedEngine(said, PERFECT), pause=0.05)
    good = LiveTranscriber(CITIZEN, scheduler, detector=ScriptedDetector(said))
    bad = LiveTranscriber(CITIZEN, scheduler, recogniser=Down(said, PERFECT), detector=ScriptedDetector(said))
    heard_good: list[Utterance] = []
    heard_bad: list[Utterance] = []
    for _ in range(70):
        heard_good += good.push(silence(0.1))
        heard_bad += bad.push(silence(0.1))
    heard_good += good.finish()
    assert [u.text for u in finals(heard_good)] == ["하나 둘 셋", "넷 다섯 여섯"]
    assert not heard_bad
    collect(bad, lambda: scheduler.load.failures >= 2)
    state["down"] = False
    heard_bad += bad.finish()
    assert sorted(u.start for u in finals(heard_bad)) == pytest.approx([1.0, 4.0], abs=0.02)
    assert sorted(u.text for u in finals(heard_bad)) == ["넷 다섯 여섯", "하나 둘 셋"]
    scheduler.close()


def test_finish_waits_a_bounded_time_for_an_engine_that_is_gone() -> None:
    class Gone(SimulatedEngine):
        def recognise(self, samples, listen=PLAIN):
            raise EngineDown("no answer")

    said = words("하나 둘 셋")
    scheduler = Scheduler(Gone(said), pause=60.0)
    live = LiveTranscriber(CITIZEN, scheduler, detector=ScriptedDetector(said))
    live.push(silence(4))
    assert live.finish(0.1) == []
    assert scheduler.load.lost == 1
    assert scheduler.load.lanes == 0
    scheduler.close()


# ---- with the real detector


def test_speech_of_a_synthesiser_is_cut_into_its_sentences() -> None:
    sentences = ["안녕하세요 전입신고를 하려고 합니다", "어디로 가야 하나요"]
    parts = [silence(1), say(sentences[0]), silence(1.2), say(sentences[1]), silence(1)]
    sound = np.concatenate(parts)

    class Lengths:
        name = "lengths"

        def recognise(self, samples, listen=PLAIN):
            return Heard("들렸어요", (), 1.0)

    live = LiveTranscriber(CITIZEN, recogniser=Lengths())  # type: ignore[arg-type]
    heard = [u for at in range(0, len(sound), 320) for u in live.push(sound[at : at + 320])]
    heard = finals(heard + live.finish())
    begin = np.cumsum([len(part) for part in parts]) / RATE
    assert len(heard) == 2
    assert [u.start for u in heard] == pytest.approx([begin[0], begin[2]], abs=0.15)
    assert [u.end for u in heard] == pytest.approx([begin[1], begin[3]], abs=0.2)


def test_error_rates_are_those_of_the_model_however_the_channel_is_heard() -> None:
    said = words_of(scripts()["sample-003"], CITIZEN)
    heard = finals(hear(channel(said, SimulatedEngine(said, ErrorModel(), 7)), said[-1].end + 2))
    rate = cer([" ".join(w.text for w in said)], [" ".join(u.text for u in heard)]).rate
    assert 0 < rate < 0.25
