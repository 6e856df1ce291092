"""The print run: which letters travel in which zip, on which day, and what a failure on the way does to them."""
import base64
import hashlib
import json
import os
import re

import pytest

from harness import wait_for
from print_tools import Office, reference_of

WINTER_NOON = "2027-01-13T12:00:00Z"
WINTER_DAY = "2027-01-13"
ZIP_NAME = re.compile(r"NOTIFY\.(\d{4}-\d\d-\d\d)\.(1|2|E|N|ECONOMY)\.(\d{3})\.([\w-]{20})\.([0-9a-f-]{36})\.ZIP")
PDF_NAME = re.compile(r"NOTIFY\.[A-Z0-9]{16}\.D\.(1|2|E|N|ECONOMY)\.C\.\d{14}\.PDF")
GIVEN_UP = ["task.buried", "letters.zip_failed"]
NO_ACKNOWLEDGEMENT = ["alerts.letters_acknowledgement"]  # nobody answers for the folder in the evening


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, at=WINTER_NOON) as server:
        yield server


def references(office, ids):
    return [office.reference(one) for one in ids]


# Created until the zip is verified

def test_co9_ft9_letters_are_created_until_their_zip_is_verified(office):
    ids = office.letters(2)
    office.fault("print", "fail")
    assert office.collate()["letters"] == 2
    assert office.house.zips() == []
    assert office.statuses(ids) == ["created", "created"]
    assert list(office.zip_states(WINTER_DAY).values()) == ["uploading"]

    office.retry_zips()
    assert len(office.house.zips()) == 1
    for one in map(office.show, ids):
        assert one["status"] == "sending"
        assert one["sent_by"] == "dvla"
        assert one["sent_at"].startswith(WINTER_DAY + "T12:05")
        assert [e["cause"] for e in one["events"]] == ["accepted", "letter.rendered", "zip.verified"]


def test_co9_a_second_run_leaves_letters_in_unfinished_zips_alone(office):
    ids = office.letters(2)
    office.fault("print", "fail")
    office.collate()
    assert office.collate()["letters"] == 0
    more = office.letters(1)
    assert office.collate()["letters"] == 1
    office.retry_zips()
    found = office.house.references()
    assert sorted(found) == sorted(references(office, ids + more))
    assert all(len(zips) == 1 for zips in found.values())


def block(office, zip_name):
    """No upload of that name can succeed while this folder is there."""
    path = os.path.join(office.house.drop, zip_name + ".part")
    os.mkdir(path)
    return path


def three_zips_one_of_them_blocked(office):
    """Letters of three services after all attempts at the second one's zip failed."""
    letters = {name: [office.letter(name) for _ in range(2)] for name in ("North", "East", "West")}
    office.drain()
    office.fault("print", "fail", 3)
    assert office.collate()["zips"] == 3
    names = {name: next(z for z in office.zip_states(WINTER_DAY) if world.id in z)
             for name, world in office.worlds.items()}
    return letters, names, block(office, names["East"])


def test_ft8_ft9_ft11_one_zip_that_fails_for_good_leaves_the_others_sent_once(tmp_path):
    with Office(tmp_path, at=WINTER_NOON, allow_errors=GIVEN_UP + NO_ACKNOWLEDGEMENT) as office:
        letters, names, obstacle = three_zips_one_of_them_blocked(office)
        office.retry_zips(6)
        os.rmdir(obstacle)

        assert office.house.all_files() == sorted([names["North"], names["West"]])
        assert office.statuses(letters["North"] + letters["West"]) == ["sending"] * 4
        assert office.statuses(letters["East"]) == ["technical-failure"] * 2
        assert office.zip_states(WINTER_DAY) == {names["North"]: "uploaded", names["West"]: "uploaded",
                                                 names["East"]: "failed"}
        # The print house takes its zips away; whatever appears from now on was sent a second time.
        for name in office.house.zips():
            os.remove(os.path.join(office.house.drop, name))
        office.set_clock("2027-01-14T18:00:00Z")
        assert office.house.all_files() == []
        assert office.statuses(letters["East"]) == ["technical-failure"] * 2


