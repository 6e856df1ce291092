"""Lets every test folder import the harness and the peers, and offers the shared fixtures."""
import os
import shutil
import sys
import tempfile

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("functional", "peers"):
    sys.path.insert(0, os.path.join(HERE, folder))

import harness  # noqa: E402
import postgres_server  # noqa: E402


@pytest.fixture
def make_postroom(tmp_path):
    """Makes servers that are stopped, and judged by their logs, when the test ends."""
    made = []

    def make(*, start=True, **options):
        options.setdefault("folder", str(tmp_path / f"postroom-{len(made) + 1}"))
        server = harness.Postroom(**options)
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.end()
    for server in made:
        print(server.log_tail())  # pytest shows it when the test fails
    for server in made:
        server.check_log()


@pytest.fixture
def memory_folder():
    """A folder in memory, where that can be had, for tests that move the clock by days: it stops hundreds of times a
    day, and each stop is written down."""
    made = tempfile.mkdtemp(prefix="postroom-test-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def postroom(make_postroom):
    return make_postroom()


@pytest.fixture
def receiver():
    with harness.CallbackReceiver() as made:
        yield made


@pytest.fixture(scope="session")
def postgres():
    server, why = postgres_server.start()
    if server is None:
        pytest.skip(why)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def store_settings(request):
    """Settings that choose the store; a test that takes this runs once on each."""
    if request.param == "sqlite":
        return {}
    return {"store.url": request.getfixturevalue("postgres").new_database()}
