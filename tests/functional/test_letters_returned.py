"""Letters that come back: the print house's list, the services' reports and callbacks; on both stores."""
import base64
import csv
import io

import pytest

from clock_tools import jump
from harness import CommandFailed

TOKEN = "a-bearer-token"
ALERTS = ["alerts.letters_still_created", "alerts.letters_created"]
FIELDS = ["notification_id", "reference", "date_sent", "sent_by", "template_name", "template_id", "template_version",
          "spreadsheet_file_name", "spreadsheet_row_number", "upload_letter_file_name"]


@pytest.fixture
def server(make_postroom, store_settings):
    return make_postroom(settings=store_settings, allow_errors=ALERTS)


def reference(server, letter):
    return server.cli("notification", "show", letter)["reference"]


def returned(server, folder, references, name="returned.csv"):
    path = folder / name
    path.write_text("reference\n" + "".join(one + "\n" for one in references))
    return server.cli("letters", "returned", path)


def report_rows(server, world, *options):
    text = server.cli("letters", "returned-report", world.id, *options, as_json=False)
    return list(csv.DictReader(io.StringIO(text)))


def test_rl2_letters_become_returned_and_unknown_references_are_named(server, tmp_path):
    server.allow_errors = [*ALERTS, "letters.returned_unknown"]
    world = server.world()
    letters = [world.send_letter()["id"] for _ in range(3)]
    server.drain()
    references = [reference(server, one) for one in letters]
    done = returned(server, tmp_path, [references[0], "ZZZZZZZZZZZZZZZZ", references[1], references[0]])
    assert done == {"references": 3, "returned": 2, "known_before": 0, "were_cancelled": 0, "unknown": 1,
                    "unknown_references": ["ZZZZZZZZZZZZZZZZ"]}
    shown = [server.cli("notification", "show", one) for one in letters]
    assert [one["status"] for one in shown] == ["returned-letter", "returned-letter", "created"]
    assert shown[0]["events"][-1]["cause"] == "print_house.returned"
    # What the service sees of it.
    assert world.client.status(letters[0]) == "received"
    assert world.client.notification(letters[0])["completed_at"]
    again = returned(server, tmp_path, references[:2])
    assert (again["returned"], again["known_before"]) == (0, 2)


@pytest.mark.parametrize("content,words", [
    ("ABCDEFGHIJKLMNOP\nabcdefghijklmnop\n", "line 2: 'abcdefghijklmnop' is no letter's reference"),
    ("reference\nABCDEFGHIJKLMNO\n", "line 2"),
])
def test_rl1_a_bad_list_is_refused_as_a_whole(postroom, tmp_path, content, words):
    path = tmp_path / "list.txt"
    path.write_text(content)
    with pytest.raises(CommandFailed, match=words):
        postroom.cli("letters", "returned", path)


