"""Letters before the print run: their PDFs, those that cannot be printed, and those of test keys."""
import os
import re
import shutil
import subprocess

import pytest

from print_tools import Office, zip_content

NOON = "2027-01-13T12:00:00Z"


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, at=NOON) as server:
        yield server


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"needs {program}")


def pdf_of(office, one, test_key=False):
    world = office.service()
    answer = (world.test_client if test_key else world.client).get(f"/v2/notifications/{one}/pdf")
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] == "application/pdf"
    return answer.body


@needs("qpdf")
@needs("pdftotext")
def test_a_pdf_is_sound_and_holds_address_and_body(office, tmp_path):
    template = office.template("Dear ((name)),\n\n# What to bring\n\n* this letter\n* a pen\n\nGoodbye ((name)).")
    one, = office.letters(1, template=template, name="Zoë O’Hara", address_line_1="Zoë O’Hara",
                          address_line_2="2 Low Lane", address_line_3="Leeds", address_line_4="ls1 4ap")
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf_of(office, one))
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    for wanted in ("ZOË O’HARA", "2 LOW LANE", "LEEDS", "LS1 4AP", "Dear Zoë O’Hara", "What to bring", "a pen",
                   "Your appointment", "13 January 2027"):
        assert wanted in text, (wanted, text)


def test_the_pdf_in_the_zip_is_the_one_the_api_gives(office):
    one, = office.letters(1)
    before = pdf_of(office, one)
    office.collate()
    name, = office.house.zips()
    entry, = office.house.entries(name)
    assert zip_content(os.path.join(office.house.drop, name), entry) == before == pdf_of(office, one)


def test_bu1_sheets_are_counted_from_pages(office):
    page = "A line of some length that fills the page bit by bit.\n\n"
    ids = [office.letter(template=office.template("Dear ((name)),\n\n" + page * lines, name=f"{lines} lines"))
           for lines in (1, 90)]
    office.drain()
    pages = [len(re.findall(rb"/Type\s*/Page\b", pdf_of(office, one))) for one in ids]
    units = [office.show(one)["billable_units"] for one in ids]
    assert units[0] == 1 and units[1] > 1
    if all(pages):  # page objects may lie inside compressed streams
        assert units == [(count + 1) // 2 for count in pages]


def refused(office, **letter):
    one, = office.letters(1, **letter)
    shown = office.show(one)
    assert shown["status"] == "validation-failed"
    assert shown["billable_units"] == 0
    assert office.collate()["letters"] == 0 and office.house.all_files() == []
    return shown["events"][-1]


def test_t18_a_letter_of_too_many_pages_fails_validation_and_says_why(office):
    template = office.template("Dear ((name)),\n\n" + "One more paragraph of this letter.\n\n" * 600)
    event = refused(office, template=template)
    assert event["status"] == "validation-failed"
    assert "10" in event["detail"] and "page" in event["detail"]


def test_a_character_without_a_glyph_fails_validation_and_is_named(office):
    event = refused(office, name="Ann \U00013000")
    assert event["status"] == "validation-failed"
    assert "13000" in event["detail"].upper()


def test_a_refused_letter_does_not_hold_up_the_others(office):
    bad, good = office.letter(name="Ann \U00013000"), office.letter()
    office.drain()
    assert office.collate()["letters"] == 1
    assert office.statuses([bad, good]) == ["validation-failed", "sending"]


def test_rm1_a_test_key_letter_is_delivered_at_once_and_never_in_a_zip(office):
    test, real = office.letter(test_key=True), office.letter()
    assert office.status(test) == "delivered"
    office.drain()
    assert office.collate()["letters"] == 1
    office.set_clock("2027-01-13T18:00:00Z")
    assert list(office.house.references()) == [office.reference(real)]
    shown = office.show(test)
    assert (shown["status"], shown["billable_units"], shown["key_type"]) == ("delivered", 0, "test")
    assert pdf_of(office, test, test_key=True).startswith(b"%PDF")


def test_rm5_a_test_key_letter_passes_through_sending_when_told_so(tmp_path):
    with Office(tmp_path, at=NOON, settings={"flags.test_letters_fake_delivery": "true",
                                             "sandbox.receipt_delay": "60s"}) as office:
        one, = office.letters(1, test_key=True)
        assert office.status(one) == "sending"
        office.advance(61)
        assert office.status(one) == "delivered"
        assert office.collate()["letters"] == 0


def test_x81_x82_addresses_need_three_lines_that_are_not_empty(office):
    world = office.service()
    answer = world.client.post("/v2/notifications/letter", {
        "template_id": world.letter, "personalisation": {"name": "Ann", "address_line_1": "Ann", "postcode": "LS1 4AP"}})
    assert answer.status == 400
    one = office.letter(address_line_2="", address_line_3="1 High Street", postcode="LS1 4AP")
    assert office.show(one)["to"] == "A Person\n1 High Street\nLS1 4AP"


def test_letters_status_and_cli_forms(office):
    ids = office.letters(2)
    status = office.cli("letters", "status", "--day", "2027-01-13")
    assert (status["accepted"], status["rendered"], status["waiting_zip"]) == (2, 2, 2)
    assert status["deadline"].startswith("2027-01-13T17:30:00")
    summary = office.collate()
    assert (summary["run_day"], summary["zips"], summary["letters"], summary["missing_pdf"]) == ("2027-01-13", 1, 2, 0)
    name, = office.house.zips()
    assert office.acknowledge(f"{name}|20270113180000\n")["acknowledged"] == [name]
    status = office.cli("letters", "status", "--day", "2027-01-13")
    assert (status["sending"], status["acknowledged_zips"], status["waiting_zip"]) == (2, 1, 0)
    assert status["zips"][0]["name"] == name and status["zips"][0]["acknowledged_at"]
    text = office.cli("letters", "status", "--day", "2027-01-13", as_json=False)
    assert name in text
    assert office.statuses(ids) == ["sending"] * 2
    assert "day is '13 January'" in office.run("letters", "collate", "--day", "13 January").stderr


def test_a_letter_without_its_pdf_stays_created_and_the_others_go(office):
    missing, good = office.letters(2)
    folder = os.path.join(office.data, "blobs", "letters-pdf", "2027-01-13")
    reference = office.reference(missing)
    os.remove(next(os.path.join(folder, name) for name in os.listdir(folder) if reference in name))
    summary = office.collate()
    assert (summary["letters"], summary["missing_pdf"]) == (1, 1)
    assert office.statuses([missing, good]) == ["created", "sending"]
    assert office.log_lines("letters.pdf_missing")[0]["reference"] == reference
