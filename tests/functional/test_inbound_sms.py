"""Texts that people send to services."""
import base64
import glob
import urllib.parse
from datetime import datetime, timedelta

import pytest

from clock_tools import jump
from harness import CommandFailed, http_call

LOGIN = {"Authorization": "Basic " + base64.b64encode(b"mmg:secret").decode()}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SETTINGS = {"inbound.mmg_credentials": "mmg:secret", "inbound.firetext_credentials": "mmg:secret"}


@pytest.fixture
def server(make_postroom):
    return make_postroom(settings=SETTINGS)


@pytest.fixture
def world(server):
    world = server.world()
    server.cli("inbound-number", "add", "07123123123", "--service", world.id)
    return world


def mmg(server, message="Hello", number="447123123123", text_id="m1", headers=LOGIN, sender="447900900123"):
    return http_call(server.api, "POST", "/notifications/sms/receive/mmg",
                     {"MSISDN": sender, "Number": number, "Message": message, "ID": text_id,
                      "DateRecieved": "2026-05-21+11%3A56%3A11"}, headers)


def received(client, query=""):
    answer = client.get("/v2/received-text-messages" + query)
    assert answer.status == 200, answer
    return answer.json


def test_text_is_listed_and_called_back_once(server, world, receiver):
    server.cli("callback", "set", world.id, "--type", "inbound", "--url", receiver.url, "--token", "0123456789")
    answer = mmg(server, "caf%C3%A9+%F0%9F%98%80+\\u00a3")
    assert answer.status == 200 and answer.json == {"status": "ok"}
    row, = received(world.client)["received_text_messages"]
    assert set(row) == {"id", "created_at", "service_id", "notify_number", "user_number", "content"}
    assert row["content"] == "café 😀 £" and row["service_id"] == world.id
    assert (row["notify_number"], row["user_number"]) == ("07123123123", "447900900123")
    server.drain()
    callback, = receiver.wait(1)
    assert callback.headers["Authorization"] == "Bearer 0123456789"
    assert callback.json == {"id": row["id"], "source_number": "447900900123", "destination_number": "07123123123",
                             "message": "café 😀 £", "date_received": "2026-05-21T11:56:11.000000Z"}
    # MMG sends it again when it hears no answer.
    assert mmg(server, "again").json == {"status": "ok"}
    server.drain()
    assert len(received(world.client)["received_text_messages"]) == 1
    assert len(receiver.requests) == 1


def test_callback_is_tried_again_with_the_address_of_then(server, world, receiver):
    receiver.statuses = [503]
    server.cli("callback", "set", world.id, "--type", "inbound", "--url", receiver.url + "/old", "--token",
               "0123456789")
    mmg(server)
    server.drain()
    receiver.wait(1)
    server.cli("callback", "set", world.id, "--type", "inbound", "--url", receiver.url + "/new", "--token",
               "0123456789")
    server.advance(360)
    first, second = receiver.wait(2)
    assert first.path.endswith("/old") and second.path.endswith("/new") and first.body == second.body


def test_firetext_text_is_verbatim(server, world):
    body = urllib.parse.urlencode({"source": "447900900123", "destination": "07123123123", "message": "1+1 \\u00e9",
                                   "time": "2026-05-21 11:56:11"}).encode()
    answer = http_call(server.api, "POST", "/notifications/sms/receive/firetext", body, {**FORM, **LOGIN})
    assert answer.status == 200 and answer.json == {"status": "ok"}
    assert received(world.client)["received_text_messages"][0]["content"] == "1+1 \\u00e9"
    body = body.replace(b"message=", b"text=")
    assert http_call(server.api, "POST", "/notifications/sms/receive/firetext", body, {**FORM, **LOGIN}).status == 400


def test_who_may_post(server, world):
    missing = mmg(server, headers={})
    assert missing.status == 401 and missing.headers["WWW-Authenticate"] == "Bearer"
    wrong = mmg(server, headers={"Authorization": "Basic " + base64.b64encode(b"mmg:wrong").decode()})
    assert wrong.status == 403 and wrong.json["result"] == "error"
    assert received(world.client)["received_text_messages"] == []


