import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from consultation.errors import Conflict, NotReady, Unknown
from consultation.versions import Versions


@pytest.fixture
def versions(tmp_path):
    return Versions(tmp_path / "knowledge")


def build(versions, text="", number=None):
    with versions.draft(number) as (n, path):
        (path / "entries").mkdir()
        (path / "entries" / "text").write_text(text or str(n))
    return n


def leftovers(versions):
    return [path.name for path in versions.folder.iterdir() if path.name.startswith(".draft")]


def test_before_anything_is_built_nothing_is_live_and_nothing_is_made(versions):
    assert versions.live() is None
    assert versions.list() == []
    assert not versions.folder.exists()


def test_a_draft_gets_the_next_number_and_is_not_live(versions):
    assert [build(versions), build(versions)] == [1, 2]
    assert versions.list() == [1, 2]
    assert versions.live() is None
    assert versions.path(2).name == "0002"
    assert (versions.path(2) / "entries" / "text").read_text() == "2"


def test_a_draft_may_be_given_its_number(versions):
    assert build(versions, number=8) == 8
    assert build(versions) == 9


def test_a_number_is_never_used_twice_even_after_its_version_was_dropped(versions):
    build(versions)
    versions.promote(build(versions))
    versions.promote(1)
    versions.drop(2)
    assert build(versions) == 3


def test_a_version_never_changes(versions):
    build(versions, "first", number=4)
    with pytest.raises(Conflict, match="a version never changes"), versions.draft(4):
        pass
    assert (versions.path(4) / "entries" / "text").read_text() == "first"


def test_a_draft_that_fails_leaves_nothing(versions):
    with pytest.raises(ZeroDivisionError), versions.draft() as (_, path):  # noqa: PT012
        (path / "half").write_text("half")
        raise ZeroDivisionError
    assert versions.list() == []
    assert leftovers(versions) == []


def test_other_users_may_read_a_version(versions):
    build(versions)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(versions.path(1).stat().st_mode) == 0o777 & ~umask


def test_promotion_moves_the_pointer(versions):
    build(versions)
    build(versions)
    versions.promote(1)
    assert versions.live() == 1
    versions.promote(2)
    assert versions.live() == 2
    assert (versions.folder / "live").read_text().splitlines() == ["0001", "0002"]


def test_promoting_the_live_version_again_is_no_new_history(versions):
    build(versions)
    versions.promote(1)
    versions.promote(1)
    assert versions.history() == [1]


def test_a_version_that_is_not_there_is_not_promoted(versions):
    build(versions)
    versions.promote(1)
    with pytest.raises(Unknown, match=r"version 7 is not in .*; there are: 1"):
        versions.promote(7)
    assert versions.live() == 1


def test_rollback_goes_back_step_by_step_to_what_was_live_before(versions):
    for number in (1, 2, 3):
        build(versions, number=number)
    for number in (2, 1, 3):
        versions.promote(number)
    assert [versions.rollback(), versions.rollback()] == [1, 2]
    assert versions.live() == 2
    with pytest.raises(NotReady, match="no version was live before"):
        versions.rollback()
    assert versions.live() == 2


def test_rollback_passes_over_versions_that_are_gone(versions):
    for number in (1, 2, 3):
        build(versions, number=number)
        versions.promote(number)
    versions.drop(2)
    assert versions.rollback() == 1


def test_the_live_version_is_not_dropped(versions):
    build(versions)
    versions.promote(1)
    with pytest.raises(Conflict, match="version 1 is live"):
        versions.drop(1)
    with pytest.raises(Unknown):
        versions.drop(2)


@pytest.mark.parametrize("damage", [b"", b"seven\n", b"\xff\xfe\n", b"0001\n../../etc\n", b"\n\n"])
def test_a_damaged_pointer_says_how_to_mend_it_and_promotion_mends_it(versions, damage):
    build(versions)
    versions.promote(1)
    (versions.folder / "live").write_bytes(damage)
    with pytest.raises(NotReady, match="live is damaged; write the number of a version into it"):
        versions.live()
    versions.promote(1)
    assert versions.live() == 1


def test_a_pointer_to_a_folder_that_is_gone_says_so(versions):
    build(versions)
    versions.promote(1)
    versions.path(1).rename(versions.folder / "elsewhere")
    with pytest.raises(NotReady, match=r"names version 1, but .*0001 is gone"):
        versions.live()


