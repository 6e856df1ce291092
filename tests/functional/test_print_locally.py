"""Letters printed at hand: one PDF for each postage in a folder, marked by people when they are in the post."""
import os
import re
import shutil
import subprocess

import pytest

from harness import BINARY, CommandFailed, wait_for
from print_tools import Office

NOON = "2027-01-13T12:00:00Z"
DAY = "2027-01-13"
FILE_NAME = re.compile(r"2027-01-13\.(first|second|europe|rest-of-world|economy)\.(\d{3}|again)\.[\w-]{20}\.pdf")
PAGE = "A line of some length that fills the page bit by bit.\n\n"

pytestmark = pytest.mark.skipif(any(shutil.which(tool) is None for tool in ("qpdf", "pdftotext")),
                                reason="needs qpdf and poppler-utils")


class PrintRoom(Office):
    """A server that prints into a folder."""

    def __init__(self, folder, **options):
        self.root = os.path.join(str(folder), "paper")
        os.makedirs(self.root, exist_ok=True)
        settings = {"print.provider": "print-locally", "print.folder": self.root, **options.pop("settings", {})}
        super().__init__(folder, at=options.pop("at", NOON), settings=settings, **options)

    def files(self, folder="to-print"):
        path = os.path.join(self.root, folder)
        return sorted(os.listdir(path)) if os.path.isdir(path) else []

    def path(self, name):
        return os.path.join(self.root, "to-print", name)

    def pages(self, name):
        """Text of each page, front to back; that of a blank one is empty. Checks the file on the way."""
        checked = subprocess.run(["qpdf", "--check", self.path(name)], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        text = subprocess.run(["pdftotext", "-layout", self.path(name), "-"], check=True, capture_output=True,
                              text=True).stdout
        return [page.strip() for page in text.split("\f")[:-1]]

    def people(self, name):
        """Whom each letter of a file is to, by its salutation, in order; and that each stands on a front."""
        found = []
        for number, page in enumerate(self.pages(name)):
            for person in re.findall(r"Dear (\w+),", page):
                assert number % 2 == 0, f"the letter to {person} begins on a back"
                found.append(person)
        return found

    def letter_to(self, person, **options):
        return self.letter(name=person, **options)

    def only_file(self, part):
        name, = [name for name in self.files() if part in name]
        return name


@pytest.fixture
def room(tmp_path):
    with PrintRoom(tmp_path) as server:
        yield server


def test_a_day_becomes_one_file_for_each_postage(room):
    first = room.template("Dear ((name)),\n\nquick.", name="quick", postage="first")
    second = [room.letter_to(f"S{i}") for i in range(3)]
    quick = room.letter_to("Q1", template=first)
    room.drain()
    assert room.collate()["letters"] == 4
    names = room.files()
    assert len(names) == 2 and all(FILE_NAME.fullmatch(name) for name in names), names
    assert room.people(room.only_file(".second.")) == ["S0", "S1", "S2"]
    assert room.people(room.only_file(".first.")) == ["Q1"]
    assert room.files("being-made") == []
    assert set(room.statuses([*second, quick])) == {"sending"}
    assert room.show(quick)["sent_by"] == "print-locally"


def test_backs_are_blank_so_that_each_letter_begins_on_a_front(room):
    long = room.template("Dear ((name)),\n\n" + PAGE * 90, name="long")
    for i in range(2):
        room.letter_to(f"Short{i}")
        room.letter_to(f"Long{i}", template=long)
    room.drain()
    room.collate()
    name, = room.files()
    assert sorted(room.people(name)) == ["Long0", "Long1", "Short0", "Short1"]
    pages = room.pages(name)
    assert len(pages) % 2 == 0
    shorts = [i for i, page in enumerate(pages) if re.search(r"Dear Short\d", page)]
    assert all(pages[i + 1] == "" for i in shorts)
    numbers = [re.findall(r"^ *(\d+) +[A-Z0-9]{16}\b", page, re.M) for page in pages[2:]]
    assert [n for found in numbers for n in found] == ["1", "2", "3", "4"]  # each letter is marked once
    with open(room.path(name), "rb") as file:
        assert b"/DuplexFlipLongEdge" in file.read()


def test_the_count_sheet_tells_letters_sheets_and_references(room):
    ids = [room.letter_to(f"P{i}") for i in range(3)]
    room.drain()
    room.collate()
    name, = room.files()
    references = [room.reference(one) for one in ids]
    sheet = room.pages(name)[0]
    for wanted in ("Count sheet: Second class", "13 January 2027", f"File: {name}", "Letters: 3", "Sheets of letters: 3",
                   f"First letter: {references[0]}", f"Last letter: {references[-1]}", "DO NOT POST", "Council"):
        assert wanted in sheet, (wanted, sheet)


def test_separators_keep_the_letters_of_services_apart(room):
    for service, people in (("Housing", "AB"), ("Taxes", "C")):
        for person in people:
            room.letter_to(person, service=service)
    room.drain()
    room.collate()
    name, = room.files()
    pages = room.pages(name)
    assert "Separators: 2" in pages[0]
    separators = {}
    owner = None
    for page in pages[2:]:
        if "SEPARATOR" in page:
            owner = "Housing" if "Housing" in page else "Taxes"
            separators[owner] = []
        separators[owner] += re.findall(r"Dear (\w+),", page)
    assert separators == {"Housing": ["A", "B"], "Taxes": ["C"]}


def test_the_evening_run_makes_the_files_and_no_alert_asks_for_an_acknowledgement(room):
    one, = room.letters(1)
    room.set_clock("2027-01-13T17:51:00Z")
    assert room.status(one) == "sending"
    assert len(room.files()) == 1
    room.set_clock("2027-01-13T23:30:00Z")
    assert room.tickets() == []
    status = room.cli("letters", "status", "--day", DAY)
    assert status["acknowledged_zips"] == 1 and status["missing"] == 1
    room.set_clock("2027-01-14T16:31:00Z")
    ticket, = room.tickets()
    assert "Letters still sending" in ticket["subject"]


def test_what_was_printed_is_delivered_but_for_what_was_not(room):
    ids = [room.letter_to(f"P{i}") for i in range(3)]
    room.drain()
    room.collate()
    name, = room.files()
    spoiled = room.reference(ids[1])
    done = room.cli("letters", "printed", room.path(name), "--except", spoiled.lower())
    assert (done["delivered"], done["left_out"], done["files"]) == (2, 1, [name])
    assert room.statuses(ids) == ["delivered", "sending", "delivered"]

    again = room.cli("letters", "reprint", spoiled)
    assert again["letters"] == 1
    copy, = again["files"]
    assert ".second.again." in copy and copy in room.files()
    assert room.people(copy) == ["P1"]
    assert "Second class, printed again" in " ".join(room.pages(copy)[0].split())
    assert room.status(ids[1]) == "sending"
    assert room.cli("letters", "printed", copy)["delivered"] == 1
    assert room.statuses(ids) == ["delivered"] * 3
    assert room.cli("letters", "printed", name)["delivered"] == 0


def test_a_day_and_single_letters_are_marked(room):
    ids = room.letters(3)
    room.collate()
    assert room.cli("letters", "printed", "--reference", room.reference(ids[0]))["delivered"] == 1
    assert room.cli("letters", "printed", "--day", DAY)["delivered"] == 2
    assert set(room.statuses(ids)) == {"delivered"}


@pytest.mark.parametrize("arguments, wanted", [
    ([], "say what was printed"),
    (["other.pdf"], "made no file other.pdf"),
    (["--day", "2027-01-01"], "no file of 2027-01-01"),
    (["--day", "tomorrow"], "must be a date"),
    (["--reference", "NOSUCHLETTER0000"], "there is no letter NOSUCHLETTER0000"),
])
def test_slips_are_told_and_change_nothing(room, arguments, wanted):
    one, = room.letters(1)
    room.collate()
    with pytest.raises(CommandFailed) as failed:
        room.cli("letters", "printed", *arguments)
    assert wanted in failed.value.stderr
    assert room.status(one) == "sending"


def test_letters_that_were_in_no_file_are_not_printed_again(room):
    one, = room.letters(1)
    with pytest.raises(CommandFailed) as failed:
        room.cli("letters", "reprint", room.reference(one))
    assert "created" in failed.value.stderr
    assert room.files() == []


def test_with_another_print_house_the_commands_say_why_not(tmp_path):
    with Office(tmp_path) as office:
        with pytest.raises(CommandFailed) as failed:
            office.cli("letters", "printed", "--day", DAY)
        assert "print-locally" in failed.value.stderr


def test_an_upload_whose_sender_died_is_seen_once(room):
    one, = room.letters(1)
    room.fault("print", "cut")  # the file is complete, and nobody was told
    room.collate()
    name, = room.files()
    assert room.status(one) == "sending"
    assert len(room.log_lines("letters.zip_sent")) == 1
    assert room.files("being-made") == []
    assert room.people(name) == ["Ann"]


def test_an_absent_folder_is_trouble_that_passes(room):
    one, = room.letters(1)
    os.rename(room.root, room.root + "-away")
    room.collate()
    assert room.status(one) == "created"
    os.rename(room.root + "-away", room.root)
    room.retry_zips()
    assert room.status(one) == "sending"
    assert len(room.files()) == 1


def test_files_taken_away_do_not_come_back(room):
    ids = room.letters(2)
    room.collate()
    name, = room.files()
    os.remove(room.path(name))
    room.restart()
    room.advance(3600)
    assert room.collate()["letters"] == 0
    assert room.files() == []
    assert room.cli("letters", "printed", name)["delivered"] == 2
    assert room.statuses(ids) == ["delivered"] * 2


def test_a_process_killed_again_and_again_prints_each_letter_once(tmp_path):
    with PrintRoom(tmp_path, allow_errors=["periodic.failed"]) as room:
        people = [f"P{i}" for i in range(40)]
        ids = [room.letter_to(person) for person in people]
        room.drain()
        for _ in range(6):
            process = subprocess.Popen([BINARY, "letters", "collate", "--now", *room.common_arguments()],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: process.poll() is not None or room.zip_states(DAY) or room.files("being-made"), 10, 0.001)
            room.kill9()
            process.wait()
            for name in room.files():  # somebody prints what is there, and takes it away
                shutil.move(room.path(name), tmp_path / name)
            room.start()
        room.collate()
        room.advance(600)
        room.drain()
        printed = []
        for name in [*room.files(), *(n for n in os.listdir(tmp_path) if n.endswith(".pdf"))]:
            at = room.path(name)
            if not os.path.exists(at):
                shutil.copy(tmp_path / name, at)
            printed += room.people(name)
        assert sorted(printed) == sorted(people)
        assert set(room.statuses(ids)) == {"sending"}
