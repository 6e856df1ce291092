"""Letters that are taken back: until when, by whom, one by one and job by job; on both stores."""
import os

import pytest

from harness import CommandFailed, LETTER_ADDRESS
from print_tools import Office

MORNING = "2027-01-13T10:00:00Z"
SILENT_HOUSE = ["alerts.letters_acknowledgement", "alerts.letters_still_sending"]  # it answers nothing in the meantime


def cancel(client, letter):
    return client.post(f"/v2/notifications/{letter}/cancel", {})


def message_of(answer):
    return answer.json["errors"][0]["message"]


@pytest.fixture
def server(make_postroom, store_settings):
    return make_postroom(settings={**store_settings, "flags.test_letters_fake_delivery": "false"})


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, at=MORNING) as office:
        yield office


def letter_sheet(folder, rows):
    path = folder / "people.csv"
    path.write_text("address line 1,address line 2,address line 3,name\n"
                    + "".join(f"Person {i},1 High Street,LS1 4AP,P{i}\n" for i in range(rows)))
    return path


def test_ca1_a_letter_is_cancelled_and_never_printed(office):
    world = office.service()
    kept, gone = office.letters(2)
    answer = cancel(world.client, gone)
    assert answer.status == 200, answer
    assert (answer.json["id"], answer.json["status"]) == (gone, "cancelled") and answer.json["completed_at"]
    assert answer.json["cost_in_pounds"] == 0
    again = cancel(world.client, gone)
    assert again.status == 400 and "cancelled already" in message_of(again)
    assert office.collate()["letters"] == 1
    assert office.statuses([kept, gone]) == ["sending", "cancelled"]
    events = office.show(gone)["events"]
    assert events[-1]["cause"] == "cancelled.by_service" and events[-1]["status"] == "cancelled"


def test_ca1_who_may_cancel(office):
    world, stranger = office.service(), office.service("Stranger")
    [letter] = office.letters(1)
    assert cancel(stranger.client, letter).status == 404
    assert cancel(world.test_client, letter).status == 403
    assert cancel(world.client, "no-id").status == 400
    assert office.status(letter) == "created"
    text = world.send_sms()["id"]
    # A text that was never scheduled, as before.
    assert cancel(world.client, text).status == 409
    assert office.cli("letters", "cancel", letter) == {"id": letter, "status": "cancelled"}
    assert office.show(letter)["events"][-1]["cause"] == "cancelled.by_operator"
    with pytest.raises(CommandFailed, match="Only letters"):
        office.cli("letters", "cancel", text)


@pytest.mark.parametrize("start,steps,words", [
    # Accepted in the morning: the run closes at 17:30.
    ("2027-01-13T17:29:00Z", 120, "printing began today at 5.30pm"),
    ("2027-07-13T16:29:00Z", 120, "printing began today at 5.30pm"),
    ("2027-01-13T17:29:00Z", 7 * 3600, "printing began yesterday at 5.30pm"),
    ("2027-01-13T17:29:00Z", 31 * 3600, "printing began on 2027-01-13 at 5.30pm"),
])
def test_ca1_ca3_too_late_says_when_printing_began(tmp_path, start, steps, words):
    with Office(tmp_path, at=start, allow_errors=SILENT_HOUSE) as office:
        [letter] = office.letters(1)
        office.advance(steps)
        answer = cancel(office.service().client, letter)
        assert answer.status == 400 and words in message_of(answer), answer
        assert office.status(letter) != "cancelled"


def test_ca3_the_next_days_letters_can_be_cancelled_after_the_cutoff(tmp_path):
    with Office(tmp_path, at="2027-01-13T17:30:01Z") as office:
        [letter] = office.letters(1)
        office.advance(20 * 3600)
        assert cancel(office.service().client, letter).status == 200


def test_ca4_a_letter_in_a_zip_is_on_its_way(office):
    office.allow_errors = ["letters.zip_failed", "task.buried"]
    [letter] = office.letters(1)
    # The house takes nothing: the zip stays planned.
    office.stop()
    office.start()
    os.rename(office.house.root, office.house.root + ".away")
    office.cli("letters", "collate", "--now")
    answer = cancel(office.service().client, letter)
    assert answer.status == 400 and "on its way to the print house" in message_of(answer), answer
    os.rename(office.house.root + ".away", office.house.root)
    office.retry_zips()
    assert office.status(letter) == "sending"


