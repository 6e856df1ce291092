"""One test for each fact of letter_facts.py, named after it."""
import contextlib
import glob
import os
import re
import sqlite3
import subprocess
import uuid

import pytest

import letter_facts
from harness import BINARY, LETTER_ADDRESS, ROOT, CallbackReceiver, wait_for
from print_tools import Office, reference_of, response_lines

MONDAY_NOON = "2027-01-11T12:00:00Z"
DAY = "2027-01-11"
MISSING_ACK = "Letter acknowledge error"
STILL_SENDING = "Letters still sending"
SANDBOX = {"flags.sandbox_providers": "true", "flags.clock_may_be_moved": "true"}
ACK_ERROR = ["alerts.letters_acknowledgement"]


@pytest.fixture
def office(memory_folder):
    with Office(memory_folder, at=MONDAY_NOON, allow_errors=ACK_ERROR) as server:
        yield server


def sent(office, count=1):
    ids = office.letters(count)
    office.collate()
    assert office.statuses(ids) == ["sending"] * count
    return ids


def query(office, sql, *values):
    with contextlib.closing(sqlite3.connect(os.path.join(office.data, "postroom.db"))) as db:
        return db.execute(sql, values).fetchall()


def settings_of(office):
    return {row["name"]: row["value"] for row in office.cli("config", "show")}


def test_every_fact_has_one_test():
    here = set(globals())
    for fact, _, _ in letter_facts.FACTS:
        assert len([name for name in here if name.startswith(letter_facts.test_prefix(fact))]) == 1, fact


# Environments

def test_s1a_live_and_production_are_one_environment(memory_folder):
    live, production = (settings_of(Office(memory_folder, environment=name)) for name in ("live", "production"))
    differing = {name for name in live if live[name] != production[name]}
    assert differing == {"environment"}
    assert settings_of(Office(memory_folder, environment="staging"))["flags.raises_tickets"] == "false"


@pytest.mark.parametrize("name", ["live", "production"])
def test_s1b_both_names_raise_the_same_ticket(memory_folder, name):
    with Office(memory_folder, at=MONDAY_NOON, environment=name, settings=SANDBOX, allow_errors=ACK_ERROR) as office:
        sent(office)
        office.set_clock("2027-01-12T16:30:00Z")
        ticket, = office.tickets_about(STILL_SENDING)
        assert ticket["subject"] == "[production] " + STILL_SENDING


def unprinted(office):
    """A letter of a test key, with what an answer about it says."""
    one = office.letter(test_key=True)
    office.drain()
    return one, office.reference(one)


def test_s2a_a_letter_that_is_not_printed_has_no_sheets(memory_folder):
    settings = {"flags.test_letters_fake_delivery": "true", "sandbox.receipt_delay": "1h"}
    with Office(memory_folder, at=MONDAY_NOON, settings=settings) as office:
        one, reference = unprinted(office)
        assert office.show(one)["billable_units"] == 0
        assert office.status(one) == "sending"
        office.respond(response_lines([reference], sheets=0))
        assert office.status(one) == "delivered"
        assert office.show(one)["billable_units"] == 0


def test_s2b_its_answer_logs_no_difference_of_sheets(memory_folder):
    settings = {"flags.test_letters_fake_delivery": "true", "sandbox.receipt_delay": "1h"}
    with Office(memory_folder, at=MONDAY_NOON, settings=settings, allow_errors=["letters.response_sheets_differ"]) as office:
        office.respond(response_lines([unprinted(office)[1]], sheets=0))
        assert office.log_lines("letters.response_sheets_differ") == []
        office.respond(response_lines([unprinted(office)[1]], sheets=1), name="NOTIFY-20270111160000-RSP.TXT")
        assert len(office.log_lines("letters.response_sheets_differ")) == 1


@pytest.mark.parametrize("environment, made_up", [("development", True), ("preview", True), ("test", False),
                                                  ("staging", False), ("production", False), ("live", False)])
