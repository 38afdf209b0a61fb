"""What the agent's screen is told about a call besides its events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.call import Call
from assistant.events import Flagged, Heard, Suggested, cover, to_json
from consultation.store import Action, ConversationSummary
from consultation.types import Conversation, Stage, Traced, Urgency, WrapUp


def state_json(
    conversation: Conversation, call: Call, actions: Sequence[Action], draft: WrapUp | None
) -> dict[str, Any]:
    """The whole call as it stands, for a screen that opens or reconnects."""
    hidden = {flag.turn: flag.spans for flag in call.flags}
    return {
        "call": conversation_json(conversation) | {"district": call.district or conversation.district},
        "turns": [to_json(Heard(turn, hidden.get(turn.index, ()))) for turn in call.turns],
        "suggestions": [
            to_json(Suggested(suggestion))
            | {
                "actions": [
                    {"entry_id": a.entry_id, "action": a.action.value, "by": a.by, "at": a.at.isoformat()}
                    for a in actions
                    if a.suggestion_id == suggestion.suggestion_id
                ]
            }
            for suggestion in call.suggestions
        ],
        "flags": [to_json(Flagged(flag)) for flag in call.flags],
        "alerts": [to_json(call.alert)] if call.alert else [],
        "wrap_up": wrap_up_json(draft) if draft else None,
        "confirmed": conversation.stage is Stage.CONFIRMED,
    }


def conversation_json(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.conversation_id,
        "channel": conversation.channel.value,
        "stage": conversation.stage.value,
        "started_at": conversation.started_at.isoformat(),
        "ended_at": conversation.ended_at.isoformat() if conversation.ended_at else None,
        "agent": conversation.agent_id,
        "district": conversation.district,
        "is_sample": conversation.is_sample,
    }


def summary_json(row: ConversationSummary, heard: Urgency = Urgency.NONE) -> dict[str, Any]:
    """A line in the list of calls or in the history; `heard` is the danger while a call goes on."""
    urgency = row.wrap_up.urgency if row.wrap_up else heard
    return conversation_json(row.conversation) | {
        "last_text": cover(row.last_text, row.last_hidden),
        "turns": row.turns,
        "flags": row.flags,
        "urgency": urgency.value,
        "category": row.category,
        "question": " ".join(sentence.text for sentence in row.wrap_up.question) if row.wrap_up else "",
    }


def wrap_up_json(record: WrapUp) -> dict[str, Any]:
    """A record, drafted or confirmed, with the turns each sentence rests on."""
    return {
        "category": record.category,
        "question": [_traced(sentence) for sentence in record.question],
        "answer": [_traced(sentence) for sentence in record.answer],
        "outcome": record.outcome,
        "follow_up": {"type": record.follow_up.type, "detail": record.follow_up.detail},
        "entry_ids": list(record.entry_ids),
        "resolved": record.resolved,
        "district": record.district,
        "urgency": record.urgency.value,
        "ars_code": record.ars_code,
        "topics": list(record.topics),
    }


def _traced(sentence: Traced) -> dict[str, Any]:
    return {"text": sentence.text, "turns": list(sentence.turns), "doubts": list(sentence.doubts)}
