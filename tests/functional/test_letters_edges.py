"""Edges of the letters' day, through the real scheduler: when a letter travels, in which folder, and what a late or
doubled run does. Also what is taken and refused at the door."""
import os

import pytest

from harness import LETTER_ADDRESS
from print_tools import Office, reference_of

ACK_ERROR = ["alerts.letters_acknowledgement"]


def folder_of(office, letter):
    return office.show(letter)["events"][-1]["detail"].split("/")[0]


def second_before(time_text):
    return time_text.replace("50:00Z", "49:58Z")


# Accepted at; its folder; the run it travels in.
JOURNEYS = {
    "x1_a_moment_before_the_cut_off": ("2026-01-14T17:29:57Z", "2026-01-14", "2026-01-14T17:50:00Z"),
    "x3_at_the_cut_off": ("2026-01-14T17:30:00Z", "2026-01-15", "2026-01-15T17:50:00Z"),
    "x4_friday_evening": ("2026-01-16T17:31:00Z", "2026-01-17", "2026-01-17T17:50:00Z"),
    "x5_saturday": ("2026-01-17T10:00:00Z", "2026-01-17", "2026-01-17T17:50:00Z"),
    "x6_sunday_evening": ("2026-01-18T17:31:00Z", "2026-01-19", "2026-01-19T17:50:00Z"),
    "x7_christmas_eve": ("2026-12-24T17:29:00Z", "2026-12-24", "2026-12-24T17:50:00Z"),
    "x8_evening_before_clocks_go_forward": ("2026-03-28T17:45:00Z", "2026-03-29", "2026-03-29T16:50:00Z"),
    "x9_before_the_cut_off_of_that_day": ("2026-03-29T16:29:57Z", "2026-03-29", "2026-03-29T16:50:00Z"),
    "x10_evening_before_clocks_go_back": ("2026-10-24T16:35:00Z", "2026-10-25", "2026-10-25T17:50:00Z"),
    "x11_the_doubled_hour_first": ("2026-10-25T00:59:00Z", "2026-10-25", "2026-10-25T17:50:00Z"),
    "x11_the_doubled_hour_second": ("2026-10-25T01:01:00Z", "2026-10-25", "2026-10-25T17:50:00Z"),
    "x12_year_end": ("2026-12-31T17:30:00Z", "2027-01-01", "2027-01-01T17:50:00Z"),
    "x13_leap_day": ("2028-02-28T17:31:00Z", "2028-02-29", "2028-02-29T17:50:00Z"),
}


@pytest.mark.parametrize("case", JOURNEYS)
def test_x1_to_x13_journeys(memory_folder, case):
    accepted, folder, run = JOURNEYS[case]
    with Office(memory_folder, at=accepted, allow_errors=ACK_ERROR) as office:
        letter, = office.letters(1)
        assert folder_of(office, letter) == folder
        office.set_clock(second_before(run))
        assert office.status(letter) == "created"
        office.set_clock(run)
        assert office.status(letter) == "sending"
        name, = office.house.zips()
        assert name.split(".")[1] == folder == run[:10]


def test_x2_a_pdf_that_comes_after_the_run_travels_the_next_day_from_its_own_folder(memory_folder):
    with Office(memory_folder, at="2026-01-14T17:29:00Z", allow_errors=ACK_ERROR) as office:
        office.fault("blob", "fail", 10)
        letter, = office.letters(1)
        office.set_clock("2026-01-14T17:55:00Z")
        assert office.status(letter) == "created" and office.house.zips() == []
        office.set_clock("2026-01-14T18:30:00Z")
        assert folder_of(office, letter) == "2026-01-14"
        office.set_clock("2026-01-15T17:50:00Z")
        assert office.status(letter) == "sending"
        assert office.house.zips()[0].split(".")[1] == "2026-01-15"


# The program is off until then; whether the run of the day still takes place.
LATE_RUNS = {
    "winter_an_hour_early": ("2020-02-17T16:50:00Z", False),
    "winter_just_before": ("2020-02-17T17:49:30Z", False),
    "winter_on_time": ("2020-02-17T17:50:00Z", True),
    "x14_winter_at_the_last_moment": ("2020-02-17T18:49:30Z", True),
    "x15_winter_too_late": ("2020-02-17T18:50:00Z", False),
    "summer_on_time": ("2020-06-01T16:50:00Z", True),
    "summer_too_late": ("2020-06-01T17:50:00Z", False),
    "first_day_of_summer_time": ("2026-03-29T16:50:00Z", True),
    "first_day_of_winter_time_an_hour_early": ("2026-10-25T16:50:00Z", False),
    "first_day_of_winter_time": ("2026-10-25T17:50:00Z", True),
    "new_year": ("2021-01-01T17:50:00Z", True),
    "june": ("2021-06-01T16:50:00Z", True),
}


@pytest.mark.parametrize("case", LATE_RUNS)
def test_co1_x14_x15_the_run_of_a_program_that_was_off(memory_folder, case):
    started, runs = LATE_RUNS[case]
    with Office(memory_folder, at=started[:10] + "T09:00:00Z", allow_errors=ACK_ERROR) as office:
        early, = office.letters(1)
        office.stop()
        office.set_stopped_clock(started[:10] + "T16:29:50Z")
        office.start()
        office.stop()
        office.set_stopped_clock(started)
        office.start()
        office.advance(0)
        assert office.status(early) == ("sending" if runs else "created")
        if not runs:
            # By hand it can be made up for at any time, or the next evening takes it.
            assert office.collate("--day", started[:10])["letters"] == 1


