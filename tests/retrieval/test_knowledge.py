"""The engines here are small and exact, so that a test builds a version in milliseconds; the last
tests run the real analyser and encoder."""

import csv
import shutil
import subprocess
import sys
import textwrap
import threading
import zlib
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from consultation.errors import BadInput, BadRows, Conflict, IndexMismatch, NotReady, Unknown
from consultation.store import KnowledgeState, open_store
from consultation.text import bigrams
from consultation.types import KnowledgeChange
from consultation.versions import Versions
from retrieval import knowledge as knowledge_file
from retrieval import proof
from retrieval.cells import COLUMNS
from retrieval.knowledge import Knowledge
from retrieval.retriever import Retriever

KEY = b"k" * 32
TOPICS = ("여권", "주차", "쓰레기", "도서관", "수도", "가로등", "보육", "독감", "버스", "공원")


class Words:
    """Text to search terms, by spaces."""

    name = "words-1"

    def terms(self, text):
        return [word.strip("?.,") for word in text.split()]


class Hashed:
    """Texts to vectors: each bigram is a direction."""

    dim = 64

    def __init__(self, name="hashed-1"):
        self.name = name

    def encode(self, texts):
        vectors = np.full((len(texts), self.dim), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for pair in bigrams(text):
                vectors[row, zlib.crc32(pair.encode()) % self.dim] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def store(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'consultation.db'}", master_key=KEY)
    yield store
    store.close()


@pytest.fixture
def versions(tmp_path):
    return Versions(tmp_path / "knowledge")


@pytest.fixture
def announced():
    return []


@pytest.fixture
def knowledge(store, versions, announced):
    return Knowledge(store, versions, analyser=Words(), encoder=Hashed(), announce=announced.append)


def row(number, answer="", **cells):
    topic = TOPICS[number % len(TOPICS)]
    return {
        "항목번호": f"e-{number:03d}",
        "분야": "행정",
        "질문": f"{topic} {number}번 창구 문의는 어떻게 하나요?",
        "답변": answer or f"{topic} {number}번 창구에서 안내해 드립니다.",
        **cells,
    }


def write(path, rows, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, [c for c in COLUMNS if any(c in r for r in rows)], restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def ten(tmp_path):
    return write(tmp_path / "ten.csv", [row(n) for n in range(10)])


@pytest.fixture
def edited(tmp_path):
    """One of the ten says something else, one is new."""
    return write(tmp_path / "edited.csv", [row(3, "이제 온라인으로 합니다."), row(10)])


@pytest.fixture
def retriever(versions):
    return lambda: Retriever.open(versions.folder, encoder=Hashed(), analyser=Words())


def litter(versions):
    return [path.name for path in versions.folder.iterdir() if path.name.startswith(".draft")]


# --- import ---------------------------------------------------------------------------------------


def test_an_import_is_a_new_version_that_is_not_live(knowledge, versions, store, ten):
    made = knowledge.import_(ten, "지식담당")
    assert (made.version, made.added, made.changed, made.removed, made.unchanged) == (1, 10, 0, 0, 0)
    assert made.is_new
    assert versions.live() is None
    assert [(v.number, v.state, v.entries, v.source) for v in knowledge.list()] == [
        (1, KnowledgeState.DRAFT, 10, "ten.csv")
    ]
    assert [(a.who, a.what, a.about) for a in store.audit.entries()] == [
        ("지식담당", "knowledge.import", "knowledge 1")
    ]


def test_importing_the_same_content_again_makes_no_version_and_says_so(knowledge, ten, tmp_path):
    knowledge.import_(ten, "a")
    again = write(tmp_path / "again.csv", [row(n) for n in reversed(range(10))], encoding="cp949")
    for replace in (False, True):
        made = knowledge.import_(again, "b", replace=replace)
        assert (made.version, made.is_new, made.unchanged) == (1, False, 10)
        assert (made.added, made.changed, made.removed) == (0, 0, 0)
    assert len(knowledge.list()) == 1


def test_a_merge_adds_and_changes_and_keeps_the_rest(knowledge, store, ten, edited):
    knowledge.import_(ten, "a")
    made = knowledge.import_(edited, "a")
    assert (made.version, made.added, made.changed, made.removed, made.unchanged) == (2, 1, 1, 0, 9)
    entries = store.knowledge.entries(2)
    assert len(entries) == 11
    assert [entry.version for entry in entries] == [1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2]


def test_a_replacement_removes_what_the_file_does_not_hold(knowledge, store, ten, edited):
    knowledge.import_(ten, "a")
    made = knowledge.import_(edited, "a", replace=True)
    assert (made.added, made.changed, made.removed, made.unchanged) == (1, 1, 9, 0)
    assert [entry.entry_id for entry in store.knowledge.entries(2)] == ["e-003", "e-010"]


def test_a_file_with_one_bad_row_leaves_no_trace(knowledge, store, ten, tmp_path):
    knowledge.import_(ten, "a")
    bad = write(tmp_path / "bad.csv", [row(20), row(21, 분야="?")])
    with pytest.raises(BadRows):
        knowledge.import_(bad, "a")
    assert len(knowledge.list()) == 1
    assert len(store.audit.entries()) == 1


def test_two_imports_at_once_lose_nothing(knowledge, store, tmp_path):
    files = [write(tmp_path / f"{n}.csv", [row(n)]) for n in range(6)]
    threads = [threading.Thread(target=knowledge.import_, args=(file, "a")) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [v.number for v in knowledge.list()] == [1, 2, 3, 4, 5, 6]
    assert len(store.knowledge.entries(6)) == 6


# --- diff -----------------------------------------------------------------------------------------


def test_a_difference_is_told_entry_by_entry_and_field_by_field(knowledge, ten, tmp_path):
    knowledge.import_(ten, "a")
    rows = [row(n) for n in range(1, 10)] + [row(11)]
    rows[1] |= {"자치구": "강남구", "유효종료": "2026-12-31", "질문변형": "가 | 나", "표본": "예"}
    knowledge.import_(write(tmp_path / "b.csv", rows), "a", replace=True)
    changes = knowledge.diff(1, 2)
    assert [(c.entry_id, c.change) for c in changes] == [
        ("e-000", KnowledgeChange.REMOVED),
        ("e-002", KnowledgeChange.CHANGED),
        ("e-011", KnowledgeChange.ADDED),
    ]
    assert set(changes[1].fields) == {
        ("district", "", "강남구"),
        ("valid_until", "", "2026-12-31"),
        ("variants", "", "가 | 나"),
        ("is_sample", "아니오", "예"),
    }
    assert changes[0].question == row(0)["질문"]
    assert ("answer", "", row(11)["답변"]) in changes[2].fields
    assert [c.change for c in knowledge.diff(2, 1)] == [
        KnowledgeChange.ADDED, KnowledgeChange.CHANGED, KnowledgeChange.REMOVED,
    ]  # fmt: skip
    assert knowledge.diff(2, 2) == []
    with pytest.raises(Unknown):
        knowledge.diff(1, 9)


# --- publish and roll back ------------------------------------------------------------------------


def test_a_published_version_is_searched_announced_and_noted(
    knowledge, versions, store, retriever, announced, ten
):
    knowledge.import_(ten, "a")
    assert knowledge.publish(1, "지식담당") == 1
    assert versions.live() == 1
    assert announced == [1]
    assert knowledge.list()[0].state is KnowledgeState.LIVE
    assert store.audit.entries()[0].what == "knowledge.publish"
    ranking = retriever().search(row(4)["질문"])
    assert (ranking[0].entry.entry_id, ranking.knowledge_version) == ("e-004", 1)


def test_the_newest_version_is_published_unless_one_is_named(knowledge, versions, ten, edited):
    knowledge.import_(ten, "a")
    knowledge.import_(edited, "a")
    assert knowledge.publish(None, "a") == 2
    assert knowledge.publish(1, "a") == 1
    assert versions.live() == 1


def test_before_the_first_import_publishing_says_what_to_do(knowledge):
    with pytest.raises(NotReady, match="sangdam knowledge import FILE"):
        knowledge.publish(None, "a")
    with pytest.raises(Unknown):
        knowledge.publish(3, "a")


def test_unchanged_texts_keep_their_vectors(knowledge, versions, ten, edited, monkeypatch):
    knowledge.import_(ten, "a")
    knowledge.publish(1, "a")
    knowledge.import_(edited, "a")
    encoded, encode = [], Hashed.encode
    monkeypatch.setattr(Hashed, "encode", lambda self, texts: (encoded.extend(texts), encode(self, texts))[1])
    monkeypatch.setattr(proof, "SAMPLE", 0)
    knowledge.publish(2, "a")
    changed = [row(3, "이제 온라인으로 합니다.")["답변"], row(10)["질문"], row(10)["답변"]]
    assert all(any(text in asked for asked in encoded) for text in changed)
    assert not [asked for asked in encoded for number in (1, 2, 4, 5) if row(number)["질문"] in asked]


def test_a_rollback_brings_the_old_answer_back(knowledge, versions, retriever, announced, ten, edited):
    knowledge.import_(ten, "a")
    knowledge.publish(1, "a")
    knowledge.import_(edited, "a")
    knowledge.publish(2, "a")
    assert retriever().search(row(3)["질문"])[0].entry.answer == "이제 온라인으로 합니다."
    assert knowledge.rollback("a") == 1
    assert retriever().search(row(3)["질문"])[0].entry.answer == row(3)["답변"]
    assert announced == [1, 2, 1]
    assert [v.state for v in knowledge.list()] == [KnowledgeState.LIVE, KnowledgeState.RETIRED]
    with pytest.raises(NotReady, match="no version was live before"):
        knowledge.rollback("a")
    assert knowledge.publish(2, "a") == 2


def test_publishing_again_what_is_built_already_only_moves_the_pointer(knowledge, versions, ten, monkeypatch):
    knowledge.import_(ten, "a")
    knowledge.publish(1, "a")
    monkeypatch.delattr(knowledge_file, "build_snapshot")
    assert knowledge.publish(1, "a") == 1


def test_two_publishers_at_once_give_a_conflict_and_the_first_one_wins(
    knowledge, store, versions, ten, monkeypatch
):
    knowledge.import_(ten, "a")
    second = Knowledge(store, versions, analyser=Words(), encoder=Hashed())
    build, refused = knowledge_file.build_snapshot, []

    def build_while_another_tries(folder, entries, **how):
        with pytest.raises(Conflict, match="being published just now"):
            second.publish(1, "b")
        refused.append(True)
        build(folder, entries, **how)

    monkeypatch.setattr(knowledge_file, "build_snapshot", build_while_another_tries)
    assert knowledge.publish(1, "a") == 1
    assert refused == [True]
    assert versions.live() == 1


def test_old_search_folders_are_cleared_but_can_be_published_again(knowledge, versions, ten, tmp_path):
    knowledge.import_(ten, "a")
    knowledge.publish(1, "a")
    for n in range(2, knowledge_file.KEPT + 4):
        knowledge.import_(write(tmp_path / "n.csv", [row(0, f"{n}번째 안내입니다.")]), "a")
        knowledge.publish(n, "a")
    assert versions.list() == [*range(4, knowledge_file.KEPT + 4)]
    assert knowledge.publish(2, "a") == 2
    assert knowledge.rollback("a") == knowledge_file.KEPT + 3


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.fixture
def first_live(knowledge, ten, edited):
    """Version 1 is live, version 2 is imported."""
    knowledge.import_(ten, "a")
    knowledge.publish(1, "a")
    knowledge.import_(edited, "a")
    return knowledge


def still_as_it_was(versions, retriever):
    assert versions.live() == 1
    assert versions.list() == [1]
    assert litter(versions) == []
    assert retriever().search(row(3)["질문"])[0].entry.answer == row(3)["답변"]


def test_a_failed_build_leaves_the_live_version_untouched(first_live, versions, retriever, monkeypatch):
    monkeypatch.setattr(Hashed, "encode", lambda self, texts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        first_live.publish(2, "a")
    monkeypatch.undo()
    still_as_it_was(versions, retriever)


def test_a_version_whose_entries_do_not_find_themselves_is_not_published(
    first_live, versions, retriever, monkeypatch
):
    build = knowledge_file.build_snapshot

    def build_of_something_else(folder, entries, **how):
        build(folder, [e if e.entry_id != "e-003" else entries[0] for e in entries], **how)

    monkeypatch.setattr(knowledge_file, "build_snapshot", build_of_something_else)
    with pytest.raises(IndexMismatch, match="does not hold what the store calls version 2"):
        first_live.publish(2, "a")
    monkeypatch.undo()
    monkeypatch.setattr(proof, "_finds_itself", lambda *_: False)
    with pytest.raises(IndexMismatch, match="11 of 11 entries do not find themselves"):
        first_live.publish(2, "a")
    monkeypatch.undo()
    still_as_it_was(versions, retriever)


def test_a_damaged_live_folder_spoils_no_new_version(first_live, versions, retriever):
    vectors = versions.path(1) / "vectors.npy"
    data = bytearray(vectors.read_bytes())
    data[-8:] = b"\xff" * 8
    vectors.write_bytes(data)
    with pytest.raises(IndexMismatch, match="rebuild"):
        first_live.publish(1, "a")
    assert first_live.publish(2, "a") == 2
    assert retriever().search(row(3)["질문"])[0].entry.answer == "이제 온라인으로 합니다."
    with pytest.raises(IndexMismatch, match="sangdam knowledge publish 1"):
        first_live.rollback("a")
    assert versions.live() == 2
    assert first_live.publish(1, "a") == 1  # builds it again
    assert retriever().version == 1


def test_a_damaged_live_folder_is_rebuilt_as_a_new_version(first_live, versions, retriever):
    (versions.path(1) / "manifest.json").write_text("{")
    assert first_live.rebuild("a") == 3
    assert retriever().search(row(3)["질문"])[0].entry.answer == row(3)["답변"]


def test_after_a_change_of_encoder_a_rebuild_makes_index_and_encoder_agree_again(
    first_live, store, versions, ten
):
    changed = Hashed("hashed-2")
    with pytest.raises(IndexMismatch):
        Retriever.open(versions.folder, encoder=changed, analyser=Words())
    other = Knowledge(store, versions, analyser=Words(), encoder=changed)
    assert other.rebuild("a") == 3
    found = Retriever.open(versions.folder, encoder=changed, analyser=Words()).search(row(3)["질문"])
    assert (found[0].entry.entry_id, found.knowledge_version) == ("e-003", 3)


def test_a_folder_of_another_store_is_not_taken_for_ours(first_live, versions, tmp_path, edited):
    fresh = open_store(f"sqlite:///{tmp_path / 'fresh.db'}", master_key=KEY)
    other = Knowledge(fresh, versions, analyser=Words(), encoder=Hashed())
    other.import_(edited, "a")
    with pytest.raises(IndexMismatch, match="is of another store"):
        other.publish(1, "a")
    fresh.close()


def test_a_damaged_pointer_is_mended_by_publishing(first_live, versions):
    (versions.folder / "live").write_text("?")
    assert [v.state for v in first_live.list()] == [KnowledgeState.RETIRED, KnowledgeState.DRAFT]
    assert first_live.publish(2, "a") == 2
    assert versions.live() == 2


def test_searchers_learn_of_a_publication_that_the_store_could_not_note(
    first_live, store, versions, announced, monkeypatch
):
    def locked(*_):
        raise NotReady("the database is locked")

    monkeypatch.setattr(type(store.knowledge), "mark_live", locked)
    with pytest.raises(NotReady, match="locked"):
        first_live.publish(2, "a")
    monkeypatch.undo()
    assert (versions.live(), announced) == (2, [1, 2])
    assert [v.state for v in first_live.list()] == [KnowledgeState.RETIRED, KnowledgeState.LIVE]
    Knowledge(store, versions, analyser=Words(), encoder=Hashed())
    assert [v.state for v in store.knowledge.versions()] == [KnowledgeState.RETIRED, KnowledgeState.LIVE]
    assert store.audit.entries()[0].reason == "noted after an interruption"


def test_a_full_disk_says_so_and_leaves_the_live_version(first_live, store, versions, tmp_path, retriever):
    """On a real full disk where this user may mount one; elsewhere the error of one is raised."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        small = Knowledge(store, Versions(disk / "knowledge"), analyser=Words(), encoder=Hashed())
        small.publish(1, "a")
        built = sum(path.stat().st_size + 4096 for path in versions.path(1).rglob("*"))
        full = 0
        for spare in range(0, 2 * built, 8192):  # the disk fills up in another file each time
            (disk / "ballast").unlink(missing_ok=True)
            (disk / "ballast").write_bytes(b"x" * max(shutil.disk_usage(disk).free - spare, 0))
            try:
                small.publish(2, "a")
            except NotReady as error:
                full += 1
                assert "disk is full" in str(error)  # noqa: PT017
                assert Versions(disk / "knowledge").live() == 1
                assert litter(Versions(disk / "knowledge")) == []
            else:
                break
        assert full > 5
        assert Versions(disk / "knowledge").live() == 2
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


# --- killed ---------------------------------------------------------------------------------------

KILLED = """
    import os, sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from test_knowledge import KEY, Hashed, Words
    from consultation.store import open_store
    from consultation.versions import Versions
    from retrieval import knowledge as knowledge_file
    from retrieval.knowledge import Knowledge

    def die(*_, **__):
        os._exit(9)

    def after(call):
        def both(*args, **how):
            call(*args, **how)
            die()
        return both

    store = open_store(sys.argv[1], master_key=KEY)
    versions = Versions(Path(sys.argv[2]))
    knowledge = Knowledge(store, versions, analyser=Words(), encoder=Hashed())
    {die}
    knowledge.publish(2, "a")
"""


@pytest.mark.parametrize(
    ("die", "live"),
    [
        ("knowledge_file.build_snapshot = die", 1),
        ("Hashed.encode = die", 1),
        ("knowledge_file.build_snapshot = after(knowledge_file.build_snapshot)", 1),
        ("knowledge_file.prove = after(knowledge_file.prove)", 1),
        ("os.fsync = die", 1),
        ("Path.rename = after(Path.rename)", 1),
        ("Versions.promote = die", 1),
        ("Path.replace = die", 1),
        ("Path.replace = after(Path.replace)", 2),
        ("Versions.promote = after(Versions.promote)", 2),
        ("type(store.knowledge).mark_live = after(type(store.knowledge).mark_live)", 2),
        ("type(store.audit).record = after(type(store.audit).record)", 2),
    ],
)
def test_a_publisher_killed_at_any_step_leaves_a_whole_version_live(
    first_live, store, versions, retriever, tmp_path, die, live
):
    script = textwrap.dedent(KILLED).format(tests=str(Path(__file__).parent), die=die)
    database = f"sqlite:///{tmp_path / 'consultation.db'}"
    killed = subprocess.run(
        [sys.executable, "-c", script, database, str(versions.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == 9, killed.stderr
    assert versions.live() == live
    answer = {1: row(3)["답변"], 2: "이제 온라인으로 합니다."}
    assert retriever().search(row(3)["질문"])[0].entry.answer == answer[live]

    next_one = Knowledge(store, versions, analyser=Words(), encoder=Hashed())
    assert litter(versions) == []
    assert [v.number for v in store.knowledge.versions() if v.state is KnowledgeState.LIVE] == [live]
    assert next_one.publish(2, "b") == 2
    assert retriever().search(row(3)["질문"])[0].entry.answer == answer[2]
    assert next_one.rollback("b") == 1


# --- searching while versions change --------------------------------------------------------------


def test_searches_of_four_threads_never_mix_versions_nor_fail_while_versions_are_published(
    store, versions, tmp_path
):
    live = []
    knowledge = Knowledge(
        store, versions, analyser=Words(), encoder=Hashed(), announce=lambda _: live and live[0].reload()
    )
    for number in range(1, 5):
        rows = [row(n, f"{number}판: {TOPICS[n]} 안내입니다.") for n in range(10)]
        knowledge.import_(write(tmp_path / "n.csv", rows), "a")
    knowledge.publish(1, "a")
    searched = Retriever.open(versions.folder, encoder=Hashed(), analyser=Words())
    live.append(searched)
    seen, faults, stop = Counter(), [], threading.Event()

    def search(thread):
        turn = thread
        while not stop.is_set():
            turn += 1
            try:
                ranking = searched.search(row(turn % 10)["질문"], k=3)
                editions = {int(hit.entry.answer[0]) for hit in ranking}
                if (
                    editions != {ranking.knowledge_version}
                    or ranking[0].entry.entry_id != f"e-{turn % 10:03d}"
                ):
                    faults.append((editions, ranking.knowledge_version))
                seen[ranking.knowledge_version] += 1
            except Exception as error:  # noqa: BLE001 - any failure of a search is the finding
                faults.append(error)

    threads = [threading.Thread(target=search, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for number in (2, 3, 4, 2, 4):
        knowledge.publish(number, "a")
    knowledge.rollback("a")
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert searched.version == 2
    assert len(seen) >= 2


# --- the real engines -----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_cp949_file_from_excel_is_imported_published_searched_and_rolled_back(store, versions, tmp_path):
    from retrieval.encoder import open_encoder
    from retrieval.tokens import open_analyser

    analyser, encoder = open_analyser("kiwi"), open_encoder("")
    knowledge = Knowledge(store, versions, analyser=analyser, encoder=encoder)
    rows = [
        {"항목번호": "a-1", "분야": "행정", "질문": "여권을 잃어버렸을 때 다시 발급받으려면 어떻게 하나요?",
         "답변": "가까운 구청 민원실에 분실 신고를 하고 재발급을 신청해 주세요.", "유효시작": "2025.1.10"},
        {"항목번호": "a-2", "분야": "환경", "질문": "대형 폐기물은 어떻게 버리나요?",
         "답변": "구청 누리집에서 신고하고 수수료를 낸 뒤 집 앞에 내놓아 주세요.", "질문변형": "헌 소파 버리기 | 장롱 버리는 법"},
        {"항목번호": "a-3", "분야": "교통", "질문": "거주자 우선 주차는 어떻게 신청하나요?",
         "답변": "강남구 시설관리공단 누리집에서 신청해 주세요.", "자치구": "강남구"},
    ]  # fmt: skip
    made = knowledge.import_(write(tmp_path / "엑셀.csv", rows, encoding="cp949"), "지식담당")
    assert made.added == 3
    knowledge.publish(made.version, "지식담당")
    retriever = Retriever.open(versions.folder, encoder=encoder, analyser=analyser)
    assert retriever.search("여권 잃어버렸는데요")[0].entry.entry_id == "a-1"
    assert retriever.search("낡은 소파 좀 버리려고요")[0].entry.entry_id == "a-2"
    assert retriever.search("우선주차 신청이요", district="강남구")[0].entry.entry_id == "a-3"
    assert "a-3" not in {
        hit.entry.entry_id for hit in retriever.search("우선주차 신청이요", district="강북구")
    }
    early = retriever.search("여권 잃어버렸는데요", on=date(2025, 1, 9))  # the day before it holds
    assert "a-1" not in {hit.entry.entry_id for hit in early}
    rows[0]["답변"] = "경찰서가 아니라 구청에 신고해 주세요."
    knowledge.import_(write(tmp_path / "엑셀.csv", rows, encoding="cp949"), "지식담당")
    knowledge.publish(2, "지식담당")
    retriever.reload()
    assert retriever.search("여권 잃어버렸는데요")[0].entry.answer == rows[0]["답변"]
    knowledge.rollback("지식담당")
    retriever.reload()
    assert retriever.search("여권 잃어버렸는데요")[0].entry.answer.startswith("가까운 구청")


def test_a_file_that_is_no_table_is_refused_before_the_store_is_asked(knowledge, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    with pytest.raises(BadInput, match="글 파일이 아니거나"):
        knowledge.import_(tmp_path / "a.csv", "a")
