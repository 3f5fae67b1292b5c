"""Each engine's life, and what it survives."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from livefest.engines import Engine, EngineError, Engines
from livefest.engines.accounts import account_for
from livefest.engines.sockets import is_private
from tests.engines.conftest import wait_until


def store(engines: Engines) -> None:
    """Commit something that must survive whatever comes."""
    urls = engines.ensure()
    with psycopg.connect(urls.database) as connection:
        connection.execute("CREATE TABLE kept (value integer)")
        connection.execute("INSERT INTO kept VALUES (7)")


def stored(engines: Engines) -> int:
    with psycopg.connect(engines.ensure().database) as connection:
        row = connection.execute("SELECT value FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def pid_of(engine: Engine) -> int:
    pid = engine.pid()
    assert pid is not None
    return pid


def socket_directory(engine: Engine) -> Path:
    return Path((engine.home / "socket").read_text().splitlines()[1])


@pytest.fixture
def started(engines: Engines) -> Engines:
    store(engines)
    return engines


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is no engine."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def test_ensure_gives_urls_that_drivers_take(new_engines: Engines) -> None:
    urls = new_engines.ensure()
    with psycopg.connect(urls.database) as connection:
        row = connection.execute(
            "SELECT current_database(), current_user, current_setting('server_encoding'),"
            " current_setting('timezone'), current_setting('listen_addresses'),"
            " current_setting('fsync'), current_setting('max_connections')"
        ).fetchone()
    assert row == ("livefest", "livefest", "UTF8", "UTC", "", "on", "200")
    with redis.Redis.from_url(urls.redis) as client:
        assert client.ping()
        assert client.config_get("port", "appendonly", "save", "maxmemory-policy") == {
            "port": "0",
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }


def test_ensure_when_running_changes_nothing(started: Engines) -> None:
    urls = started.ensure()
    pids = pid_of(started.postgres), pid_of(started.valkey)
    assert started.ensure() == urls
    assert (pid_of(started.postgres), pid_of(started.valkey)) == pids


def test_ensure_sorts_by_bytes_and_folds_case_beyond_ascii(engines: Engines) -> None:
    with psycopg.connect(engines.ensure().database) as connection:
        row = connection.execute("SELECT 'a' > 'B', upper('é')").fetchone()
    assert row == (True, "É")


def test_databases_can_be_created(engines: Engines) -> None:
    with psycopg.connect(engines.ensure().database, autocommit=True) as connection:
        connection.execute("CREATE DATABASE test_gw0 TEMPLATE template0")
        connection.execute("DROP DATABASE test_gw0")


def test_ensure_when_default_database_was_dropped(started: Engines) -> None:
    url = started.ensure().database
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE livefest WITH (FORCE)")
    with psycopg.connect(started.ensure().database) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("name", ["a b  c", "x" * 200, 'quote\'s "$HOME" `id`', "ü-日本"])
def test_ensure_in_an_odd_path(name: str, make_engines: Callable[..., Engines], tmp_path: Path) -> None:
    engines = make_engines(tmp_path / name)
    engines.ensure()
    assert [report.answers for report in engines.status()] == [True, True]


def test_ensure_below_closed_parents(make_engines: Callable[..., Engines], tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    checkout = closed / "checkout"
    checkout.mkdir(parents=True)
    closed.chmod(0o700)
    checkout.chmod(0o700)
    engines = make_engines(checkout / ".local")
    engines.ensure()
    for engine in (engines.postgres, engines.valkey):
        user = account_for(engines.directory)
        assert user.uid != 0
        assert Path(f"/proc/{pid_of(engine)}").stat().st_uid == user.uid
        assert engine.data.stat().st_uid == user.uid
    assert closed.stat().st_mode & 0o777 == checkout.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_uid == checkout.stat().st_uid == os.geteuid()


def test_stop_and_start_keep_data_and_address(started: Engines) -> None:
    urls = started.ensure()
    directory = socket_directory(started.postgres)
    started.stop()
    started.stop()
    assert [report.pid for report in started.status()] == [None, None]
    assert not directory.exists()
    assert started.ensure() == urls
    assert stored(started) == 7


def test_stop_where_nothing_was_started(tmp_path: Path) -> None:
    engines = Engines(tmp_path / "none")
    engines.stop()
    assert [report.answers for report in engines.status()] == [False, False]
    assert not engines.directory.exists()


def test_main_process_killed(started: Engines) -> None:
    for engine in (started.postgres, started.valkey):
        os.kill(pid_of(engine), signal.SIGKILL)
    assert stored(started) == 7
    assert [report.answers for report in started.status()] == [True, True]


def test_queue_survives_a_killed_valkey(engines: Engines) -> None:
    with redis.Redis.from_url(engines.ensure().redis) as client:
        client.rpush("celery", "task")
        client.execute_command("WAITAOF", 1, 0, 5000)
    os.kill(pid_of(engines.valkey), signal.SIGKILL)
    with redis.Redis.from_url(engines.ensure().redis) as client:
        assert client.lrange("celery", 0, -1) == [b"task"]


def test_postgres_killed_with_a_busy_backend_left(started: Engines) -> None:
    # A backend in a loop doesn't notice that its postmaster died and keeps its shared memory.
    loop = psycopg.connect(started.ensure().database)
    backend = loop.info.backend_pid

    def run() -> None:
        with pytest.raises(psycopg.OperationalError):
            loop.execute("DO $$ BEGIN LOOP END LOOP; END $$")

    thread = threading.Thread(target=run)
    thread.start()
    with psycopg.connect(started.ensure().database, autocommit=True) as watcher:
        query = "SELECT state = 'active' FROM pg_stat_activity WHERE pid = %s"
        wait_until(lambda: watcher.execute(query, [backend]).fetchone() == (True,))
    os.kill(pid_of(started.postgres), signal.SIGKILL)
    wait_until(lambda: started.postgres.pid() is None)
    assert stored(started) == 7
    wait_until(lambda: not Path(f"/proc/{backend}").exists())
    thread.join()
    loop.close()


def test_backend_killed(started: Engines) -> None:
    with psycopg.connect(started.ensure().database) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
    # Until it has noticed, PostgreSQL accepts connections that it then ends.
    wait_until(lambda: "was terminated by signal 9" in started.postgres.log.read_text())
    assert stored(started) == 7


def test_stale_pid_file_names_a_foreign_process(started: Engines, bystander: subprocess.Popen[bytes]) -> None:
    os.kill(pid_of(started.postgres), signal.SIGKILL)
    wait_until(lambda: started.postgres.pid() is None)
    pid_file = started.postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
    (socket_directory(started.postgres) / ".s.PGSQL.5432.lock").write_text(f"{bystander.pid}\n")
    assert stored(started) == 7
    started.stop()
    assert bystander.poll() is None


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_hanging_engine_is_replaced(name: str, make_engines: Callable[..., Engines], tmp_path: Path) -> None:
    engines = make_engines(tmp_path / "local", patience=0.5)
    store(engines)
    engine: Engine = getattr(engines, name)
    before = pid_of(engine)
    os.kill(before, signal.SIGSTOP)
    assert not engine.answers()
    assert stored(engines) == 7
    assert pid_of(engine) != before
    assert engine.answers()


def test_socket_directory_removed(started: Engines) -> None:
    urls = started.ensure()
    for engine in (started.postgres, started.valkey):
        shutil.rmtree(socket_directory(engine))
    assert stored(started) == 7
    assert started.ensure() == urls
    assert [report.answers for report in started.status()] == [True, True]


def test_socket_directory_replaced_by_somebody(started: Engines, tmp_path: Path) -> None:
    directory = socket_directory(started.valkey)
    trap = tmp_path / "trap"
    trap.mkdir()
    shutil.rmtree(directory)
    directory.symlink_to(trap)
    started.ensure()
    assert socket_directory(started.valkey) != directory
    assert is_private(socket_directory(started.valkey), account_for(started.directory))
    assert not list(trap.iterdir())
    directory.unlink()


def test_two_directories_at_once(make_engines: Callable[..., Engines], tmp_path: Path) -> None:
    one, other = make_engines(tmp_path / "one"), make_engines(tmp_path / "other")
    store(one)
    with psycopg.connect(other.ensure().database) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)
    assert pid_of(one.valkey) != pid_of(other.valkey)
    other.stop()
    assert stored(one) == 7


def test_copied_directory_has_engines_of_its_own(
    engines: Engines, make_engines: Callable[..., Engines], tmp_path: Path
) -> None:
    engines.valkey.ensure()
    shutil.copytree(engines.directory, tmp_path / "copy")
    copy = make_engines(tmp_path / "copy")
    assert not copy.valkey.answers()
    assert copy.valkey.ensure() != engines.valkey.ensure()
    copy.stop()
    assert engines.valkey.answers()


def test_moved_directory_keeps_its_engines(
    started: Engines, make_engines: Callable[..., Engines], tmp_path: Path
) -> None:
    pid = pid_of(started.postgres)
    moved = make_engines(started.directory.rename(tmp_path / "moved"))
    assert stored(moved) == 7
    assert pid_of(moved.postgres) == pid


def test_data_of_another_major_version(started: Engines) -> None:
    started.stop()
    (started.postgres.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EngineError, match=r"made by PostgreSQL 16, installed is 18\. Load a dump"):
        started.ensure()
    (started.postgres.data / "PG_VERSION").write_text("18\n")


def test_failed_start_shows_the_log(started: Engines) -> None:
    started.stop()
    (started.postgres.data / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EngineError, match=r'(?s)ended while starting.*"no_such_setting"'):
        started.ensure()


def test_data_used_from_elsewhere_is_left_alone(started: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    # Another container's processes can't be seen, nor its socket: only the lock tells of them.
    monkeypatch.setattr("livefest.engines.engine.processes_of", lambda *_: [])
    monkeypatch.setattr("livefest.engines.engine.is_private", lambda *_: False)
    monkeypatch.setattr("livefest.engines.engine.ORPHAN_SECONDS", 0.1)
    with pytest.raises(EngineError, match="can't be seen from here"):
        started.valkey.ensure()
    monkeypatch.undo()
    assert started.valkey.answers()


def test_engine_is_a_detached_daemon(started: Engines) -> None:
    for engine in (started.postgres, started.valkey):
        pid = pid_of(engine)
        assert os.getsid(pid) != os.getsid(0)
        assert os.getpgid(pid) != os.getpgid(0)
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        assert int(fields[1]) != os.getpid()


def test_big_log_is_put_aside(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livefest.engines.engine.BIG_LOG_BYTES", 10)
    engines.valkey.ensure()
    engines.valkey.stop()
    old = engines.valkey.log.read_text()
    engines.valkey.ensure()
    assert engines.valkey.log.with_name("log.1").read_text() == old
