"""Whatever breaks between us and a real OpenSSH server: each letter lies in one zip there, and none is lost.

POSTROOM_SEEDS=N runs N seeds of the random rounds instead of SEEDS_USUAL.
"""
import contextlib
import os
import random
import re
import shutil
import sqlite3
import time

import pytest

from harness import wait_for
from print_tools import HouseFolder, Office, Sshd, find_sshd, reference_of, zip_entries
from tcp_proxy import TcpProxy

NOON = "2027-01-13T12:00:00Z"
DAY = "2027-01-13"
GIVEN_UP = ["task.buried", "letters.zip_failed"]
SEEDS_USUAL = 5
ROUNDS = 3
# A claim of a killed process ends after five minutes, and so does the wait between two attempts.
AFTER_A_KILL_SECONDS = 11 * 60
LETTERS = 4

pytestmark = pytest.mark.skipif(find_sshd() is None, reason="needs sshd: apt-get install openssh-server")


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    server = Sshd(str(tmp_path_factory.mktemp("sshd")))
    yield server.start()
    server.close()


class Scene:
    """An office whose way to the print house leads over a proxy that breaks it."""

    def __init__(self, folder, sshd, **options):
        shutil.rmtree(sshd.files, ignore_errors=True)
        self.sshd, self.house = sshd, HouseFolder(sshd.files)
        self.proxy = TcpProxy(sshd.port)
        settings = {**sshd.settings(), "print.sftp_port": self.proxy.port, **options.pop("settings", {})}
        self.office = Office(folder, at=NOON, house=self.house, settings=settings, **options)
        self.ids = []

    def __enter__(self):
        self.office.__enter__()
        return self

    def __exit__(self, *error):
        self.proxy.forget()
        try:
            self.office.__exit__(*error)
        finally:
            self.proxy.close()

    def database(self):
        return sqlite3.connect(os.path.join(self.office.data, "postroom.db"), isolation_level=None, timeout=30)

    def collate(self, count=LETTERS):
        """New letters and their run; does not wait for the upload. Gives the zip's name."""
        before = set(self.office.zip_states(DAY))
        self.ids += self.office.letters(count)
        self.office.cli("letters", "collate", "--now")
        name, = set(self.office.zip_states(DAY)) - before
        return name

    def final(self, name):
        return os.path.join(self.house.drop, name)

    def has_arrived(self, name):
        return lambda: os.path.exists(self.final(name))

    def is_recorded(self, name):
        return lambda: name + ".TXT" in self.office.records(DAY)

    def hold_next_upload(self, what=None):
        """Stops the connection once something new has arrived, or once what() is true."""
        before = set(self.house.zips())
        self.proxy.hold_when(what or (lambda: set(self.house.zips()) - before))

    def wait_held(self):
        assert self.proxy.held.wait(20), "the upload never came that far"

    def kill_and_start(self):
        self.office.kill9()
        self.proxy.forget()
        self.office.start()

    def sent_once(self):
        """All letters are sending and lie in exactly one zip each; nothing half-done lies there."""
        assert self.office.statuses(self.ids) == ["sending"] * len(self.ids)
        found = self.house.references()
        assert sorted(found) == sorted(map(self.office.reference, self.ids))
        assert all(len(zips) == 1 for zips in found.values()), found
        assert self.house.all_files() == self.house.zips()
        assert self.office.records(DAY) == [name + ".TXT" for name in self.house.zips()]
        return True


def identity(path):
    found = os.stat(path)
    return found.st_ino, found.st_mtime_ns, found.st_size


@pytest.fixture
def scene(tmp_path, sshd):
    with Scene(tmp_path, sshd) as made:
        yield made
    if sshd.sftp_options:
        sshd.restart()


# The connection breaks

