"""The server is killed at seeded moments while callbacks go out: each message's callback comes, and repetitions carry
the id of the first.

A few kills in the normal run; with POSTROOM_SEEDS=N (./dev simulate N) N seeds, the first with 50 kills of a run of
5,000 messages. POSTROOM_KILLS=N kills N times, with 100 messages for each.
"""
import collections
import http.client
import os
import random
import subprocess
import threading
import time

import pytest

ALL = int(os.environ.get("POSTROOM_SEEDS") or 0)
SEEDS = range(1, max(ALL, 1) + 1)
KILLS = int(os.environ.get("POSTROOM_KILLS") or 0)
WHOLE, SMALL = 50, 6
MESSAGES_A_ROUND = 100
SENDERS = 4
IN_FLIGHT_MAX = 64  # requests to one receiver that a kill can cut
# Claims of a killed process end a minute after it.
LEASE_SECONDS = 60
DRAIN_SECONDS = 150


def kills_of(seed):
    return KILLS or (WHOLE if ALL and seed == 1 else SMALL)


def send_messages(world, count):
    """Texts from several threads; the ids of those accepted before the server went away."""
    accepted, lock = [], threading.Lock()

    def run():
        client = world.client_of("normal")
        for _ in range(count // SENDERS):
            try:
                made = client.send("sms", {"phone_number": "07900900123", "template_id": world.sms,
                                           "personalisation": {"name": "Ann"}})
            except (OSError, http.client.HTTPException):  # killed
                return
            with lock:
                accepted.append(made["id"])

    threads = [threading.Thread(target=run) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    return accepted, threads


def let_claims_end(request, settings):
    """A minute goes by while the server is down. SQLite's server has its store to itself and needs none."""
    if "store.url" not in settings:
        return
    psql = request.getfixturevalue("postgres").programs + "/psql"
    subprocess.run([psql, "-q", settings["store.url"], "-c", f"UPDATE task SET due_at = due_at - "
                    f"{LEASE_SECONDS} * 1000000::bigint WHERE worker IS NOT NULL"], check=True, timeout=60)


def all_events(server, world):
    """Page by page; a time may be in two of them."""
    events, since = {}, "2020-01-01T00:00:00Z"
    while True:
        page = server.cli("callback", "events", world.id, "--since", since, "--limit", "1000")
        events.update({event["event"]: event for event in page})
        if len(page) < 1000:
            return list(events.values())
        since = page[-1]["happened_at"]


@pytest.mark.parametrize("seed", SEEDS)
def test_kill_loses_no_callback_and_repetitions_keep_their_id(request, make_postroom, store_settings, receiver, seed):
    choice, kills = random.Random(seed), kills_of(seed)
    server = make_postroom(settings={**store_settings, "sandbox.receipt_delay": "0s"})
    world = server.world(keys=["normal"])
    server.cli("service", "limits", world.id, "--rate", "1000000", "--sms", "1000000")
    server.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "a-bearer-token")
    accepted = []
    for left in reversed(range(kills)):
        receiver.statuses = [choice.choice([200, 200, 200, 500]) for _ in range(40)]
        ids, threads = send_messages(world, MESSAGES_A_ROUND)
        time.sleep(choice.uniform(0.05, 0.7))
        server.kill9()
        for thread in threads:
            thread.join()
        accepted += ids
        if left == 0:
            let_claims_end(request, store_settings)
        server.start()
    receiver.statuses = []
    # Kills cut rounds short.
    while len(accepted) < kills * MESSAGES_A_ROUND:
        ids, threads = send_messages(world, max(SENDERS, kills * MESSAGES_A_ROUND - len(accepted)))
        for thread in threads:
            thread.join()
        assert ids
        accepted += ids
    server.drain(DRAIN_SECONDS)
    server.advance(3600)

    listed = {n["id"]: n["status"] for n in world.client.all_notifications()}
    assert set(accepted) <= set(listed)
    assert set(listed.values()) == {"delivered"}
    webhook_ids = collections.defaultdict(set)
    taken = collections.Counter()
    for post in receiver.requests:
        webhook_ids[post.json["id"]].add(post.headers["webhook-id"])
        taken[post.json["id"]] += post.answered == 200
    assert set(webhook_ids) == set(listed), f"{len(set(listed) - set(webhook_ids))} messages have no callback"
    assert all(len(ids) == 1 for ids in webhook_ids.values()), "a repetition has another id"
    assert len({next(iter(ids)) for ids in webhook_ids.values()}) == len(listed)
    assert min(taken.values()) >= 1, "a callback was never taken"
    repeated = sum(count - 1 for count in taken.values())
    print(f"seed {seed}: {len(listed)} messages, {kills} kills, {len(receiver.requests)} callbacks posted, {repeated} "
          "of them although the receiver had taken them before: the kill came before that was written down")
    assert repeated <= kills * IN_FLIGHT_MAX
    events = all_events(server, world)
    assert {e["state"] for e in events} == {"delivered"} and len(events) == len(listed)
    assert server.cli("tasks", "buried") == []