def test_ca1_daily_count_is_given_back(server):
    world = server.world()
    server.cli("service", "limits", world.id, "--letter", "2")
    first, _ = world.send_letter()["id"], world.send_letter()["id"]
    body = {"template_id": world.letter, "personalisation": {"name": "Ann", **LETTER_ADDRESS}}
    assert world.client.post("/v2/notifications/letter", body).status == 429
    server.cli("letters", "cancel", first)
    assert world.client.post("/v2/notifications/letter", body).status == 201
    assert world.client.post("/v2/notifications/letter", body).status == 429


def test_ca2_a_job_of_letters_is_cancelled_as_a_whole(server, tmp_path):
    world = server.world()
    job = server.cli("job", "create", world.id, world.letter, letter_sheet(tmp_path, 5))
    server.drain()
    [first, *_] = world.client.all_notifications("include_jobs=true")
    server.cli("letters", "cancel", first["id"])
    done = server.cli("job", "cancel", job["id"])
    assert done == {"id": job["id"], "status": "cancelled", "letters_cancelled": 4}
    shown = server.cli("job", "show", job["id"])
    assert shown["status"] == "cancelled" and shown["notifications"] == {"cancelled": 5}
    with pytest.raises(CommandFailed, match="cancelled already"):
        server.cli("job", "cancel", job["id"])


def test_ca2_by_the_api(server, tmp_path):
    world = server.world()
    made = server.cli("job", "create", world.id, world.letter, letter_sheet(tmp_path, 3))
    server.drain()
    path = f"/v2/jobs/{made['id']}"
    assert world.client.get(path).status == 200
    assert world.test_client.post(path + "/cancel", {}).status == 403
    answer = world.client.post(path + "/cancel", {})
    assert answer.status == 200, answer
    assert answer.json["status"] == "cancelled"
    assert {n["status"] for n in world.client.all_notifications("include_jobs=true")} == {"cancelled"}


def test_ca2_a_single_sent_letter_blocks_its_job(office, tmp_path):
    world = office.service()
    job = office.cli("job", "create", world.id, world.letter, letter_sheet(tmp_path, 2))
    office.drain()
    office.collate()
    later = office.cli("job", "create", world.id, world.letter, letter_sheet(tmp_path, 2))
    office.drain()
    with pytest.raises(CommandFailed, match="some of its letters are sending"):
        office.cli("job", "cancel", job["id"])
    assert office.cli("job", "show", job["id"])["notifications"] == {"sending": 2}
    office.cli("job", "cancel", later["id"])
    assert office.cli("job", "show", later["id"])["notifications"] == {"cancelled": 2}


def test_ca2_too_late_and_not_a_job_of_letters(tmp_path):
    with Office(tmp_path, at="2027-01-13T17:29:00Z") as office:
        world = office.service()
        job = office.cli("job", "create", world.id, world.letter, letter_sheet(tmp_path, 1))
        texts = tmp_path / "texts.csv"
        texts.write_text("phone number,name\n07900900123,Ann\n")
        other = office.cli("job", "create", world.id, world.sms, texts)
        office.drain()
        office.advance(120)
        with pytest.raises(CommandFailed, match="too late to cancel this job"):
            office.cli("job", "cancel", job["id"])
        with pytest.raises(CommandFailed, match="Only jobs of letters"):
            office.cli("job", "cancel", other["id"])


def test_a_job_that_waits_for_its_time_is_stopped_by_the_command_too(server, tmp_path):
    world = server.world()
    at = server.now()[:10]
    sheet = letter_sheet(tmp_path, 2)
    job = server.cli("job", "create", world.id, world.letter, sheet, "--at", f"{at}T23:59:59Z")
    assert server.cli("job", "cancel", job["id"])["letters_cancelled"] == 0
    server.drain()
    assert server.cli("job", "show", job["id"])["notifications"] == {}


def test_sr8_letters_that_were_given_up_get_another_run(office):
    office.allow_errors = ["deliver.gave_up", "task.buried"]
    office.fault("blob", "fail", 100)
    ids = [office.letter(), office.letter()]
    office.drain()
    for _ in range(20):
        office.advance(301)
    assert office.statuses(ids) == ["technical-failure"] * 2
    office.fault("blob", "fail", 0)
    assert office.cli("letters", "requeue", "--since", "2027-01-13T18:00:00Z") == {"requeued": 0, "left_alone": 0}
    assert office.cli("letters", "requeue", "--since", MORNING) == {"requeued": 2, "left_alone": 0}
    office.drain()
    assert office.statuses(ids) == ["created"] * 2
    assert office.cli("letters", "requeue", "--since", MORNING) == {"requeued": 0, "left_alone": 0}
    with pytest.raises(CommandFailed, match="must be a time"):
        office.cli("letters", "requeue", "--since", "yesterday")
