"""postroom check-recipients: which rows of a file cannot be sent, without a server and without a data folder."""
import json
import os

import pytest

from harness import ROOT, run_cli

SHEETS = os.path.join(ROOT, "tests", "data", "sheets")
PEOPLE = "phone number,name\n07900900123,Ann\n123,\n+14155550123,Bo\n"


@pytest.fixture
def check(tmp_path):
    (tmp_path / "t.md").write_text("Hello ((name))")

    def run(content, *arguments, name="people.csv", kind="sms"):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
        return run_cli("check-recipients", name, "--type", kind, *arguments, cwd=tmp_path,
                       environment={"HOME": str(tmp_path)})
    return run


def test_a_good_file(check):
    done = check("phone number,name\n07900900123,Ann\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "people.csv: 1 row, no errors\n", "")


def test_faulty_rows_are_named_as_a_spreadsheet_counts_them(check):
    done = check(PEOPLE, "--template", "t.md")
    assert done.returncode == 1
    assert done.stdout.split("\n") == [
        "people.csv: 2 of 3 rows cannot be sent (2 with a bad recipient, 1 with missing data)",
        "Row 3: column 'phone number' does not have enough digits, column 'name' is empty",
        "Row 4: column 'phone number' is not a UK mobile number", ""]


def test_other_countries_and_landlines_are_asked_for(check):
    assert check("phone number\n+14155550123\n").returncode == 1
    done = check("phone number\n+14155550123\n", "--international")
    assert done.returncode == 0 and "1 to other countries" in done.stdout
    assert check("phone number\n02079460018\n").returncode == 1
    assert check("phone number\n02079460018\n", "--landlines").returncode == 0


def test_json_tells_programs_the_same(check):
    done = check(PEOPLE, "--template", "t.md", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1 and done.stdout.count("\n") == 1
    assert (told["rows"], told["problem"], told["rows_with_errors"]) == (3, "row_errors", 2)
    assert told["errors"][0]["row"] == 3
    assert told["errors"][0]["cells"] == [{"column": "phone number", "code": "too_short"},
                                          {"column": "name", "code": "missing"}]
    good = json.loads(check("phone number\n07900900123\n", "--json").stdout)
    assert good["problem"] is None and good["errors"] == []


def test_letters_and_emails(check):
    done = check("address line 1,address line 2,postcode\nAnn,1 High Street,LS1 4AP\nBo,2 High Street,XX1\n",
                 kind="letter")
    assert done.returncode == 1 and "1 of 2 rows" in done.stdout and "Row 3:" in done.stdout
    done = check("email address\nann@example.org\nann@\n", kind="email")
    assert "Row 3: column 'email address' holds no valid email address" in done.stdout


@pytest.mark.parametrize("content,words", [
    ("name\nAnn\n", "lacks the column 'phone number'"),
    ("phone number\n07900900123\n", "lacks columns of the template: 'name'"),
    ("phone number,name\n", "no rows"), ("", "no rows"),
    ("phone number,Phone_Number,name\n07900900123,07900900124,Ann\n", "say the same thing")])
def test_faults_of_the_whole_file(check, content, words):
    done = check(content, "--template", "t.md")
    assert done.returncode == 1 and words in done.stdout and "people.csv" in done.stdout, done


def test_messages_that_the_rows_make_are_checked(check):
    done = check("phone number,name\n07900900123," + "x" * 1000 + "\n", "--template", "t.md")
    assert done.returncode == 1 and "Row 2: the message is too long" in done.stdout


def test_more_errors_than_are_shown_are_counted(check):
    done = check("phone number\n" + "1\n" * 60)
    assert done.stdout.count("\nRow ") == 50 and done.stdout.endswith("and 10 more rows\n")


@pytest.mark.parametrize("content,name,words", [
    (b"phone number\n\xff\n", "people.csv", "UTF-8"), ("x", "people.txt", "people.txt: The file is no spreadsheet"),
    ("x", "people.xlsx", "people.xlsx: The file is no workbook")])
def test_files_that_cannot_be_read(check, content, name, words):
    done = check(content, name=name)
    assert done.returncode == 1 and words in done.stderr and name in done.stderr and done.stdout == "", done


def test_workbooks(check):
    for name in ("people.xlsx", "people.ods"):
        with open(os.path.join(SHEETS, name), "rb") as file:
            done = check(file.read(), name=name)
        assert (done.returncode, done.stdout) == (0, f"{name}: 2 rows, no errors\n"), done
