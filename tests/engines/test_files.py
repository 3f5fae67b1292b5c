"""Files and locks."""

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from livefest.engines import EngineError
from livefest.engines.files import exclusive, make_directory, open_file, replace_file, try_lock


def test_make_directory_twice(tmp_path: Path) -> None:
    make_directory(tmp_path / "a" / "b")
    make_directory(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_made_things_belong_to_the_owner_of_their_parent(tmp_path: Path) -> None:
    owner = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(tmp_path, owner, -1)
    make_directory(tmp_path / "a" / "b")
    replace_file(tmp_path / "a" / "b" / "c", "content")
    assert {path.stat().st_uid for path in tmp_path.rglob("*")} == {owner}
    assert (tmp_path / "a" / "b" / "c").stat().st_mode & 0o777 == 0o600


def test_open_file_follows_no_symlink(tmp_path: Path) -> None:
    (tmp_path / "target").touch()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic links"):
        open_file(tmp_path / "link", os.O_RDWR)


def test_opened_file_is_not_inherited(tmp_path: Path) -> None:
    descriptor = open_file(tmp_path / "file", os.O_RDWR)
    assert not os.get_inheritable(descriptor)
    os.close(descriptor)


def test_replace_file(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", "long old content")
    replace_file(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_try_lock_gives_up(tmp_path: Path) -> None:
    one, other = (open_file(tmp_path / "lock", os.O_RDWR) for _ in range(2))
    assert try_lock(one, fcntl.LOCK_EX, 0)
    assert not try_lock(other, fcntl.LOCK_SH, 0.05)
    os.close(one)
    assert try_lock(other, fcntl.LOCK_SH, 0)
    os.close(other)


def test_exclusive_lets_one_in_at_a_time(tmp_path: Path) -> None:
    inside = 0
    most = 0

    def work() -> None:
        nonlocal inside, most
        with exclusive(tmp_path / "lock"):
            inside += 1
            most = max(most, inside)
            time.sleep(0.01)
            inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_exclusive_gives_up_naming_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    error = pytest.raises(EngineError, match=f"held {lock} for")
    with exclusive(lock), error, exclusive(lock, seconds=0.05):
        pass


def test_exclusive_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "lock"):
        1 / 0  # noqa: B018
    with exclusive(tmp_path / "lock", seconds=0):
        pass
