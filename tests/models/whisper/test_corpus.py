"""Sentences for training: Hangul alone, phrases of a few words, nothing held out is trained on."""

import json
import random
import re

import pytest

from consultation.errors import BadInput
from models.whisper.corpus import PUBLIC, Corpus, phrases, read_corpus, sample_sentences, syllables
from models.whisper.testset import unheard


def cut(text: str) -> list[str]:
    return list(phrases(text, random.Random(0)))


def test_numbers_are_spelled_out():
    assert " ".join(cut("수수료는 3000원입니다")) == "수수료는 삼천 원입니다"


def test_sentences_with_other_letters_are_left_out():
    assert cut("TV 수신료는 어디에 문의하나요") == []
    assert cut("") == []


def test_a_long_sentence_becomes_phrases_that_together_say_it():
    text = "여권을 재발급 받으시려면 신분증과 사진을 가지고 가까운 구청 민원실로 오시면 됩니다"
    parts = cut(text)
    assert len(parts) > 1
    assert " ".join(parts) == text
    assert all(syllables(part) <= 34 for part in parts)


def test_lists_without_spaces_are_left_out():
    assert cut("가나다라마바사아자차카타파하거너 신청") == []


def test_sample_sentences_are_what_the_demonstration_speaks():
    sentences = sample_sentences()
    assert len(sentences) > 100
    assert all(re.fullmatch("[가-힣 ]+", sentence) for sentence in sentences)


@pytest.fixture
def data(tmp_path):
    """The folder of the sets, each with a few sentences of ours."""
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "dev_calls.jsonl").write_text('{"turns": [{"text": "네 알겠습니다"}]}\n', "utf-8")
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "dev_scenarios.jsonl").write_text(
        '{"turns": [{"user": "가로등이 나갔어요"}]}\n', "utf-8"
    )
    for number, source in enumerate(PUBLIC):
        path = tmp_path / source.path
        path.parent.mkdir(exist_ok=True)
        words = "가나다라마바사아자차카타파하"
        rows = [
            {"text": f"{words[number]}{a} {b}{words[number]}"} for a in words for b in words for _ in range(2)
        ]
        content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        if path.suffix == ".gz":
            import gzip

            content = gzip.compress(content)
        path.write_bytes(content)
    return tmp_path


def test_the_same_seed_gives_the_same_corpus_and_parts_never_overlap(data):
    corpus = read_corpus(data)
    assert corpus == read_corpus(data)
    assert corpus.held_general
    assert corpus.held_domain
    assert not set(corpus.held_general) & set(corpus.general)
    assert not set(corpus.held_domain) & set(corpus.domain)


def test_a_set_that_is_missing_is_named(data):
    (data / "seoul120" / "seoul120_docs.jsonl").unlink()
    with pytest.raises(BadInput, match="seoul120_docs"):
        read_corpus(data)


def test_what_is_part_of_a_trained_text_is_no_test():
    corpus = Corpus(("오늘 날씨가 좋네요",), (), ("여권을 신청하려고요",))
    assert unheard(["날씨가", "여권을 신청", "세금을"], corpus) == ["세금을"]