def test_rl1_an_empty_list_is_fine(postroom, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("\n")
    assert postroom.cli("letters", "returned", path)["references"] == 0


def test_rl3_a_cancelled_letter_that_comes_back_is_noticed(server, tmp_path):
    world = server.world()
    letter = world.send_letter()["id"]
    server.drain()
    server.cli("letters", "cancel", letter)
    assert returned(server, tmp_path, [reference(server, letter)])["were_cancelled"] == 1
    assert server.log_lines("letters.cancelled_came_back")


def test_rl4_reports_of_a_service(server, tmp_path):
    world, other = server.world(), server.world("Other")
    assert server.cli("letters", "returned-summary", world.id) == {
        "returned_letter_count": 0, "most_recent_report": None, "reports": []}
    with pytest.raises(CommandFailed, match="no letter of the service"):
        server.cli("letters", "returned-report", world.id)
    sheet = tmp_path / "people.csv"
    sheet.write_text("address line 1,address line 2,address line 3,name\nA,1 High Street,LS1 4AP,Ann\n"
                     "B,1 High Street,LS1 4AP,Bo\n")
    server.cli("job", "create", world.id, world.letter, sheet)
    single = world.send_letter(reference="case 7")["id"]
    stranger = other.send_letter()["id"]
    server.drain()
    rows = [n["id"] for n in world.client.all_notifications("include_jobs=true") if n["id"] != single]
    everything = [*rows, single, stranger]
    returned(server, tmp_path, [reference(server, one) for one in everything])
    today = server.now()[:10]
    summary = server.cli("letters", "returned-summary", world.id)
    assert summary == {"returned_letter_count": 3, "most_recent_report": today,
                       "reports": [{"reported_at": today, "returned_letter_count": 3}]}
    report = {row["notification_id"]: row for row in report_rows(server, world)}
    assert set(report) == {*rows, single} and list(report[single]) == FIELDS
    assert report[single]["reference"] == "case 7" and report[single]["sent_by"] == "API"
    assert report[single]["template_name"] == "Council letter" and report[single]["template_version"] == "1"
    assert sorted(report[one]["spreadsheet_row_number"] for one in rows) == ["2", "3"]
    assert {report[one]["spreadsheet_file_name"] for one in rows} == {"people.csv"}
    # A second report keeps the first one's day; a week later nothing is recent.
    jump(server, 2)
    returned(server, tmp_path, [reference(server, single)])
    assert server.cli("letters", "returned-summary", world.id) == summary
    jump(server, 6)
    later = server.cli("letters", "returned-summary", world.id)
    assert (later["returned_letter_count"], later["most_recent_report"]) == (0, today)
    assert len(report_rows(server, world, "--day", today)) == 3
    assert report_rows(server, world, "--day", "2020-01-01") == []


def test_rl5_the_service_is_told_of_each_letter_once(server, tmp_path, receiver):
    world = server.world()
    server.cli("callback", "set", world.id, "--type", "returned", "--url", receiver.url, "--token", TOKEN)
    letter = world.send_letter(reference="case 7")["id"]
    server.drain()
    receiver.statuses = [500]
    returned(server, tmp_path, [reference(server, letter)])
    server.drain()
    receiver.wait(1)
    server.advance(301)
    first, second = receiver.wait(2)
    assert first.body == second.body and first.headers["Authorization"] == "Bearer " + TOKEN
    made = world.client.notification(letter)
    assert list(second.json) == FIELDS
    assert second.json == {"notification_id": letter, "reference": "case 7", "date_sent": made["created_at"],
                           "sent_by": "API", "template_name": "Council letter", "template_id": world.letter,
                           "template_version": 1, "spreadsheet_file_name": None, "spreadsheet_row_number": None,
                           "upload_letter_file_name": None}
    returned(server, tmp_path, [reference(server, letter)])
    server.drain()
    server.advance(3600)
    assert len(receiver.requests) == 2


def test_rl2_re8_a_letter_that_is_archived_already(server, tmp_path, receiver):
    world = server.world()
    server.cli("callback", "set", world.id, "--type", "returned", "--url", receiver.url, "--token", TOKEN)
    letter = world.send_letter()["id"]
    server.drain()
    one = reference(server, letter)
    server.cli("letters", "cancel", letter)
    jump(server, 9)
    server.cli("retention", "run", world.id)
    assert world.client.get(f"/v2/notifications/{letter}").status == 404
    assert returned(server, tmp_path, [one])["returned"] == 1
    server.drain()
    assert receiver.wait(1)[0].json["notification_id"] == letter
    [row] = report_rows(server, world)
    assert row["notification_id"] == letter and row["template_name"] == "Council letter"
    assert server.cli("retention", "archived", world.id) == [
        {"type": "letter", "status": "returned-letter", "messages": 1, "units": 0}]


def test_rl5_a_precompiled_letter_has_no_template(server, tmp_path, receiver):
    world = server.world()
    server.cli("callback", "set", world.id, "--type", "returned", "--url", receiver.url, "--token", TOKEN)
    answer = world.client.post("/v2/notifications/letter", {
        "reference": "my letter", "content": base64.b64encode(b"%PDF-1.4\n").decode()})
    assert answer.status == 201, answer
    returned(server, tmp_path, [reference(server, answer.json["id"])])
    server.drain()
    body = receiver.wait(1)[0].json
    assert (body["template_name"], body["template_id"], body["template_version"]) == (None, None, None)
    assert body["reference"] == "my letter" and body["upload_letter_file_name"] is None
