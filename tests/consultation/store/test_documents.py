"""Nouns come back from their documents as they went in."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from consultation.store.columns import canonical
from consultation.store.documents import (
    digest_of,
    entry_from_json,
    entry_to_json,
    without_words,
    words_of,
    wrap_up_from_json,
    wrap_up_to_json,
)
from consultation.types import ConsultationEntry, EntryState, FollowUp, Traced, Urgency, WrapUp

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
traced = st.builds(Traced, texts, st.tuples(st.integers(0, 99)), st.lists(texts, max_size=2).map(tuple))
wrap_ups = st.builds(
    WrapUp,
    category=texts,
    question=st.lists(traced, max_size=3).map(tuple),
    answer=st.lists(traced, max_size=3).map(tuple),
    outcome=texts,
    follow_up=st.builds(FollowUp, texts, texts),
    entry_ids=st.lists(texts, max_size=2).map(tuple),
    resolved=st.booleans(),
    district=st.none() | texts,
    urgency=st.sampled_from(Urgency),
    ars_code=st.integers(1, 9),
    topics=st.lists(texts, max_size=2).map(tuple),
)
entries = st.builds(
    ConsultationEntry,
    entry_id=texts,
    question=texts,
    answer=texts,
    field=texts,
    district=st.none() | texts,
    variants=st.lists(texts, max_size=3).map(tuple),
    valid_from=st.none() | st.dates(),
    valid_until=st.none() | st.dates(),
    confirmed_on=st.none() | st.dates(),
    state=st.sampled_from(EntryState),
    ars_code=st.none() | st.integers(1, 9),
    is_sample=st.booleans(),
    version=st.integers(0, 99),
)


@given(wrap_ups)
def test_a_wrap_up_comes_back(wrap_up: WrapUp) -> None:
    assert wrap_up_from_json(json.loads(canonical(wrap_up_to_json(wrap_up)))) == wrap_up


@given(entries)
def test_an_entry_comes_back(entry: ConsultationEntry) -> None:
    assert entry_from_json(json.loads(canonical(entry_to_json(entry))), entry.version) == entry


def test_the_version_is_not_part_of_a_wording() -> None:
    one, two = (ConsultationEntry("e", "q", "a", "행정", version=version) for version in (1, 2))
    other = ConsultationEntry("e", "q", "a", "행정", confirmed_on=date(2026, 1, 1))
    assert digest_of(entry_to_json(one)) == digest_of(entry_to_json(two))
    assert digest_of(entry_to_json(one)) != digest_of(entry_to_json(other))


@given(wrap_ups)
def test_what_statistics_keep_holds_no_words(wrap_up: WrapUp) -> None:
    assert words_of(without_words(wrap_up)).strip() == ""
