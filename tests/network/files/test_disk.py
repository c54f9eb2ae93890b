"""Files as such: what may be opened, what is written, and what a name may be."""

from __future__ import annotations

import os
import socket
import stat
import sys
from pathlib import Path

import pytest
from file_builders import DYADIC, refusal

from exactrev.errors import BadInput, BudgetSpent, ExactrevError, InexactInput, InvalidNetwork
from exactrev.network import load, save
from exactrev.network.files import READABLE, WRITABLE
from exactrev.network.files.disk import MAX_FILE_BYTES, shown, write_atomically


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "found no such file or directory" in refusal(tmp_path / "net.json")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.json").mkdir()
    assert "found a directory; expected a regular file" in refusal(tmp_path / "net.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "net.json")
    assert "found a pipe" in refusal(tmp_path / "net.json")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets with names here")
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.json")
        assert "expected" in refusal(tmp_path / "s.json")


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.json").symlink_to(tmp_path / "net.json")
    assert "too many levels of symbolic links" in refusal(tmp_path / "net.json")


def test_a_link_to_a_network_is_followed(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "net.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "net.json")
    assert load(tmp_path / "link.json") == DYADIC


def test_an_enormous_file_is_refused_unread(tmp_path: Path) -> None:
    with open(tmp_path / "net.json", "wb") as file:
        file.truncate(1 << 40)  # sparse: takes no room
    assert f"found {1 << 40} bytes; expected at most {MAX_FILE_BYTES}" in refusal(tmp_path / "net.json")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(DYADIC, tmp_path / "net.json")
    real = os.fstat

    def shorter(descriptor: int) -> os.stat_result:
        status = list(real(descriptor))
        status[stat.ST_SIZE] -= 1
        return os.stat_result(status)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", shorter)
        line = refusal(tmp_path / "net.json")
    assert "found a file that changes while it is read" in line


def test_a_disk_that_fails_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(DYADIC, tmp_path / "net.json")

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", fail)
        line = refusal(tmp_path / "net.json")
    assert "found input/output error" in line


@pytest.mark.parametrize("error", [InvalidNetwork("no layers"), InexactInput("NaN"), BudgetSpent("too much")])
def test_what_a_reader_finds_without_a_place_is_told_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: ExactrevError
) -> None:
    save(DYADIC, tmp_path / "net.json")

    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("exactrev.network.files.json_format.read_json", fail)
    assert f"found {error.message}" in refusal(tmp_path / "net.json")


def test_a_file_of_spaces_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.json").write_bytes(b" " * 10_000_000)
    assert "found an empty file" in refusal(tmp_path / "net.json")


@pytest.mark.parametrize("extension", READABLE)
def test_an_empty_file_is_refused_in_every_format(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"net{extension}"
    path.touch()
    assert "found an empty file" in refusal(path)


@pytest.mark.parametrize("name", ["net.txt", "net", "net.onnx.gz", "net.pkl", ".json"])
def test_another_extension_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}")
    assert "extension" in refusal(tmp_path / name)


def test_the_extension_may_be_in_capitals_and_the_path_a_string(tmp_path: Path) -> None:
    save(DYADIC, str(tmp_path / "NET.JSON"))
    assert load(str(tmp_path / "NET.JSON")) == DYADIC


def test_a_name_with_a_nul_is_refused() -> None:
    with pytest.raises(BadInput):
        load("a\0b.json")
    with pytest.raises(BadInput):
        save(DYADIC, "a\0b.json")


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_a_name_that_is_no_text_is_shown_escaped(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        load(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json"))
    assert "\\xff.json" in str(caught.value)
    str(caught.value).encode("utf-8")


def test_the_provenance_names_the_file_without_its_folder(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "net.json")
    provenance = load(tmp_path / "net.json").provenance
    assert provenance is not None
    assert provenance.path == "net.json"


# -- writing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", WRITABLE)
def test_saving_replaces_the_old_file_and_leaves_nothing_else(tmp_path: Path, extension: str) -> None:
    if extension == ".onnx":
        pytest.importorskip("onnx")
    path = tmp_path / f"net{extension}"
    path.write_bytes(b"old")
    save(DYADIC, path)
    assert load(path) == DYADIC
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError, OSError])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_interrupted_save_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException], step: str
) -> None:
    (tmp_path / "net.json").write_bytes(b"old")

    def interrupt(*arguments: object) -> None:
        raise interruption(28, "No space left on device") if interruption is OSError else interruption

    monkeypatch.setattr(os, step, interrupt)
    with pytest.raises(BadInput if interruption is OSError else interruption):
        save(DYADIC, tmp_path / "net.json")
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]
    assert (tmp_path / "net.json").read_bytes() == b"old"


def test_chunks_are_written_as_they_come(tmp_path: Path) -> None:
    write_atomically(tmp_path / "chunks", (bytes([k]) * k for k in range(3)))
    assert (tmp_path / "chunks").read_bytes() == b"\x01\x02\x02"


def test_a_chunk_that_cannot_be_made_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "chunks").write_bytes(b"old")
    with pytest.raises(ValueError, match="not an index"):  # and no word about the folder
        write_atomically(tmp_path / "chunks", (bytes([k]) if k < 2 else _fail() for k in range(3)))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("chunks", b"old")]


def _fail() -> bytes:
    raise ValueError("not an index")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file or directory; expected a folder that can be written to"):
        save(DYADIC, tmp_path / "nowhere" / "net.json")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_must_not_be_written_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(BadInput, match="permission denied"):
        save(DYADIC, tmp_path / "net.json")


def test_a_directory_of_this_name_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "net.json").mkdir()
    with pytest.raises(BadInput, match="something that is not a file"):
        save(DYADIC, tmp_path / "net.json")


@pytest.mark.parametrize("name", ["net.nnet", "net.h5", "net", "net.txt"])
def test_formats_that_are_only_read_are_not_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"expected \.json, \.npz, \.onnx"):
        save(DYADIC, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_network_too_large_to_be_read_back_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.network.files.MAX_FILE_BYTES", 100)
    with pytest.raises(BadInput, match="expected at most 100"):
        save(DYADIC, tmp_path / "net.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="permissions of this kind are POSIX")
def test_a_new_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        save(DYADIC, tmp_path / "net.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "net.json").stat().st_mode) == 0o640


# -- error messages --------------------------------------------------------------------------------------------------


def test_values_are_shown_on_one_line_of_ascii_and_not_too_long() -> None:
    assert shown("a\nb\x1b[31m\u202e") == "'a\\nb\\x1b[31m\\u202e'"
    assert shown("\ud800") == "'\\ud800'"
    assert shown((1, 2)) == "(1, 2)"
    assert shown("x" * 1000, limit=10) == "'xxxxxxx'... (1000 characters)"
    assert shown(list(range(1000)), limit=12).startswith("[0, 1, 2")
