"""POST /v2/notifications/bulk: a sheet of recipients at once, and what became of it."""
import collections
import datetime
import json

import pytest

from harness import wait_for

HEADER = ["phone number", "name"]


def rows_of(count):
    return [HEADER] + [[f"07900{100000 + i}", f"P{i}"] for i in range(count)]


def bulk(client, body, **options):
    return client.post("/v2/notifications/bulk", body, **options)


def errors_of(answer):
    return answer.status, [e["error"] for e in answer.json["errors"]], [e["message"] for e in answer.json["errors"]]


def job_of(client, job):
    answer = client.get("/v2/jobs/" + job["id"])
    assert answer.status == 200, answer
    return answer.json


@pytest.fixture
def world(postroom):
    return postroom.world()


@pytest.mark.parametrize("form", ["rows", "csv"])
def test_every_row_is_sent_once(make_postroom, store_settings, form):
    server = make_postroom(settings=store_settings)
    world = server.world()
    rows = rows_of(300)
    sheet = {"rows": rows} if form == "rows" else {"csv": "\n".join(",".join(row) for row in rows)}
    answer = bulk(world.client, {"template_id": world.sms, "name": "January", "reference": "batch 7", **sheet})
    assert answer.status == 201, answer
    made = answer.json
    assert (made["name"], made["notification_count"], made["type"], made["status"]) == ("January", 300, "sms", "pending")
    assert made["template"]["uri"] == f"{server.api}/v2/template/{world.sms}/version/1"
    server.drain()
    shown = job_of(world.client, made)
    assert shown["status"] == "finished" and shown["statistics"] == {"delivered": 300}
    assert shown["notifications_stored"] == 300 and shown["started_at"] and shown["finished_at"]
    bodies = collections.Counter(m["body"] for m in server.messages())
    assert bodies == {f"Council: Hello P{i}": 1 for i in range(300)}
    query = shown["links"]["notifications"].split("?")[1]
    listed = world.client.all_notifications(query)
    assert len({n["id"] for n in listed}) == 300 and {n["reference"] for n in listed} == {"batch 7"}
    assert world.client.all_notifications() == [], "jobs are left out unless asked for"


def test_emails_with_their_own_references_and_a_reply_to_address(postroom, world):
    reply_to = postroom.cli("reply-to", "add", world.id, "desk@council.example")["id"]
    answer = bulk(world.client, {
        "template_id": world.email, "email_reply_to_id": reply_to, "reference": "all",
        "rows": [["Email Address", "NAME", "reference"], ["ann@example.org", "Ann", "a"], ["bo@example.org", "Bo", None]]})
    assert answer.status == 201, answer
    postroom.drain()
    references = {n["email_address"]: n["reference"] for n in world.client.all_notifications("include_jobs=true")}
    assert references == {"ann@example.org": "a", "bo@example.org": "all"}


def test_letters(postroom, world):
    answer = bulk(world.client, {"template_id": world.letter, "rows": [
        ["address line 1", "address line 2", "postcode", "name"], ["A Person", "1 High Street", "LS1 4AP", "Ann"],
        ["B Person", "2 High Street", "LS1 4AP", "Bo"]]})
    assert answer.status == 201, answer
    postroom.drain()
    assert job_of(world.client, answer.json)["statistics"] == {"accepted": 2}
    assert postroom.cli("letters", "collate", "--now")["letters"] == 2


def test_one_faulty_row_stops_all_and_each_is_named(postroom, world):
    rows = rows_of(3) + [["123", "Bo"], ["07900900124", None], ["07900900125", "x" * 1000]]
    answer = bulk(world.client, {"template_id": world.sms, "rows": rows})
    status, classes, messages = errors_of(answer)
    assert status == 400 and set(classes) == {"ValidationError"} and len(messages) == 4
    assert messages[0].startswith("3 of 6 rows cannot be sent")
    assert [m.split(":")[0] for m in messages[1:]] == ["Row 5", "Row 6", "Row 7"]
    postroom.drain()
    assert world.client.all_notifications("include_jobs=true") == [] and postroom.messages() == []


def test_fifty_faulty_rows_are_named(world):
    answer = bulk(world.client, {"template_id": world.sms, "rows": [HEADER] + [["1", "x"]] * 60})
    _, _, messages = errors_of(answer)
    assert len(messages) == 51 and messages[0].startswith("60 of 60 rows") and messages[-1].startswith("Row 51:")


@pytest.mark.parametrize("change,error,word", [
    ({"rows": None}, "ValidationError", "rows"), ({"rows": [HEADER, "x"]}, "ValidationError", "row 2"),
    ({"rows": [HEADER]}, "ValidationError", "no rows"), ({"rows": []}, "ValidationError", "no rows"),
    ({"rows": [["name"], ["Ann"]]}, "ValidationError", "phone number"),
    ({"rows": [["phone number"], ["07900900123"]]}, "ValidationError", "name"),
    ({"csv": "x"}, "ValidationError", "together"), ({"colour": 1}, "ValidationError", "colour"),
    ({"template_id": "x"}, "ValidationError", "template_id"),
    ({"template_id": "8d0a2d2c-0000-4000-8000-000000000000"}, "BadRequestError", "not found"),
    ({"sms_sender_id": "8d0a2d2c-0000-4000-8000-000000000000"}, "BadRequestError", "sms_sender_id"),
    ({"email_reply_to_id": "8d0a2d2c-0000-4000-8000-000000000000"}, "ValidationError", "email_reply_to_id"),
    ({"scheduled_for": "2019-01-01"}, "ValidationError", "past"), ({"name": 5}, "ValidationError", "name"),
    ({"name": "\0"}, "ValidationError", "name"), ({"rows": [HEADER, ["07900900123", ["a"]]]}, "ValidationError", "row 2")])
