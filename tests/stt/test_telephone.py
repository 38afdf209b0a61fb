"""A telephone line leaves its band, adds its noise, loses its packets, and does so the same way each time."""

import numpy as np
import pytest

from consultation.errors import BadInput
from stt.audio import Samples
from stt.telephone import PACKET, through_telephone

BOTH_RATES = pytest.mark.parametrize("rate", [8_000, 16_000])


def tone(hertz: float, rate: int, seconds: float = 1.0, loud: float = 8_000) -> Samples:
    at = np.arange(round(seconds * rate)) / rate
    return (loud * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def rms(samples: Samples) -> float:
    return float(np.sqrt((samples.astype(np.float64) ** 2).mean()))


def middle(samples: Samples) -> Samples:
    return samples[len(samples) // 4 : -len(samples) // 4]


@BOTH_RATES
def test_length_rate_and_type_stay(rate):
    for length in (1, 159, 160, 161, 4_001):
        heard = through_telephone(tone(500, rate)[:length], rate, loss=0.1)
        assert heard.dtype == np.int16
        assert len(heard) == length


@BOTH_RATES
def test_a_voice_passes_and_what_lies_outside_the_band_does_not(rate):
    def gain(hertz: float) -> float:
        sent = tone(hertz, rate)
        return rms(middle(through_telephone(sent, rate, snr_db=None, codec="pcm"))) / rms(sent)

    assert gain(1_000) == pytest.approx(1.0, abs=0.05)
    assert gain(2_500) == pytest.approx(1.0, abs=0.05)
    assert gain(60) < 0.05
    assert gain(3_900) < 0.05


def test_what_8_khz_cannot_carry_is_not_folded_into_the_band():
    assert rms(middle(through_telephone(tone(6_000, 16_000), 16_000, snr_db=None, codec="pcm"))) < 40


@BOTH_RATES
@pytest.mark.parametrize("snr", [5.0, 20.0])
def test_noise_is_as_far_below_the_voice_as_asked(rate, snr):
    sent = tone(1_000, rate)
    clean = through_telephone(sent, rate, snr_db=None, codec="pcm").astype(np.float64)
    heard = through_telephone(sent, rate, snr_db=snr, codec="pcm").astype(np.float64)
    measured = 20 * np.log10(rms(middle(clean)) / rms(middle(heard - clean)))
    assert measured == pytest.approx(snr, abs=1.0)


def test_pauses_do_not_make_the_noise_weaker():
    voice = tone(1_000, 8_000)
    with_pause = np.concatenate([voice, np.zeros(6_000, np.int16)])
    pause = through_telephone(with_pause, 8_000, snr_db=10, codec="pcm")[-4_000:]
    assert 20 * np.log10(rms(voice) / rms(pause)) == pytest.approx(10, abs=1.0)


def test_the_same_seed_gives_the_same_sound_and_another_another():
    sent = tone(700, 16_000)
    once = through_telephone(sent, 16_000, loss=0.1, seed=3)
    assert np.array_equal(once, through_telephone(sent, 16_000, loss=0.1, seed=3))
    assert not np.array_equal(once, through_telephone(sent, 16_000, loss=0.1, seed=4))


@pytest.mark.parametrize("codec", ["mulaw", "alaw"])
def test_g711_costs_about_38_db(codec):
    sent = tone(1_000, 8_000)
    linear = through_telephone(sent, 8_000, snr_db=None, codec="pcm").astype(np.float64)
    coded = through_telephone(sent, 8_000, snr_db=None, codec=codec).astype(np.float64)
    assert 33 < 20 * np.log10(rms(middle(linear)) / rms(middle(coded - linear))) < 45


def test_lost_packets_fade_instead_of_breaking_off():
    sent = tone(1_000, 8_000, seconds=4)
    heard = through_telephone(sent, 8_000, snr_db=None, loss=0.3, codec="pcm")
    whole = through_telephone(sent, 8_000, snr_db=None, codec="pcm")
    packets = len(sent) // PACKET
    heard_by_packet = heard[: packets * PACKET].reshape(packets, PACKET)
    lost = [i for i in range(packets) if not np.array_equal(heard_by_packet[i], whole.reshape(-1, PACKET)[i])]
    assert 0.2 < len(lost) / packets < 0.4
    assert all(rms(heard_by_packet[i]) < 0.6 * rms(sent) for i in lost)
    assert max(rms(heard_by_packet[i]) for i in lost) > 0.4 * rms(sent)  # a copy of the one before


def test_a_line_that_loses_everything_is_silent():
    assert not through_telephone(tone(1_000, 8_000), 8_000, loss=1.0, codec="pcm").any()


def test_loud_sound_is_cut_off_and_not_turned_round():
    square = np.where(tone(400, 8_000) > 0, 32_767, -32_768).astype(np.int16)
    heard = through_telephone(square, 8_000, snr_db=None, codec="pcm")
    assert heard[40:-40].max() == 32_767
    assert np.corrcoef(square[100:-100], heard[100:-100])[0, 1] > 0.9


def test_silence_gets_the_noise_of_a_line_and_nothing_stays_nothing():
    assert 0 < rms(through_telephone(np.zeros(8_000, np.int16), 8_000)) < 200
    assert len(through_telephone(np.zeros(0, np.int16), 8_000)) == 0


@pytest.mark.parametrize(
    ("rate", "extra"),
    [(44_100, {}), (8_000, {"loss": 1.5}), (8_000, {"loss": -0.1}), (8_000, {"codec": "g729"})],
)
def test_what_no_line_has_is_refused(rate, extra):
    with pytest.raises(BadInput):
        through_telephone(tone(500, 8_000), rate, **extra)
