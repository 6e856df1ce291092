"""Files from outside before a real clamd: infected, clean, too large, away, hanging. Nothing passes that it has not
called clean."""
import base64
import json
import time

import pytest

import clamd_server
from clamd_server import FILE_NAME, INFECTED_FILE, INFECTED_WORD, WORD_NAME, ClamdServer
from harness import CommandFailed
from pdf_writer import Letter

pytestmark = pytest.mark.skipif(clamd_server.find_clamd() is None,
                                reason="clamd is not installed (package clamav-daemon)")

TIMEOUT_SECONDS = 2
# What a scan without an answer, and its retries, have for ends.
RETRY_SECONDS, RETRIES = 301, 5


@pytest.fixture(scope="module")
def shared_clamd():
    with ClamdServer() as server:
        yield server


@pytest.fixture
def clamd(shared_clamd):
    if shared_clamd.process is None:
        shared_clamd.start()
    yield shared_clamd
    if shared_clamd.process is not None:
        shared_clamd.wake()


@pytest.fixture
def postroom(make_postroom, clamd):
    server = make_postroom(
        settings={"antivirus.address": clamd.address, "antivirus.timeout": f"{TIMEOUT_SECONDS}s"},
        allow_errors=["letters.infected", "letters.not_checked", "task.buried",
                      "letters.upload_infected", "send.failed"])
    return server


@pytest.fixture
def world(postroom):
    return postroom.world()


def letter(more=b""):
    """A good letter, with something in it that only scanners see."""
    return Letter().pdf() + (b"\n%" + more + b"\n" if more else b"")


def send(world, pdf):
    return world.client.send("letter", {"reference": "r", "content": base64.b64encode(pdf).decode()})["id"]


def show(postroom, one):
    return postroom.cli("notification", "show", one)


def causes(postroom, one):
    return [event["cause"] for event in show(postroom, one)["events"]]


def test_AV1_a_clean_letter_goes_on(postroom, world):
    one = send(world, letter())
    postroom.drain()
    assert "scan.clean" in causes(postroom, one)
    assert world.client.status(one) == "accepted"


def test_AV1_X91_an_infected_letter_ends_there(postroom, world):
    one = send(world, letter(INFECTED_WORD))
    postroom.drain()
    shown = show(postroom, one)
    assert shown["status"] == "virus-scan-failed" and shown["billable_units"] == 0
    assert WORD_NAME in shown["events"][-1]["detail"]
    [line] = postroom.log_lines("letters.infected")
    assert line["level"] == "error" and WORD_NAME in line["signature"] and line["notification"] == one
    answer = world.client.get(f"/v2/notifications/{one}/pdf")
    assert answer.status == 400 and answer.json["errors"][0]["error"] == "BadRequestError"
    assert world.client.status(one) == "virus-scan-failed"
    assert postroom.cli("letters", "collate", "--now")["letters"] == 0


def test_AV2_what_is_too_large_for_it_is_not_clean(postroom, world):
    one = send(world, letter(b"x" * 1_500_000))
    postroom.drain()
    assert show(postroom, one)["status"] == "pending-virus-check"
    for _ in range(RETRIES):
        postroom.advance(RETRY_SECONDS)
    shown = show(postroom, one)
    assert shown["status"] == "technical-failure"
    assert "size limit" in shown["events"][-1]["detail"]


def test_X92_a_scanner_that_is_back_in_time_is_enough(postroom, world, clamd):
    clamd.stop()
    one = send(world, letter())
    postroom.drain()
    for _ in range(RETRIES - 1):
        postroom.advance(RETRY_SECONDS)
    assert show(postroom, one)["status"] == "pending-virus-check"
    clamd.start()
    postroom.advance(RETRY_SECONDS)
    assert show(postroom, one)["status"] == "created"


def test_X93_SR6_a_scanner_away_for_too_long_and_then_the_replay(postroom, world, clamd):
    clamd.stop()
    one, infected = send(world, letter()), send(world, letter(INFECTED_WORD))
    postroom.drain()
    for _ in range(RETRIES):
        postroom.advance(RETRY_SECONDS)
    assert [show(postroom, n)["status"] for n in (one, infected)] == ["technical-failure"] * 2
    assert postroom.log_lines("letters.not_checked")
    clamd.start()
    done = postroom.cli("letters", "rescan", "--errors")
    assert done == {"asked_again": 2, "left_alone": [], "without_file": [], "unknown": []}
    postroom.drain()
    assert [show(postroom, n)["status"] for n in (one, infected)] == ["created", "virus-scan-failed"]
    assert world.client.get(f"/v2/notifications/{one}/pdf").status == 200
    assert postroom.cli("letters", "rescan", "--errors")["asked_again"] == 0


def test_a_scanner_that_hangs_holds_up_its_own_letters_only(postroom, world, clamd):
    clamd.hang()
    one = send(world, letter())
    started = time.monotonic()
    templated = world.send_letter()["id"]
    while show(postroom, templated)["billable_units"] == 0:
        assert time.monotonic() - started < TIMEOUT_SECONDS + 10
        time.sleep(0.05)
    assert world.client.status(one) == "pending-virus-check"
    postroom.drain()
    clamd.wake()
    postroom.advance(RETRY_SECONDS)
    assert show(postroom, one)["status"] == "created"


