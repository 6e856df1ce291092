"""postroom render: what a template makes of some values, without a server and without a data folder."""
import json

import pytest

from harness import run_cli

TEXT = "Dear ((name)),\n\n# Your visit\n\nCome on ((date)).\n\n* one\n* two\n\n((late??Be quick!))\n"
VALUES = {"name": "Ann <b>", "date": "1 May", "late": True}
ADDRESS = {"address_line_1": "Ann Example", "address_line_2": "1 High Street", "postcode": "ls14ap"}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "t.md").write_text(TEXT)
    (tmp_path / "v.json").write_text(json.dumps(VALUES))
    return tmp_path


def render(folder, *arguments, values="v.json", template="t.md"):
    return run_cli("render", template, *(["--personalisation", values] if values else []), *arguments, cwd=folder,
                   environment={"HOME": str(folder)})


def output(folder, *arguments, **options):
    done = render(folder, *arguments, **options)
    assert done.returncode == 0, done
    return done.stdout


def refusal(folder, *arguments, **options):
    done = render(folder, *arguments, **options)
    assert done.returncode != 0 and done.stdout == "", done
    return done.stderr


def test_text_message(files):
    assert output(files, "--type", "sms", "--prefix", "Clinic").startswith("Clinic: Dear Ann <b>,\n")
    made = json.loads(output(files, "--type", "sms", "--json"))
    assert made["encoding"] == "GSM-7" and made["fragments"] == 1 and made["characters"] == len(made["text"])
    assert made["text"].endswith("Be quick!") and made["replaced"] == ""


def test_text_message_counts_what_phones_get(files):
    (files / "t.md").write_text("Zażółć ((name)) 日" + "x" * 60)
    out = output(files, "--type", "sms")
    assert "2 fragments" in out and "UCS-2" in out and "Phones cannot show" in out and "日" in out.split("sent: ")[1]


def test_email_as_text_html_and_json(files):
    out = output(files, "--type", "email", "--subject", "Visit of ((name))")
    assert out.startswith("Subject: Visit of Ann <b>\n\nDear Ann <b>,\n") and "• one\n" in out
    html = output(files, "--type", "email", "--subject", "Visit of ((name))", "--format", "html")
    assert html.startswith("<!DOCTYPE html>") and "Ann &lt;b&gt;" in html and "<b>" not in html
    made = json.loads(output(files, "--type", "email", "--subject", "Visit of ((name))", "--json"))
    assert set(made) == {"type", "subject", "preheader", "body", "text", "html"} and made["html"] == html


def test_letter_as_text_and_pdf(files):
    (files / "v.json").write_text(json.dumps({**VALUES, **ADDRESS}))
    (files / "sender.txt").write_text("The Clinic\n2 Low Road\n")
    out = output(files, "--type", "letter", "--subject", "Your visit, ((name))", "--contact-block-file", "sender.txt")
    assert "The Clinic\n2 Low Road\n" in out and "Ann Example\n1 High Street\nLS1 4AP\n" in out
    assert "# Your visit, Ann <b>\n" in out and out.endswith("1 page, 1 sheet\n")
    assert output(files, "--type", "letter", "--out", "letter.pdf") == ""
    assert (files / "letter.pdf").read_bytes().startswith(b"%PDF-")
    assert json.loads(output(files, "--type", "letter", "--json"))["pages"] == 1


def test_letter_without_an_address_says_that_it_makes_one_up(files):
    done = render(files, "--type", "letter")
    assert done.returncode == 0 and "a made-up one is used" in done.stderr and "A Reader" in done.stdout


def test_missing_values_are_named_all_at_once(files):
    (files / "v.json").write_text('{"date": "1 May"}')
    assert "missing personalisation: name, late" in refusal(files, "--type", "sms")
    assert "missing personalisation: name, date, late" in refusal(files, "--type", "email", values=None)


@pytest.mark.parametrize("arguments,words", [
    (["--type", "fax"], "use email, sms or letter"),
    (["--type", "sms", "--format", "html"], "--format is 'html'"),
    (["--type", "letter", "--format", "pdf"], "add --out FILE.pdf"),
    (["--type", "sms", "--out", "absent/x.txt"], "'absent/x.txt' cannot be written"),
    ([], "--type is required")])
def test_faulty_options_are_explained(files, arguments, words):
    assert words in refusal(files, *arguments)


@pytest.mark.parametrize("name,data,words", [
    ("v.json", b"{", "'v.json' is not JSON"), ("v.json", b"[1]", "must hold one JSON object"),
    ("v.json", b"\xff", "v.json"), ("t.md", b" \n", "the file is empty"), ("t.md", b"\xff\xfe", "is not UTF-8")])
def test_faulty_files_are_explained(files, name, data, words):
    (files / name).write_bytes(data)
    assert words in refusal(files, "--type", "sms")


def test_absent_files_are_named(files):
    assert "'absent.md'" in refusal(files, "--type", "sms", template="absent.md")
    assert "'absent.json'" in refusal(files, "--type", "sms", values="absent.json")


def test_limits_hold(files):
    (files / "t.md").write_text("x" * 919)
    assert "918" in refusal(files, "--type", "sms")
    (files / "v.json").write_text(json.dumps({**ADDRESS, "postcode": "nowhere"}))
    (files / "t.md").write_text("text")
    assert "the address " in refusal(files, "--type", "letter")


def test_letter_with_welsh_part_date_and_logo(files):
    (files / "v.json").write_text(json.dumps({**VALUES, **ADDRESS}))
    (files / "w.md").write_text("Annwyl ((name))\n")
    (files / "logo.svg").write_text("<svg viewBox='0 0 9 9'><path d='M0 0h9v9z'/></svg>")
    options = ["--type", "letter", "--subject", "Your visit", "--date", "2026-07-01", "--welsh", "w.md", "--welsh-subject",
               "Eich ymweliad", "--logo", "logo.svg"]
    out = output(files, *options)
    assert out.index("1 Gorffennaf 2026") < out.index("Annwyl Ann <b>") < out.index("1 July 2026")
    assert out.endswith("2 pages, 1 sheet\n")
    output(files, *options, "--out", "letter.pdf")
    assert b"/Logo " in (files / "letter.pdf").read_bytes()
    (files / "w.md").write_text("Annwyl ((enw))\n")
    assert "missing personalisation: enw" in refusal(files, *options)


@pytest.mark.parametrize("option,value,words", [
    ("--date", "1 July", "a day such as 2026-07-01"), ("--logo", "t.md", "neither an SVG nor a PNG"),
    ("--logo", "absent.svg", "absent.svg"), ("--fonts", "/nowhere/a.ttf", "/nowhere/a.ttf"),
    ("--fonts", "a+b+c", "REGULAR.ttf+BOLD.ttf")])
def test_faulty_looks_of_letters_are_explained(files, option, value, words):
    (files / "v.json").write_text(json.dumps({**VALUES, **ADDRESS}))
    assert words in refusal(files, "--type", "letter", option, value)
