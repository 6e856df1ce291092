"""Spreadsheets of recipients."""
import collections
import datetime

import pytest

from harness import wait_for


def sheet_of(folder, rows, name="people.csv"):
    path = folder / name
    path.write_text("phone number,name\n" + "".join(f"07900{100000 + i},P{i}\n" for i in range(rows)))
    return path


def bodies(server):
    return collections.Counter(m["body"] for m in server.messages())


def test_every_row_is_sent_once(make_postroom, store_settings, tmp_path):
    server = make_postroom(settings=store_settings)
    world = server.world()
    job = server.cli("job", "create", world.id, world.sms, sheet_of(tmp_path, 300))
    assert job["row_count"] == 300 and job["status"] in ("pending", "in progress", "in_progress")
    server.drain()
    shown = server.cli("job", "show", job["id"])
    assert shown["status"] == "finished" and shown["notifications"] == {"delivered": 300}
    assert bodies(server) == {f"Council: Hello P{i}": 1 for i in range(300)}


def test_faulty_rows_are_named_and_nothing_is_stored(postroom, tmp_path):
    world = postroom.world()
    sheet = tmp_path / "bad.csv"
    sheet.write_text("phone number,name\n07900900123,Ann\n123,Bo\n07900900124,\n")
    done = postroom.run("job", "create", world.id, world.sms, sheet)
    assert done.returncode != 0
    assert "Row 3" in done.stderr and "Row 4" in done.stderr and "Row 2" not in done.stderr
    assert len(done.stderr.strip().split("\n")) == 1
    postroom.drain()
    assert world.client.all_notifications("include_jobs=true") == []


@pytest.mark.parametrize("content,word", [("name\nAnn\n", "phone number"), ("phone number\n07900900123\n", "name"),
                                          ("phone number,name\n", "no rows")])
def test_faulty_sheets_are_refused(postroom, tmp_path, content, word):
    world = postroom.world(keys=["normal"])
    sheet = tmp_path / "bad.csv"
    sheet.write_text(content)
    done = postroom.run("job", "create", world.id, world.sms, sheet)
    assert done.returncode != 0 and word in done.stderr


def test_file_that_is_not_there_is_named(postroom, tmp_path):
    world = postroom.world(keys=["normal"])
    done = postroom.run("job", "create", world.id, world.sms, tmp_path / "none.csv")
    assert done.returncode != 0 and "none.csv" in done.stderr


def test_scheduled_job_starts_on_the_clock(postroom, tmp_path):
    world = postroom.world()
    start = datetime.datetime.fromisoformat(postroom.now().replace("Z", "+00:00")) + datetime.timedelta(hours=2)
    job = postroom.cli("job", "create", world.id, world.sms, sheet_of(tmp_path, 5), "--at",
                       start.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert job["status"] == "scheduled"
    postroom.drain()
    postroom.advance(3600)
    assert postroom.cli("job", "show", job["id"])["status"] == "scheduled" and postroom.messages() == []
    postroom.advance(3700)
    assert postroom.cli("job", "show", job["id"])["status"] == "finished"
    assert len(postroom.messages()) == 5


def test_job_survives_a_kill_with_every_row_once(make_postroom, tmp_path):
    server = make_postroom(settings={"worker.sms_threads": "1"})
    world = server.world(keys=["normal"])
    rows = 6000
    job = server.cli("job", "create", world.id, world.sms, sheet_of(tmp_path, rows))
    wait_for(lambda: server.cli("job", "show", job["id"])["rows_stored"] > 0, pause=0)
    server.kill9()
    server.start()
    middle = server.cli("job", "show", job["id"])
    server.drain(120)
    shown = server.cli("job", "show", job["id"])
    assert shown["status"] == "finished" and shown["notifications"] == {"delivered": rows}, (middle, shown)
    assert bodies(server) == {f"Council: Hello P{i}": 1 for i in range(rows)}
