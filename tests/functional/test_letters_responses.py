"""Response files of the print house: what each line does to its letter, and what a bad file must not do."""
import contextlib
import os
import sqlite3

import pytest

from harness import CommandFailed
from print_tools import HouseFolder, Office, response_lines

NOON = "2027-01-13T12:00:00Z"
FAILED_LINES = "letters.print_house_failures"
UNKNOWN = "letters.response_unknown"
SHEETS = "letters.response_sheets_differ"
REJECTED = "letters.response_rejected"


class Sent:
    """Letters that were handed over, with their references."""

    def __init__(self, office, count):
        self.office = office
        self.ids = office.letters(count)
        office.collate()
        assert office.statuses(self.ids) == ["sending"] * count
        self.references = [office.reference(one) for one in self.ids]

    def statuses(self):
        return self.office.statuses(self.ids)


@contextlib.contextmanager
def sent(folder, count, allow_errors=()):
    with Office(folder, at=NOON, allow_errors=allow_errors) as office:
        yield office, Sent(office, count)


def counts(office):
    """File name → sorted, unsorted."""
    with contextlib.closing(sqlite3.connect(os.path.join(office.data, "postroom.db"))) as db:
        return {row[0]: row[1:] for row in db.execute("SELECT file_name, sorted, unsorted FROM letter_sorted_counts")}


def despatches(office):
    with contextlib.closing(sqlite3.connect(os.path.join(office.data, "postroom.db"))) as db:
        return sorted(row[0] for row in db.execute("SELECT cost_class FROM letter_despatch"))


# Lines with {a} and {b} for two letters of one sheet; the statuses that follow; error events that must be logged.
FILES = {
    "both_sent": ("{a}|Sent|1|Sorted\n{b}|Sent|1|Sorted\n", ["delivered", "delivered"], []),
    "no_line_end_at_the_end": ("{a}|Sent|1|Sorted\n{b}|Sent|1|Unsorted", ["delivered", "delivered"], []),
    "one_failed": ("{a}|Sent|1|Sorted\n{b}|Failed|1|Unsorted\n", ["delivered", "temporary-failure"], [FAILED_LINES]),
    "another_word": ("{a}|Sent|1|Sorted\n{b}|Lost|1|Unsorted\n", ["delivered", "temporary-failure"], [FAILED_LINES]),
    "lower_case": ("{lower_a}|sent|1|sorted\n{b}|SENT|1|UNSORTED\n", ["delivered", "delivered"], []),
    "windows_line_ends": ("{a}|Sent|1|Sorted\r\n{b}|Failed|1|Sorted\r\n", ["delivered", "temporary-failure"],
                          [FAILED_LINES]),
    "spaces": (" {a} | Sent | 1 | Sorted \n{b}|Sent|1|Sorted\n", ["delivered", "delivered"], []),
    "blank_lines": ("\n{a}|Sent|1|Sorted\n{b}|Sent|1|Sorted\n\n\n", ["delivered", "delivered"], []),
    "fifth_field": ("{a}|Sent|1|Sorted|2027-01-14\n{b}|Sent|1|Sorted|2027-01-14\n", ["delivered", "delivered"], []),
    "unknown_reference_in_the_middle": ("{a}|Sent|1|Sorted\nZZZZZZZZZZZZZZZZ|Sent|1|Sorted\n{b}|Sent|1|Sorted\n",
                                        ["delivered", "delivered"], [UNKNOWN]),
    "other_sheet_count": ("{a}|Sent|2|Sorted\n{b}|Sent|1|Sorted\n", ["delivered", "delivered"], [SHEETS]),
    "sheets_not_a_number": ("{a}|Sent|one|Sorted\n{b}|Sent|1|Sorted\n", ["delivered", "delivered"],
                            ["letters.response_sheets_unreadable"]),
    "unknown_cost": ("{a}|Sent|1|Error\n{b}|Sent|1|Sorted\n", ["delivered", "delivered"],
                     ["letters.response_cost_unknown"]),
    "sent_then_failed": ("{a}|Sent|1|Sorted\n{a}|Failed|1|Sorted\n", ["delivered", "sending"], [FAILED_LINES]),
    "empty_file": ("", ["sending", "sending"], []),
}


@pytest.mark.parametrize("case", FILES)
def test_rs4_rs5_rs6_rs7_lines(tmp_path, case):
    text, statuses, errors = FILES[case]
    with sent(tmp_path, 2, errors) as (office, letters):
        a, b = letters.references
        office.respond(text.format(a=a, b=b, lower_a=a.lower()))
        assert letters.statuses() == statuses
        for event in errors:
            assert office.log_lines(event), event
        assert [office.show(one)["billable_units"] for one in letters.ids] == [1, 1]


