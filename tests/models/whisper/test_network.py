"""The network learns, and what is exported is a stock Whisper file that says the same."""

import random
from pathlib import Path

import numpy as np
import pytest

from consultation.errors import BadInput
from models.whisper.dataset import Example
from tests.required import library

torch = library("torch", extra="neural")
whisper = library("whisper", extra="whisper")

from models.whisper.export import export, whole_table  # noqa: E402
from models.whisper.losses import losses  # noqa: E402
from models.whisper.network import (  # noqa: E402
    Network,
    from_training,
    from_whisper,
    is_training_checkpoint,
    read_checkpoint,
)
from models.whisper.tensors import IGNORE, collate, token_spans  # noqa: E402
from models.whisper.testset import Clip, errors  # noqa: E402
from models.whisper.vocabulary import JAMO, Vocabulary, jamo  # noqa: E402

TEXTS = ("네", "여권을 신청해요", "아니요")
DIMS = whisper.model.ModelDimensions(80, 1_500, 32, 2, 1, 51_865, 448, 32, 2, 1)


def tones(hertz: float, seconds: float = 0.6) -> np.ndarray:
    at = np.arange(round(seconds * 16_000)) / 16_000
    return (0.3 * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


EXAMPLES = (
    Example("네", tones(400), ((4, 6), (6, 26))),
    Example("아니요", tones(1_200), ((4, 6), (6, 12), (12, 18), (18, 26))),
)


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Steps are so small that threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def learned(_one_thread) -> Network:
    """A network that has heard two tones often enough to name them."""
    torch.manual_seed(0)
    network = Network(DIMS, Vocabulary.of(TEXTS))
    optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
    dice = random.Random(0)
    for step in range(150):
        batch = collate(EXAMPLES, 10_240 + step % 2 * 5_120, network.vocabulary, dice)
        optimiser.zero_grad()
        losses(network, batch).total.backward()
        optimiser.step()
    return network


@pytest.mark.parametrize("by_syllable", [False, True])
def test_every_text_survives_its_tokens_even_one_with_letters_never_seen(by_syllable):
    vocabulary = Vocabulary.of(TEXTS, by_syllable=by_syllable)
    for text in (*TEXTS, "쀍", "전혀 다른 뷁 문장"):
        assert vocabulary.decode(vocabulary.encode(text)) == text
    assert vocabulary.encode("") == []


def test_by_syllable_no_token_spans_two_syllables():
    vocabulary = Vocabulary.of(["어떻게 하나요"], by_syllable=True)
    places = vocabulary.encode("어떻게 하나요")
    spans = vocabulary.characters(places)
    assert all(len(" 어떻게 하나요"[a:b].strip()) <= 1 for a, b in spans)


def test_the_prefix_is_what_every_engine_sends():
    vocabulary = Vocabulary.of(TEXTS)
    assert [vocabulary.tokens[place] for place in vocabulary.prefix] == [50_258, 50_264, 50_359, 50_363]
    assert vocabulary.tokens[vocabulary.end] == 50_257


def test_the_larger_table_of_large_v3_has_its_own_numbers():
    vocabulary = Vocabulary.of(TEXTS, 51_866)
    assert [vocabulary.tokens[place] for place in vocabulary.prefix] == [50_258, 50_264, 50_360, 50_364]


def test_jamo_are_what_is_heard():
    assert jamo("아") == jamo("ㅋ 아 a")
    assert len(jamo("한글")) == 6
    assert len(jamo("여권")) == 4
    assert max(jamo("힣")) < JAMO


def test_tokens_lie_where_their_characters_lie():
    vocabulary = Vocabulary.of(TEXTS)
    places = vocabulary.encode("쀍")  # one syllable in several bytes
    spans = token_spans(vocabulary.characters(places), [(0.0, 2.0), (2.0, 10.0)])
    assert len(spans) == len(places) > 1
    assert all(span[1] == 10.0 for span in spans[1:])
    assert token_spans(vocabulary.characters(places), ()) == []


def test_nothing_is_asked_of_the_prefix_or_a_prompt():
    vocabulary = Vocabulary.of(TEXTS)
    batch = collate(EXAMPLES, 10_240, vocabulary, random.Random(0))
    first = len(vocabulary.prefix) - 1
    assert (batch.targets[:, :first] == IGNORE).all()
    assert batch.targets[0, first] == vocabulary.encode("네")[0]
    prompted = collate(EXAMPLES * 60, 10_240, vocabulary, random.Random(0), lambda: "여권을")
    with_prompt = (prompted.tokens[:, 0] == vocabulary.previous).nonzero()[:, 0]
    assert len(with_prompt)
    asked = prompted.targets[with_prompt] != IGNORE
    assert int(asked.int().argmax(1).min()) == first + 1 + len(vocabulary.encode("여권을"))


def test_a_batch_without_times_still_teaches_tokens():
    network = Network(DIMS, Vocabulary.of(TEXTS))
    examples = [Example(one.text, one.sound) for one in EXAMPLES]
    found = losses(network, collate(examples, 10_240, network.vocabulary, random.Random(0)), with_ctc=False)
    assert float(found.token.detach()) > 0
    assert [float(part) for part in (found.ctc, found.guide, found.pooled)] == [0, 0, 0]


def test_the_network_learns_to_name_what_it_hears(learned):
    clips = [Clip("tones", one.text, one.sound) for one in EXAMPLES]
    assert errors(learned, clips) == {"tones": 0.0}


def test_an_exported_file_opens_in_whisper_and_says_the_same(learned, tmp_path):
    out = tmp_path / "model.pt"
    size = export(learned, out)
    assert size == out.stat().st_size < 2_000_000  # 3.3 MB of token table, most of it one row again and again
    model = whisper.load_model(str(out), device="cpu")
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(torch.from_numpy(EXAMPLES[0].sound)))
    vocabulary = learned.vocabulary
    prefix = torch.tensor([vocabulary.prefix])
    whole = torch.tensor([[vocabulary.tokens[place] for place in vocabulary.prefix]])
    with torch.no_grad():
        ours = learned.decode(prefix, learned.encode(mel[None]))[0][0, -1]
        theirs = model(mel[None], whole)[0, -1]
    assert torch.allclose(theirs[torch.tensor(vocabulary.tokens)], ours, atol=0.1)
    untrained = torch.ones(len(theirs), dtype=torch.bool)
    untrained[torch.tensor(vocabulary.tokens)] = False
    assert theirs[untrained].max() < ours.max()


def test_a_real_checkpoint_keeps_the_tokens_nobody_trained(tmp_path):
    torch.manual_seed(1)
    model = whisper.model.Whisper(DIMS)
    path = tmp_path / "tiny.pt"
    torch.save({"dims": dict(vars(DIMS)), "model_state_dict": model.state_dict()}, path)
    network = from_whisper(path, TEXTS)
    base = read_checkpoint(path)[1]["decoder.token_embedding.weight"]
    assert torch.equal(whole_table(network, base), base)
    with pytest.raises(BadInput, match="not what the training started from"):
        whole_table(network, base[:100])


def test_training_goes_on_where_it_stopped(learned, tmp_path):
    path = tmp_path / "last.pt"
    content = {
        "network": learned.state_dict(),
        "tokens": list(learned.vocabulary.tokens),
        "by_syllable": False,
        "dims": dict(vars(DIMS)),
    }
    torch.save(content, path)
    assert is_training_checkpoint(path)
    again = from_training(path)
    assert torch.equal(again.table, learned.table)


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all", None])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, content):
    path: Path = tmp_path / "x.pt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput):
        read_checkpoint(path)
