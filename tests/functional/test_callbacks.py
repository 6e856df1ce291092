"""Callbacks to services: bodies, tries, switching off and on, and posting again."""
import time

import pytest

from harness import wait_for

TOKEN = "a-bearer-token"
# All forms of them are in customer_urls_test.cc and changing_names_test.cc.
OURS = {"127.0.0.1": "a loopback address", "localhost": "a loopback address", "2130706433": "a loopback address",
        "0x7f000001": "a loopback address", "[::1]": "a loopback address", "0.0.0.0": "an address of no network",
        "[::ffff:127.0.0.1]": "stands for an IPv4 one", "[fd00::1]": "a private address",
        "169.254.169.254": "a link-local address", "10.0.0.1": "a private address"}


@pytest.fixture
def world(postroom, receiver):
    world = postroom.world()
    postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", TOKEN)
    return world


@pytest.fixture
def guarded(make_postroom):
    """Where callbacks must go to public addresses, as in production."""
    return make_postroom(settings={"flags.private_callback_targets": "false"})


def test_callback_has_the_token_and_the_documented_fields(postroom, world, receiver):
    text = world.send_sms(reference="ref 1")
    email = world.send_email("perm-fail@simulator.notify")
    postroom.drain()
    by_id = {r.json["id"]: r for r in receiver.wait(2)}
    assert len(receiver.requests) == 2
    sms = by_id[text["id"]]
    assert sms.headers["Authorization"] == "Bearer " + TOKEN and sms.headers["Content-Type"] == "application/json"
    assert set(sms.json) == {"id", "reference", "to", "status", "created_at", "completed_at", "sent_at",
                             "notification_type", "template_id", "template_version"}
    assert sms.json["reference"] == "ref 1" and sms.json["to"] == "07900900123"
    assert (sms.json["status"], sms.json["notification_type"]) == ("delivered", "sms")
    assert (sms.json["template_id"], sms.json["template_version"]) == (world.sms, 1)
    assert sms.json["completed_at"].endswith("Z") and sms.json["sent_at"].endswith("Z")
    failed = by_id[email["id"]].json
    assert (failed["status"], failed["reference"]) == ("permanent-failure", None)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_callback_is_tried_again_after_five_minutes(postroom, world, receiver, status):
    receiver.statuses = [status]
    made = world.send_sms()
    postroom.drain()
    receiver.wait(1)
    postroom.advance(280)
    assert len(receiver.requests) == 1
    postroom.advance(60)
    first, second = receiver.wait(2)
    assert first.body == second.body and second.json["id"] == made["id"]
    postroom.advance(3600)
    assert len(receiver.requests) == 2


@pytest.mark.parametrize("status", [400, 404, 302])
def test_callback_that_is_refused_is_not_tried_again(postroom, world, receiver, status):
    receiver.statuses = [status]
    world.send_sms()
    postroom.drain()
    receiver.wait(1)
    postroom.advance(7200)
    assert len(receiver.requests) == 1
    [event] = postroom.cli("callback", "events", world.id)
    assert (event["state"], event["attempts"]) == ("failed", 1)
    assert postroom.log_lines("callback.refused")


def test_callback_is_given_up_after_five_more_tries_and_can_be_posted_again(postroom, world, receiver):
    receiver.statuses = [500] * 20
    made = world.send_sms()
    postroom.drain()
    postroom.advance(4 * 3600)
    assert len(receiver.requests) == 6
    assert postroom.cli("tasks", "buried") == []
    [event] = postroom.cli("callback", "events", world.id)
    assert (event["state"], event["attempts"], event["subject"]) == ("failed", 6, made["id"])
    attempts = postroom.cli("callback", "attempts", world.id)
    assert [a["status"] for a in attempts] == [500] * 6 and {a["outcome"] for a in attempts} == {"failing"}
    times = [r.headers["webhook-id"] for r in receiver.requests]
    assert set(times) == {event["event"]}, "a receiver can tell that they are one"
    receiver.statuses = []
    assert postroom.cli("callback", "replay", world.id, "--event", event["event"]) == {"replayed": 1}
    postroom.drain()
    assert len(receiver.requests) == 7
    assert receiver.requests[-1].body == receiver.requests[0].body
    assert receiver.requests[-1].headers["webhook-id"] == event["event"]
    assert postroom.cli("callback", "events", world.id)[0]["state"] == "delivered"


