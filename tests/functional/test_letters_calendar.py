"""Day by day through the awkward weeks of the years: letters, acknowledgements and answers every day.

While the print house does what it should, nobody gets a ticket. When one file is withheld, exactly the ticket about
that file is raised, at its time.

POSTROOM_ALL_DAYS=1 goes through both years without a gap.
"""
import os
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from print_tools import Office, reference_of, response_lines

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
BANK_HOLIDAYS = {date.fromisoformat(day) for day in (
    "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28",
    "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28",
    "2028-01-03")}
MISSING_ACK = "[test] Letter acknowledge error"
STILL_SENDING = "[test] Letters still sending"

# First and last day.
WEEKS = {
    "month_end": ("2026-01-30", "2026-02-02"),
    "clocks_forward_and_easter_2026": ("2026-03-28", "2026-04-07"),
    "clocks_back_2026": ("2026-10-24", "2026-10-26"),
    "christmas_2026": ("2026-12-24", "2026-12-29"),
    "easter_and_clocks_forward_2027": ("2027-03-25", "2027-03-30"),
    "clocks_back_and_month_end_2027": ("2027-10-30", "2027-11-01"),
    "christmas_2027": ("2027-12-24", "2027-12-29"),
}
YEARS = {"both_years": ("2026-01-01", "2028-01-02")}
if os.environ.get("POSTROOM_ALL_DAYS"):
    WEEKS = YEARS