def test_x16_the_run_twice_takes_each_letter_once(memory_folder):
    with Office(memory_folder, at="2026-01-14T12:00:00Z", settings={"letters.zip_letters_max": 2}) as office:
        ids = office.letters(5)
        office.fault("print", "fail", 2)
        office.set_clock("2026-01-14T17:50:00Z")
        assert len(office.zip_states("2026-01-14")) == 3
        assert office.collate("--day", "2026-01-14")["letters"] == 0
        office.retry_zips()
        assert office.statuses(ids) == ["sending"] * 5
        assert all(len(zips) == 1 for zips in office.house.references().values())


# Groups

def test_x21_a_letter_without_its_file_waits_and_the_others_go(memory_folder):
    with Office(memory_folder, at="2026-01-14T12:00:00Z", allow_errors=ACK_ERROR) as office:
        ids = office.letters(10)
        os.remove(os.path.join(office.data, "blobs", "letters-pdf", office.show(ids[4])["events"][-1]["detail"]))
        summary = office.collate()
        assert (summary["letters"], len(office.house.zips())) == (9, 1)
        assert office.statuses(ids) == ["sending"] * 4 + ["created"] + ["sending"] * 5
        assert len(office.log_lines("letters.pdf_missing")) == 1


def test_x24_a_letter_too_large_for_any_zip_does_not_hold_up_the_others(memory_folder):
    with Office(memory_folder, at="2026-01-14T12:00:00Z", allow_errors=ACK_ERROR) as office:
        small, large = office.letters(2)
        path = os.path.join(office.data, "blobs", "letters-pdf", office.show(large)["events"][-1]["detail"])
        os.truncate(path, 2_300_000_000)  # no bytes behind it: the size is all that is looked at
        office.allow_errors.append("letters.pdf_too_large")
        summary = office.collate()
        assert summary["letters"] == 1
        assert office.statuses([small, large]) == ["sending", "technical-failure"]


def test_x28_letters_of_two_days_travel_together_under_the_day_of_the_run(memory_folder):
    with Office(memory_folder, at="2026-01-14T17:29:00Z", allow_errors=ACK_ERROR) as office:
        office.fault("blob", "fail", 10)
        old, = office.letters(1)
        office.set_clock("2026-01-15T12:00:00Z")
        new, = office.letters(1)
        assert [folder_of(office, one) for one in (old, new)] == ["2026-01-14", "2026-01-15"]
        office.set_clock("2026-01-15T17:51:00Z")
        assert office.statuses([old, new]) == ["sending"] * 2
        name, = office.house.zips()
        assert [reference_of(e) for e in office.house.entries(name)] == [office.reference(old), office.reference(new)]
        assert office.records("2026-01-15") == [name + ".TXT"] and office.records("2026-01-14") == []


def test_x29_p32_letters_of_test_keys_are_never_printed(memory_folder):
    with Office(memory_folder, at="2026-01-14T12:00:00Z", allow_errors=ACK_ERROR) as office:
        tried, real = office.letter(test_key=True), office.letter()
        office.drain()
        office.set_clock("2026-01-14T17:51:00Z")
        assert list(office.house.references()) == [office.reference(real)]
        assert office.status(tried) == "delivered"


# At the door

@pytest.fixture
def world(postroom):
    return postroom.world(keys=["normal"])


def lines(*values, **more):
    return {**{f"address_line_{i}": value for i, value in enumerate(values, 1) if value is not None}, **more}


# Address; the lines it is printed with, or nothing when it is refused.
ADDRESSES = {
    "x80_no_postcode_anywhere": (lines("A Person", "1 High Street", "Leeds"), None),
    "x81_two_lines": (lines("A Person", "", postcode="LS1 4AP"), None),
    "x82_an_empty_line_between": (lines("A Person", "", "1 High Street", postcode="LS1 4AP"),
                                  ["A Person", "1 High Street", "LS1 4AP"]),
    "x83_line_7_wins_over_the_postcode": (lines("A Person", "1 High Street", address_line_7="LS1 4AP", postcode="M1 1AA"),
                                          ["A Person", "1 High Street", "LS1 4AP"]),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_x80_to_x83_addresses(postroom, world, case):
    address, printed = ADDRESSES[case]
    answer = world.client.post("/v2/notifications/letter",
                               {"template_id": world.letter, "personalisation": {"name": "Ann", **address}})
    assert answer.status == (201 if printed else 400), answer
    if printed:
        assert postroom.cli("notification", "show", answer.json["id"])["to"].split("\n") == printed


def test_x84_two_letters_with_one_reference_are_two_letters(world):
    first, second = (world.send_letter(reference="the same")["id"] for _ in range(2))
    assert first != second
    assert {n["id"] for n in world.client.all_notifications("reference=the+same")} == {first, second}


@pytest.mark.parametrize("postage", ["europe", "rest-of-world", "third", ""])
def test_x85_postage_of_ready_letters_is_one_of_ours(world, postage):
    answer = world.client.post("/v2/notifications/letter",
                               {"reference": "r", "content": "JVBERi0xLjQKJSVFT0YK", "postage": postage})
    assert answer.status == 400 and "postage" in answer.json["errors"][0]["message"]


def test_x99_a_letter_of_page_breaks_only(postroom, world):
    blank = world.add_template("letter", subject="Nothing", content="\n\n\n***\n\n***\n")["id"]
    made = world.client.send("letter", {"template_id": blank, "personalisation": LETTER_ADDRESS})["id"]
    postroom.drain()
    assert postroom.cli("notification", "show", made)["billable_units"] >= 1
    assert world.client.get(f"/v2/notifications/{made}/pdf").body.startswith(b"%PDF-")