def test_ft9_t21_letters_set_back_to_created_travel_in_the_next_run_alone(tmp_path):
    with Office(tmp_path, at=WINTER_NOON, allow_errors=GIVEN_UP + NO_ACKNOWLEDGEMENT) as office:
        letters, names, obstacle = three_zips_one_of_them_blocked(office)
        office.retry_zips(6)
        os.rmdir(obstacle)
        office.waiting, = office.letters(1)
        assert office.cli("letters", "requeue", "--zip", names["East"]) == {"requeued": 2, "left_alone": 0}
        assert office.cli("letters", "requeue", letters["North"][0]) == {"requeued": 0, "left_alone": 1}
        office.drain()
        assert office.statuses(letters["East"]) == ["created"] * 2
        office.set_clock("2027-01-13T17:51:00Z")
        assert office.statuses(letters["East"] + [office.waiting]) == ["sending"] * 3
        found = office.house.references()
        assert all(len(zips) == 1 for zips in found.values()) and len(found) == 7
        assert len(office.house.zips()) == 4


def test_ft9_a_zip_that_fails_for_a_while_is_sent_once(office):
    letters, names, obstacle = three_zips_one_of_them_blocked(office)
    office.retry_zips(3)
    assert office.statuses(letters["East"]) == ["created"] * 2
    os.rmdir(obstacle)
    office.retry_zips()
    assert office.house.all_files() == sorted(names.values())
    assert {s for ids in letters.values() for s in office.statuses(ids)} == {"sending"}
    assert len(office.log_lines("letters.zip_sent")) == 3


# The answer to an upload is lost

def test_ft8_an_upload_whose_answer_is_lost_counts_as_sent(office):
    ids = office.letters(2)
    office.fault("print", "cut")
    office.collate()
    assert office.statuses(ids) == ["sending", "sending"]
    before = os.stat(os.path.join(office.house.drop, office.house.zips()[0]))
    office.retry_zips(2)
    after = os.stat(os.path.join(office.house.drop, office.house.zips()[0]))
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert len(office.house.all_files()) == 1
    assert len(office.log_lines("letters.zip_sent_despite_error")) == 1


def test_ft8_a_file_of_that_name_with_another_size_is_overwritten(office):
    ids = office.letters(2)
    office.fault("print", "fail")
    office.collate()
    name = next(iter(office.zip_states(WINTER_DAY)))
    with open(os.path.join(office.house.drop, name), "wb") as f:
        f.write(b"half a zip")
    office.retry_zips()
    assert [reference_of(e) for e in office.house.entries(name)] == references(office, ids)
    assert office.statuses(ids) == ["sending", "sending"]


def collate_slowly(office):
    """Starts a run whose every step at the letter storage takes a while."""
    office.fault("blob", "slow", 100, delay_ms=600)
    office.cli("letters", "collate", "--now")


def test_ft9_killed_between_upload_and_record_sends_no_second_zip(office):
    ids = office.letters(2)
    collate_slowly(office)
    wait_for(office.house.zips, pause=0.001)
    office.kill9()
    assert office.records(WINTER_DAY) == []
    name, = office.house.zips()
    before = os.stat(os.path.join(office.house.drop, name))

    office.start()
    office.advance(10 * 60)
    assert office.statuses(ids) == ["sending", "sending"]
    after = os.stat(os.path.join(office.house.drop, name))
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert office.house.all_files() == [name]
    assert office.log_lines("letters.zip_sent")[-1]["how"] == "found-there"
    assert office.records(WINTER_DAY) == [name + ".TXT"]


def test_ft8_with_a_record_only_the_letters_move_on(office):
    ids = office.letters(3)
    collate_slowly(office)
    wait_for(lambda: office.records(WINTER_DAY), pause=0.0005)
    office.kill9()
    # The print house has fetched the zip meanwhile: only the record says that it was sent.
    name, = office.house.zips()
    os.remove(os.path.join(office.house.drop, name))
    office.start()
    office.advance(10 * 60)
    assert office.statuses(ids) == ["sending"] * 3
    assert office.house.all_files() == []