def is_working_day(day):
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def local(day, clock):
    """The UTC text of a London wall-clock time such as "17:50"."""
    hours, minutes = map(int, clock.split(":"))
    at = datetime(day.year, day.month, day.day, hours, minutes, tzinfo=LONDON).astimezone(timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Days:
    """A print house and its customers. `without` names one file that does not come: ("ack" or "response", day)."""

    def __init__(self, office, without=(None, None)):
        self.office, self.without = office, without
        self.template = office.service().letter
        self.unanswered = []
        self.seen = set()
        self.withheld = []

    def go(self, day):
        self.morning(day)
        self.afternoon(day)
        self.evening(day)

    def morning(self, day):
        self.office.set_clock(local(day, "11:00"))
        self.office.letter(template=self.template)

    def afternoon(self, day):
        """The answer to all that came before today, by four o'clock of a working day."""
        self.office.set_clock(local(day, "15:40"))
        if is_working_day(day) and self.unanswered:
            if self.without == ("response", day):
                self.withheld += self.unanswered
            else:
                self.respond(day, self.unanswered)
            self.unanswered = []
        self.office.set_clock(local(day, "16:35"))
        if self.without == ("response", day):
            self.respond(day, self.withheld)  # late, by an operator's call

    def respond(self, day, references):
        self.office.house.respond(f"NOTIFY-{day:%Y%m%d}154000-RSP.TXT", response_lines(references))

    def evening(self, day):
        self.office.set_clock(local(day, "18:10"))
        new = [name for name in self.office.house.zips() if name not in self.seen]
        self.seen.update(new)
        assert [name.split(".")[1] for name in new] == [day.isoformat()], "one zip each evening"
        self.unanswered += [reference_of(entry) for entry in self.office.house.entries(new[0])]
        if self.without != ("ack", day):
            self.office.house.acknowledge(f"NOTIFY.{day:%Y%m%d}181000.ACK.txt", f"{new[0].lower()}|{day:%Y%m%d}181000\n")
        self.missing = new[0]
        self.office.set_clock(local(day, "23:10"))


def days_from(first, last):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    return [first + DAY * i for i in range((last - first).days + 1)]


@pytest.mark.parametrize("weeks", WEEKS)
def test_ch1_ak5_ch5_p27_no_false_ticket(memory_folder, weeks):
    days = days_from(*WEEKS[weeks])
    with Office(memory_folder, at=local(days[0], "09:00")) as office:
        run = Days(office)
        for day in days:
            run.go(day)
            assert office.tickets() == [], day
        # Older letters have been archived.
        answered = [day for day in days[-6:] if day < max(filter(is_working_day, days))]
        status = [office.cli("letters", "status", "--day", day.isoformat()) for day in answered]
        assert [(one["delivered"], one["acknowledged_zips"]) for one in status] == [(1, 1)] * len(status)


# First and last day, the file that does not come, the ticket's time, its subject, and words of its message.
WITHHELD = {
    "acknowledgement_when_clocks_go_forward":
        ("2026-03-28", "2026-03-30", ("ack", "2026-03-29"), "2026-03-29T22:00:00Z", MISSING_ACK, "{zip}"),
    "acknowledgement_when_clocks_go_back":
        ("2026-10-24", "2026-10-26", ("ack", "2026-10-25"), "2026-10-25T23:00:00Z", MISSING_ACK, "{zip}"),
    "acknowledgement_of_christmas_day":
        ("2026-12-24", "2026-12-26", ("ack", "2026-12-25"), "2026-12-25T23:00:00Z", MISSING_ACK, "{zip}"),
    "acknowledgement_of_new_years_eve":
        ("2026-12-31", "2027-01-01", ("ack", "2026-12-31"), "2026-12-31T23:00:00Z", MISSING_ACK, "{zip}"),
    "answer_after_easter":
        ("2026-04-02", "2026-04-08", ("response", "2026-04-07"), "2026-04-07T15:30:00Z", STILL_SENDING,
         "5 letters are handed to the print house for the run of Thursday 02 April"),
    "answer_after_christmas":
        ("2026-12-24", "2026-12-30", ("response", "2026-12-29"), "2026-12-29T16:30:00Z", STILL_SENDING,
         "5 letters are handed to the print house for the run of Thursday 24 December"),
    "answer_on_the_first_of_the_month":
        ("2027-06-30", "2027-07-02", ("response", "2027-07-01"), "2027-07-01T15:30:00Z", STILL_SENDING,
         "1 letter is handed to the print house for the run of Wednesday 30 June"),
    "answer_after_the_weekend_of_the_clocks":
        ("2027-10-29", "2027-11-02", ("response", "2027-11-01"), "2027-11-01T16:30:00Z", STILL_SENDING,
         "3 letters are handed to the print house for the run of Friday 29 October"),
}


@pytest.mark.parametrize("case", WITHHELD)
def test_ch1_ak5_one_file_withheld_one_ticket(memory_folder, case):
    first, last, (kind, on), raised_at, subject, words = WITHHELD[case]
    on = date.fromisoformat(on)
    days = days_from(first, last)
    with Office(memory_folder, at=local(days[0], "09:00"), allow_errors=["alerts.letters_acknowledgement"]) as office:
        run = Days(office, (kind, on))
        for day in days:
            run.go(day)
            if day == on:
                zip_name = run.missing.upper()
            assert len(office.tickets()) == (1 if day >= on else 0), (day, office.tickets())
        ticket, = office.tickets()
        assert ticket["subject"] == subject
        assert ticket["time"].startswith(raised_at[:16])
        assert words.format(zip=zip_name) in ticket["message"]


def test_ch5_p23_a_letter_that_missed_its_run_has_its_ticket_the_next_working_morning(memory_folder):
    """Accepted before Good Friday's run, and its PDF is gone from the storage."""
    with Office(memory_folder, at="2027-03-26T09:00:00Z", allow_errors=["alerts.letters_acknowledgement"]) as office:
        lost, = office.letters(1)
        pdf = os.path.join(office.data, "blobs", "letters-pdf", office.show(lost)["events"][-1]["detail"])
        os.remove(pdf)
        for day in days_from("2027-03-26", "2027-03-29"):  # Good Friday to Easter Monday
            office.set_clock(local(day, "23:10"))
        tickets = office.tickets()
        assert [ticket["subject"] for ticket in tickets] == ["[test] Letters still in 'created' status"]
        assert tickets[0]["time"].startswith("2027-03-29T06:00")
        assert tickets[0]["message"].startswith("1 letter")
        assert office.status(lost) == "created"
