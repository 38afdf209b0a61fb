"""One published version of the knowledge as a folder that never changes.

    entries.jsonl  lines.npy      the entries, and where each line begins
    facts.npz                     by entry: district, validity, fingerprints for near-duplicates
    question-words/ question-pairs/   BM25 over each way of asking (morphemes, character bigrams)
    whole-words/ whole-pairs/         BM25 over question and answer together
    soft/                             a vector for each term, and the terms of each entry
    rows.npz  vectors.npy  vectors.faiss   a vector for each way of asking and each answer passage
    terms.txt  terms.npz          what the analyser made of each text, for the next version
    manifest.json                 encoder, analyser, counts, and the digest of every other file

Everything is an array or text, nothing is pickled. Vectors are memory-mapped, entries are read when
they are shown, so a large version opens quickly and processes share its pages.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import mmap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from consultation.districts import DISTRICTS
from consultation.errors import BadInput, IndexMismatch
from consultation.ports import Analyser, Encoder, Vectors
from consultation.text import bigrams, squeeze
from consultation.types import ConsultationEntry, EntryState
from retrieval.keywords import Keywords
from retrieval.soft import Bags, SoftTerms, term_vectors
from retrieval.vectors import VectorIndex

FORMAT = 2
REBUILD = "build it again: sangdam knowledge rebuild"
WHOLE = 3_000  # characters of an answer that are searched
QUESTION_TWICE = 2  # the question counts twice in the text searched as a whole
HEAD = 150  # terms of an answer that meet the question's terms softly
PASSAGE = 350  # characters of one answer passage
PASSAGES = 6  # passages of one answer that get a vector
BATCH = 512  # texts encoded at once
CITY = -1  # district number of an entry for the whole city
ALWAYS = (date.min.toordinal(), date.max.toordinal())

Progress = Callable[[int, int], None]  # done, all


@dataclass(frozen=True)
class Snapshot:
    """An opened version. Read-only, safe to share between threads."""

    version: int
    encoder_name: str
    analyser_name: str
    question_words: Keywords
    question_pairs: Keywords
    question_owner: npt.NDArray[np.int32]  # entry of each question row, ascending
    whole_words: Keywords
    whole_pairs: Keywords
    soft: SoftTerms
    vectors: Vectors | npt.NDArray[np.float16]  # (rows, dim), memory-mapped
    index: VectorIndex
    vector_owner: npt.NDArray[np.int32]  # entry of each vector row, ascending
    vector_is_question: npt.NDArray[np.bool_]
    district: npt.NDArray[np.int8]  # number in DISTRICTS, CITY for none
    valid_from: npt.NDArray[np.int32]  # first day, as an ordinal
    valid_until: npt.NDArray[np.int32]  # last day
    question_print: npt.NDArray[np.uint64]  # equal where the question is, spacing and signs aside
    answer_print: npt.NDArray[np.uint64]  # simhash: few bits differ where few words do
    _lines: npt.NDArray[np.int64]
    _text: mmap.mmap | bytes

    def __len__(self) -> int:
        return len(self.district)

    def entry(self, row: int) -> ConsultationEntry:
        """The entry of a row."""
        return entry_from_json(json.loads(self._text[self._lines[row] : self._lines[row + 1]]))

    def rows_by_id(self) -> dict[str, int]:
        """Entry ids to rows; reads every line."""
        return {self.entry(row).entry_id: row for row in range(len(self))}

    @classmethod
    def open(cls, folder: Path, *, analyser: Analyser, encoder: Encoder) -> Snapshot:
        """Open and verify. Raises `IndexMismatch` when a file is damaged or the engines are others."""
        manifest = read_manifest(folder)
        for role, built, given in (
            ("encoder", manifest["encoder"], encoder.name),
            ("analyser", manifest["analyser"], analyser.name),
        ):
            if built != given:
                raise IndexMismatch(f"{folder} was built with {role} {built!r}, not {given!r}; {REBUILD}")
        verify(folder, manifest)
        try:
            with np.load(folder / "facts.npz", allow_pickle=False) as arrays:
                facts = {name: arrays[name] for name in arrays.files}
            with np.load(folder / "rows.npz", allow_pickle=False) as arrays:
                rows = {name: arrays[name] for name in arrays.files}
            vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
            lines = np.load(folder / "lines.npy", allow_pickle=False)
            with (folder / "entries.jsonl").open("rb") as file:
                text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if len(lines) > 1 else b""
            questions, count = len(facts["question_owner"]), len(facts["district"])
            return cls(
                manifest["version"],
                manifest["encoder"],
                manifest["analyser"],
                Keywords.open(folder / "question-words", questions),
                Keywords.open(folder / "question-pairs", questions),
                facts["question_owner"],
                Keywords.open(folder / "whole-words", count),
                Keywords.open(folder / "whole-pairs", count),
                SoftTerms.open(folder / "soft"),
                vectors,
                VectorIndex.open(folder / "vectors.faiss"),
                rows["owner"],
                rows["is_question"],
                facts["district"],
                facts["valid_from"],
                facts["valid_until"],
                facts["question_print"],
                facts["answer_print"],
                lines,
                text,
            )
        except (OSError, KeyError, ValueError) as error:
            raise IndexMismatch(f"{folder} cannot be read ({error}); {REBUILD}") from None


def build_snapshot(
    folder: Path,
    entries: Sequence[ConsultationEntry],
    *,
    analyser: Analyser,
    encoder: Encoder,
    version: int,
    previous: Path | None = None,
    progress: Progress | None = None,
) -> None:
    """Write a version into an empty folder. Texts that `previous` has keep their terms and vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_entries(folder, entries)
    asked = [(row, text) for row, entry in enumerate(entries) for text in (entry.question, *entry.variants)]
    _save_words(folder, entries, asked, analyser, encoder, previous)
    np.savez(
        folder / "facts.npz",
        question_owner=np.array([row for row, _ in asked], np.int32),
        district=np.array([_district_number(e) for e in entries], np.int8),
        valid_from=np.array([_first_day(e) for e in entries], np.int32),
        valid_until=np.array([_last_day(e) for e in entries], np.int32),
        question_print=np.array([_fingerprint(squeeze(e.question)) for e in entries], np.uint64),
        answer_print=np.array([_simhash(e.answer) for e in entries], np.uint64),
    )
    _save_vectors(folder, entries, encoder, previous, progress)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    manifest = {
        "format": FORMAT,
        "version": version,
        "encoder": encoder.name,
        "dim": encoder.dim,
        "analyser": analyser.name,
        "entries": len(entries),
        "files": {p.relative_to(folder).as_posix(): _digest(p) for p in files},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a version says of itself. Raises `IndexMismatch` when it says nothing readable."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexMismatch(f"{folder}/manifest.json cannot be read ({error}); {REBUILD}") from None
    needed = {"format", "version", "encoder", "analyser", "files"}
    if not isinstance(manifest, dict) or not needed <= manifest.keys() or manifest["format"] != FORMAT:
        raise IndexMismatch(f"{folder}/manifest.json is of another format; {REBUILD}")
    return manifest


def verify(folder: Path, manifest: dict[str, Any]) -> None:
    """Is every file there, as it was written? Raises `IndexMismatch` naming the first that is not."""
    for name, digest in manifest["files"].items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise IndexMismatch(f"{path} is missing or damaged; {REBUILD}")


def passages(text: str, size: int = PASSAGE) -> Iterator[str]:
    """Cut a text at spaces into passages of about `size` characters."""
    while len(text) > size * 1.3:
        end = text.rfind(" ", size // 2, size)
        end = end if end > 0 else size
        yield text[:end].strip()
        text = text[end:]
    if text.strip():
        yield text.strip()


def entry_to_json(entry: ConsultationEntry) -> dict[str, Any]:
    """An entry as JSON, dates in ISO form."""
    plain = dataclasses.asdict(entry)
    for name in ("valid_from", "valid_until", "confirmed_on"):
        plain[name] = plain[name].isoformat() if plain[name] else None
    return plain


def entry_from_json(plain: dict[str, Any]) -> ConsultationEntry:
    """The other way."""
    for name in ("valid_from", "valid_until", "confirmed_on"):
        plain[name] = date.fromisoformat(plain[name]) if plain[name] else None
    plain["state"] = EntryState(plain["state"])
    plain["variants"] = tuple(plain["variants"])
    return ConsultationEntry(**plain)


# --- parts of the build ---------------------------------------------------------------------------


def _write_entries(folder: Path, entries: Sequence[ConsultationEntry]) -> None:
    lines = [0]
    with (folder / "entries.jsonl").open("wb") as out:
        for entry in entries:
            out.write((json.dumps(entry_to_json(entry), ensure_ascii=False) + "\n").encode())
            lines.append(out.tell())
    np.save(folder / "lines.npy", np.array(lines, np.int64), allow_pickle=False)


def _save_words(
    folder: Path,
    entries: Sequence[ConsultationEntry],
    asked: Sequence[tuple[int, str]],
    analyser: Analyser,
    encoder: Encoder,
    previous: Path | None,
) -> None:
    texts = [*(text for _, text in asked), *(entry.answer[:WHOLE] for entry in entries)]
    cut = _terms_of(texts, analyser, previous)
    _save_terms(folder, texts, cut)
    words, answers = cut[: len(asked)], cut[len(asked) :]
    Keywords.build(words).save(folder / "question-words")
    Keywords.build(bigrams(text) for _, text in asked).save(folder / "question-pairs")
    questions: list[list[str]] = [[] for _ in entries]
    whole: list[list[str]] = [[] for _ in entries]
    for (row, _), terms in zip(asked, words, strict=True):
        whole[row] += terms if whole[row] else terms * QUESTION_TWICE
        questions[row] += terms
    heads = [terms + told[:HEAD] for terms, told in zip(questions, answers, strict=True)]
    for terms, told in zip(whole, answers, strict=True):
        terms += told
    index = Keywords.build(whole)
    index.save(folder / "whole-words")
    SoftTerms(
        term_vectors(list(index.vocabulary), encoder, _known_terms(previous, encoder)),
        Bags.of(questions, index.vocabulary),
        Bags.of(heads, index.vocabulary),
    ).save(folder / "soft")
    Keywords.build(
        bigrams("\n".join([*[entry.question] * QUESTION_TWICE, *entry.variants, entry.answer[:WHOLE]]))
        for entry in entries
    ).save(folder / "whole-pairs")


def _terms_of(texts: Sequence[str], analyser: Analyser, previous: Path | None) -> list[list[str]]:
    """Terms of each text; those that `previous` cut with the same analyser are taken from there."""
    known: dict[int, list[str]] = {}
    if previous is not None and previous.is_dir() and read_manifest(previous)["analyser"] == analyser.name:
        vocabulary = (previous / "terms.txt").read_text(encoding="utf-8").split("\n")
        with np.load(previous / "terms.npz", allow_pickle=False) as arrays:
            names = [vocabulary[number] for number in arrays["numbers"].tolist()]
            ends = arrays["ends"].tolist()
            spans = zip([0, *ends], ends, strict=False)
            known = {
                mark: names[start:end]
                for mark, (start, end) in zip(arrays["prints"].tolist(), spans, strict=True)
            }
    return [known[mark] if (mark := _fingerprint(text)) in known else analyser.terms(text) for text in texts]


def _known_terms(previous: Path | None, encoder: Encoder) -> dict[str, npt.NDArray[np.float16]]:
    """Vectors of the previous version's terms; none if its encoder was another."""
    if previous is None or not previous.is_dir() or read_manifest(previous)["encoder"] != encoder.name:
        return {}
    terms = (previous / "whole-words" / "terms.txt").read_text(encoding="utf-8").split("\n")
    vectors = np.load(previous / "soft" / "vectors.npy", mmap_mode="r", allow_pickle=False)
    return dict(zip(terms, vectors, strict=False))


def _save_terms(folder: Path, texts: Sequence[str], cut: Sequence[Sequence[str]]) -> None:
    """Keep what the analyser made of each text, for the next version."""
    vocabulary: dict[str, int] = {}
    numbers = [vocabulary.setdefault(term, len(vocabulary)) for terms in cut for term in terms]
    (folder / "terms.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    np.savez(
        folder / "terms.npz",
        prints=np.array([_fingerprint(text) for text in texts], np.uint64),
        ends=np.cumsum([len(terms) for terms in cut], dtype=np.int64),
        numbers=np.array(numbers, np.int32),
    )


def _save_vectors(
    folder: Path,
    entries: Sequence[ConsultationEntry],
    encoder: Encoder,
    previous: Path | None,
    progress: Progress | None,
) -> None:
    texts, owner, is_question = [], [], []
    for row, entry in enumerate(entries):
        asked = [entry.question, *entry.variants]
        told = [f"{entry.question} {part}" for part in list(passages(entry.answer))[:PASSAGES]]
        texts += asked + told
        owner += [row] * (len(asked) + len(told))
        is_question += [True] * len(asked) + [False] * len(told)
    prints = np.array([_fingerprint(text) for text in texts], np.uint64)
    vectors = np.zeros((len(texts), encoder.dim), np.float16)
    known = _known_vectors(previous, encoder)
    missing = []
    for row, mark in enumerate(prints.tolist()):
        if mark in known:
            vectors[row] = known[mark]
        else:
            missing.append(row)
    for start in range(0, len(missing), BATCH):
        rows = missing[start : start + BATCH]
        vectors[rows] = encoder.encode([texts[row] for row in rows])
        if progress:
            progress(min(start + BATCH, len(missing)), len(missing))
    np.save(folder / "vectors.npy", vectors, allow_pickle=False)
    np.savez(
        folder / "rows.npz",
        owner=np.array(owner, np.int32),
        is_question=np.array(is_question, np.bool_),
        prints=prints,
    )
    VectorIndex.build(vectors.astype(np.float32)).save(folder / "vectors.faiss")


def _known_vectors(previous: Path | None, encoder: Encoder) -> dict[int, npt.NDArray[np.float16]]:
    """Vectors of the previous version by their text's fingerprint; none if its encoder was another."""
    if previous is None or not previous.is_dir():
        return {}
    manifest = read_manifest(previous)
    if manifest["encoder"] != encoder.name:
        return {}
    vectors = np.load(previous / "vectors.npy", mmap_mode="r", allow_pickle=False)
    with np.load(previous / "rows.npz", allow_pickle=False) as arrays:
        return dict(zip(arrays["prints"].tolist(), vectors, strict=True))


def _first_day(entry: ConsultationEntry) -> int:
    return entry.valid_from.toordinal() if entry.valid_from else ALWAYS[0]


def _last_day(entry: ConsultationEntry) -> int:
    if entry.state is EntryState.EXPIRED:
        return 0  # before any day
    return entry.valid_until.toordinal() if entry.valid_until else ALWAYS[1]


def _district_number(entry: ConsultationEntry) -> int:
    if entry.district is None:
        return CITY
    if entry.district not in DISTRICTS:
        raise BadInput(f"entry {entry.entry_id}: {entry.district!r} is none of the 25 districts")
    return DISTRICTS.index(entry.district)


def _fingerprint(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _simhash(text: str) -> int:
    """64 bits of which few differ between texts that share most bigrams (Charikar 2002)."""
    pairs = sorted(set(bigrams(text[:WHOLE])))
    if not pairs:
        return 0
    marks = np.array([_fingerprint(pair) for pair in pairs], ">u8").view(np.uint8).reshape(-1, 8)
    votes = np.unpackbits(marks, axis=1).sum(axis=0)
    return int.from_bytes(np.packbits(votes * 2 > len(pairs)).tobytes(), "big")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def row_spans(owner: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    """Where the rows of each of `count` owners begin, and the end. `owner` is ascending."""
    return np.asarray(np.searchsorted(owner, np.arange(count + 1)), np.int64)