def test_s3_answers_are_made_up_in_development_and_preview_alone(memory_folder, environment, made_up):
    with Office(memory_folder, at=MONDAY_NOON, environment=environment,
                settings={**SANDBOX, "print.provider": "sandbox"}) as office:
        one, = office.letters(1)
        office.collate()
        office.advance(21 * 60)
        assert office.status(one) == ("delivered" if made_up else "sending")


# Answers and acknowledgements

def test_s4_a_letter_that_could_not_be_printed_is_temporary_failure(memory_folder):
    with Office(memory_folder, at=MONDAY_NOON, allow_errors=["letters.print_house_failures"]) as office:
        ids = sent(office, 2)
        good, bad = map(office.reference, ids)
        office.respond(response_lines([good]) + response_lines([bad], status="Failed"))
        assert office.statuses(ids) == ["delivered", "temporary-failure"]


def test_s5a_names_are_compared_in_upper_case(office):
    office.letter("North"), office.letter("East")
    office.drain()
    office.collate()
    first, second = office.house.zips()
    office.house.acknowledge("NOTIFY.20270111180000.ACK.txt", f"{first.lower()}|20270111180000\n")
    office.set_clock("2027-01-11T23:00:00Z")
    ticket, = office.tickets_about(MISSING_ACK)
    assert second.upper() in ticket["message"] and first.upper() not in ticket["message"]


# File name and content; {zip} is the zip's name.
RETURNED_LISTS = [
    ("NOTIFY.20270111180000.ACK.txt", "{zip}|20270111175733\n"),
    ("NOTIFY.20270111180000.ACK.txt", "NOTIFY.20180111175007.ZIP|20180111175733\n{zip}|20270111175733"),
    ("NOTIFY.20270111180000.ACK.txt", "{zip}|20270111175733\r\n\r\n"),
    ("{zip}.ACK.TXT", ""),
]


@pytest.mark.parametrize("name, content", RETURNED_LISTS, ids=["one_line", "several", "windows", "by_name"])
def test_s5b_returned_lists_are_read(office, name, content):
    sent(office)
    zip_name, = office.house.zips()
    assert office.records(DAY) == [zip_name + ".TXT"]
    office.house.acknowledge(name.format(zip=zip_name), content.format(zip=zip_name))
    office.set_clock("2027-01-11T23:05:00Z")
    assert office.tickets() == []


@pytest.mark.parametrize("environment", ["preview", "staging"])
def test_s6_without_a_print_house_no_ticket(memory_folder, environment):
    with Office(memory_folder, at=MONDAY_NOON, environment=environment, settings=SANDBOX, allow_errors=ACK_ERROR) as office:
        ids = sent(office, 2)
        office.set_clock("2027-01-12T16:31:00Z")
        assert office.statuses(ids) == ["sending"] * 2
        assert office.tickets() == []
        line, = office.log_lines("alerts.letters_sending")
        assert (line["level"], line["count"]) == ("info", 2)


# Accepted at noon of a day; when the answer is due: the first ticket that misses it.
DUE = [("2027-01-14", "2027-01-15T16:30"), ("2027-01-15", "2027-01-18T16:30"), ("2027-01-17", "2027-01-18T16:30")]


@pytest.mark.parametrize("day, due", DUE, ids=["thursday", "friday", "sunday"])
def test_s7_the_answer_is_due_on_the_next_working_day(memory_folder, day, due):
    with Office(memory_folder, at=day + "T12:00:00Z", allow_errors=ACK_ERROR) as office:
        office.letters(1)
        office.collate()
        office.set_clock(due + ":00Z")
        ticket, = office.tickets_about(STILL_SENDING)
        assert ticket["time"].startswith(due)


def test_s8a_an_answer_that_arrives_moves_its_letters(memory_folder):
    with Office(memory_folder, at=MONDAY_NOON, allow_errors=["letters.print_house_failures"]) as office:
        ids = sent(office, 2)
        good, bad = map(office.reference, ids)
        office.house.respond("NOTIFY-20270112155500-RSP.TXT", response_lines([good]) + response_lines([bad], status="Failed"))
        office.advance(5 * 60)  # nobody asks: it is found by itself
        assert office.statuses(ids) == ["delivered", "temporary-failure"]