def test_ft7_no_record_before_the_zip_has_arrived(office):
    office.letters(1)
    office.fault("print", "fail")
    office.collate()
    assert office.records(WINTER_DAY) == []
    office.retry_zips()
    assert office.records(WINTER_DAY) == [office.house.zips()[0] + ".TXT"]


# Grouping

def pdf_sizes(office, ids):
    client = office.service().client
    answers = [client.get(f"/v2/notifications/{one}/pdf") for one in ids]
    assert all(a.status == 200 for a in answers), answers
    return [len(a.body) for a in answers]


# Limits as functions of the sizes, with the groups they must give. Letters b and d are longer than a and c.
GROUPINGS = {
    "sum_equal_to_the_limit": (4, lambda a, b, c, d: {"letters.zip_bytes_max": a + b}, [2, 2]),
    "one_byte_too_many": (4, lambda a, b, c, d: {"letters.zip_bytes_max": a + b - 1}, [1, 1, 1, 1]),
    "all_but_one_byte": (4, lambda a, b, c, d: {"letters.zip_bytes_max": a + b + c + d - 1}, [3, 1]),
    "everything": (4, lambda a, b, c, d: {"letters.zip_bytes_max": a + b + c + d}, [4]),
    "each_as_large_as_the_limit": (1, lambda a: {"letters.zip_bytes_max": a}, [1]),
    "larger_than_the_limit_alone": (1, lambda a: {"letters.zip_bytes_max": a - 1}, [1]),
    "all_larger_than_the_limit": (4, lambda *_: {"letters.zip_bytes_max": 1}, [1, 1, 1, 1]),
    "count": (7, lambda *_: {"letters.zip_letters_max": 3}, [3, 3, 1]),
    "count_reached_exactly": (4, lambda *_: {"letters.zip_letters_max": 2}, [2, 2]),
    "count_of_one": (3, lambda *_: {"letters.zip_letters_max": 1}, [1, 1, 1]),
    "both_limits": (4, lambda a, b, c, d: {"letters.zip_bytes_max": a + b + c + d, "letters.zip_letters_max": 3}, [3, 1]),
    "defaults": (4, lambda *_: {}, [4]),
    "none": (0, lambda: {}, []),
}


@pytest.mark.parametrize("case", GROUPINGS)
def test_co4_grouping(office, case):
    count, limits, groups = GROUPINGS[case]
    longer = office.template("Dear ((name)),\n\n" + "A longer letter with more to say than the other one.\n\n" * 9)
    ids = [office.letter(template=longer if i % 2 else None) for i in range(count)]
    office.drain()
    sizes = pdf_sizes(office, ids)
    assert count < 2 or sizes[0] != sizes[1]
    office.restart(**limits(*sizes))
    summary = office.collate()

    wanted = references(office, ids)
    found = [[reference_of(e) for e in office.house.entries(name)]
             for name in sorted(office.house.zips(), key=lambda n: ZIP_NAME.fullmatch(n)[3])]
    assert [len(group) for group in found] == groups
    assert sum(found, []) == wanted
    assert (summary["zips"], summary["letters"], summary["bytes"]) == (len(groups), count, sum(sizes))
    assert set(office.statuses(ids)) <= {"sending"}


def test_co6_limits_beyond_two_gigabytes_are_refused_at_the_start(office):
    office.stop()
    done = office.run("config", "check", "--set", "letters.zip_bytes_max=2147483648")
    assert done.returncode != 0
    assert "letters.zip_bytes_max" in done.stderr and "2147483647" in done.stderr