def test_two_builders_at_once_give_a_conflict_to_the_second(versions):
    with versions.draft() as (number, _):
        for attempt in (lambda: build(versions), lambda: versions.promote(1), versions.rollback):
            with pytest.raises(Conflict, match="being published just now"):
                attempt()
        assert number == 1
    assert build(versions) == 2


def test_reading_needs_no_lock(versions):
    build(versions)
    versions.promote(1)
    with versions.draft():
        assert versions.live() == 1
        assert versions.list() == [1]


def test_a_reader_sees_the_old_or_the_new_version_never_a_half_one(versions):
    for _ in range(4):
        build(versions)
    versions.promote(1)
    seen, faults, stop = set(), [], threading.Event()

    def read():
        while not stop.is_set():
            try:
                number = versions.live()
                seen.add(number)
                assert (versions.path(number) / "entries" / "text").read_text() == str(number)
            except Exception as error:  # noqa: BLE001 - any failure of a reader is the finding
                faults.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(200):
        versions.promote(turn % 4 + 1)
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert seen <= {1, 2, 3, 4}


def test_a_builder_killed_in_mid_draft_frees_the_lock_and_its_litter_is_swept(versions, tmp_path):
    build(versions)
    versions.promote(1)
    script = """
        import sys, time
        from pathlib import Path
        from consultation.versions import Versions
        with Versions(Path(sys.argv[1])).draft() as (number, path):
            (path / "half").write_text("half")
            print("drafting", flush=True)
            time.sleep(60)
    """
    builder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(versions.folder)], stdout=subprocess.PIPE
    )
    assert builder.stdout is not None
    assert builder.stdout.readline() == b"drafting\n"
    with pytest.raises(Conflict):
        versions.sweep()
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    builder.stdout.close()
    assert len(leftovers(versions)) == 1
    assert (versions.list(), versions.live()) == ([1], 1)
    versions.sweep()
    assert leftovers(versions) == []
    assert build(versions) == 2


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 1 MB, and how to make it read-only."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)], capture_output=True, check=False
    ).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk, lambda: subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere; see the read-only disk below")
def test_a_folder_that_may_not_be_written_says_so(versions):
    build(versions)
    versions.promote(1)
    versions.folder.chmod(0o555)
    try:
        with pytest.raises(NotReady, match="may not be written"):
            build(versions)
        assert versions.live() == 1
    finally:
        versions.folder.chmod(0o755)


def test_a_read_only_disk_says_so_and_can_still_be_read(small_disk):
    disk, make_read_only = small_disk
    versions = Versions(disk / "knowledge")
    build(versions)
    versions.promote(1)
    make_read_only()
    with pytest.raises(NotReady, match="mounted read-only"):
        build(versions)
    with pytest.raises(NotReady, match="mounted read-only"):
        versions.promote(1)
    assert (versions.live(), versions.list()) == (1, [1])


def test_a_home_that_is_a_file_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotReady, match="file"):
        build(Versions(tmp_path / "file" / "knowledge"))


def test_a_full_disk_says_so_and_the_live_version_stays(small_disk):
    disk, _ = small_disk
    versions = Versions(disk / "knowledge")
    build(versions)
    versions.promote(1)
    build(versions)
    with pytest.raises(OSError, match="No space"), versions.draft() as (_, path):
        (path / "large").write_bytes(b"x" * 2_000_000)
    assert leftovers(versions) == []
    with pytest.raises(OSError, match="No space"):
        (disk / "ballast").write_bytes(b"x" * 2_000_000)
    with pytest.raises(NotReady, match="the disk is full; free some space"):
        versions.promote(2)
    assert versions.live() == 1
    assert leftovers(versions) == []


def test_a_version_is_on_the_disk_before_it_has_its_name(versions, monkeypatch):
    order: list[str] = []
    fsync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append("flush"), fsync(fd))[1])
    monkeypatch.setattr(Path, "rename", lambda self, to: (order.append("name"), rename(self, to))[1])
    build(versions)
    assert order.index("name") >= 3  # the file, its folder, the version's folder
    assert order[-1] == "flush"  # and the name itself
