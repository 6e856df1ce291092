"""The server is killed at random moments while texts go out to a provider that now and then breaks off after taking
one: none is lost, and none goes out twice but those that the server names.

A few kills in the normal run; with POSTROOM_SEEDS=N (./dev simulate N) N seeds, the first with 50 kills of a run of
5,000 texts.
"""
import collections
import http.client
import itertools
import os
import random
import threading
import time

import pytest

import smpp_server
from clock_tools import jump
from harness import wait_for
from sms_provider import SmsProvider

ALL = int(os.environ.get("POSTROOM_SEEDS") or 0)
SEEDS = range(1, max(ALL, 1) + 1)
WHOLE, SMALL = (5_000, 50), (400, 4)  # texts and kills
SENDERS = 3
CUT_EVERY = 150
WORKERS = 8
# A text in doubt waits five minutes for its second try at most a few times.
PATIENCE_SECONDS = 3 * 3_600
# Claims of a killed process end a minute after it.
CLAIM_DAYS = 2 / (24 * 60)


def size_of(seed):
    return WHOLE if ALL and seed == 1 else SMALL


class Load:
    """Threads that send texts, each with a mark of its own, until the number is reached, through kills and restarts."""

    def __init__(self, world, total):
        self.world, self.total = world, total
        self.accepted, self.odd, self.marks = [], [], itertools.count()
        self.up, self.lock = threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(SENDERS)]

    def start(self):
        self.up.set()
        for thread in self.threads:
            thread.start()

    def is_over(self):
        return len(self.accepted) >= self.total

    def run(self):
        client = None
        while not self.is_over():
            self.up.wait()
            if client is None or client.base != self.world.server.api:
                client = self.world.client_of("normal")
            try:
                answer = client.post("/v2/notifications/sms", {
                    "phone_number": "07900900123", "template_id": self.world.sms,
                    "personalisation": {"name": f"n{next(self.marks)}"}})
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                client = None
                continue
            with self.lock:
                if answer.status == 201:
                    self.accepted.append(answer.json["id"])
                elif answer.status not in (503, 429):
                    self.odd.append(answer)


def kill_through(server, world, choice, texts, kills):
    """Runs the load with its kills; what was accepted."""
    load = Load(world, texts)
    load.start()
    for number in range(1, kills + 1):
        # At moments spread over the whole run.
        wait_for(lambda: len(load.accepted) >= texts * number // (kills + 1) or load.is_over(), 300)
        time.sleep(choice.uniform(0, 0.15))
        load.up.clear()
        server.kill9()
        server.start()
        load.up.set()
    for thread in load.threads:
        thread.join()
    assert load.odd == [], load.odd[:3]
    return load.accepted


def settle(server):
    jump(server, CLAIM_DAYS)
    server.drain(150)
    server.advance(PATIENCE_SECONDS)


def check(server, world, accepted, taken, cuts, kills):
    listed = {n["id"]: n["status"] for n in world.client.all_notifications()}
    assert not set(accepted) - set(listed), "accepted and gone"
    counts = collections.Counter(taken)
    assert set(counts) == set(listed), "each reached the provider, and nothing else did"
    assert set(listed.values()) <= {"sending", "delivered"}, collections.Counter(listed.values())
    twice = {i for i, count in counts.items() if count > 1}
    named = {row["id"]: row["repeats"] for row in server.cli("provider", "repeats", "--limit", 100_000)}
    assert twice <= set(named), f"{len(twice - set(named))} went out twice without being named"
    assert all(counts[i] <= 1 + named[i] for i in twice)
    # In doubt are the provider's breaks, and what each thread had in hand at a kill.
    assert len(named) <= cuts + kills * WORKERS
    assert server.cli("tasks", "buried") == []
    print(f"{len(listed)} texts, {kills} kills, {cuts} cut answers: {len(twice)} went out twice, {len(named)} named")
    return set(named)


@pytest.mark.parametrize("seed", SEEDS)
def test_texts_over_http_survive_kills(make_postroom, store_settings, seed):
    choice = random.Random(seed)
    texts, kills = size_of(seed)
    cuts = []

    def behave(text):
        if choice.random() < 1 / CUT_EVERY:
            cuts.append(text.reference)
            return "cut"
        return "ok"

    with SmsProvider("mmg") as mmg, SmsProvider("firetext") as firetext:
        mmg.behave = firetext.behave = behave
        # Nobody reports on them for hours.
        server = make_postroom(allow_errors=["provider.texts_are_slow"], settings={
            **store_settings, "sms.provider": "mmg,firetext", "sms.timeout": "5s", "limits.requests": "false",
            "worker.sms_threads": str(WORKERS), **mmg.settings(), **firetext.settings()})
        world = server.world(keys=["normal"])
        accepted = kill_through(server, world, choice, texts, kills)
        settle(server)
        named = check(server, world, accepted, [t.reference for t in mmg.texts + firetext.texts], len(cuts), kills)
        assert set(cuts) <= named, "a cut answer leaves a doubt"
        assert mmg.faults == firetext.faults == []
        for house in (mmg, firetext):
            for text in house.texts[:300]:
                assert house.report(server, text, "delivered").status == 200
        server.drain(150)
        assert world.client.status(mmg.texts[0].reference) == "delivered"


@pytest.mark.parametrize("seed", SEEDS)
def test_texts_over_smpp_survive_kills(make_postroom, seed):
    folder, why = smpp_server.package()
    if folder is None:
        pytest.skip(why)
    choice = random.Random(seed)
    texts, kills = size_of(seed)
    with smpp_server.SmppServer(folder) as smsc:
        cuts = max(2, texts // CUT_EVERY // 4)
        smsc.order(reply=["silent" if choice.random() * texts < cuts else 0 for _ in range(texts)])
        server = make_postroom(allow_errors=["provider.texts_are_slow"], settings={
            **smsc.settings(), "sms.timeout": "3s", "limits.requests": "false", "worker.sms_threads": str(WORKERS),
            "smpp.window": "20"})
        world = server.world(keys=["normal"])
        accepted = kill_through(server, world, choice, texts, kills)
        settle(server)
        # SMPP carries no reference of ours: the text itself says which it is.
        by_text = {row["body"]: row["id"] for row in world.client.all_notifications()}
        taken = [by_text[s["text"].removeprefix("Council: ")] for s in smsc.submits]
        check(server, world, accepted, taken, cuts * 4, kills)