def test_faulty_requests_are_refused_with_their_reason(world, change, error, word):
    answer = bulk(world.client, {"template_id": world.sms, "rows": rows_of(1), **change})
    status, classes, messages = errors_of(answer)
    assert (status, classes[0]) == (400, error) and word in " ".join(messages), answer


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 50000, b'{"rows": [["\\ud800"]]}', b"\xff\xfe", b"nothing",
                                  b"[1]", b'"x"', b"null"])
def test_bodies_that_are_no_request(world, body):
    assert bulk(world.client, body).status == 400


def test_each_key_reaches_whom_it_may(postroom, world):
    body = {"template_id": world.sms, "rows": [HEADER, ["07700900003", "Ann"], ["07900900124", "Bo"]]}
    status, classes, messages = errors_of(bulk(world.team_client, body))
    assert (status, classes) == (400, ["BadRequestError"]) and "team" in messages[0]
    letter = {"template_id": world.letter, "rows": [["address line 1", "address line 2", "postcode", "name"],
                                                    ["A", "B", "LS1 4AP", "Ann"]]}
    assert bulk(world.team_client, letter).status == 403
    made = [bulk(world.test_client, b).json for b in (body, letter)]
    postroom.drain()
    assert job_of(world.test_client, made[0])["statistics"] == {"delivered": 1, "temporary-failure": 1}
    assert job_of(world.test_client, made[1])["statistics"] == {"received": 1}
    assert postroom.messages(type="sms") == []
    assert world.client.all_notifications("include_jobs=true") == []
    assert len(world.test_client.all_notifications("include_jobs=true")) == 3


def test_a_sheet_for_later_can_be_cancelled_until_it_starts(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    now = datetime.datetime.fromisoformat(server.now().replace("Z", "+00:00"))
    at = (now + datetime.timedelta(hours=26)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"template_id": world.sms, "rows": rows_of(5), "scheduled_for": at}
    kept, dropped = bulk(world.client, body).json, bulk(world.client, body).json
    assert kept["status"] == "scheduled" and kept["scheduled_for"] == at.replace("Z", ".000000Z")

    def cancel(client, job):
        return client.post(f"/v2/jobs/{job['id']}/cancel", {})

    assert errors_of(cancel(world.test_client, dropped))[0] == 403
    for _ in range(2):
        assert cancel(world.client, dropped).json["status"] == "cancelled"
    server.advance(26 * 3600 + 10)
    assert job_of(world.client, kept)["statistics"] == {"delivered": 5}
    assert job_of(world.client, dropped)["statistics"] == {}
    assert len(server.messages()) == 5
    assert errors_of(cancel(world.client, kept))[:2] == (409, ["ConflictError"])
    late = (now + datetime.timedelta(days=14)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert bulk(world.client, {**body, "scheduled_for": late}).status == 400


def test_jobs_of_another_service_are_not_there(postroom, world):
    made = bulk(world.client, {"template_id": world.sms, "rows": rows_of(1)}).json
    stranger = postroom.world("Other")
    for method, path in (("GET", f"/v2/jobs/{made['id']}"), ("POST", f"/v2/jobs/{made['id']}/cancel")):
        assert stranger.client.request(method, path).status == 404
        assert postroom.get(path, headers={}).status in (401, 405)
    assert world.client.get("/v2/jobs/x").status == 400
    assert world.client.get("/v2/jobs/8d0a2d2c-0000-4000-8000-000000000000").status == 404


def test_the_body_has_a_limit_of_its_own(make_postroom):
    server = make_postroom(settings={"api.body_bytes_max": "64KiB", "api.bulk_bytes_max": "1MiB"})
    world = server.world()
    large = {"template_id": world.sms, "rows": rows_of(4000)}
    assert 64 * 1024 < len(json.dumps(large)) < 1024 * 1024
    assert bulk(world.client, large).status == 201
    assert bulk(world.client, {"template_id": world.sms, "csv": "x" * (1024 * 1024)}).status == 413
    assert world.client.post("/v2/notifications/sms", large).status == 413
    server.drain()


def test_it_survives_a_kill_with_every_row_once(make_postroom):
    # On PostgreSQL another process could hold the job: its claim would have to run out first, which takes a minute.
    server = make_postroom()
    world = server.world(keys=["normal"])
    count = 6000
    made = bulk(world.client, {"template_id": world.sms, "rows": rows_of(count)}).json
    wait_for(lambda: job_of(world.client, made)["notifications_stored"] > 0, pause=0)
    server.kill9()
    server.start()
    server.drain(120)
    assert job_of(world.client, made)["statistics"] == {"delivered": count}
    bodies = collections.Counter(m["body"] for m in server.messages())
    assert bodies == {f"Council: Hello P{i}": 1 for i in range(count)}
