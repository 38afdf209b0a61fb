"""The bulletins' desk: drafted by one hand, checked against the knowledge, published, read, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from consultation.districts import DISTRICTS
from consultation.errors import BadInput, Conflict, NothingPublished
from consultation.people import Person
from consultation.ports import Encoder, Searcher
from consultation.store import Store
from consultation.store.bulletins import Bulletin, BulletinText
from consultation.text import clean
from consultation.types import FIELDS, Role
from retrieval.care.conflicts import Conflict as Contradiction
from retrieval.care.conflicts import conflicts
from retrieval.care.live import LiveBulletins

TITLE = 120  # characters
TEXT = 4_000
VARIANTS = 20
LONGEST = timedelta(days=366)  # a rule that holds longer belongs into the knowledge

Announce = Callable[[str, Bulletin], None]  # event, bulletin


class Contradicts(Conflict):
    """A bulletin was not published: entries say otherwise, and nobody said that this is known."""

    def __init__(self, found: Sequence[Contradiction]) -> None:
        self.found = tuple(found)
        named = ", ".join(one.entry.entry_id for one in found[:5])
        super().__init__(
            f"상담DB와 숫자가 다른 항목이 {len(found)}건 있습니다({named}). 확인한 뒤 게시해 주세요."
        )


@dataclass(frozen=True, slots=True)
class Receipts:
    """Who of the agents has read a bulletin."""

    read: tuple[tuple[Person, datetime], ...]
    unread: tuple[Person, ...]


class BulletinDesk:
    """Safe to share between threads. `announce` is told after a change is stored."""

    def __init__(
        self,
        store: Store,
        live: LiveBulletins,
        entries: Callable[[], Searcher],
        *,
        encoder: Encoder,
        announce: Announce,
        clock: Callable[[], datetime],
    ) -> None:
        """`entries`: the knowledge without bulletins."""
        self._store = store
        self._live = live
        self._entries = entries
        self._encoder = encoder
        self._announce = announce
        self._clock = clock

    def draft(self, content: BulletinText, by: str) -> Bulletin:
        """Keep a draft. Raises `BadInput`."""
        return self._store.bulletins.add(checked(content), by=by, at=self._clock())

    def rewrite(self, number: int, revision: int, content: BulletinText, by: str) -> Bulletin:
        """Another text for a draft. Raises `BadInput`, `Conflict`."""
        return self._store.bulletins.rewrite(number, revision, checked(content), by=by, at=self._clock())

    def conflicts(self, number: int) -> list[Contradiction]:
        """Entries that say otherwise; none while nothing is published."""
        try:
            entries = self._entries()
        except NothingPublished:
            return []
        return conflicts(self._store.bulletins.get(number).content, entries, self._encoder)

    def publish(self, number: int, revision: int, by: str, *, knows_conflicts: bool) -> Bulletin:
        """Show it to every agent. Raises `Contradicts` while entries say otherwise, unless whoever
        publishes knows; that is in the audit chain then."""
        found = self.conflicts(number)
        if found and not knows_conflicts:
            raise Contradicts(found)
        named = ", ".join(one.entry.entry_id for one in found)
        bulletin = self._store.bulletins.publish(
            number, revision, by=by, reason=f"conflicts known: {named}" if named else "", at=self._clock()
        )
        self._live.reload()
        self._announce("bulletin.published", bulletin)
        return bulletin

    def withdraw(self, number: int, revision: int, by: str, reason: str) -> Bulletin:
        """Take it back before its end. Raises `BadInput` without a reason."""
        if len(reason.strip()) < 2:
            raise BadInput("회수하는 까닭을 두 글자 이상 적어 주세요. 이력에 함께 남습니다.")
        bulletin = self._store.bulletins.withdraw(
            number, revision, by=by, reason=reason.strip(), at=self._clock()
        )
        self._live.reload()
        self._announce("bulletin.withdrawn", bulletin)
        return bulletin

    def list(self) -> tuple[Listed, Mapping[int, int]]:
        """All, newest first, and how many have read each."""
        return self._store.bulletins.list(), self._store.bulletins.read_counts()

    def current(self, name: str) -> Seen:
        """Those that are valid now, each with whether this person has read it."""
        valid = self._live.current()
        seen = self._store.bulletins.read_by(name, [one.number for one in valid]) if valid else set()
        return [(one, one.number in seen) for one in valid]

    def read(self, number: int, name: str) -> None:
        """This person has read it; again changes nothing. Raises `Unknown`."""
        self._store.bulletins.read(number, name, self._clock())

    def receipts(self, number: int) -> Receipts:
        """Which agents have read it, the first reader first, and which have not."""
        times = self._store.bulletins.readers(number)
        agents = [
            person
            for person in self._store.people.list()
            if Role.AGENT in person.roles and not person.is_disabled
        ]
        read = [(person, times[person.name]) for person in agents if person.name in times]
        return Receipts(
            tuple(sorted(read, key=lambda pair: pair[1])),
            tuple(person for person in agents if person.name not in times),
        )


def checked(content: BulletinText) -> BulletinText:
    """The content with every text cleaned. Raises `BadInput` that names the field."""
    if content.starts_at.tzinfo is None or content.ends_at.tzinfo is None:
        raise BadInput("시작과 종료 시각에 시간대를 적어 주세요(예: 2026-12-01T09:00+09:00).")
    if content.ends_at <= content.starts_at:
        raise BadInput("종료 시각은 시작 시각보다 뒤여야 합니다.")
    if content.ends_at - content.starts_at > LONGEST:
        raise BadInput(
            "특별상담자료는 1년까지 둘 수 있습니다. 더 오래 쓸 내용은 상담DB 항목으로 만들어 주세요."
        )
    if content.field not in FIELDS:
        raise BadInput(f"분야는 다음 가운데 하나입니다: {', '.join(FIELDS)}")
    if content.district is not None and content.district not in DISTRICTS:
        raise BadInput("자치구 이름을 확인해 주세요. 서울 전체이면 비워 둡니다.")
    title, text = clean(content.title), clean(content.text)
    if not 2 <= len(title) <= TITLE or "\n" in title:
        raise BadInput(f"제목은 한 줄, 2자에서 {TITLE}자까지 적어 주세요.")
    if not 2 <= len(text) <= TEXT:
        raise BadInput(f"내용은 2자에서 {TEXT:,}자까지 적어 주세요.")
    variants = tuple(dict.fromkeys(v for one in content.variants if (v := clean(one, limit=200))))
    if len(variants) > VARIANTS:
        raise BadInput(f"시민이 묻는 말은 {VARIANTS}개까지 적을 수 있습니다.")
    return BulletinText(
        title=title,
        text=text,
        field=content.field,
        starts_at=content.starts_at,
        ends_at=content.ends_at,
        organisation=clean(content.organisation, limit=100),
        district=content.district,
        department=clean(content.department, limit=100),
        phone=clean(content.phone, limit=40),
        source=clean(content.source, limit=300),
        variants=variants,
        is_urgent=content.is_urgent,
    )


def told(bulletin: Bulletin) -> dict[str, Any]:
    """What other systems are told of a bulletin."""
    content = bulletin.content
    return {
        "number": bulletin.number,
        "title": content.title,
        "field": content.field,
        "district": content.district,
        "is_urgent": content.is_urgent,
        "starts_at": content.starts_at.isoformat(),
        "ends_at": content.ends_at.isoformat(),
        "state": bulletin.state.value,
    }


Listed = list[Bulletin]  # inside the class, `list` is its method
Seen = list[tuple[Bulletin, bool]]
