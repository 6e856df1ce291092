"""How long messages, letters' files and spreadsheets are kept; on both stores, through the real schedule."""
import contextlib
import datetime
import os
import re
import sqlite3

import pytest

from clock_tools import jump
from harness import CommandFailed, http_call
from print_tools import Office

ALERTS = ["alerts.letters_still_created", "alerts.letters_still_sending", "alerts.letters_created",
          "alerts.letters_acknowledgement"]


@pytest.fixture
def server(make_postroom, store_settings):
    return make_postroom(settings=store_settings, allow_errors=ALERTS)


def night(server):
    """The night's work, by hand and at once."""
    return {(row["service"], row["type"]): row for row in server.cli("retention", "run")}


def exists(client, message):
    return client.get(f"/v2/notifications/{message}").status == 200


def files(server, bucket):
    """Names of all files of a bucket."""
    root = os.path.join(server.data, "blobs", bucket)
    return sorted(name for _, _, names in os.walk(root) for name in names)


def pdfs(server, bucket="letters-pdf"):
    return [name for name in files(server, bucket) if re.match(r"NOTIFY\.[A-Z0-9]{16}\.D\.", name)]


def test_re1_re4_messages_go_after_their_days_and_leave_no_person_behind(server):
    world = server.world()
    text, email = world.send_sms()["id"], world.send_email()["id"]
    of_test_key = world.send_sms(client=world.test_client)["id"]
    server.drain()
    jump(server, 6)
    night(server)
    assert exists(world.client, text) and exists(world.client, email)
    young = world.send_sms()["id"]
    jump(server, 2.05)
    night(server)
    for one in (text, email, of_test_key):
        assert world.client.get(f"/v2/notifications/{one}").status == 404
    assert exists(world.client, young)
    assert world.client.all_notifications() != [] and len(world.client.all_notifications()) == 1
    archived = server.cli("retention", "archived", world.id)
    assert archived == [{"type": "email", "status": "delivered", "messages": 1, "units": 0},
                        {"type": "sms", "status": "delivered", "messages": 1, "units": 1}]
    with pytest.raises(CommandFailed):
        server.cli("notification", "show", text)


def test_re1_a_services_own_days(server):
    world, other = server.world(), server.world("Other")
    assert server.cli("retention", "days", world.id) == {"service": "Council", "email": 7, "sms": 7, "letter": 7}
    changed = server.cli("retention", "days", world.id, "sms=3", "email=90")
    assert changed == {"service": "Council", "email": 90, "sms": 3, "letter": 7}
    for bad in ("sms=2", "sms=91", "sms", "fax=7", "sms=many"):
        with pytest.raises(CommandFailed, match="write CHANNEL=DAYS"):
            server.cli("retention", "days", world.id, bad)
    text, email, kept = world.send_sms()["id"], world.send_email()["id"], other.send_sms()["id"]
    server.drain()
    jump(server, 5)
    night(server)
    assert not exists(world.client, text)
    assert exists(world.client, email) and exists(other.client, kept)
    jump(server, 10)
    night(server)
    assert exists(world.client, email) and not exists(other.client, kept)


def test_re3_re5_letters_and_their_files(tmp_path):
    with Office(tmp_path, at="2027-01-13T12:00:00Z", allow_errors=ALERTS) as office:
        world = office.service()
        delivered, sending, gone = office.letters(3)
        world.client.post(f"/v2/notifications/{gone}/cancel", {})
        test_letter = office.letter(test_key=True)
        office.collate()
        office.respond(f"{office.reference(delivered)}|Sent|1|Sorted\n")
        waiting = office.letters(1)[0]
        # The print house is silent and takes nothing any more: the last letter waits for ever.
        assert office.statuses([delivered, sending, gone, waiting]) == ["delivered", "sending", "cancelled", "created"]
        assert len(pdfs(office)) == 4 and len(pdfs(office, "test-letters")) == 1
        jump(office, 8)
        [deleted] = office.log_lines("retention.deleted")
        assert (deleted["type"], deleted["messages"], deleted["pdfs"]) == ("letter", 3, 3)
        for one in (delivered, gone):
            assert not exists(world.client, one)
        assert not exists(world.test_client, test_letter)
        # What became of the day is known all the same: delivered, without an answer, and still to be printed.
        day = office.cli("letters", "status", "--day", "2027-01-13")
        assert (day["accepted"], day["delivered"], day["sending"], day["failed"]) == (3, 1, 1, 0), day
        assert office.statuses([sending, waiting]) == ["sending", "created"]
        assert len(pdfs(office)) == 2 and pdfs(office, "test-letters") == []
        # Once its end is known, a late letter goes with the next run.
        office.respond(f"{office.reference(sending)}|Sent|1|Sorted\n", name="NOTIFY-20270121160000-RSP.TXT")
        assert office.cli("retention", "run", world.id)[2]["messages"] == 1
        assert len(pdfs(office)) == 1
        # Years later still waiting, and still there.
        jump(office, 400)
        night(office)
        assert office.status(waiting) == "created" and len(pdfs(office)) == 1