BAD_FILES = {
    "three_fields": "{a}|Sent|1|Sorted\n{b}|Sent|1\n",
    "six_fields": "{a}|Sent|1|Sorted\n{b}|Sent|1|Sorted|2027-01-14|x\n",
    "cut_short": "{a}|Sent|1|Sorted\n{b}|Se",
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_rs8_a_file_with_a_bad_line_changes_nothing(tmp_path, case):
    with sent(tmp_path, 2, [REJECTED]) as (office, letters):
        a, b = letters.references
        with pytest.raises(CommandFailed) as refused:
            office.respond(BAD_FILES[case].format(a=a, b=b))
        assert "line 2" in str(refused.value)
        assert letters.statuses() == ["sending", "sending"]
        assert counts(office) == {} and despatches(office) == []


def test_rs9_failures_name_their_references_and_the_file(tmp_path):
    with sent(tmp_path, 3, [FAILED_LINES]) as (office, letters):
        a, b, c = letters.references
        answer = office.respond(response_lines([a]) + response_lines([b, c], status="Failed"))
        assert answer["failed_references"] == [b, c]
        line, = office.log_lines(FAILED_LINES)
        assert b in line["references"] and c in line["references"] and a not in line["references"]
        assert line["file"] == "NOTIFY-20270115160000-RSP.TXT"
        events = office.show(letters.ids[1])["events"]
        assert events[-1]["cause"] == "response.failed"


def test_rs10_the_same_file_again_changes_nothing_and_adds_nothing(tmp_path):
    with sent(tmp_path, 2) as (office, letters):
        a, b = letters.references
        content = response_lines([a]) + response_lines([b], cost="Unsorted")
        first = office.respond(content)
        assert (first["delivered"], first["unchanged"]) == (2, 0)
        events = [office.show(one)["events"] for one in letters.ids]
        second = office.respond(content)
        assert (second["delivered"], second["unchanged"]) == (0, 2)
        assert counts(office) == {"NOTIFY-20270115160000-RSP.TXT": (1, 1)}
        assert [office.show(one)["events"] for one in letters.ids] == events
        assert despatches(office) == ["sorted", "unsorted"]


def test_rs10_a_corrected_file_of_the_same_name_overwrites_the_counts(tmp_path):
    with sent(tmp_path, 2) as (office, letters):
        office.respond(response_lines(letters.references))
        office.respond(response_lines(letters.references[:1], cost="Unsorted"))
        assert counts(office) == {"NOTIFY-20270115160000-RSP.TXT": (0, 1)}


def test_st6_a_later_file_does_not_take_back_a_delivery(tmp_path):
    with sent(tmp_path, 1, [FAILED_LINES]) as (office, letters):
        office.respond(response_lines(letters.references))
        office.respond(response_lines(letters.references, status="Failed"), name="NOTIFY-20270116160000-RSP.TXT")
        assert letters.statuses() == ["delivered"]


def test_t22_st6_a_letter_we_had_given_up_and_that_was_printed_is_delivered(tmp_path):
    with Office(tmp_path, at=NOON, allow_errors=["task.buried", "letters.zip_failed"]) as office:
        one, = office.letters(1)
        office.fault("print", "fail", 100)
        office.collate()
        office.retry_zips(6)
        assert office.status(one) == "technical-failure"
        office.respond(response_lines([office.reference(one)]))
        assert office.status(one) == "delivered"
        assert len(office.log_lines("letters.despatched_after_failure")) == 1
        assert despatches(office) == ["sorted"]


def test_x68_an_answer_that_comes_before_our_own_note_of_sending(tmp_path):
    with Office(tmp_path, at=NOON) as office:
        one, = office.letters(1)
        office.respond(response_lines([office.reference(one)]))
        shown = office.show(one)
        assert shown["status"] == "delivered" and shown["sent_at"]
        assert office.collate()["letters"] == 0


# Fetched from the print house's folder

@pytest.mark.parametrize("name", ["NOTIFY-20270114160000-RSP.TXT", "notify.20270114160000.rsp.txt",
                                  "Notify-202701141600-rs.txt"])
def test_rs2_files_in_the_folder_are_found_by_poll(tmp_path, name):
    with sent(tmp_path, 1) as (office, letters):
        office.house.respond("bar.txt", response_lines(letters.references, status="Failed"))
        office.house.respond(name, response_lines(letters.references))
        assert office.cli("letters", "poll") == {"responses": 1, "acknowledgements": 0, "errors": 0}
        assert letters.statuses() == ["delivered"]
        assert office.cli("letters", "poll") == {"responses": 0, "acknowledgements": 0, "errors": 0}


def test_rs2_files_in_the_folder_are_found_by_the_schedule(tmp_path):
    with sent(tmp_path, 1) as (office, letters):
        office.house.respond("NOTIFY-20270114160000-RSP.TXT", response_lines(letters.references))
        office.advance(5 * 60)
        assert letters.statuses() == ["delivered"]


def test_rs8_a_rejected_file_does_not_keep_the_next_one_from_being_read(tmp_path):
    with sent(tmp_path, 1, [REJECTED, "letters.print_file_failed"]) as (office, letters):
        office.house.respond("NOTIFY-20270114150000-RSP.TXT", "half a li")
        office.house.respond("NOTIFY-20270114160000-RSP.TXT", response_lines(letters.references))
        assert office.cli("letters", "poll") == {"responses": 2, "acknowledgements": 0, "errors": 1}
        assert letters.statuses() == ["delivered"]


# The whole way with the stub print house

def test_print_house_run_prints_acknowledges_and_answers(tmp_path):
    house = HouseFolder(tmp_path / "house")
    with Office(tmp_path, at=NOON, house=house, allow_errors=[FAILED_LINES]) as office:
        ids = office.letters(3)
        office.collate()
        bad = office.reference(ids[1])
        report = office.cli("print-house", "run", "--root", house.root, "--once", "--fail", bad)
        assert (report["zips"], report["zips_refused"], len(report["letters"]), report["problems"]) == (1, 0, 3, [])
        assert {letter["sheets"] for letter in report["letters"]} == {1}
        assert office.cli("letters", "poll") == {"responses": 1, "acknowledgements": 1, "errors": 0}
        assert office.statuses(ids) == ["delivered", "temporary-failure", "delivered"]
        status = office.cli("letters", "status", "--day", "2027-01-13")
        assert (status["acknowledged_zips"], status["delivered"], status["failed"]) == (1, 2, 1)
        assert office.cli("print-house", "run", "--root", house.root, "--once")["zips"] == 0
