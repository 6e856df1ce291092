"""Messages through the public API, from 201 to their end."""
import contextlib
import os
import re
import sqlite3
import subprocess

import pytest

from harness import LETTER_ADDRESS, make_token, wait_for

UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


@pytest.fixture
def world(postroom):
    return postroom.world()


def test_sms_goes_from_accepted_to_delivered(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    made = world.send_sms(reference="my ref")
    assert UUID.match(made["id"]) and made["reference"] == "my ref"
    assert made["content"] == {"body": "Hello Ann", "from_number": "POSTROOM"}
    assert made["uri"] == f"{server.api}/v2/notifications/{made['id']}"
    server.drain()
    shown = world.client.notification(made["id"])
    assert (shown["status"], shown["type"], shown["phone_number"]) == ("delivered", "sms", "07900900123")
    assert shown["sent_at"] and shown["completed_at"]
    [message] = server.messages(type="sms")
    assert message["notification_id"] == made["id"] and message["body"] == "Council: Hello Ann"
    assert message["to"] == "447900900123" and message["attempts"] == 1


def test_email_goes_from_accepted_to_delivered(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    made = world.send_email()
    assert made["content"]["subject"] == "News for Ann"
    server.drain()
    shown = world.client.notification(made["id"])
    assert (shown["status"], shown["email_address"]) == ("delivered", "ann@example.org")
    [message] = server.messages(type="email")
    assert message["subject"] == "News for Ann" and "Dear Ann" in message["html"]
    assert "Dear Ann" in message["body"]


def test_letter_goes_from_accepted_to_received(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    made = world.send_letter()
    server.drain()
    assert world.client.status(made["id"]) == "accepted"
    pdf = world.client.get(f"/v2/notifications/{made['id']}/pdf")
    assert pdf.status == 200 and pdf.body.startswith(b"%PDF-")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert server.cli("letters", "collate", "--now")["letters"] == 1
    server.drain()
    server.cli("print-house", "run", "--once")
    server.cli("letters", "poll")
    server.drain()
    shown = world.client.notification(made["id"])
    assert (shown["status"], shown["line_1"], shown["postage"]) == ("received", "A Person", "second")


def test_pdf_of_a_text_is_refused(world):
    made = world.send_sms()
    assert error_of(world.client.get(f"/v2/notifications/{made['id']}/pdf")) == (400, "BadRequestError")


@pytest.mark.parametrize("to,status", [("07900900123", "delivered"), ("07700900002", "permanent-failure"),
                                       ("07700900003", "temporary-failure")])
def test_test_key_texts_end_as_their_number_says(postroom, world, to, status):
    made = world.send_sms(to, client=world.test_client)
    postroom.drain()
    assert world.test_client.status(made["id"]) == status
    assert postroom.messages() == []


@pytest.mark.parametrize("to,status", [("ann@example.org", "delivered"),
                                       ("perm-fail@simulator.notify", "permanent-failure"),
                                       ("temp-fail@simulator.notify", "temporary-failure")])
def test_test_key_emails_end_as_their_address_says(postroom, world, to, status):
    made = world.send_email(to, client=world.test_client)
    postroom.drain()
    assert world.test_client.status(made["id"]) == status
    assert postroom.messages() == []


def test_lists_hold_messages_of_the_keys_own_type_only(world):
    made = world.send_sms(client=world.test_client)
    assert world.client.all_notifications() == [] and world.team_client.all_notifications() == []
    assert [n["id"] for n in world.test_client.all_notifications()] == [made["id"]]
    assert world.client.notification(made["id"])["id"] == made["id"]


def test_messages_of_another_service_are_not_there(postroom, world):
    made = world.send_sms()
    other = postroom.world("Other", keys=["normal"])
    answer = other.client.get(f"/v2/notifications/{made['id']}")
    assert answer.status == 404 and answer.json["errors"][0]["error"] == "NoResultFound"
    assert other.client.all_notifications() == []


def test_reading_again_gives_the_same(postroom, world):
    made = world.send_email()
    postroom.drain()
    first = world.client.get(f"/v2/notifications/{made['id']}")
    assert world.client.get(f"/v2/notifications/{made['id']}").body == first.body


def set_all_created_at(server, micros):
    """Straight in the store of a stopped server: no caller can make a time twice on purpose."""
    url = server.settings.get("store.url")
    statement = f"UPDATE notification SET created_at = {micros}"
    if url:
        subprocess.run(["psql", url, "-q", "-c", statement], check=True, timeout=60)
        return
    with contextlib.closing(sqlite3.connect(os.path.join(server.data, "postroom.db"))) as database, database:
        database.execute(statement)


def test_list_pages_give_every_row_once_where_times_are_equal(make_postroom, store_settings, tmp_path):
    server = make_postroom(settings=store_settings)
    world = server.world()
    rows = 510
    sheet = tmp_path / "people.csv"
    sheet.write_text("phone number,name\n" + "".join(f"07900900{i % 1000:03},P{i}\n" for i in range(rows)))
    server.cli("job", "create", world.id, world.sms, sheet)
    server.drain()
    assert world.client.all_notifications() == []
    listed = world.client.all_notifications("include_jobs=true")
    times = [n["created_at"] for n in listed]
    assert times == sorted(times, reverse=True) and len({n["id"] for n in listed}) == len(listed) == rows
    server.stop()
    set_all_created_at(server, 1_790_000_000_000_000)
    server.start()
    again = world.client.all_notifications("include_jobs=true")
    assert len({n["created_at"] for n in again}) == 1
    assert len(again) == rows and {n["id"] for n in again} == {n["id"] for n in listed}


def test_list_filters(postroom, world):
    text = world.send_sms(reference="r1")
    email = world.send_email(reference="r2")
    failed = world.send_email("perm-fail@simulator.notify")
    postroom.drain()
    ids = lambda query: {n["id"] for n in world.client.all_notifications(query)}
    assert ids("") == {text["id"], email["id"], failed["id"]}
    assert ids("template_type=sms") == {text["id"]}
    assert ids("reference=r2") == {email["id"]}
    assert ids("status=failed") == {failed["id"]}
    assert ids("status=delivered&template_type=email") == {email["id"]}
    answer = world.client.get("/v2/notifications?status=lost")
    assert answer.status == 400 and answer.json["errors"][0]["error"] == "ValidationError"


def test_timeline_has_one_event_for_each_step(postroom, world):
    made = world.send_sms()
    postroom.drain()
    shown = postroom.cli("notification", "show", made["id"])
    assert [e["status"] for e in shown["events"]] == ["created", "sending", "delivered"]
    assert [e["at"] for e in shown["events"]] == sorted(e["at"] for e in shown["events"])
    assert all(e["cause"] for e in shown["events"])


# Refusals


def error_of(answer):
    body = answer.json
    assert body["status_code"] == answer.status and len(body["errors"]) >= 1
    assert set(body["errors"][0]) >= {"error", "message"} and body["errors"][0]["message"]
    return answer.status, body["errors"][0]["error"]


def test_trial_service_reaches_its_own_people_only(postroom):
    world = postroom.world(trial=True)
    body = {"phone_number": "07900900123", "template_id": world.sms, "personalisation": {"name": "Ann"}}
    answer = world.team_client.post("/v2/notifications/sms", body)
    assert error_of(answer) in [(400, "BadRequestError"), (403, "BadRequestError")]
    letter = {"template_id": world.letter, "personalisation": {"name": "Ann", **LETTER_ADDRESS}}
    assert error_of(world.team_client.post("/v2/notifications/letter", letter)) == (403, "BadRequestError")
    assert world.test_client.post("/v2/notifications/sms", body).status == 201
    postroom.drain()
    assert postroom.messages() == []


def test_trial_service_gets_no_normal_key(postroom):
    world = postroom.world(trial=True)
    done = postroom.run("key", "create", world.id, "x", "--type", "normal")
    assert done.returncode != 0 and "trial" in done.stderr


def test_team_key_refuses_strangers_and_letters(world):
    body = {"email_address": "stranger@example.org", "template_id": world.email, "personalisation": {"name": "Ann"}}
    assert error_of(world.team_client.post("/v2/notifications/email", body))[1] == "BadRequestError"
    letter = {"template_id": world.letter, "personalisation": {"name": "Ann", **LETTER_ADDRESS}}
    assert error_of(world.team_client.post("/v2/notifications/letter", letter)) == (403, "BadRequestError")


def test_service_without_the_permission_is_refused(postroom):
    world = postroom.world(permissions="email")
    body = {"phone_number": "07900900123", "template_id": world.sms, "personalisation": {"name": "Ann"}}
    assert error_of(world.client.post("/v2/notifications/sms", body)) == (400, "BadRequestError")


@pytest.mark.parametrize("kind,change,error", [
    ("sms", {"phone_number": "12"}, "ValidationError"),
    ("sms", {"phone_number": None}, "ValidationError"),
    ("sms", {"surprise": 1}, "ValidationError"),
    ("sms", {"template_id": "no-uuid"}, "ValidationError"),
    ("sms", {"template_id": "11111111-1111-4111-8111-111111111111"}, "BadRequestError"),
    ("sms", {"personalisation": {}}, "BadRequestError"),
    ("email", {"email_address": "nobody"}, "ValidationError"),
])
def test_faulty_requests_are_refused_with_their_reason(world, kind, change, error):
    body = {"sms": {"phone_number": "07900900123", "template_id": world.sms},
            "email": {"email_address": "ann@example.org", "template_id": world.email}}[kind]
    body = {**body, "personalisation": {"name": "Ann"}, **change}
    assert error_of(world.client.post(f"/v2/notifications/{kind}", body)) == (400, error)
    assert world.client.all_notifications() == []


def test_body_that_is_no_json_is_refused(world):
    assert error_of(world.client.post("/v2/notifications/sms", b"{")) == (400, "BadRequestError")


def test_requests_without_a_valid_token_are_refused(postroom, world):
    client = world.client
    path = "/v2/notifications"
    assert error_of(postroom.get(path)) == (401, "AuthError")
    bearer = lambda token: postroom.get(path, headers={"Authorization": "Bearer " + token})
    assert error_of(bearer("rubbish")) == (403, "AuthError")
    assert error_of(bearer(make_token(client.service_id, "0" * 36))) == (403, "AuthError")
    stale = make_token(client.service_id, client.secret, issued_at=1_000_000_000)
    assert error_of(bearer(stale)) == (403, "AuthError")
    stranger = make_token("11111111-1111-4111-8111-111111111111", client.secret)
    assert error_of(bearer(stranger)) == (403, "AuthError")
    none = make_token(client.service_id, client.secret, algorithm="none")
    assert error_of(bearer(none)) == (403, "AuthError")
    assert bearer(make_token(client.service_id, client.secret)).status == 200


def test_revoked_key_is_refused(postroom, world):
    assert world.client.get("/v2/notifications").status == 200
    postroom.cli("key", "revoke", world.id, "normal key")
    # Each process may know the old state for two seconds.
    answer = wait_for(lambda: (a := world.client.get("/v2/notifications")).status != 200 and a, timeout=5)
    assert error_of(answer) == (403, "AuthError")


def test_unknown_addresses_methods_and_huge_bodies_have_both_error_layouts(make_postroom):
    server = make_postroom(settings={"api.body_bytes_max": "64KiB"})
    world = server.world()
    answers = [server.get("/v2/nothing"), world.client.request("DELETE", "/v2/notifications"),
               world.client.post("/v2/notifications/sms", {"x": "y" * 100_000})]
    assert [a.status for a in answers] == [404, 405, 413]
    for answer in answers:
        body = answer.json
        assert body["result"] == "error" and body["message"] and body["status_code"] == answer.status
        assert body["errors"][0]["error"] and body["errors"][0]["message"] == body["message"]
    assert answers[1].headers["Allow"]


def test_template_calls(world):
    client = world.client
    one = client.get(f"/v2/template/{world.sms}")
    assert one.status == 200
    assert (one.json["id"], one.json["type"], one.json["version"]) == (world.sms, "sms", 1)
    assert one.json["body"] == "Hello ((name))" and one.json["personalisation"] == {"name": {"required": True}}
    assert client.get(f"/v2/template/{world.sms}/version/1").json == one.json
    assert client.get(f"/v2/template/{world.sms}/version/9").status == 404
    everything = client.get("/v2/templates").json["templates"]
    assert {t["id"] for t in everything} == {world.sms, world.email, world.letter}
    letters = client.get("/v2/templates?type=letter").json["templates"]
    assert [t["id"] for t in letters] == [world.letter]
    preview = client.post(f"/v2/template/{world.email}/preview", {"personalisation": {"name": "Bo"}})
    assert preview.status == 200 and preview.json["subject"] == "News for Bo"
    missing = client.post(f"/v2/template/{world.email}/preview", {"personalisation": {}})
    assert error_of(missing) == (400, "BadRequestError")


def test_no_received_texts_is_an_empty_list(world):
    answer = world.client.get("/v2/received-text-messages")
    assert answer.status == 200 and answer.json["received_text_messages"] == []