def test_texts_for_nobody_are_answered_and_not_kept(server, world):
    answer = mmg(server, number="40604")
    assert (answer.status, answer.text) == (200, "RECEIVED")
    server.cli("service", "update", world.id, "--permissions", "email,sms,letter")
    answer = mmg(server)
    assert (answer.status, answer.text) == (200, "RECEIVED")
    assert received(world.client)["received_text_messages"] == []


def test_pages_of_250_follow_each_other(server, world):
    for i in range(253):
        assert mmg(server, str(i), text_id=f"m{i}").status == 200
    first = received(world.client)
    assert first["links"]["current"] == server.api + "/v2/received-text-messages"
    assert len(first["received_text_messages"]) == 250
    query = urllib.parse.urlsplit(first["links"]["next"]).query
    second = received(world.client, "?" + query)
    texts = [row["content"] for row in first["received_text_messages"] + second["received_text_messages"]]
    assert texts == [str(i) for i in reversed(range(253))]
    assert second["links"]["current"] == server.api + "/v2/received-text-messages"
    last = received(world.client, "?older_than=" + second["received_text_messages"][-1]["id"])
    assert last["received_text_messages"] == [] and "next" not in last["links"]
    assert received(world.client, "?older_than=7d1c3f0e-2a4b-4c5d-8e6f-0123456789ab")["received_text_messages"] == []


def test_other_services_see_nothing_and_keys_of_any_type_see_all(server, world):
    mmg(server)
    other = server.world("Other")
    assert received(other.client)["received_text_messages"] == []
    assert len(received(world.test_client)["received_text_messages"]) == 1


def test_texts_are_deleted_after_seven_days(server, world):
    mmg(server)
    server.advance(6 * 86400)
    assert len(received(world.client)["received_text_messages"]) == 1
    server.advance(3 * 86400)
    assert received(world.client)["received_text_messages"] == []


def test_a_ticket_comes_on_monday_when_few_numbers_are_free(make_postroom):
    server = make_postroom(settings={**SETTINGS, "flags.raises_tickets": "true", "inbound.numbers_low": "1"})
    for number in ("07123123101", "07123123102"):
        server.cli("inbound-number", "add", number)
    low = lambda: [t["message"] for t in server.tickets() if t["task_type"] == "request_inbound_SMS"]
    now = datetime.fromisoformat(server.now().replace("Z", "+00:00"))
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)
    jump(server, (monday - now) / timedelta(days=1) - 1 / 24)
    assert low() == []
    server.advance(3_600)
    assert low() == [], "two are enough"
    server.cli("inbound-number", "remove", "07123123102")
    jump(server, 7)
    assert len(low()) == 1 and "1 of 1 numbers" in low()[0]


def test_numbers_on_the_command_line(server):
    world = server.world()
    made = server.cli("inbound-number", "add", "+44 7123 123123", "--service", world.id)
    assert made["number"] == "07123123123" and made["service"] == world.name and made["active"]
    service = server.cli("service", "show", world.id)
    assert "inbound_sms" in service["permissions"]
    assert [sender["value"] for sender in service["sms_senders"]] == ["07123123123"]
    spare = server.cli("inbound-number", "add", "60003", "--provider", "firetext")
    assert spare["service_id"] is None
    assert [row["number"] for row in server.cli("inbound-number", "list")] == ["07123123123", "60003"]
    for arguments in (["07123123123"], ["60003", "--service", world.id], ["12"], ["071231231234"], ["07x"],
                      ["60004", "--provider", "other"]):
        with pytest.raises(CommandFailed):
            server.cli("inbound-number", "add", *arguments)
    server.cli("inbound-number", "remove", "60003")
    assert [row["number"] for row in server.cli("inbound-number", "list")] == ["07123123123"]
    with pytest.raises(CommandFailed):
        server.cli("inbound-number", "remove", "60003")


def test_a_text_survives_a_power_cut(server, world):
    assert mmg(server, "Hello").status == 200
    server.kill9()
    server.start()
    assert received(world.client)["received_text_messages"][0]["content"] == "Hello"


def test_texts_are_not_on_disk_in_the_clear(server, world):
    mmg(server, "a-most-private-word", sender="447900900777")
    server.drain()
    server.stop()
    for path in glob.glob(server.data + "/**/*", recursive=True):
        try:
            content = open(path, "rb").read()
        except OSError:
            continue
        assert b"a-most-private-word" not in content and b"447900900777" not in content, path
    server.start()
