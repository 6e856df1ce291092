"""Idempotency-Key: however often a request comes, it has its effect once."""
import collections
import os
import shutil
import threading

import pytest

from harness import LETTER_ADDRESS, wait_for

KEY = "Idempotency-Key"


def sms(world, **more):
    return {"phone_number": "07900900123", "template_id": world.sms, "personalisation": {"name": "Ann"}, **more}


def bodies(world):
    return {
        "sms": sms(world),
        "email": {"email_address": "ann@example.org", "template_id": world.email, "personalisation": {"name": "Ann"}},
        "letter": {"template_id": world.letter, "personalisation": {"name": "Ann", **LETTER_ADDRESS}},
        "bulk": {"template_id": world.sms, "name": "People", "rows": [["phone number", "name"], ["07900900123", "Ann"]]},
    }


def post(client, kind, body, key):
    return client.post(f"/v2/notifications/{kind}", body, headers={KEY: key})


@pytest.mark.parametrize("kind", ["sms", "email", "letter", "bulk"])
def test_the_same_request_gets_the_same_answer(make_postroom, store_settings, kind):
    server = make_postroom(settings=store_settings)
    world = server.world()
    body = bodies(world)[kind]
    first = post(world.client, kind, body, "order 1")
    assert first.status == 201, first
    assert first.headers["Idempotent-Replayed"] is None
    again = post(world.client, kind, body, "order 1")
    assert again.status == 201 and again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    # After a power cut too. Its tasks would stay with the dead process for a while: a job is spared that.
    server.restart() if kind == "bulk" else server.kill9() or server.start()
    assert post(world.client, kind, body, "order 1").body == first.body
    another = post(world.client, kind, body, "order 2")
    assert another.status == 201 and another.json["id"] != first.json["id"]
    if kind == "bulk":
        server.drain()
    assert len(world.client.all_notifications("include_jobs=true")) == 2


def test_a_ready_pdf_is_taken_once(postroom):
    world = postroom.world()
    body = {"reference": "r", "content": "JVBERi0xLjQK"}
    first, again = (post(world.client, "letter", body, "pdf") for _ in range(2))
    assert first.status == again.status == 201 and first.body == again.body
    assert len(world.client.all_notifications()) == 1


def test_simulated_messages_are_answered_again_too(postroom):
    world = postroom.world()
    first, again = (post(world.client, "sms", {**sms(world), "phone_number": "07700900000"}, "k") for _ in range(2))
    assert first.body == again.body and again.headers["Idempotent-Replayed"] == "true"


def test_another_request_under_the_key_is_refused(postroom):
    world = postroom.world()
    made = post(world.client, "sms", sms(world), "k")
    assert made.status == 201
    other = post(world.client, "sms", sms(world, reference="other"), "k")
    assert other.status == 422 and "another request" in other.json["errors"][0]["message"]
    # The address counts as well.
    assert post(world.client, "email", sms(world), "k").status == 422
    assert len(world.client.all_notifications()) == 1


def test_keys_belong_to_a_service_and_a_type_of_key(postroom):
    world = postroom.world()
    neighbour = postroom.world("Neighbour")
    ids = {post(client, "sms", body, "k").json["id"] for client, body in (
        (world.client, sms(world)), (world.test_client, sms(world)), (neighbour.client, sms(neighbour)))}
    assert len(ids) == 3


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "caf\xe9"])
def test_unusable_keys_are_named(postroom, key):
    world = postroom.world()
    refused = post(world.client, "sms", sms(world), key)
    assert refused.status == 400 and KEY in refused.json["errors"][0]["message"], refused
    assert post(world.client, "sms", sms(world), "x" * 255).status == 201


def test_refusals_are_not_kept(postroom):
    world = postroom.world()
    postroom.cli("service", "limits", world.id, "--email", "0")
    assert post(world.client, "sms", {**sms(world), "phone_number": "12"}, "k").status == 400
    assert post(world.client, "sms", sms(world), "k").status == 201
    email = bodies(world)["email"]
    assert post(world.client, "email", email, "e").status == 429
    postroom.cli("service", "limits", world.id, "--email", "1")
    wait_for(lambda: post(world.client, "email", email, "e").status == 201)
    # The day is full now, which must not keep a caller from the answer to what was accepted.
    assert post(world.client, "email", email, "new").status == 429
    assert post(world.client, "email", email, "e").headers["Idempotent-Replayed"] == "true"


