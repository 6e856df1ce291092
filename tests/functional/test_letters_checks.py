"""The checks of the day: letters without an answer, zips without an acknowledgement, and who gets a ticket."""
import os

import pytest

from print_tools import Office, response_lines

EVENING = "2027-01-12T17:00:00Z"  # a Tuesday
MISSING_ACK = "Letter acknowledge error"
STILL_SENDING = "Letters still sending"
SANDBOX = {"flags.sandbox_providers": "true", "flags.clock_may_be_moved": "true"}
ACK_ERROR = ["alerts.letters_acknowledgement"]


def send_one(office):
    """One letter in the run of that Tuesday; gives its id and its zip."""
    one, = office.letters(1)
    before = office.house.zips()
    office.set_clock("2027-01-12T17:51:00Z")
    assert office.status(one) == "sending"
    name, = set(office.house.zips()) - set(before)
    return one, name


# Still sending

def test_ch1_ch2_monday_covers_the_weekend_and_counts_by_the_day_of_sending(tmp_path):
    with Office(tmp_path, at="2027-01-15T17:00:00Z", allow_errors=ACK_ERROR) as office:  # a Friday
        friday, answered = office.letters(2)
        office.set_clock("2027-01-16T12:00:00Z")
        saturday, = office.letters(1)
        office.set_clock("2027-01-17T12:00:00Z")
        sunday, = office.letters(1)
        office.set_clock("2027-01-18T09:00:00Z")
        assert office.statuses([friday, answered, saturday, sunday]) == ["sending"] * 4
        assert office.tickets_about(STILL_SENDING) == []  # none at the weekend
        office.respond(response_lines([office.reference(answered)]))
        office.set_clock("2027-01-18T16:29:59Z")
        assert office.tickets_about(STILL_SENDING) == []
        office.set_clock("2027-01-18T16:30:00Z")
        ticket, = office.tickets_about(STILL_SENDING)
        assert ticket["subject"] == "[test] Letters still sending"
        assert ticket["message"].startswith("3 letters")
        assert "Friday 15 January" in ticket["message"]
        office.respond(response_lines(map(office.reference, (friday, saturday, sunday))))

        office.set_clock("2027-01-18T17:31:00Z")
        late, = office.letters(1)  # of Monday, in Tuesday's run
        office.set_clock("2027-01-19T16:31:00Z")
        assert office.status(late) == "created"
        office.set_clock("2027-01-19T18:00:00Z")
        assert office.show(late)["sent_at"].startswith("2027-01-19T17:50")
        assert len(office.tickets_about(STILL_SENDING)) == 1
        office.set_clock("2027-01-20T16:30:00Z")
        assert [t["message"][:8] for t in office.tickets_about(STILL_SENDING)] == ["3 letter", "1 letter"]
        assert "Tuesday 19 January" in office.tickets_about(STILL_SENDING)[1]["message"]


def test_ch1_a_letter_sent_today_is_not_late(tmp_path):
    with Office(tmp_path, at="2027-01-12T09:00:00Z") as office:
        one, = office.letters(1)
        office.collate()
        assert office.status(one) == "sending"
        office.set_clock("2027-01-12T16:35:00Z")
        assert office.tickets() == []


def test_ch1_delivered_letters_are_not_counted(tmp_path):
    with Office(tmp_path, at=EVENING, allow_errors=ACK_ERROR) as office:
        one, _ = send_one(office)
        office.respond(response_lines([office.reference(one)]))
        office.set_clock("2027-01-13T16:31:00Z")
        assert office.tickets_about(STILL_SENDING) == []


# Who gets tickets

@pytest.mark.parametrize("environment, settings, prefix", [
    ("development", {}, None),
    ("test", {}, "[test]"),
    ("preview", SANDBOX, None),
    ("staging", SANDBOX, None),
    ("production", SANDBOX, "[production]"),
    ("live", SANDBOX, "[production]"),
    ("staging", {**SANDBOX, "flags.raises_tickets": "true"}, "[staging]"),
    ("production", {**SANDBOX, "flags.raises_tickets": "false"}, None),
], ids=["development", "test", "preview", "staging", "production", "live", "staging_told_to", "production_told_not_to"])
def test_en1_en2_en3_tickets_by_environment(tmp_path, environment, settings, prefix):
    with Office(tmp_path, at=EVENING, environment=environment, settings=settings, allow_errors=ACK_ERROR) as office:
        send_one(office)
        office.set_clock("2027-01-13T16:31:00Z")
        subjects = sorted(t["subject"] for t in office.tickets())
        assert subjects == ([f"{prefix} {MISSING_ACK}", f"{prefix} {STILL_SENDING}"] if prefix else [])
        # Nobody is left without a word: what makes no ticket is in the log.
        sending, = office.log_lines("alerts.letters_sending")
        assert sending["count"] == 1
        assert sending["level"] == ("warning" if prefix else "info")
        acknowledgement, = office.log_lines("alerts.letters_acknowledgement")
        assert acknowledgement["level"] == "error"


def test_en2_live_is_production(tmp_path):
    office = Office(tmp_path, environment="live")
    rows = {row["name"]: row["value"] for row in office.cli("config", "show")}
    assert rows["flags.raises_tickets"] == "true"
    assert rows["flags.sandbox_providers"] == rows["flags.clock_may_be_moved"] == "false"


