"""Receipts that providers of texts post."""
import base64
import urllib.parse

import pytest

from harness import http_call, run_cli, wait_for

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Texts stay "sending": the sandbox reports nothing within the test.
QUIET = {"sandbox.receipt_delay": "10h"}


@pytest.fixture
def quiet(make_postroom):
    return make_postroom(settings=QUIET)


def mmg(server, notification_id, status, substatus=None, headers=None):
    body = {"status": status, "CID": notification_id, "MSISDN": "447900900123", "deliverytime": "2026-07-01 12:00:00"}
    if substatus:
        body["substatus"] = substatus
    return http_call(server.api, "POST", "/notifications/sms/mmg", body, headers)


def firetext(server, notification_id, status, code=None):
    fields = {"status": status, "reference": notification_id, "mobile": "447900900123", "time": "2026-07-01 12:00:00"}
    if code:
        fields["code"] = code
    return http_call(server.api, "POST", "/notifications/sms/firetext", urllib.parse.urlencode(fields).encode(), FORM)


def sent_text(server, world, **more):
    made = world.send_sms(**more)
    # Not drained: the sandbox's own report waits for hours.
    wait_for(lambda: world.client.status(made["id"]) == "sending")
    return made["id"]


@pytest.mark.parametrize("status, ends", [("2", "permanent-failure"), (3, "delivered"), ("4", "temporary-failure"),
                                          ("5", "permanent-failure")])
def test_mmg_receipt_moves_the_text_once_and_is_called_back_once(quiet, receiver, status, ends):
    world = quiet.world()
    quiet.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    made = sent_text(quiet, world)
    answer = mmg(quiet, made, status, "5")
    assert answer.status == 200 and answer.json == {"result": "success"}
    callback, = receiver.wait(1)
    assert callback.json["id"] == made and callback.json["status"] == ends
    assert world.client.status(made) == ends
    assert mmg(quiet, made, "3" if ends != "delivered" else "4").status == 200
    quiet.drain()
    assert world.client.status(made) == ends
    assert len(receiver.requests) == 1
    events = quiet.cli("notification", "show", made)["events"]
    assert events[-1]["cause"] == "receipt." + ends and f"status {status}, substatus 5" in events[-1]["detail"]


def test_firetext_waits_and_then_fails(quiet, receiver):
    world = quiet.world()
    quiet.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    made = sent_text(quiet, world)
    assert firetext(quiet, made, "2").json == {"result": "success"}
    quiet.drain()
    assert world.client.status(made) == "pending"
    assert receiver.requests == []
    assert firetext(quiet, made, "1").status == 200
    callback, = receiver.wait(1)
    # The message went through the sandbox, so Firetext's failure is taken as it is.
    assert callback.json["status"] == world.client.status(made) == "permanent-failure"


def test_unknown_status_is_a_technical_failure(make_postroom):
    server = make_postroom(settings=QUIET, allow_errors=["receipt.unknown_status"])
    world = server.world()
    made = sent_text(server, world)
    assert mmg(server, made, "9").status == 200
    server.drain()
    assert world.client.status(made) == "technical-failure"


def test_receipts_for_nothing_are_taken(make_postroom):
    server = make_postroom(settings=QUIET, allow_errors=["receipt.bad_reference"])
    assert mmg(server, "0d6a3c1e-aaaa-4000-8000-00000000000b", "3").json == {"result": "success"}
    assert mmg(server, "send-sms-code", "3").json == {"result": "success"}
    server.drain()


def test_missing_fields_are_named(quiet):
    answer = http_call(quiet.api, "POST", "/notifications/sms/mmg", {})
    assert answer.status == 400
    assert answer.json["result"] == "error" and len(answer.json["message"]) == 2
    assert http_call(quiet.api, "POST", "/notifications/sms/mmg", b"{").status == 400
    assert http_call(quiet.api, "POST", "/notifications/sms/firetext", {"status": "0", "reference": "x"}).status == 400


def test_credentials_are_asked_for_where_they_are_set(make_postroom):
    server = make_postroom(settings={**QUIET, "receipts.mmg_credentials": "mmg:old mmg:new"})
    login = lambda pair: {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    made = "0d6a3c1e-aaaa-4000-8000-00000000000b"
    missing = mmg(server, made, "3")
    assert missing.status == 401 and missing.headers["WWW-Authenticate"] == "Bearer"
    assert mmg(server, made, "3", headers=login("mmg:wrong")).status == 403
    assert mmg(server, made, "3", headers=login("mmg:old")).status == 200
    assert mmg(server, made, "3", headers=login("mmg:new")).status == 200
    assert firetext(server, made, "0").status == 200


def test_outside_sandboxes_the_addresses_are_closed_until_credentials_are_set(make_postroom):
    server = make_postroom(environment="staging", settings={
        "sandbox.receipt_delay": "0s", "email.provider": "none", "sms.provider": "none", "print.provider": "none"})
    assert mmg(server, "0d6a3c1e-aaaa-4000-8000-00000000000b", "3").status == 401
    assert http_call(server.api, "POST", "/notifications/email/ses", {}).status == 403


def test_bad_credentials_are_named_at_the_start(tmp_path):
    done = run_cli("serve", "--data", tmp_path / "data", "--api", "127.0.0.1:0", "--web", "127.0.0.1:0", "--set",
                   "receipts.mmg_credentials=secret-without-user")
    assert done.returncode != 0
    assert "receipts.mmg_credentials" in done.stderr and "secret-without-user" not in done.stderr


def test_a_receipt_survives_a_power_cut(quiet):
    world = quiet.world()
    made = sent_text(quiet, world)
    quiet.fault("queue", "hang", 1000)
    assert mmg(quiet, made, "3").status == 200
    quiet.kill9()
    quiet.start()
    quiet.drain()
    assert world.client.status(made) == "delivered"