def test_co3_co8_zips_are_split_and_numbered_by_postage_and_service(office):
    for service in ("North", "East"):
        for postage in ("first", "second", "economy"):
            office.letter(service, office.template("Dear ((name)),\n\nhello.", service, postage=postage, name=postage))
    office.drain()
    assert office.collate()["zips"] == 6
    parts = [ZIP_NAME.fullmatch(name).groups() for name in office.house.zips()]
    assert sorted((postage, number) for _, postage, number, _, _ in parts) == \
        [(p, n) for p in ("1", "2", "ECONOMY") for n in ("001", "002")]
    assert {(postage, service) for _, postage, _, _, service in parts} == \
        {(p, office.service(s).id) for p in ("1", "2", "ECONOMY") for s in ("North", "East")}
    for name in office.house.zips():
        codes = {PDF_NAME.fullmatch(entry)[1] for entry in office.house.entries(name)}
        assert codes == {ZIP_NAME.fullmatch(name)[2]}


def test_co4_services_share_a_zip_when_told_so(tmp_path):
    with Office(tmp_path, at=WINTER_NOON, settings={"letters.zip_per_service": "false"}) as office:
        office.letter("North"), office.letter("East")
        office.drain()
        assert office.collate()["zips"] == 1
        assert re.fullmatch(r"NOTIFY\.2027-01-13\.2\.001\.[\w-]{20}\.ZIP", office.house.zips()[0])


def test_co8_ft2_a_zip_is_named_after_its_letters_in_order(office):
    office.letters(3)
    office.collate()
    name, = office.house.zips()
    day, postage, number, keys_hash, service = ZIP_NAME.fullmatch(name).groups()
    assert (day, postage, number, service) == (WINTER_DAY, "2", "001", office.service().id)
    keys = "".join(f"{WINTER_DAY}/{entry}" for entry in office.house.entries(name))
    assert keys_hash == base64.urlsafe_b64encode(hashlib.sha512(keys.encode()).digest())[:20].decode()


# Days and file names

DAYS = [
    ("2027-01-13T17:29:40Z", "2027-01-13", "winter, before the cut-off"),
    ("2027-01-13T17:30:00Z", "2027-01-14", "winter, at the cut-off"),
    ("2027-07-05T16:29:40Z", "2027-07-05", "summer, before the cut-off"),
    ("2027-07-05T16:30:00Z", "2027-07-06", "summer, at the cut-off"),
    ("2027-07-05T17:29:00Z", "2027-07-06", "summer, after the local cut-off and before that of UTC"),
    ("2027-07-05T23:30:00Z", "2027-07-06", "summer, past midnight in local time only"),
    ("2027-03-28T00:30:00Z", "2027-03-28", "clocks go forward within the hour"),
    ("2027-03-28T16:29:40Z", "2027-03-28", "the day the clocks went forward, before the cut-off"),
    ("2027-03-28T16:30:00Z", "2027-03-29", "the day the clocks went forward, at the cut-off"),
    ("2027-10-31T00:30:00Z", "2027-10-31", "the hour that comes twice, first time"),
    ("2027-10-31T01:30:00Z", "2027-10-31", "the hour that comes twice, second time"),
    ("2027-10-31T16:31:00Z", "2027-10-31", "the day the clocks went back, cut-off of yesterday's offset"),
    ("2027-10-31T17:29:40Z", "2027-10-31", "the day the clocks went back, before the cut-off"),
    ("2027-10-31T17:30:00Z", "2027-11-01", "the day the clocks went back, at the cut-off"),
    ("2026-12-31T17:30:00Z", "2027-01-01", "year's end"),
    ("2028-02-28T17:31:00Z", "2028-02-29", "leap day"),
]


@pytest.mark.parametrize("accepted_at, day", [row[:2] for row in DAYS], ids=[row[2].replace(" ", "_") for row in DAYS])
def test_rf3_dl1_day_folder_and_file_name(tmp_path, accepted_at, day):
    with Office(tmp_path, at=accepted_at) as office:
        one, = office.letters(1)
        shown = office.show(one)
        folder, name = shown["events"][-1]["detail"].split("/")
        assert folder == day
        stamp = re.sub(r"\D", "", shown["created_at"][:19])
        assert name == f"NOTIFY.{shown['reference']}.D.2.C.{stamp}.PDF"
        assert os.listdir(os.path.join(office.data, "blobs", "letters-pdf")) == [day]


