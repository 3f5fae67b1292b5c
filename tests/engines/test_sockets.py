"""Private socket directories."""

import os
from pathlib import Path

import pytest

from livefest.engines.accounts import account_for
from livefest.engines.sockets import is_private, private_directory, recorded_directory, remove_directory


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "socket"


def test_directory_is_short_private_and_recorded(record: Path, tmp_path: Path) -> None:
    account = account_for(tmp_path)
    directory = private_directory(record, "mark", account)
    try:
        assert len(str(directory)) < 80
        assert directory.stat().st_mode & 0o777 == 0o700
        assert directory.stat().st_uid == account.uid
        assert recorded_directory(record, "mark") == directory
        assert private_directory(record, "mark", account) == directory
    finally:
        directory.rmdir()


def test_directory_removed_is_made_again_at_the_same_path(record: Path, tmp_path: Path) -> None:
    account = account_for(tmp_path)
    directory = private_directory(record, "mark", account)
    remove_directory(record, "mark")
    assert not directory.exists()
    assert private_directory(record, "mark", account) == directory
    directory.rmdir()


def test_directory_open_to_others_is_not_used(record: Path, tmp_path: Path) -> None:
    account = account_for(tmp_path)
    directory = private_directory(record, "mark", account)
    directory.chmod(0o755)
    assert not is_private(directory, account)
    other = private_directory(record, "mark", account)
    assert other != directory
    directory.rmdir()
    other.rmdir()


def test_record_of_another_mark_is_not_used(record: Path, tmp_path: Path) -> None:
    account = account_for(tmp_path)
    directory = private_directory(record, "mark", account)
    assert recorded_directory(record, "other") is None
    assert recorded_directory(record, None) is None
    other = private_directory(record, "other", account)
    assert other != directory
    directory.rmdir()
    other.rmdir()


@pytest.mark.parametrize("content", ["", "mark", "mark\n"])
def test_torn_record_is_no_record(content: str, record: Path) -> None:
    record.write_text(content)
    assert recorded_directory(record, "mark") is None


def test_symlink_is_not_private(tmp_path: Path) -> None:
    account = account_for(tmp_path)
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    if not account.is_me:
        os.chown(target, account.uid, account.gid)
    assert is_private(target, account)
    (tmp_path / "link").symlink_to(target)
    assert not is_private(tmp_path / "link", account)
