"""Emails through a relay while the server is killed again and again: none is lost, and one arrives twice only where the
kill came between the relay's acceptance and our note of it. Those are counted and named.

POSTROOM_EMAILS=5000 POSTROOM_KILLS=50 is the full size; POSTROOM_SEED changes the moments.
"""
import bisect
import collections
import email
import os
import random
import time

from smtp_server import SmtpServer

EMAILS = int(os.environ.get("POSTROOM_EMAILS") or 1_000)
KILLS = int(os.environ.get("POSTROOM_KILLS") or 10)
SEED = int(os.environ.get("POSTROOM_SEED") or 7)
THREADS = 4
# What a thread may need from the relay's "250" to its own commit.
NOTE_SECONDS = 1.0


class CountingRelay(SmtpServer):
    """Says when it took which email: `taken` maps the id to the times."""

    def __init__(self):
        super().__init__(offers=("PIPELINING",))
        self.taken = collections.defaultdict(list)
        self.messages = self

    def append(self, message):
        head = email.message_from_bytes(message.content.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n")
        self.taken[head["Message-ID"].strip("<>").split("@")[0]].append(time.monotonic())


def test_killed_again_and_again_loses_nothing_and_doubles_only_what_was_being_noted(make_postroom, tmp_path):
    choice = random.Random(SEED)
    with CountingRelay() as relay:
        server = make_postroom(settings={"email.provider": "smtp", "smtp.url": relay.url, "email.domain": "mail.example",
                                         "smtp.timeout": "10s", "worker.email_threads": str(THREADS)})
        world = server.world(keys=["normal"])
        sheet = tmp_path / "people.csv"
        sheet.write_text("email address,name\n" + "".join(f"p{i}@example.org,Ann\n" for i in range(EMAILS)))
        job = server.cli("job", "create", world.id, world.email, sheet)["id"]
        kills = []
        while len(kills) < KILLS:
            # As many emails between two kills as make the kills last as long as the emails.
            goal = len(relay.taken) + choice.uniform(0, 1.6) * EMAILS / KILLS
            end = time.monotonic() + 10
            while len(relay.taken) < min(goal, EMAILS) and time.monotonic() < end:
                time.sleep(0.002)
            server.kill9()
            kills.append(time.monotonic())
            server.start()
        server.drain(150)
        server.advance(900)

        listed = world.client.all_notifications("include_jobs=true")
        assert len(listed) == EMAILS and {n["status"] for n in listed} == {"delivered"}
        lost = {n["id"] for n in listed} - set(relay.taken)
        assert not lost, f"{len(lost)} emails never arrived"
        doubled = {i: times for i, times in relay.taken.items() if len(times) > 1}
        for notification_id, times in doubled.items():
            for first, _ in zip(times, times[1:]):
                kill = kills[bisect.bisect(kills, first)] if first < kills[-1] else None
                assert kill is not None and kill - first < NOTE_SECONDS, (notification_id, times)
        assert sum(len(t) - 1 for t in doubled.values()) <= THREADS * KILLS
        print(f"{EMAILS} emails, {KILLS} kills, {len(doubled)} arrived twice, each taken by the relay within "
              f"{NOTE_SECONDS} s before a kill: {' '.join(sorted(doubled))}")
        assert server.cli("tasks", "buried") == []
        assert job