def test_SR3_a_letter_whose_scan_was_lost_is_scanned_again(postroom, world, clamd):
    clamd.stop()
    one = send(world, letter())
    postroom.drain()
    clamd.start()
    postroom.advance(11 * 60)
    postroom.drain()
    assert show(postroom, one)["status"] == "created"


def files_by_email(world):
    world.server.cli("service", "update", world.id, "--contact-link", "https://council.example/contact")
    template = world.add_template("email", name="with file", subject="A file", content="Here: ((link))")["id"]

    def post(content, name="letter.txt"):
        return world.client.post("/v2/notifications/email", {
            "email_address": "ann@example.org", "template_id": template,
            "personalisation": {"link": {"file": base64.b64encode(content).decode(), "filename": name,
                                         "confirm_email_before_download": False}}})
    return post


def test_files_by_email(postroom, world, clamd):
    post = files_by_email(world)
    assert post(b"all is well").status == 201
    infected = post(INFECTED_FILE)
    assert infected.status == 400 and "virus" in infected.json["errors"][0]["message"]
    assert FILE_NAME in postroom.log_lines("document.infected")[0]["signature"]
    large = post(b"x" * 1_500_000)
    assert large.status == 400 and "cannot look into it" in large.json["errors"][0]["message"]
    clamd.hang()
    assert post(b"all is well").status == 503
    clamd.wake()
    clamd.stop()
    assert post(b"all is well").status == 503
    clamd.start()
    assert post(b"all is well").status == 201
    assert len(postroom.cli("document", "list", world.id)) == 2


def test_AV6_status_and_doctor_ask_it(postroom, clamd):
    def finding():
        done = postroom.run("doctor", "--json")
        [row] = [c for c in json.loads(done.stdout)["checks"] if c["check"] == "antivirus"]
        return row["ok"], done.returncode

    assert postroom.get("/_status").json["antivirus"] == "ok"
    assert finding() == (True, 0)
    clamd.stop()
    answer = postroom.get("/_status")
    assert answer.status == 200 and answer.json["antivirus"] == "away"
    assert finding() == (False, 1)
    assert "antivirus" not in postroom.get("/_status?simple=1").json


def test_uploads_and_attachments(postroom, world, tmp_path, clamd):
    path = tmp_path / "bad.pdf"
    path.write_bytes(letter(INFECTED_WORD))
    done = postroom.run("letters", "upload", world.id, path, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["fault"] == "virus-found", done.stderr
    done = postroom.run("template", "attach", world.id, world.letter, path, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["fault"] == "virus-found", done.stderr
    clamd.stop()
    with pytest.raises(CommandFailed, match="try again"):
        postroom.cli("letters", "upload", world.id, path)


def test_over_tcp(make_postroom):
    with ClamdServer(tcp=True) as clamd:
        postroom = make_postroom(settings={"antivirus.address": clamd.address}, allow_errors=["letters.infected"])
        world = postroom.world()
        good, bad = send(world, letter()), send(world, letter(INFECTED_WORD))
        postroom.drain()
        assert [show(postroom, n)["status"] for n in (good, bad)] == ["created", "virus-scan-failed"]


def test_without_a_scanner_letters_wait_and_somebody_is_told(make_postroom, clamd):
    settings = {"email.provider": "none", "sms.provider": "none", "print.provider": "none",
                "tickets.desk": "none", "flags.clock_may_be_moved": "true"}
    postroom = make_postroom(environment="production", settings=settings,
                             allow_errors=["letters.checks_stuck", "alerts.ticket_failed",
                                           "letters.held_without_scanner"])
    [line] = postroom.log_lines("antivirus.none")
    assert "NO VIRUS SCANNER" in line["message"]
    assert postroom.get("/_status").json["antivirus"] == "none"
    world = postroom.world(keys=["normal"])
    one = send(world, letter())
    time.sleep(1)
    assert world.client.status(one) == "pending-virus-check"
    # It goes on by itself once there is one.
    postroom.stop()
    postroom.settings["antivirus.address"] = clamd.address
    postroom.start()
    assert not postroom.log_lines("antivirus.none")[1:]
    assert postroom.cli("letters", "rescan", show(postroom, one)["reference"])["asked_again"] == 1
    end = time.monotonic() + 20
    while show(postroom, one)["status"] == "pending-virus-check":
        assert time.monotonic() < end
        time.sleep(0.1)
    assert show(postroom, one)["status"] == "created"


@pytest.mark.parametrize("address", ["clamd", "host:", "relative/path.sock"])
def test_an_address_that_is_none_is_refused_at_the_start(make_postroom, address):
    postroom = make_postroom(start=False, settings={"antivirus.address": address})
    with pytest.raises(AssertionError, match="antivirus.address"):
        postroom.start()
    postroom.process = None