def test_ft6_cut_after_each_tenth_of_the_bytes(scene):
    scene.collate()
    scene.office.drain()
    total = scene.proxy.longest  # of a whole upload
    assert total > 50_000 and scene.sent_once()
    for tenth in range(11):
        scene.proxy.forget()
        scene.proxy.cut_after(total * tenth // 10 if tenth else 1)
        name = scene.collate()
        scene.office.drain()
        assert scene.proxy.troubles == tenth + 1
        scene.office.retry_zips()
        assert scene.office.zip_states(DAY)[name] == "uploaded"
        assert scene.sent_once(), f"{tenth * 10} %"


def test_ft8_reset_after_the_last_byte_before_the_answer(scene):
    """Twice: all bytes are in the partial file, or the file has its final name, and no answer comes back."""
    def whole_part():
        parts = [os.path.join(scene.house.drop, f) for f in scene.house.all_files() if f.endswith(".part")]
        return any(os.path.getsize(part) >= scene.size for part in parts)

    scene.size = 1 << 62
    name = scene.collate()
    scene.office.drain()
    scene.size = os.path.getsize(scene.final(name)) * 99 // 100  # the next one is about as long
    scene.proxy.reset_when(whole_part)
    scene.collate()
    scene.office.retry_zips()
    assert scene.proxy.troubles == 1 and scene.sent_once()

    before = set(scene.house.zips())
    scene.proxy.reset_when(lambda: set(scene.house.zips()) - before)
    scene.collate()
    scene.office.drain()
    name, = set(scene.house.zips()) - before
    first = identity(scene.final(name))
    scene.office.retry_zips(2)
    assert scene.proxy.troubles == 2 and scene.sent_once()
    assert identity(scene.final(name)) == first
    assert len(scene.office.log_lines("letters.zip_sent_despite_error")) == 1


# The server refuses

def test_x41_full_server_is_tried_again_and_then_given_up(tmp_path, sshd):
    with Scene(tmp_path, sshd, allow_errors=GIVEN_UP) as scene:
        scene.office.service()
        sshd.fill_up(20_000)
        scene.collate()
        scene.office.retry_zips(2)
        assert scene.office.statuses(scene.ids) == ["created"] * LETTERS
        assert scene.house.all_files() == []
        sshd.make_room()
        scene.office.retry_zips()
        assert scene.sent_once()

        sshd.fill_up(20_000)
        sent = list(scene.ids)
        scene.collate()
        scene.office.retry_zips(6)
        sshd.make_room()
        assert scene.office.statuses(scene.ids[LETTERS:]) == ["technical-failure"] * LETTERS
        assert scene.office.statuses(sent) == ["sending"] * LETTERS
        assert len(scene.house.all_files()) == 1
        assert len(scene.office.log_lines("letters.zip_failed")) == 1


def test_ft5_a_folder_we_may_not_write_keeps_the_letters(scene):
    scene.sshd.restart("-R")
    scene.collate()
    scene.office.retry_zips()
    assert scene.office.statuses(scene.ids) == ["created"] * LETTERS
    assert scene.house.all_files() == []
    assert "ermission" in scene.office.log_lines("letters.zip_not_sent")[-1]["error"]
    scene.sshd.restart()
    scene.office.retry_zips()
    assert scene.sent_once()


# A file of that name

def test_ft8_name_exists_with_the_same_size(scene):
    """It is our own zip, so it is neither sent again nor touched."""
    scene.hold_next_upload()
    name = scene.collate()
    scene.wait_held()
    scene.kill_and_start()
    there = identity(scene.final(name))
    scene.office.advance(AFTER_A_KILL_SECONDS)
    assert identity(scene.final(name)) == there
    assert scene.office.log_lines("letters.zip_sent")[-1]["how"] == "found-there"
    assert scene.sent_once()


@pytest.mark.parametrize("change", ["shorter", "longer", "empty"])
def test_ft8_x40_x42_name_exists_with_another_size(scene, change):
    scene.proxy.cut_after(30_000)
    name = scene.collate()
    scene.office.drain()
    assert scene.office.statuses(scene.ids) == ["created"] * LETTERS
    with open(scene.final(name), "wb") as f:
        f.write({"shorter": b"PK\3\4 half a zip", "longer": b"x" * 1_000_000, "empty": b""}[change])
    scene.office.retry_zips()
    assert scene.office.zip_states(DAY) == {name: "uploaded"}
    assert scene.sent_once()


# The process is killed

def before_the_upload(scene):
    scene.hold_next_upload(lambda: True)
    name = scene.collate()
    scene.wait_held()
    assert scene.house.zips() == []
    return name


def before_verify(scene):
    """The zip has its name, and we have not heard of it."""
    scene.hold_next_upload()
    name = scene.collate()
    scene.wait_held()
    return name


def after_verify_before_the_record(scene):
    name = before_verify(scene)
    scene.office.fault("blob", "slow", 1, delay_ms=30_000)  # the next thing written is the record
    scene.proxy.release()
    wait_for(lambda: not scene.office.sandbox("GET", "/faults").get("faults"))
    assert scene.office.records(DAY) == []
    return name


def after_the_record_before_to_sent(scene):
    name = before_verify(scene)
    lock = scene.database()
    lock.execute("BEGIN IMMEDIATE")  # nothing gets into the store any more
    scene.lock = lock
    scene.proxy.release()
    wait_for(scene.is_recorded(name), pause=0.001)
    return name


def after_to_sent(scene):
    name = before_verify(scene)
    scene.proxy.release()
    with contextlib.closing(scene.database()) as db:
        wait_for(lambda: db.execute("SELECT uploaded_at FROM letter_zip WHERE name = ?", (name,)).fetchone()[0],
                 pause=0.0002)
    return name


KILLS = [before_the_upload, before_verify, after_verify_before_the_record, after_the_record_before_to_sent,
         after_to_sent]


@pytest.mark.parametrize("moment", KILLS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("fetched", [False, True], ids=["", "fetched"])
def test_ft9_killed(scene, moment, fetched):
    """Killed at that moment; `fetched`: the print house takes the zip away and acknowledges it meanwhile."""
    name = moment(scene)
    there = identity(scene.final(name)) if os.path.exists(scene.final(name)) else None
    scene.office.kill9()
    if getattr(scene, "lock", None):
        scene.lock.close()
    scene.proxy.forget()
    taken = None
    if fetched and there:
        taken = os.path.join(scene.sshd.folder, name)
        scene.house.acknowledge(name + ".ACK.TXT", f"{name}|20270113120500\n")
        os.rename(scene.final(name), taken)
    scene.office.start()
    scene.office.advance(AFTER_A_KILL_SECONDS)
    if taken:
        assert not os.path.exists(scene.final(name)), "it was sent a second time"
        os.rename(taken, scene.final(name))
    if there:
        assert identity(scene.final(name)) == there
    assert scene.sent_once()


# Rounds of chance

class Rounds:
    """A few evenings at once: letters, runs and troubles in random order, then quiet, then the books are checked."""

    def __init__(self, scene, seed):
        self.scene, self.choice = scene, random.Random(seed)
        self.printed = {}  # reference → zips in which the print house took it away
        self.story = []

    def note(self, text):
        self.story.append(text)

    # Troubles; each is over after heal()

    def cut(self):
        self.scene.proxy.cut_after(self.choice.randrange(1, 110_000))

    def cut_twice(self):
        self.cut()
        self.scene.office.fault("print", "fail")

    def lose_the_answer(self):
        before = set(self.scene.house.zips())
        self.scene.proxy.reset_when(lambda: set(self.scene.house.zips()) - before)

    def lose_the_answer_and_the_next(self):
        self.lose_the_answer()
        self.scene.office.fault("print", "cut")

    def server_away(self):
        self.scene.sshd.stop()

    def server_full(self):
        room = self.choice.randrange(4000, 60_000)
        if self.scene.sshd.process is not None:  # it may be away already
            self.scene.sshd.fill_up(room)

    def read_only(self):
        self.scene.sshd.restart("-R")

    def print_fails(self):
        self.scene.office.fault("print", self.choice.choice(["fail", "cut"]), self.choice.randint(1, 3))

    def storage_fails(self):
        self.scene.office.fault("blob", "fail", self.choice.randint(1, 6))

    def queue_slow(self):
        self.scene.office.fault("queue", "slow", 3, delay_ms=100)

    def killed(self):
        time.sleep(self.choice.uniform(0, 0.12))
        self.scene.office.kill9()

    def killed_when_it_has_arrived(self):
        before = set(self.scene.house.zips())
        end = time.monotonic() + 0.5
        while set(self.scene.house.zips()) == before and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(self.choice.uniform(0, 0.02))
        self.scene.office.kill9()

    def house_fetches(self):
        """It takes what is there and says so, as the real one: first its list, then the files."""
        for name in self.scene.house.zips():
            with contextlib.suppress(FileNotFoundError):
                self.take(name)

    def take(self, name):
        path = self.scene.final(name)
        try:
            entries = zip_entries(path)
        except Exception as error:
            raise AssertionError(f"the print house sees half a zip: {name}: {error}") from error
        for entry in entries:
            self.printed.setdefault(reference_of(entry), []).append(name)
        self.scene.house.acknowledge(name + ".ACK.TXT", f"{name}|20270113120500\n")
        os.rename(path, os.path.join(self.scene.sshd.folder, f"{len(self.printed)}-{self.choice.random()}-{name}"))

    BEFORE = [cut, cut_twice, lose_the_answer, lose_the_answer_and_the_next, server_away, server_full, read_only,
              print_fails, storage_fails, queue_slow]
    AFTER = [killed, killed_when_it_has_arrived, house_fetches]

    def heal(self):
        scene = self.scene
        scene.proxy.forget()
        if scene.sshd.process is None or scene.sshd.sftp_options:
            scene.sshd.restart()
        scene.sshd.make_room()
        if scene.office.process is None:
            scene.office.start()
        for target in ("print", "blob", "queue"):
            scene.office.fault(target, "fail", 0)

    def round(self):
        office = self.scene.office
        for service in self.choice.sample(["North", "East"], self.choice.randint(1, 2)):
            self.scene.ids += [office.letter(service) for _ in range(self.choice.randint(1, 4))]
        office.drain()
        for trouble in self.choice.sample(self.BEFORE, self.choice.randint(0, 2)):
            self.note(trouble.__name__)
            trouble(self)
        office.cli("letters", "collate", "--now")
        for trouble in self.choice.sample(self.AFTER, self.choice.randint(0, 2)):
            self.note(trouble.__name__)
            trouble(self)
        if office.process is not None and self.choice.random() < 0.5:
            office.advance(self.choice.randint(60, 400))  # a retry meets the same trouble
        self.heal()
        office.advance(self.choice.choice([AFTER_A_KILL_SECONDS, 16 * 60]))
        if self.choice.random() < 0.5:
            office.collate()

    def check(self):
        """No letter in two uploaded zips, none lost, none sending without a verified upload."""
        scene = self.scene
        scene.office.advance(30 * 60)
        self.house_fetches()
        shown = [scene.office.show(one) for one in scene.ids]
        wrong = {letter["reference"]: letter["status"] for letter in shown if letter["status"] != "sending"}
        lost = {letter["reference"] for letter in shown} - set(self.printed)
        twice = {reference: zips for reference, zips in self.printed.items() if len(zips) != 1}
        strange = set(self.printed) - {letter["reference"] for letter in shown}
        assert not (wrong or lost or twice or strange), (self.story, wrong, lost, twice, strange)
        for letter in shown:
            assert self.printed[letter["reference"]] == [letter["events"][-1]["detail"]], self.story
        assert scene.house.all_files() == [], self.story
        assert set(scene.office.zip_states(DAY).values()) == {"uploaded"}, self.story


SEEDS = range(1, int(os.environ.get("POSTROOM_SEEDS") or SEEDS_USUAL) + 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_s11_random_troubles_lose_and_double_nothing(tmp_path, sshd, seed):
    sshd.restart()
    settings = {"letters.zip_letters_max": random.Random(seed).choice([2, 3, 5000])}
    with Scene(tmp_path, sshd, settings=settings, allow_errors=["periodic.failed", "letters.print_file_failed"]) as scene:
        rounds = Rounds(scene, seed)
        for _ in range(ROUNDS):
            rounds.round()
        rounds.check()
