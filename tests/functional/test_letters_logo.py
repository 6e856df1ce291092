"""The logo of a service's letters: handed in by the CLI, on every letter from then on, never left out."""
import os
import re
import subprocess

import pytest

from letter_golden_tools import FOLDER
from print_tools import Office

NOON = "2027-01-13T12:00:00Z"


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, at=NOON) as server:
        yield server


def service_of(office):
    return office.service().id


def set_logo(office, *arguments):
    return office.cli("service", "letter-logo", service_of(office), *arguments)


def pdf_of(office, one):
    answer = office.service().client.get(f"/v2/notifications/{one}/pdf")
    assert answer.status == 200, answer
    return answer.body


def logo_files(office):
    return [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(office.data, "blobs", "letter-logos"))
            for name in names]


def has_logo(pdf):
    return b"/Logo " in pdf


def test_tp8_letters_have_the_logo_from_when_it_is_set_until_it_is_removed(office):
    before, = office.letters(1)
    answer = set_logo(office, os.path.join(FOLDER, "crest.svg"))
    assert answer["logo"]["width_mm"] == pytest.approx(54) and answer["logo"]["height_mm"] == pytest.approx(18)
    svg, = office.letters(1)
    answer = set_logo(office, os.path.join(FOLDER, "grey.png"))
    png, = office.letters(1)
    assert len(logo_files(office)) == 1, "the earlier one is gone"
    assert set_logo(office, "--remove")["logo"] is None
    after, = office.letters(1)
    assert [has_logo(pdf_of(office, one)) for one in (before, svg, png, after)] == [False, True, True, False]
    assert b"/Subtype/Form" in pdf_of(office, svg) and b"/Subtype/Image" in pdf_of(office, png)
    assert logo_files(office) == []


@pytest.mark.parametrize("name,content,words", [
    ("a.svg", b"<svg viewBox='0 0 9 9'><image href='a.png'/></svg>", "embedded picture"),
    ("a.svg", b"<svg viewBox='0 0 9 9'><text>Council</text></svg>", "outlines"),
    ("a.svg", b"<!DOCTYPE svg [<!ENTITY a 'a'>]><svg/>", "entities"),
    ("a.png", b"\x89PNG\r\n\x1a\nnonsense", "damaged"),
    ("a.gif", b"GIF89a", "neither an SVG nor a PNG"),
    ("a.svg", None, "at most 1048576")])
def test_tp8_what_cannot_be_printed_is_refused_with_a_reason(office, tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(b"<" * (1024 * 1024 + 1) if content is None else content)
    done = office.run("service", "letter-logo", service_of(office), str(path))
    assert done.returncode != 0 and words in done.stderr, done
    assert logo_files(office) == []


def test_neither_or_both_of_file_and_remove_are_refused(office):
    for arguments in ([], [os.path.join(FOLDER, "crest.svg"), "--remove"]):
        done = office.run("service", "letter-logo", service_of(office), *arguments)
        assert done.returncode == 2 and "either FILE or --remove" in done.stderr, done
    assert "absent.svg" in office.run("service", "letter-logo", service_of(office), "absent.svg").stderr


def test_tp8_no_letter_is_made_while_its_logo_is_missing(office):
    set_logo(office, os.path.join(FOLDER, "crest.svg"))
    path, = logo_files(office)
    os.rename(path, path + ".away")
    one = office.letter()
    office.drain()
    shown = office.show(one)
    assert (shown["status"], shown["billable_units"]) == ("created", 0)
    assert office.collate()["letters"] == 0, "a letter without its logo is not printed"
    os.rename(path + ".away", path)
    for _ in range(20):
        office.advance(400)
        office.drain()
        if office.show(one)["billable_units"]:
            break
    assert office.show(one)["billable_units"] == 1 and has_logo(pdf_of(office, one))


def test_pages_with_a_logo_are_sound(office, tmp_path):
    set_logo(office, os.path.join(FOLDER, "colour.png"))
    one, = office.letters(1)
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf_of(office, one))
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    names = re.findall(rb"/(Device\w+)", path.read_bytes())
    assert b"DeviceRGB" not in names and b"DeviceCMYK" in names