def test_callback_waits_for_a_receiver_that_is_away(postroom, world, receiver):
    receiver._server.server_close()
    made = world.send_sms()
    postroom.drain()
    assert world.client.status(made["id"]) == "delivered"
    [attempt] = postroom.cli("callback", "attempts", world.id)
    assert (attempt["outcome"], attempt["status"]) == ("no-answer", None)
    assert postroom.cli("callback", "events", world.id)[0]["state"] == "retrying"


def test_retry_after_is_waited_for(postroom, world, receiver):
    receiver.statuses = [(429, {"Retry-After": "900"})]
    world.send_sms()
    postroom.drain()
    world.send_sms()
    postroom.drain()
    assert len(receiver.requests) == 1, "the second one waits, too"
    postroom.advance(870)
    assert len(receiver.requests) == 1
    postroom.advance(60)
    assert len(receiver.requests) == 3


def test_letters_have_no_callbacks(postroom, world, receiver):
    made = world.send_letter(client=world.test_client)
    real = world.send_letter()
    postroom.drain()
    postroom.cli("letters", "collate", "--now")
    postroom.drain()
    postroom.cli("print-house", "run", "--once")
    postroom.cli("letters", "poll")
    postroom.advance(7200)
    assert world.client.status(real["id"]) == "received"
    assert world.test_client.status(made["id"]) == "received"
    assert receiver.requests == []


def test_removed_callback_is_not_called(postroom, world, receiver):
    postroom.cli("callback", "remove", world.id, "--type", "delivery")
    world.send_sms()
    postroom.drain()
    assert receiver.requests == []


def test_gone_switches_off_tells_the_team_and_nothing_is_lost(postroom, world, receiver):
    postroom.cli("service", "update", world.id, "--add-team", "Ann,ann@council.example")
    receiver.status = 410
    first = world.send_sms()
    postroom.drain()
    [off] = postroom.cli("callback", "list", world.id)
    assert off["on"] is False and "410" in off["off_reason"] and off["type"] == "delivery"
    assert postroom.log_lines("callback.switched_off")[0]["service_id"] == world.id
    [mail] = [m for m in postroom.messages(type="email") if m["to"] == "ann@council.example"]
    assert "switched off" in mail["subject"] and "410" in mail["body"]
    second = world.send_sms()
    postroom.drain()
    postroom.advance(3600)
    assert len(receiver.requests) == 1, "nobody posts to it"
    assert {e["subject"] for e in postroom.cli("callback", "events", world.id, "--state", "held")} == {
        first["id"], second["id"]}
    receiver.status = 200
    on = postroom.cli("callback", "on", world.id, "--type", "delivery", "--replay")
    assert on == {"on": True, "was_off": True, "replayed": 2}
    postroom.drain()
    assert {r.json["id"] for r in receiver.requests[1:]} == {first["id"], second["id"]}
    assert len(receiver.requests) == 3
    assert postroom.cli("callback", "list", world.id)[0]["on"] is True


def test_long_failure_switches_off(postroom, world, receiver):
    receiver.status = 500
    for _ in range(4):
        world.send_sms()
        postroom.drain()
        postroom.advance(26 * 3600)
    [off] = postroom.cli("callback", "list", world.id)
    assert off["on"] is False and "failed" in off["off_reason"]
    assert len(receiver.requests) >= 12


