"""Files of a desk: each once, and only as they were."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk
from desk_app.domain.errors import (
    AttachmentMissingError,
    AttachmentTooLargeError,
    DeskGoneError,
    DiskFullError,
    FileUnreadableError,
)
from desk_app.store.attachments import FOLDER
from tests.disks import SmallDisk


def kept(desk: OpenDesk) -> list[Path]:
    return [path for path in (desk.path / FOLDER).rglob("*") if path.is_file()]


def test_the_same_bytes_are_kept_once_under_any_name(desk: OpenDesk) -> None:
    first = desk.files.add(b"the same", name="a.txt", mime_type="text/plain")
    second = desk.files.add(b"the same", name="b.bin", mime_type="application/x-b")
    assert kept(desk) == [desk.files.path(first.sha256)]
    assert (first.sha256, first.size) == (second.sha256, second.size)
    assert (second.name, second.mime_type) == ("b.bin", "application/x-b")
    assert desk.files.read(first) == desk.files.read(second) == b"the same"


def test_other_bytes_are_another_file(desk: OpenDesk) -> None:
    for data in (b"", b"one", b"two"):
        assert desk.files.read(desk.files.add(data, name="a", mime_type="a/b")) == data
    assert len(kept(desk)) == 3


@pytest.mark.parametrize("now", [b"changed!", b"", b"the same and more"])
def test_changed_bytes_are_not_given_out(desk: OpenDesk, tmp_path: Path, now: bytes) -> None:
    file = desk.files.add(b"the same", name="a.txt", mime_type="text/plain")
    desk.files.path(file.sha256).write_bytes(now)
    with pytest.raises(AttachmentMissingError) as caught:
        desk.files.read(file)
    assert caught.value.facts == {"name": "a.txt", "sha256": file.sha256}
    with pytest.raises(AttachmentMissingError):
        desk.files.save_copy(file, str(tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()


def test_missing_bytes_are_told(desk: OpenDesk) -> None:
    file = desk.files.add(b"the same", name="a.txt", mime_type="text/plain")
    desk.files.path(file.sha256).unlink()
    with pytest.raises(AttachmentMissingError):
        desk.files.read(file)


def test_adding_the_bytes_again_brings_missing_ones_back(desk: OpenDesk) -> None:
    file = desk.files.add(b"the same", name="a.txt", mime_type="text/plain")
    desk.files.path(file.sha256).unlink()
    assert desk.files.read(desk.files.add(b"the same", name="b", mime_type="a/b")) == b"the same"


def test_a_file_over_the_limit_is_not_taken_in(desk: OpenDesk, tmp_path: Path) -> None:
    source = tmp_path / "large.png"
    source.write_bytes(b"12345")
    with pytest.raises(AttachmentTooLargeError) as caught:
        desk.files.add_file(str(source), limit=4)
    assert caught.value.facts == {"name": "large.png", "size": 5, "limit": 4}
    assert kept(desk) == []


def test_a_file_of_exactly_the_limit_is_taken_in(desk: OpenDesk, tmp_path: Path) -> None:
    source = tmp_path / "Grüße.png"
    source.write_bytes(b"12345")
    file = desk.files.add_file(str(source), limit=5)
    assert (file.name, file.mime_type, file.size) == ("Grüße.png", "image/png", 5)
    assert desk.files.read(file) == b"12345"


@pytest.mark.parametrize("name", ["nothing", "."])
def test_what_is_no_file_is_told_as_unreadable(desk: OpenDesk, tmp_path: Path, name: str) -> None:
    with pytest.raises(FileUnreadableError):
        desk.files.add_file(str(tmp_path / name), limit=10**9)


def test_a_copy_has_the_same_bytes(desk: OpenDesk, tmp_path: Path) -> None:
    file = desk.files.add(b"\0\xff", name="a", mime_type="a/b")
    desk.files.save_copy(file, str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_bytes() == b"\0\xff"


def test_a_copy_never_takes_the_place_of_a_file_and_never_leaves_the_folder(desk, tmp_path):
    file = desk.files.add(b"one", name="../../a:b.txt", mime_type="text/plain")
    paths = [Path(desk.files.save_new(file, str(tmp_path))) for _ in range(3)]
    assert {path.parent for path in paths} == {tmp_path}
    assert len({path.name for path in paths}) == 3
    assert "(2)" in paths[1].name
    assert [path.read_bytes() for path in paths] == [b"one"] * 3


def test_a_copy_is_not_written_through_a_link(desk, tmp_path):
    target = tmp_path / "elsewhere"
    (tmp_path / "a.txt").symlink_to(target)
    file = desk.files.add(b"one", name="a.txt", mime_type="text/plain")
    assert Path(desk.files.save_new(file, str(tmp_path))).name == "a (2).txt"
    assert not target.exists()


def test_a_copy_to_look_at_cannot_be_written(desk, tmp_path):
    file = desk.files.add(b"one", name="a.txt", mime_type="text/plain")
    path = Path(desk.files.save_new(file, str(tmp_path), read_only=True))
    assert path.stat().st_mode & 0o777 == 0o400


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among files")
def test_a_pipe_is_no_file_to_attach(desk: OpenDesk, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileUnreadableError):
        desk.files.add_file(str(pipe), limit=100)


def test_a_file_for_a_desk_that_is_gone_makes_no_new_folder(desk: OpenDesk) -> None:
    shutil.rmtree(desk.path)
    with pytest.raises(DeskGoneError):
        desk.files.add(b"late", name="a", mime_type="a/b")
    assert not desk.path.exists()


def test_a_file_that_the_disk_has_no_room_for_leaves_nothing_of_itself(
    small_disk: SmallDisk, folder: Path
) -> None:
    shutil.copytree(folder, small_disk.path / "desk")
    desk = OpenDesk(small_disk.path / "desk")
    small_disk.fill(free_kib=40)
    with pytest.raises(DiskFullError):
        desk.files.add(os.urandom(80_000), name="a", mime_type="a/b")
    assert kept(desk) == []
    assert desk.files.read(desk.files.add(b"small", name="a", mime_type="a/b")) == b"small"