def test_s8b_after_it_no_letter_of_the_day_is_in_sending(office):
    ids = sent(office, 3)
    office.set_clock("2027-01-12T15:50:00Z")
    office.house.respond("NOTIFY-20270112155000-RSP.TXT", response_lines(map(office.reference, ids)))
    office.set_clock("2027-01-12T16:31:00Z")
    assert office.cli("letters", "status", "--day", DAY)["sending"] == 0
    assert office.tickets_about(STILL_SENDING) == []


# The check of half past four

def test_s9a_monday_looks_at_friday(memory_folder):
    with Office(memory_folder, at="2027-01-15T12:00:00Z", allow_errors=ACK_ERROR) as office:
        sent(office)
        office.set_clock("2027-01-17T23:00:00Z")
        assert office.tickets_about(STILL_SENDING) == []
        office.set_clock("2027-01-18T16:30:00Z")
        ticket, = office.tickets_about(STILL_SENDING)
        assert "Friday 15 January" in ticket["message"]


def test_s9b_answers_that_never_came_are_noticed(office):
    answered, missed = sent(office), sent(office, 2)
    office.house.respond("NOTIFY-20270112155000-RSP.TXT", response_lines(map(office.reference, answered)))
    office.set_clock("2027-01-12T16:29:59Z")
    assert office.tickets_about(STILL_SENDING) == []
    office.set_clock("2027-01-12T16:30:00Z")
    ticket, = office.tickets_about(STILL_SENDING)
    assert ticket["message"].startswith("2 letters") and office.statuses(missed) == ["sending"] * 2


def test_s9c_a_letter_of_after_half_past_five_counts_a_day_later(memory_folder):
    with Office(memory_folder, at="2027-01-11T17:31:00Z", allow_errors=ACK_ERROR) as office:
        late, = office.letters(1)
        office.set_clock("2027-01-12T16:35:00Z")
        assert office.tickets_about(STILL_SENDING) == []
        office.set_clock("2027-01-12T17:51:00Z")
        assert office.show(late)["sent_at"].startswith("2027-01-12T17:50")
        office.set_clock("2027-01-13T16:30:00Z")
        assert len(office.tickets_about(STILL_SENDING)) == 1


def test_s10_an_answer_of_twenty_past_four_is_in_time(office):
    ids = sent(office)
    office.set_clock("2027-01-12T16:20:00Z")
    office.house.respond("NOTIFY-20270112162000-RSP.TXT", response_lines(map(office.reference, ids)))
    office.set_clock("2027-01-12T16:30:30Z")
    assert office.tickets_about(STILL_SENDING) == []
    assert office.statuses(ids) == ["delivered"]


# The run

def test_s11a_what_was_sent_is_not_sent_again(memory_folder):
    with Office(memory_folder, at=MONDAY_NOON, settings={"letters.zip_letters_max": 1}) as office:
        ids = office.letters(3)
        office.fault("print", "fail")
        office.collate()
        first = {name: os.stat(os.path.join(office.house.drop, name)) for name in office.house.zips()}
        assert len(first) == 2 and sorted(office.statuses(ids)) == ["created", "sending", "sending"]
        assert office.collate()["letters"] == 0
        office.retry_zips(2)
        assert office.statuses(ids) == ["sending"] * 3
        for name, before in first.items():
            after = os.stat(os.path.join(office.house.drop, name))
            assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
        assert all(len(zips) == 1 for zips in office.house.references().values())


def test_s11b_created_until_the_zip_has_been_sent(office):
    ids = office.letters(2)
    assert office.statuses(ids) == ["created"] * 2
    office.fault("print", "fail", 2)
    office.collate()
    office.retry_zips()
    assert office.statuses(ids) == ["created"] * 2
    office.retry_zips()
    assert office.statuses(ids) == ["sending"] * 2