@pytest.mark.parametrize("before, after, deadline, run", [
    ("2027-01-13T17:29:40Z", "2027-01-13T17:30:00Z", "2027-01-13", "2027-01-14"),
    ("2027-07-05T16:29:40Z", "2027-07-05T16:30:00Z", "2027-07-05", "2027-07-06"),
])
def test_dl1_letters_around_the_cut_off_travel_on_different_days(tmp_path, before, after, deadline, run):
    with Office(tmp_path, at=before, allow_errors=NO_ACKNOWLEDGEMENT) as office:
        early, = office.letters(1)
        office.set_clock(after)
        late, = office.letters(1)
        office.set_clock(before[:11] + ("18:55:00Z" if "-01-" in before else "17:55:00Z"))
        assert office.statuses([early, late]) == ["sending", "created"]
        assert [ZIP_NAME.fullmatch(n)[1] for n in office.house.zips()] == [deadline]
        office.set_clock(f"{run}T18:55:00Z")
        assert office.statuses([early, late]) == ["sending", "sending"]
        assert [ZIP_NAME.fullmatch(n)[1] for n in office.house.zips()] == [deadline, run]


RUNS = {
    "clocks_forward": ("2027-03-27T12:00:00Z", "2027-03-27T17:50:00Z", "2027-03-28T16:50:00Z"),
    "clocks_back": ("2027-10-30T12:00:00Z", "2027-10-30T16:50:00Z", "2027-10-31T17:50:00Z"),
}


@pytest.mark.parametrize("change", RUNS)
def test_co1_dl6_the_run_starts_at_ten_to_six_local_time_on_both_sides_of_the_clock_change(tmp_path, change):
    start, first_run, second_run = RUNS[change]
    with Office(tmp_path, at=start, allow_errors=NO_ACKNOWLEDGEMENT) as office:
        for run in (first_run, second_run):
            letter, = office.letters(1)
            office.set_clock(run.replace(":50:00Z", ":49:58Z"))
            assert office.status(letter) == "created"
            office.set_clock(run)
            assert office.status(letter) == "sending"
            assert office.house.zips()[-1].split(".")[1] == run[:10]
        assert len(office.house.zips()) == 2


def test_co2_an_evening_without_letters_sends_nothing(office):
    office.set_clock("2027-01-13T18:00:00Z")
    assert office.house.all_files() == []
    assert office.log_lines("letters.collated")[-1]["zips"] == 0


def test_co10_a_run_by_hand_of_a_day_takes_what_was_due_then(office):
    early, = office.letters(1)
    office.set_clock("2027-01-13T17:31:00Z")
    late, = office.letters(1)
    assert office.collate("--day", WINTER_DAY)["letters"] == 1
    assert office.statuses([early, late]) == ["sending", "created"]
    assert office.collate("--day", WINTER_DAY)["letters"] == 0
    assert json.loads(office.run("letters", "status", "--day", WINTER_DAY, "--json").stdout)["sending"] == 1


# The day's volumes

def test_co11_addresses_learn_the_volumes_once_before_the_evenings_run(tmp_path):
    told = {"letters.volume_email_to": "print@example.org, post@example.org"}
    with Office(tmp_path, at=WINTER_NOON, settings=told, allow_errors=NO_ACKNOWLEDGEMENT) as office:
        ids = office.letters(2)
        office.set_clock(WINTER_DAY + "T17:51:00Z")
        assert office.statuses(ids) == ["sending", "sending"]
        mails = [one for one in office.messages() if one["type"] == "email"]
        assert sorted(mail["to"] for mail in mails) == ["post@example.org", "print@example.org"]
        for mail in mails:
            assert mail["subject"] == f"Letters to print, {WINTER_DAY}"
            assert "Second class: 2 letters, 2 sheets\n" in mail["body"]
            assert "Total: 2 letters, 2 sheets" in mail["body"]
        office.collate()
        assert len([one for one in office.messages() if one["type"] == "email"]) == 2