def test_re5_a_storage_that_fails_loses_nothing_and_the_next_try_finishes(tmp_path):
    with Office(tmp_path, at="2027-01-13T12:00:00Z", allow_errors=ALERTS) as office:
        world = office.service()
        letters = office.letters(3)
        for one in letters:
            office.cli("letters", "cancel", one)
        jump(office, 8)
        # Killed in the middle: what is left has a row.
        office.fault("blob", "fail", 1)
        with contextlib.suppress(CommandFailed):
            office.cli("retention", "run", world.id)
        office.kill9()
        with contextlib.closing(sqlite3.connect(os.path.join(office.data, "postroom.db"))) as db:
            rows = db.execute("SELECT count(*) FROM notification").fetchone()[0]
        assert len(pdfs(office)) <= rows
        office.start()
        office.cli("retention", "run", world.id)
        assert pdfs(office) == [] and not any(exists(office.service().client, one) for one in letters)


def test_re7_spreadsheets_go_with_their_messages(server, tmp_path):
    world = server.world()
    sheet = tmp_path / "people.csv"
    sheet.write_text("phone number,name\n07900900123,Ann\n")
    job = server.cli("job", "create", world.id, world.sms, sheet)
    server.drain()
    assert len(files(server, "job-files")) == 1
    jump(server, 6)
    night(server)
    assert len(files(server, "job-files")) == 1
    jump(server, 2.05)
    night(server)
    assert files(server, "job-files") == []
    shown = server.cli("job", "show", job["id"])
    assert shown["status"] == "finished" and shown["notifications"] == {}
    assert server.log_lines("retention.deleted")


def test_re7_a_sheet_that_waits_for_its_time_is_kept(server, tmp_path):
    world = server.world()
    server.cli("retention", "days", world.id, "sms=3")
    sheet = tmp_path / "people.csv"
    sheet.write_text("phone number,name\n07900900123,Ann\n")
    due = datetime.datetime.fromisoformat(server.now().replace("Z", "+00:00")) + datetime.timedelta(days=6)
    job = server.cli("job", "create", world.id, world.sms, sheet, "--at", due.strftime("%Y-%m-%dT%H:%M:%SZ"))
    jump(server, 5)
    night(server)
    assert len(files(server, "job-files")) == 1
    jump(server, 1.05)
    night(server)
    # Sent, and the message's own days begin only now.
    assert server.cli("job", "show", job["id"])["notifications"] == {"delivered": 1}
    assert files(server, "job-files") == []


def test_a_link_to_unsubscribe_outlives_its_email(server):
    world = server.world()
    template = server.cli("template", "create", world.id, "--type", "email", "--name", "news", "--subject", "News",
                          "--content", "Hello", "--unsubscribe-link")["id"]
    world.client.send("email", {"email_address": "ann@example.org", "template_id": template})
    server.drain()
    [shown] = server.messages()
    link = next(word for word in shown["body"].split() if "/unsubscribe/" in word).strip("()[]<>.")
    jump(server, 9)
    night(server)
    assert world.client.all_notifications() == []
    place = link[link.index("/unsubscribe/"):]
    assert server.page(place).status == 200
    assert http_call(server.web, "POST", place).status == 303
    assert [one["email_address"] for one in server.cli("unsubscribe", "list", world.id)] == ["ann@example.org"]


def test_re2_the_night_deletes_by_itself(tmp_path):
    with Office(tmp_path, at="2027-01-13T12:00:00Z") as office:
        world = office.service()
        old = world.send_sms()["id"]
        office.drain()
        office.stop()
        office.set_stopped_clock("2027-01-21T02:59:00Z")
        office.start()
        assert exists(office.service().client, old)
        office.advance(120)
        office.drain()
        assert not exists(office.service().client, old)
        assert office.log_lines("retention.deleted")[0]["messages"] == 1
