"""A home for trying the product out: sample knowledge published, one account for each role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from consultation.bundled import bundled
from consultation.types import Role
from server.engines import Engines

PASSWORD = "hanbit-demo-120"  # noqa: S105 - shown on the sign-in page of a demonstration

ACCOUNTS: Sequence[tuple[str, str, str, frozenset[Role]]] = (
    ("agent", "김하늘 상담사(체험)", "상담사", frozenset({Role.AGENT})),
    ("lead", "이바다 팀장(체험)", "팀장", frozenset({Role.LEAD})),
    ("knowledge", "박나무 지식관리(체험)", "상담DB 관리자", frozenset({Role.KNOWLEDGE})),
    ("quality", "최구름 품질(체험)", "품질 담당", frozenset({Role.QUALITY})),
    ("admin", "정이슬 운영(체험)", "운영자", frozenset({Role.ADMIN})),
)


def demo_accounts() -> list[Mapping[str, str]]:
    """What the sign-in page of a demonstration shows."""
    return [{"name": name, "password": PASSWORD, "role": role} for name, _, role, _ in ACCOUNTS]


def open_accounts(engines: Engines) -> list[str]:
    """Demo accounts that still have their public password."""
    known = {person.name for person in engines.store.people.list() if not person.is_disabled}
    return [
        name
        for name, *_ in ACCOUNTS
        if name in known and engines.store.people.verify(name, PASSWORD) is not None
    ]


def prepare(engines: Engines) -> int:
    """Bring accounts and sample knowledge if they are missing; returns the live version."""
    known = {person.name for person in engines.store.people.list()}
    for name, display_name, _, roles in ACCOUNTS:
        if name not in known:
            engines.store.people.add(name, display_name, roles, PASSWORD)
    live = engines.searcher.version
    if live is not None:
        return live
    knowledge = engines.knowledge()
    made = knowledge.import_(bundled("samples") / "knowledge.csv", "demo")
    knowledge.publish(made.version, "demo")
    return made.version
