"""What operators see: the day stage by stage, and one letter's whole story."""
import pytest

from harness import CommandFailed
from print_tools import Office, response_lines

NOON = "2027-01-13T12:00:00Z"  # a Wednesday
DAY = "2027-01-13"


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, at=NOON) as server:
        yield server


def explain(office, which):
    return office.cli("letters", "explain", which)


def events(story):
    return [step["event"] for step in story["story"]]


def texts(lines):
    return " | ".join(line["text"] for line in lines)


def stages(office, day=DAY):
    return {row["stage"]: row for row in office.cli("letters", "status", "--day", day)["stages"]}


# The letter

def test_a_letter_is_explained_from_acceptance_to_delivery(office):
    one = office.letter()
    office.drain()
    reference = office.reference(one)
    story = explain(office, reference)
    assert story["id"] == one and story["reference"] == reference
    assert story["status"] == "created" and story["service"] == "Council"
    assert (story["sheets"], story["postage"], story["run_day"]) == (1, "second", DAY)
    assert events(story) == ["accepted", "letter.rendered"]
    assert story["story"][0]["local"].startswith("Wed 2027-01-13 12:00:")
    assert story["next"][0]["at"].startswith("2027-01-13T17:50:00")

    office.set_clock("2027-01-13T17:51:00Z")
    zip_name, = office.house.zips()
    story = explain(office, one)
    assert sorted(events(story)) == sorted(["accepted", "letter.rendered", "zip.planned", "zip.uploaded", "zip.verified"])
    assert zip_name in texts(story["story"])
    assert story["next"][0]["at"].startswith("2027-01-13T23:00")

    office.acknowledge(zip_name + "|20270113180000\n")
    office.set_clock("2027-01-14T15:00:00Z")
    office.respond(response_lines([reference]))
    story = explain(office, reference.lower())
    assert events(story)[-2:] == ["zip.acknowledged", "response.sent"]
    times = [step["at"] for step in story["story"]]
    assert times == sorted(times)
    assert story["status"] == "delivered" and story["cost_class"] == "sorted" and story["despatched_on"]
    assert story["concerns"] == []
    assert story["next"][0]["at"] and story["delivered_by"]


def test_the_story_is_readable_and_has_nothing_personal(office):
    one, = office.letters(1)
    office.collate()
    text = office.cli("letters", "explain", one, as_json=False)
    for wanted in (f"Letter {office.reference(one)} of Council", "What happened", "What happens next", "accepted over the API",
                   "PDF made, 1 sheet", "Wed 2027-01-13 12:0"):
        assert wanted in text, (wanted, text)
    assert "What needs a person" not in text
    for personal in ("High Street", "A Person", "LS1 4AP", "Ann"):
        assert personal not in text


def test_a_letter_without_answer_is_explained_with_its_alerts_and_tickets(tmp_path):
    with Office(tmp_path, at=NOON, allow_errors=["alerts.letters_acknowledgement"]) as office:
        one, = office.letters(1)
        office.set_clock("2027-01-13T17:51:00Z")
        office.set_clock("2027-01-14T16:31:00Z")
        story = explain(office, one)
        kinds = {(concern["kind"], concern["text"]) for concern in story["concerns"]}
        assert ("ticket", "[test] Letter acknowledge error") in kinds  # it names the zip
        assert any(kind == "alert" and "Letters still sending" in text for kind, text in kinds)
        assert any(kind == "alert" and "Letter acknowledge error" in text for kind, text in kinds)
        assert "What needs a person" in office.cli("letters", "explain", one, as_json=False)


def test_a_zip_that_failed_is_part_of_the_story(tmp_path):
    with Office(tmp_path, at=NOON, allow_errors=["task.buried", "letters.zip_failed"]) as office:
        one, = office.letters(1)
        office.fault("print", "fail", 6)
        office.collate()
        office.retry_zips(6)
        story = explain(office, one)
        assert story["status"] == "technical-failure"
        assert story["zips"][0]["state"] == "failed" and story["zips"][0]["error"]
        assert f"letters requeue {one}" in texts(story["next"])
        assert any(concern["kind"] == "task" for concern in story["concerns"])
        office.cli("letters", "requeue", one)
        office.drain()
        office.advance(60)
        office.collate()
        story = explain(office, one)
        assert [one_zip["state"] for one_zip in story["zips"]] == ["failed", "uploaded"]
        assert events(story).count("zip.planned") == 2 and "operator.requeued" in events(story)


def test_a_letter_of_a_test_key_is_never_printed_and_says_so(office):
    one = office.letter(test_key=True)
    office.drain()
    assert "test key" in texts(explain(office, one)["next"])


@pytest.mark.parametrize("which, wanted", [("NOSUCHLETTER0000", "there is no letter"),
                                           ("3a5c199d-e694-4019-8496-aa0f3ab69e8e", "there is no letter"),
                                           ("nonsense", "neither a letter's reference")])
def test_what_is_no_letter_is_told(office, which, wanted):
    with pytest.raises(CommandFailed) as failed:
        explain(office, which)
    assert wanted in failed.value.stderr


def test_a_text_message_is_no_letter(office):
    sms = office.service().send_sms()["id"]
    with pytest.raises(CommandFailed) as failed:
        explain(office, sms)
    assert "notification show" in failed.value.stderr


# The day

def test_the_day_is_shown_stage_by_stage_with_ages(tmp_path):
    with Office(tmp_path, at=NOON, allow_errors=["letters.print_house_failures"]) as office:
        ids = office.letters(3)
        rows = stages(office)
        assert (rows["accepted"]["letters"], rows["rendered"]["letters"], rows["rendered"]["waiting"]) == (3, 3, 3)
        assert rows["rendered"]["age"]
        assert rows["in zips"]["letters"] == 0

        office.fault("print", "fail")
        office.collate()
        assert (stages(office)["in zips"]["letters"], stages(office)["in zips"]["waiting"]) == (3, 3)
        office.retry_zips()
        office.advance(2 * 3600)
        rows = stages(office)
        assert (rows["uploaded"]["letters"], rows["uploaded"]["waiting"], rows["uploaded"]["age"]) == (3, 3, "2 h 0 min")

        zip_name, = office.house.zips()
        office.acknowledge(zip_name + "|20270113180000\n")
        rows = stages(office)
        assert (rows["uploaded"]["waiting"], rows["acknowledged"]["letters"], rows["acknowledged"]["waiting"]) == (0, 3, 3)
        office.respond(response_lines([office.reference(ids[0])]) + response_lines([office.reference(ids[1])], "Failed"))
        rows = stages(office)
        assert (rows["responded"]["letters"], rows["acknowledged"]["waiting"]) == (2, 1)
        assert office.cli("letters", "status", "--day", DAY)["missing"] == 1
        text = office.cli("letters", "status", "--day", DAY, as_json=False)
        assert "stages" in text and "acknowledged" in text and "2 h" in text
