"""Delivery callbacks to a service."""
import pytest

TOKEN = "a-bearer-token"


@pytest.fixture
def world(postroom, receiver):
    world = postroom.world()
    postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", TOKEN)
    return world


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
    postroom.allow_errors = ["task.buried"]
    receiver.statuses = [status]
    world.send_sms()
    postroom.drain()
    receiver.wait(1)
    postroom.advance(7200)
    assert len(receiver.requests) == 1


def test_callback_is_given_up_after_five_more_tries(postroom, world, receiver):
    postroom.allow_errors = ["task.buried"]
    receiver.statuses = [500] * 20
    made = world.send_sms()
    postroom.drain()
    postroom.advance(4 * 3600)
    assert len(receiver.requests) == 6
    [buried] = postroom.cli("tasks", "buried")
    assert buried["subject"] == made["id"] and buried["attempts"] == 6
    receiver.statuses = []
    postroom.cli("tasks", "revive", buried["id"])
    postroom.drain()
    assert len(receiver.requests) == 7 and postroom.cli("tasks", "buried") == []


def test_callback_waits_for_a_receiver_that_is_away(postroom, world, receiver):
    receiver._server.server_close()
    made = world.send_sms()
    postroom.drain()
    assert world.client.status(made["id"]) == "delivered"
    assert postroom.log_lines("task.retried")


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


def test_callback_address_must_be_https_in_production_like_environments(make_postroom):
    server = make_postroom(environment="preview")
    world = server.world(keys=["normal"])
    done = server.run("callback", "set", world.id, "--type", "delivery", "--url", "http://example.org/x",
                      "--token", TOKEN)
    assert done.returncode != 0 and "https://" in done.stderr