def test_s12a_a_group_holds_at_most_so_many_letters(memory_folder):
    with Office(memory_folder, at=MONDAY_NOON, settings={"letters.zip_letters_max": 3}) as office:
        office.letters(7)
        assert office.collate()["zips"] == 3
        assert sorted(len(office.house.entries(name)) for name in office.house.zips()) == [1, 3, 3]


def zip_tasks(office):
    return query(office, "SELECT kind, subject, coalesce(length(payload), 0) FROM task WHERE kind = 'zip-and-send-letter-pdfs'")


def test_s12b_the_message_that_starts_a_zip_is_small(office):
    sizes = set()
    for count in (1, 12):
        office.letters(count)
        office.fault("print", "fail")
        office.collate()
        sizes |= {len(subject) + payload for _, subject, payload in zip_tasks(office)}
    assert len(sizes) == 1 and max(sizes) < 200


def test_s13a_grouping_looks_at_names_and_sizes_only(office):
    office.letters(2)
    for pdf in glob.glob(os.path.join(office.data, "blobs", "letters-pdf", DAY, "*.PDF*")):
        with open(pdf, "r+b") as f:
            size = os.path.getsize(pdf)
            f.seek(size // 2)
            f.write(os.urandom(size - size // 2))  # nobody can read it any more
    summary = office.collate()
    assert (summary["zips"], summary["letters"]) == (1, 2)
    assert summary["bytes"] > 1000
    assert office.house.all_files() == []  # zipping is where it comes out
    assert office.log_lines("letters.zip_not_sent")


def test_s13b_each_group_becomes_a_task(office):
    office.letter("North"), office.letter("East")
    office.drain()
    office.fault("print", "fail", 2)
    assert office.collate()["zips"] == 2
    assert {subject for _, subject, _ in zip_tasks(office)} == set(office.zip_states(DAY))
    assert len(zip_tasks(office)) == 2


def test_s13c_a_group_ends_where_it_would_grow_too_large(office):
    ids = office.letters(3)
    sizes = [len(office.service().client.get(f"/v2/notifications/{one}/pdf").body) for one in ids]
    office.restart(**{"letters.zip_bytes_max": sizes[0] + sizes[1]})
    assert office.collate()["zips"] == 2
    groups = sorted((office.house.entries(name) for name in office.house.zips()), key=len)
    assert [len(group) for group in groups] == [1, 2]
    assert reference_of(groups[0][0]) == office.reference(ids[2])


@pytest.mark.parametrize("limit, accepted", [("2147483647", True), ("2147483648", False), ("3GiB", False)])
def test_s14a_no_zip_over_two_gigabytes(memory_folder, limit, accepted):
    done = Office(memory_folder).run("config", "check", "--set", f"letters.zip_bytes_max={limit}")
    assert (done.returncode == 0) is accepted
    assert accepted or "letters.zip_bytes_max" in done.stderr


def resident(process, name="VmRSS"):
    with open(f"/proc/{process.pid}/status") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith(name + ":"))


def test_s14b_zips_are_written_in_little_memory(memory_folder):
    office = Office(memory_folder, settings={"email.provider": "sandbox"})
    assert settings_of(office)["letters.zip_bytes_max"] == "524288000"
    filler = os.path.join(os.environ.get("POSTROOM_BUILD") or os.path.dirname(BINARY), "bench", "bench_print_run_store")
    if not os.access(filler, os.X_OK):
        pytest.skip("needs bench_print_run_store, which is built with everything")
    office.cli("migrate", as_json=False)
    subprocess.run([filler, office.data, "400", "250000"], check=True)
    with office:
        before = resident(office.process)
        assert office.collate()["bytes"] == 100_000_000
        assert resident(office.process, "VmHWM") - before < 64 * 1024 * 1024
        assert sum(map(len, map(office.house.entries, office.house.zips()))) == 400


# Tasks, permissions, callbacks

def test_s15_a_task_about_no_letter_is_seen(memory_folder):
    with Office(memory_folder, at=MONDAY_NOON, allow_errors=["task.buried", "render.give_up_failed"]) as office:
        nobody = str(uuid.uuid4())
        with contextlib.closing(sqlite3.connect(os.path.join(office.data, "postroom.db"), timeout=10)) as db, db:
            db.execute("INSERT INTO task (queue, kind, subject, priority, due_at, enqueued_at) "
                       "VALUES ('letters', 'create-letter-pdf', ?, 0, 0, 0)", (nobody,))
        wait_for(lambda: office.cli("tasks", "buried"))
        buried, = office.cli("tasks", "buried")
        assert buried["subject"] == nobody
        line, = office.log_lines("task.buried")
        assert nobody in str(line)


def test_s16_each_letter_travels_one_way(memory_folder):
    with Office(memory_folder, at=MONDAY_NOON, settings={"letters.records": "true"}, allow_errors=ACK_ERROR) as office:
        office.service("Pdfs"), office.service("Records")
        office.cli("service", "update", office.service("Records").id, "--permissions", "email,sms,letter",
                   "--print-records", "--print-organisation", "007")
        by_pdf, by_record = (office.reference(office.letter(name)) for name in ("Pdfs", "Records"))
        office.set_clock("2027-01-11T18:30:00Z")
        records = [os.path.join(office.house.drop, name) for name in office.house.all_files()
                   if not name.upper().endswith(".ZIP")]
        assert list(office.house.references()) == [by_pdf]
        assert [line.split("|")[4] for path in records for line in open(path)] == [by_record]


def test_s17_every_way_in_asks_the_permission(office):
    world = office.world("No letters", permissions="sms,email", keys=["normal", "test"])
    body = {"template_id": world.letter, "personalisation": {"name": "Ann", **LETTER_ADDRESS}}
    ready = {"reference": "a", "content": "JVBERi0xLjQKJSVFT0YK"}
    for client in (world.client, world.test_client):
        for one in (body, ready):
            answer = client.post("/v2/notifications/letter", one)
            assert answer.status == 400, answer
            assert "letter" in answer.json["errors"][0]["message"].lower()
    assert office.service().client.post("/v2/notifications/letter", {
        "template_id": office.service().letter, "personalisation": body["personalisation"]}).status == 201


def test_s18_the_print_run_is_a_module_of_its_own():
    sources = glob.glob(os.path.join(ROOT, "src", "**", "*.cc"), recursive=True)
    own = os.path.join("flows", "print_run") + os.sep
    work = re.compile(r"ZipSender::send\(|Collator::run\(|reconcile_zips\(const|ResponseRun::all\(")
    homes = {path for path in sources if work.search(open(path).read())}
    assert len(homes) >= 4
    assert all(own in path for path in homes), homes
    for name in ("collate", "zip_and_send", "responses"):
        assert os.path.exists(os.path.join(ROOT, "src", own, name + "_test.cc"))


def callbacks_queued(office):
    return query(office, "SELECT count(*) FROM task WHERE kind = 'send-delivery-status'")[0][0]


def test_s19a_without_a_callback_none_is_queued(memory_folder):
    with CallbackReceiver() as receiver, Office(memory_folder) as office:
        world = office.service()
        receiver.statuses = [503] * 3  # a callback that is tried stays in the queue
        world.send_sms()
        office.drain()
        assert callbacks_queued(office) == 0 and receiver.requests == []


def test_s19b_with_a_callback_it_is_queued_and_sent(memory_folder):
    with CallbackReceiver() as receiver, Office(memory_folder) as office:
        world = office.service()
        office.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "a-bearer-token")
        receiver.statuses = [503]
        made = world.send_sms()["id"]
        office.drain()
        receiver.wait(1)
        assert callbacks_queued(office) == 1
        office.advance(6 * 60)
        assert [request.json["id"] for request in receiver.wait(2)] == [made, made]
        assert callbacks_queued(office) == 0
