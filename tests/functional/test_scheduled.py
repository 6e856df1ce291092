"""Messages for later: scheduled_for, and taking one back before its time."""
import datetime

import pytest

MARGIN = 5  # seconds before its time until which a message can be cancelled


def time_ahead(server, seconds, form="%Y-%m-%dT%H:%M:%SZ", zone=datetime.timezone.utc):
    now = datetime.datetime.fromisoformat(server.now().replace("Z", "+00:00"))
    return (now + datetime.timedelta(seconds=seconds)).astimezone(zone).strftime(form)


def as_answered(text):
    return text.replace("Z", ".000000Z")


def error_of(answer):
    return answer.status, answer.json["errors"][0]["error"]


def cancel(client, notification_id):
    return client.post(f"/v2/notifications/{notification_id}/cancel", {})


@pytest.fixture
def world(postroom):
    return postroom.world()


def test_messages_wait_for_their_time(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    at = time_ahead(server, 3600)
    sms, email = world.send_sms(scheduled_for=at), world.send_email(scheduled_for=at)
    # Official clients know the member as one that is always null where a message is sent.
    assert sms["scheduled_for"] is None and email["scheduled_for"] is None
    server.drain()
    server.advance(3500)
    for made in (sms, email):
        shown = world.client.notification(made["id"])
        assert (shown["status"], shown["scheduled_for"], shown["sent_at"]) == ("created", as_answered(at), None)
    assert server.messages() == []
    server.advance(200)
    for made in (sms, email):
        shown = world.client.notification(made["id"])
        assert (shown["status"], shown["scheduled_for"]) == ("delivered", as_answered(at))
        assert shown["sent_at"] >= as_answered(at)
    assert len(server.messages()) == 2
    [in_list] = [n for n in world.client.all_notifications() if n["id"] == sms["id"]]
    assert in_list["scheduled_for"] == as_answered(at)
    assert server.cli("notification", "show", sms["id"])["scheduled_for"] == as_answered(at)


def test_they_survive_a_kill(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world(keys=["normal"])
    made = world.send_sms(scheduled_for=time_ahead(server, 600))
    server.kill9()
    server.start()
    server.drain()
    assert world.client.status(made["id"]) == "created" and server.messages() == []
    server.advance(700)
    assert world.client.status(made["id"]) == "delivered"
    assert len(server.messages()) == 1


def test_a_test_keys_message_waits_too(postroom, world):
    made = world.send_sms("07700900003", client=world.test_client, scheduled_for=time_ahead(postroom, 60))
    postroom.drain()
    assert world.client.status(made["id"]) == "created"
    postroom.advance(70)
    assert world.client.status(made["id"]) == "temporary-failure" and postroom.messages() == []


def test_what_was_accepted_goes_although_its_key_was_revoked(postroom, world):
    key = postroom.cli("key", "create", world.id, "short lived", "--type", "normal")
    world.keys["short"] = key["api_key"]
    made = world.client_of("short").send("sms", {
        "phone_number": "07900900123", "template_id": world.sms, "personalisation": {"name": "Ann"},
        "scheduled_for": time_ahead(postroom, 60)})
    postroom.cli("key", "revoke", world.id, key["id"])
    postroom.advance(70)
    assert world.client.status(made["id"]) == "delivered"


@pytest.mark.parametrize("zone,form", [
    (datetime.timezone(datetime.timedelta(hours=5, minutes=30)), "%Y-%m-%dT%H:%M:%S%z"),
    (datetime.timezone(datetime.timedelta(hours=-8)), "%Y-%m-%dT%H:%M:%S%z"),
    (datetime.timezone.utc, "%Y-%m-%d %H:%M:%S"), (datetime.timezone.utc, "%Y-%m-%dT%H:%M:%S")])
def test_offsets_count_and_none_means_utc(postroom, world, zone, form):
    text = time_ahead(postroom, 7200, form, zone)
    if "%z" in form:
        text = text[:-2] + ":" + text[-2:]
    made = world.send_sms(scheduled_for=text)
    assert world.client.notification(made["id"])["scheduled_for"] == as_answered(time_ahead(postroom, 7200))


@pytest.mark.parametrize("kind", ["sms", "email"])
@pytest.mark.parametrize("ahead,word", [(-2, "past"), (24 * 3600 + 30, "24 hours")])
def test_times_outside_the_next_day_are_refused(postroom, world, kind, ahead, word):
    to = {"phone_number": "07900900123"} if kind == "sms" else {"email_address": "ann@example.org"}
    answer = world.client.post(f"/v2/notifications/{kind}", {
        **to, "template_id": getattr(world, kind), "personalisation": {"name": "Ann"},
        "scheduled_for": time_ahead(postroom, ahead)})
    assert error_of(answer) == (400, "ValidationError") and word in answer.text and "scheduled_for" in answer.text
    assert world.client.all_notifications() == []


def test_a_cancelled_message_never_goes(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    made = [world.send_sms(scheduled_for=time_ahead(server, 600)), world.send_email(scheduled_for=time_ahead(server, 600))]
    server.advance(600 - MARGIN - 2)
    for message in made:
        cancelled = cancel(world.client, message["id"])
        assert cancelled.status == 200, cancelled
        assert cancelled.json["status"] == "cancelled" and cancelled.json["completed_at"]
        assert cancelled.json == world.client.notification(message["id"])
        # Again is no error and changes nothing.
        again = cancel(world.client, message["id"])
        assert (again.status, again.json) == (200, cancelled.json)
    server.advance(3600)
    assert [world.client.status(m["id"]) for m in made] == ["cancelled", "cancelled"]
    assert server.messages() == []
    events = server.cli("notification", "show", made[0]["id"])["events"]
    assert [e["cause"] for e in events] == ["accepted", "cancelled.by_service"]
    assert {n["id"] for n in world.client.all_notifications("status=cancelled")} == {m["id"] for m in made}


def test_too_late_to_cancel(postroom, world):
    at_once = world.send_sms()
    soon = world.send_sms(scheduled_for=time_ahead(postroom, 3))
    later = world.send_sms(scheduled_for=time_ahead(postroom, 600))
    postroom.advance(700)
    for message in (at_once, soon, later):
        assert error_of(cancel(world.client, message["id"])) == (409, "ConflictError"), message
    assert world.client.status(later["id"]) == "delivered"


def test_whose_message_it_is(postroom, world):
    made = world.send_sms(scheduled_for=time_ahead(postroom, 600))
    stranger = postroom.world("Other council")
    assert error_of(cancel(stranger.client, made["id"])) == (404, "NoResultFound")
    assert error_of(cancel(world.test_client, made["id"])) == (403, "BadRequestError")
    assert error_of(cancel(world.client, "no-id")) == (400, "ValidationError")
    assert postroom.get(f"/v2/notifications/{made['id']}/cancel").status == 405
    assert world.client.status(made["id"]) == "created"
