"""A recording becomes a call in the store: masked turns, flags and district, ended, its record drafted.

Suggestions are not made up for it: nobody was shown any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from assistant.call import Call
from assistant.events import DistrictKnown, Flagged, Heard
from consultation.errors import Conflict, Unknown
from consultation.store import Store
from consultation.text import clean
from consultation.types import Channel, Conversation, Speaker, Stage
from stt.transcription import Transcript


def conversation_of(digest: str) -> str:
    """The id of the call that a sound file becomes, from the SHA-256 of the file."""
    return f"rec-{digest[:24]}"


def is_kept(store: Store, digest: str) -> bool:
    """Is this file's call kept, with its record drafted?"""
    try:
        return store.conversations.get(conversation_of(digest)).stage in (Stage.DRAFTED, Stage.CONFIRMED)
    except Unknown:
        return False


def keep(
    store: Store,
    transcript: Transcript,
    digest: str,
    *,
    agent: str,
    started_at: datetime,
    make_call: Callable[[Conversation], Call],
    draft: Callable[[str], object],
) -> str:
    """Keep a transcript as a call; returns its id. Again, after a process was killed, it goes on.

    Raises `Conflict` when half of it is kept with other words, of another model.
    """
    kept = store.conversations
    conversation = Conversation(conversation_of(digest), Channel.PHONE, started_at, agent)
    if not _is_begun(store, conversation):
        kept.start(conversation)
    call = make_call(conversation)
    for index, utterance in enumerate(transcript):
        if transcript.mixed:
            utterance = replace(utterance, speaker=Speaker.CITIZEN)
        original = clean(utterance.text)
        for event in call.hear(utterance, index):
            match event:
                case Heard(turn):
                    kept.add_turn(conversation.conversation_id, turn, original, utterance.words)
                case Flagged(flag):
                    kept.add_flag(conversation.conversation_id, flag)
                case DistrictKnown(district):
                    kept.set_district(conversation.conversation_id, district)
                case _:  # alerts and notices are for an agent who listens
                    pass
    kept.end(conversation.conversation_id, started_at + timedelta(seconds=transcript.seconds))
    draft(conversation.conversation_id)
    return conversation.conversation_id


def _is_begun(store: Store, conversation: Conversation) -> bool:
    """Did an earlier run begin with it? Raises `Conflict` when that was for another agent."""
    try:
        known = store.conversations.get(conversation.conversation_id)
    except Unknown:
        return False
    if known.agent_id != conversation.agent_id:
        raise Conflict(
            f"this recording is kept already, as call {known.conversation_id} of {known.agent_id}; "
            "it is kept once"
        )
    return True
