"""Test keys and simulated recipients: every ending can be tried, and nobody gets a message."""
import pytest

from harness import LETTER_ADDRESS, wait_for

PDF = "JVBERi0xLjQKJSVFT0YK"  # too little of a PDF to be printed


@pytest.fixture
def world(postroom):
    return postroom.world()


@pytest.mark.parametrize("to,status", [
    ("07700900003", "temporary-failure"), ("07700 900 003", "temporary-failure"),
    ("+44 (0)7700 900003", "temporary-failure"), ("447700900003", "temporary-failure"),
    ("07700900002", "permanent-failure"), ("+44 7700 900-002", "permanent-failure"),
    ("07700900001", "delivered"), ("07900900123", "delivered"), ("07700900461", "delivered")])
def test_texts(postroom, world, to, status):
    made = world.send_sms(to, client=world.test_client)
    postroom.drain()
    shown = world.test_client.notification(made["id"])
    assert (shown["status"], shown["phone_number"]) == (status, to)
    assert shown["sent_at"] and shown["completed_at"]
    assert postroom.messages() == []


@pytest.mark.parametrize("to,status", [
    ("temp-fail@simulator.notify", "temporary-failure"), ("Temp-Fail@Simulator.Notify", "temporary-failure"),
    ("perm-fail@simulator.notify", "permanent-failure"), (" perm-fail@simulator.notify ", "permanent-failure"),
    ("temp-fail@simulator.notify.example", "delivered"), ("ann@example.org", "delivered")])
def test_emails(postroom, world, to, status):
    made = world.send_email(to, client=world.test_client)
    postroom.drain()
    assert world.test_client.status(made["id"]) == status
    assert postroom.messages() == []


def test_letters_are_rendered_and_received_without_being_printed(postroom, world):
    made = world.send_letter(client=world.test_client)
    postroom.drain()
    shown = world.test_client.notification(made["id"])
    assert (shown["status"], shown["line_1"], shown["cost_in_pounds"]) == ("received", LETTER_ADDRESS["address_line_1"], 0.0)
    assert world.test_client.get(f"/v2/notifications/{made['id']}/pdf").body.startswith(b"%PDF-")
    assert postroom.cli("letters", "collate", "--now")["letters"] == 0


def test_letters_of_a_trial_service(postroom):
    world = postroom.world(trial=True)
    made = world.send_letter(client=world.test_client)
    postroom.drain()
    assert world.test_client.status(made["id"]) == "received"


def test_receipts_take_their_time(make_postroom):
    server = make_postroom(settings={"sandbox.receipt_delay": "1h"})
    world = server.world()
    messages = {world.send_sms("07700900002", client=world.test_client)["id"]: "permanent-failure",
                world.send_sms(client=world.test_client)["id"]: "delivered",
                world.send_email(client=world.test_client)["id"]: "delivered",
                world.send_sms()["id"]: "delivered"}

    def states():
        return {world.client.status(message) for message in messages}

    wait_for(lambda: states() == {"sending"})
    server.advance(3500)
    assert states() == {"sending"}
    server.advance(200)
    assert {message: world.client.status(message) for message in messages} == messages


def test_delivery_callbacks_are_made(postroom, world, receiver):
    postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    made = world.send_sms("07700900002", client=world.test_client)
    postroom.drain()
    [call] = receiver.wait(1)
    assert (call.json["id"], call.json["status"]) == (made["id"], "permanent-failure")


@pytest.mark.parametrize("kind,to", [("sms", "+447700900000"), ("sms", "07700 900111"), ("sms", "(0)7700900222"),
                                     ("email", "simulate-delivered@notifications.service.gov.uk"),
                                     ("email", "Simulate-Delivered-2@notifications.service.gov.uk"),
                                     ("email", "simulate-delivered-3@notifications.service.gov.uk")])
def test_simulated_recipients_are_answered_and_forgotten(postroom, world, kind, to):
    for client in (world.client, world.test_client):
        made = (world.send_sms if kind == "sms" else world.send_email)(to, client=client)
        assert client.get(f"/v2/notifications/{made['id']}").status == 404
    postroom.drain()
    assert postroom.messages() == [] and world.client.all_notifications() == []
    # A team key needs them on its list like everybody else.
    field = "phone_number" if kind == "sms" else "email_address"
    refused = world.team_client.post(f"/v2/notifications/{kind}", {
        field: to, "template_id": getattr(world, kind), "personalisation": {"name": "Ann"}})
    assert refused.status == 400 and "team" in refused.text


def test_simulated_recipients_are_checked_like_others(world):
    answer = world.client.post("/v2/notifications/sms", {"phone_number": "07700900000", "template_id": world.sms})
    assert answer.status == 400 and "name" in answer.text