# Acknowledgements. {zip} is the name of the zip that was sent.
ACKNOWLEDGED = {
    "line": ("NOTIFY.20270112180000.ACK.txt", "{zip}|20270112180000\n"),
    "line_in_lower_case": ("NOTIFY.20270112180000.ACK.txt", "{lower}|20270112180000\n"),
    "line_in_upper_case": ("NOTIFY.20270112180000.ACK.txt", "{upper}|20270112180000\n"),
    "file_name_in_mixed_case": ("Notify.20270112180000.Ack.TXT", "{lower}|20270112180000\n"),
    "named_after_the_zip": ("{zip}.ACK.TXT", ""),
    "named_after_the_zip_in_lower_case": ("{lower}.ack.txt", ""),
    "windows_line_ends_and_blank_lines": ("NOTIFY.20270112180000.ACK.txt", "\r\n{zip}|20270112180000\r\n\r\n"),
    "among_others": ("NOTIFY.20270112180000.ACK.txt", "NOTIFY.20270112170000.ZIP|20270112180000\n{zip}|20270112180000\n"),
}


def in_form(text, name):
    return text.format(zip=name, lower=name.lower(), upper=name.upper())


@pytest.mark.parametrize("case", ACKNOWLEDGED)
def test_ak4_ak6_acknowledged_in_any_case_and_form(tmp_path, case):
    file_name, content = ACKNOWLEDGED[case]
    with Office(tmp_path, at=EVENING) as office:
        _, name = send_one(office)
        office.house.acknowledge(in_form(file_name, name), in_form(content, name))
        office.set_clock("2027-01-12T23:05:00Z")
        assert office.tickets_about(MISSING_ACK) == []
        assert office.log_lines("alerts.letters_acknowledgement") == []
        assert office.cli("letters", "status", "--day", "2027-01-12")["acknowledged_zips"] == 1


NOT_ACKNOWLEDGED = {
    "nothing": None,
    "another_zip": ("NOTIFY.20270112180000.ACK.txt", "NOTIFY.20270112175007.ZIP|20270112180000\n"),
    "part_of_the_name": ("NOTIFY.20270112180000.ACK.txt", "NOTIFY.2027-01-12.2.001|20270112180000\n"),
    "not_an_acknowledgement_file": ("NOTIFY.20270112180000.txt", "{zip}|20270112180000\n"),
}


@pytest.mark.parametrize("case", NOT_ACKNOWLEDGED)
def test_ak5_a_missing_acknowledgement_names_the_zip(tmp_path, case):
    with Office(tmp_path, at=EVENING, allow_errors=ACK_ERROR) as office:
        one, name = send_one(office)
        if NOT_ACKNOWLEDGED[case]:
            file_name, content = NOT_ACKNOWLEDGED[case]
            office.house.acknowledge(file_name, in_form(content, name))
        office.set_clock("2027-01-12T22:59:59Z")
        assert office.tickets_about(MISSING_ACK) == []
        office.set_clock("2027-01-12T23:00:00Z")
        ticket, = office.tickets_about(MISSING_ACK)
        assert ticket["subject"] == "[test] " + MISSING_ACK
        assert name.upper() in ticket["message"]
        assert "2027-01-12/zips_sent" in ticket["message"]
        assert office.status(one) == "sending"  # nothing is sent again by itself


def test_ak5_only_the_missing_zip_is_named(tmp_path):
    with Office(tmp_path, at=EVENING, allow_errors=ACK_ERROR) as office:
        for service in ("North", "East"):
            office.letter(service)
        office.set_clock("2027-01-12T17:51:00Z")
        first, second = office.house.zips()
        office.house.acknowledge("NOTIFY.20270112180000.ACK.txt", f"{first.lower()}|20270112180000\n")
        office.set_clock("2027-01-12T23:05:00Z")
        ticket, = office.tickets_about(MISSING_ACK)
        assert second.upper() in ticket["message"] and first.upper() not in ticket["message"]


def test_ak5_an_acknowledgement_of_nothing_we_sent_is_only_logged(tmp_path):
    with Office(tmp_path, at=EVENING) as office:
        office.house.acknowledge("NOTIFY.20270112180000.ACK.txt", "NOTIFY.20270112175007.ZIP|20270112180000\n")
        office.set_clock("2027-01-12T23:05:00Z")
        assert office.tickets() == []
        assert office.log_lines("alerts.acknowledged_not_sent")[0]["level"] == "info"


def test_ak5_the_record_of_yesterday_is_not_asked_for_again(tmp_path):
    with Office(tmp_path, at=EVENING, allow_errors=ACK_ERROR) as office:
        one, _ = send_one(office)
        office.respond(response_lines([office.reference(one)]))
        office.set_clock("2027-01-14T00:10:00Z")
        assert len(office.tickets_about(MISSING_ACK)) == 1


# A run that did not get its zips out

def test_a_zip_unfinished_for_three_hours_raises_a_ticket(tmp_path):
    with Office(tmp_path, at="2027-01-12T09:00:00Z", allow_errors=["alerts.letters_zips"]) as office:
        one, = office.letters(1)
        office.fault("print", "fail")
        office.collate()
        name, = office.zip_states("2027-01-12")
        office.stop()
        office.set_stopped_clock("2027-01-12T12:59:50Z")
        os.mkdir(os.path.join(office.house.drop, name + ".part"))  # no upload of that name can succeed
        office.start()
        office.set_clock("2027-01-12T13:00:00Z")
        tickets = office.tickets_about("Letter zips not sent")
        assert tickets and all(name in ticket["message"] for ticket in tickets)
        assert office.status(one) == "created"