def test_a_key_is_free_again_after_a_day(postroom):
    world = postroom.world()
    first = post(world.client, "sms", sms(world), "k")
    postroom.advance(24 * 3600 - 60)
    assert post(world.client, "sms", sms(world), "k").body == first.body
    postroom.advance(120)
    second = post(world.client, "sms", sms(world, reference="new"), "k")
    assert second.status == 201 and second.json["id"] != first.json["id"]
    postroom.advance(25 * 3600)  # past the task that removes old ones
    assert post(world.client, "sms", sms(world), "k").status == 201


def test_neither_key_nor_answer_is_readable_on_the_disk(make_postroom):
    server = make_postroom()
    world = server.world()
    post(world.client, "sms", {**sms(world), "personalisation": {"name": "Zebedee Quark"}}, "zebedee-key-2026")
    server.stop()
    for name in os.listdir(server.data):
        path = os.path.join(server.data, name)
        if name.startswith("postroom.db") and os.path.isfile(path):
            with open(path, "rb") as file:
                content = file.read()
            assert b"zebedee-key-2026" not in content and b"Zebedee Quark" not in content, name
    server.start()


def race(clients, request, key, each):
    """What each answered request's status and id were."""
    answers = []
    lock = threading.Lock()
    together = threading.Barrier(len(clients))

    def work(client):
        for i in range(each):
            together.wait()
            answer = post(client, "sms", request, f"{key} {i}")
            with lock:
                answers.append((i, answer.status, answer.json.get("id")))

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def judge_race(world, answers, each):
    ids = collections.defaultdict(set)
    for i, status, made in answers:
        assert status in (201, 409), (i, status)
        if status == 201:
            ids[i].add(made)
    assert set(ids) == set(range(each)) and all(len(made) == 1 for made in ids.values()), ids
    assert len(world.client.all_notifications()) == each


def test_many_at_once_have_one_effect(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    answers = race([world.client_of("normal") for _ in range(8)], sms(world), "race", 15)
    judge_race(world, answers, 15)
    assert any(status == 409 for _, status, _ in answers) or len(answers) == 120


def test_two_processes_have_one_effect(make_postroom, postgres):
    settings = {"store.url": postgres.new_database()}
    first = make_postroom(settings=settings)
    second = make_postroom(settings=settings, start=False)
    shutil.copytree(os.path.join(first.data, "keys"), os.path.join(second.data, "keys"))
    second.start()
    world = first.world()
    clients = [world.client_of("normal") for _ in range(8)]
    for client in clients[::2]:
        client.base = second.api
    judge_race(world, race(clients, sms(world), "race", 25), 25)
    # And what one process answered, the other answers again.
    made = post(clients[0], "sms", sms(world), "later")
    assert post(clients[1], "sms", sms(world), "later").body == made.body


def test_a_power_cut_in_the_middle_has_one_effect(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    request = sms(world)
    kept = {}
    stop = threading.Event()

    def work(client, name):
        number = 0
        while not stop.is_set():
            key = f"{name} {number}"
            try:
                answer = post(client, "sms", request, key)
            except OSError:
                break
            except Exception:  # a cut answer
                break
            kept[key] = answer.json["id"]
            number += 1
        kept.setdefault(f"{name} {number}", None)

    threads = [threading.Thread(target=work, args=(world.client_of("normal"), f"t{i}")) for i in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(kept) > 60)
    server.kill9()
    stop.set()
    for thread in threads:
        thread.join()
    server.start()
    client = world.client_of("normal")
    made = set()
    for key, known in kept.items():
        answer = post(client, "sms", request, key)
        assert answer.status == 201, answer
        assert known in (None, answer.json["id"])
        made.add(answer.json["id"])
    assert len(made) == len(kept)
    assert {row["id"] for row in client.all_notifications()} == made
