"""The server is killed at random moments under load: what it accepted is there, ends, and goes out once.

POSTROOM_SEEDS=N runs N seeds instead of one.
"""
import collections
import http.client
import os
import random
import threading
import time

import pytest

from harness import LETTER_ADDRESS

SEEDS = range(1, int(os.environ.get("POSTROOM_SEEDS") or 1) + 1)
ROUNDS = 3
THREADS = 4
FINAL = {"sms": "delivered", "email": "delivered", "letter": "accepted"}
# Claims of a killed process end a minute after it.
DRAIN_SECONDS = 150


class Load:
    """Threads that send messages of all kinds until told to stop, and keep the ids of those answered with 201."""

    def __init__(self, world, seed):
        self.world, self.accepted, self.odd = world, {}, []
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(random.Random(seed * 100 + i),))
                        for i in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def run(self, choice):
        client = self.world.client_of("normal")
        values = {"personalisation": {"name": "Ann"}}
        while not self.stopping.is_set():
            kind = choice.choices(["sms", "email", "letter"], [5, 5, 1])[0]
            body = {"sms": {"phone_number": "07900900123", "template_id": self.world.sms, **values},
                    "email": {"email_address": "ann@example.org", "template_id": self.world.email, **values},
                    "letter": {"template_id": self.world.letter,
                               "personalisation": {"name": "Ann", **LETTER_ADDRESS}}}[kind]
            try:
                answer = client.post(f"/v2/notifications/{kind}", body)
            except (OSError, http.client.HTTPException):
                return  # killed; the next round brings new threads
            with self.lock:
                if answer.status == 201:
                    self.accepted[answer.json["id"]] = kind
                elif answer.status not in (503, 429):
                    self.odd.append(answer)
            time.sleep(choice.uniform(0, 0.01))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("seed", SEEDS)
def test_kill_at_random_moments_loses_and_doubles_nothing(make_postroom, store_settings, seed):
    choice = random.Random(seed)
    server = make_postroom(settings={**store_settings, "sandbox.receipt_delay": "1s"})
    world = server.world(keys=["normal"])
    accepted = {}
    for round_number in range(ROUNDS):
        load = Load(world, seed * ROUNDS + round_number)
        time.sleep(choice.uniform(0.2, 1.5))
        server.kill9()
        load.stop()
        assert load.odd == [], load.odd[:3]
        assert load.accepted, "nothing was accepted: the round shows nothing"
        accepted.update(load.accepted)
        server.start()
    server.drain(DRAIN_SECONDS)
    server.advance(900)

    listed = {n["id"]: n for n in world.client.all_notifications()}
    lost = set(accepted) - set(listed)
    assert not lost, f"{len(lost)} of {len(accepted)} accepted messages are gone"
    # Some were stored whose answers the kill cut off: they too must end.
    states = collections.Counter((n["type"], n["status"]) for n in listed.values())
    assert set(states) <= set(FINAL.items()), states
    counts = collections.Counter((m["type"], m["notification_id"]) for m in server.messages())
    assert set(counts) == {(n["type"], i) for i, n in listed.items()}
    assert set(counts.values()) == {1}
    for notification_id in [i for i, kind in accepted.items() if kind == "letter"][:5]:
        pdf = world.client.get(f"/v2/notifications/{notification_id}/pdf")
        assert pdf.status == 200 and pdf.body.startswith(b"%PDF-") and b"%%EOF" in pdf.body[-1024:]
    assert server.cli("tasks", "buried") == []