def test_a_new_address_is_on(postroom, world, receiver):
    postroom.cli("callback", "off", world.id, "--type", "delivery")
    world.send_sms()
    postroom.drain()
    assert receiver.requests == []
    postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url + "/new", "--token", TOKEN)
    world.send_sms()
    postroom.drain()
    assert len(receiver.requests) == 1
    assert postroom.cli("callback", "replay", world.id, "--since", "2020-01-01T00:00:00Z", "--state", "held") == {
        "replayed": 1}
    postroom.drain()
    assert [r.path for r in receiver.requests] == ["/callback/new"] * 2


def test_replay_since_a_time(postroom, world, receiver):
    old = [world.send_sms()["id"] for _ in range(3)]
    postroom.drain()
    postroom.advance(3600)
    since = postroom.now()
    new = [world.send_sms()["id"] for _ in range(3)]
    postroom.drain()
    assert len(receiver.requests) == 6
    assert postroom.cli("callback", "replay", world.id, "--since", since) == {"replayed": 3}
    postroom.drain()
    assert {r.json["id"] for r in receiver.requests[6:]} == set(new) and len(receiver.requests) == 9
    assert {r.headers["webhook-id"] for r in receiver.requests[6:]} <= {r.headers["webhook-id"]
                                                                        for r in receiver.requests[3:6]}
    assert postroom.cli("callback", "replay", world.id, "--since", "2020-01-01T00:00:00Z") == {"replayed": 6}
    assert old
    done = postroom.run("callback", "replay", world.id)
    assert done.returncode != 0 and "--since" in done.stderr


def test_events_are_deleted_after_their_days(make_postroom, receiver):
    server = make_postroom(settings={"callbacks.events_kept": "1d", "callbacks.attempts_kept": "2d"})
    world = server.world()
    server.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", TOKEN)
    world.send_sms()
    server.drain()
    server.advance(26 * 3600)
    assert server.cli("callback", "events", world.id) == []
    assert len(server.cli("callback", "attempts", world.id)) == 1
    server.advance(24 * 3600)
    assert server.cli("callback", "attempts", world.id) == []


def test_a_silent_receiver_costs_nobody_else_anything(postroom, receiver):
    receiver.silent["/callback/silent"] = 8
    quiet, well = postroom.world("Quiet"), postroom.world("Well")
    for world, path in ((quiet, "/silent"), (well, "/well")):
        postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url + path, "--token", TOKEN)
    for _ in range(20):
        quiet.send_sms()
    started = time.monotonic()
    for _ in range(5):
        well.send_sms()
    wait_for(lambda: len([r for r in receiver.requests if r.path == "/callback/well"]) == 5, timeout=5)
    assert time.monotonic() - started < 4
    assert len([r for r in receiver.requests if r.path == "/callback/silent"]) <= 4
    postroom.drain()


def test_callback_address_must_be_https_in_production_like_environments(make_postroom):
    server = make_postroom(environment="preview")
    world = server.world(keys=["normal"])
    done = server.run("callback", "set", world.id, "--type", "delivery", "--url", "http://example.org/x",
                      "--token", TOKEN)
    assert done.returncode != 0 and "https://" in done.stderr


def test_callbacks_to_addresses_of_ours_are_refused_with_the_reason(guarded, receiver):
    port = receiver.url.rsplit(":", 1)[1].split("/")[0]
    for host, why in OURS.items():
        world = guarded.world(f"To {host}", keys=["normal"])
        guarded.cli("callback", "set", world.id, "--type", "delivery", "--url", f"https://{host}:{port}/x", "--token",
                    TOKEN)
        made = world.send_sms()
        guarded.drain()
        [attempt] = guarded.cli("callback", "attempts", world.id)
        assert (attempt["outcome"], attempt["status"]) == ("not-allowed", None), host
        [event] = guarded.cli("callback", "events", world.id)
        assert (event["state"], event["attempts"], event["subject"]) == ("failed", 1, made["id"]), host
        [line] = [r for r in guarded.log_lines("callback.refused") if r["service_id"] == world.id]
        assert why in line["error"] and host in line["error"]
        assert world.client.status(made["id"]) == "delivered", "the message has nothing to do with it"
    assert receiver.requests == []
