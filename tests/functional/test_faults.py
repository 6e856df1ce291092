"""Providers that misbehave."""
import time


def test_email_that_cannot_be_handed_over_is_tried_again(postroom):
    world = postroom.world()
    postroom.fault("email", "fail", 2)
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "created" and postroom.messages() == []
    postroom.advance(700)
    assert world.client.status(made["id"]) == "delivered"
    assert [m["attempts"] for m in postroom.messages()] == [1]


def test_email_that_is_refused_for_good_fails_and_calls_back(postroom, receiver):
    world = postroom.world()
    postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    postroom.fault("email", "reject")
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "permanent-failure"
    assert [r.json["status"] for r in receiver.wait(1)] == ["permanent-failure"]


def test_email_whose_connection_was_cut_is_one_message(postroom):
    world = postroom.world()
    postroom.fault("email", "cut")
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "created"
    postroom.advance(400)
    assert world.client.status(made["id"]) == "delivered"
    # Handed over twice under one reference: the provider knows it again.
    assert [(m["notification_id"], m["attempts"]) for m in postroom.messages()] == [(made["id"], 2)]


def test_slow_provider_does_not_slow_the_api_down(postroom):
    world = postroom.world()
    postroom.fault("email", "slow", 1, delay_ms=1500)
    began = time.monotonic()
    made = world.send_email()
    assert time.monotonic() - began < 1
    postroom.drain()
    assert world.client.status(made["id"]) == "delivered"


def test_text_is_given_up_after_49_tries(postroom):
    postroom.allow_errors = ["task.buried", "deliver.gave_up", "delivery_care.waiting"]
    world = postroom.world()
    postroom.fault("sms", "fail", 49)
    made = world.send_sms()
    postroom.drain()
    postroom.advance(46 * 300)
    assert world.client.status(made["id"]) == "created"
    assert postroom.log_lines("delivery_care.waiting"), "nobody was told that it waited for hours"
    postroom.advance(3 * 300)
    assert world.client.status(made["id"]) == "technical-failure"
    assert postroom.sandbox("GET", "/faults") == {} and postroom.messages() == []
    shown = postroom.cli("notification", "show", made["id"])
    assert [e["status"] for e in shown["events"]] == ["created", "technical-failure"]


def test_letter_is_rendered_when_the_store_of_files_is_back(postroom):
    world = postroom.world()
    postroom.fault("blob", "fail", 1)
    made = world.send_letter()
    postroom.drain()
    postroom.advance(700)
    assert world.client.get(f"/v2/notifications/{made['id']}/pdf").body.startswith(b"%PDF-")


def test_queue_that_cannot_be_claimed_from_only_delays(postroom):
    world = postroom.world()
    postroom.fault("queue", "fail", 40)
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "delivered"
    assert len(postroom.messages()) == 1
    assert any(line["event"] == "worker.claim_failed" for line in postroom.log_lines())


def test_faulty_faults_are_refused(postroom):
    from harness import http_call
    for body in ({"target": "moon", "mode": "fail"}, {"target": "email", "mode": "odd"},
                 {"target": "email", "mode": "fail", "count": -1}):
        answer = http_call(postroom.api, "POST", "/_sandbox/faults", body)
        assert answer.status == 400 and answer.json["message"]
