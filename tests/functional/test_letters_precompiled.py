"""Letters that come as PDF, from the request or the command line to the print house, and all that can go wrong."""
import base64
import json
import os
import struct
import time
import zlib

import pytest

import pdf_corpus
import pdf_readers
from clock_tools import jump
from harness import CommandFailed
from pdf_writer import Letter, encrypted
from print_tools import Office, zip_content

NOON = "2027-01-13T12:00:00Z"
ADDRESS_TEXT = "Ada Lovelace\n12 Example Street\nExampleton\nSW1A 1AA"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
RETRY_SECONDS = 301


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path, at=NOON, allow_errors=["letters.infected", "letters.not_checked", "task.buried",
                                                 "letters.upload_infected", "letters.checks_stuck",
                                                 "alerts.letters_acknowledgement", "alerts.letters_sending",
                                                 "alerts.letters_created_status"]) as server:
        yield server


def send(world, pdf, test_key=False, **more):
    client = world.test_client if test_key else world.client
    return client.send("letter", {"reference": "batch 9", "content": base64.b64encode(pdf).decode(), **more})["id"]


def pdf_answer(world, one):
    return world.client.get(f"/v2/notifications/{one}/pdf")


def error_of(answer):
    assert answer.status == 400, answer
    return answer.json["errors"][0]["error"]


def allow_international(office, world):
    office.cli("service", "update", world.id, "--permissions", "email,sms,letter,letters_as_pdf,international_letters")


def with_address(*lines, **options):
    return Letter(address=list(lines), **options).pdf()


def stored_files(office, bucket):
    root = os.path.join(office.data, "blobs", bucket)
    return sorted(os.path.relpath(os.path.join(folder, name), root) for folder, _, names in os.walk(root)
                  for name in names)


# --- through the API to the print house

def test_SA13_T10_a_good_letter_is_printed(office, tmp_path):
    world = office.service()
    one = send(world, Letter(pages=3).pdf(), postage="first")
    office.drain()
    shown = office.show(one)
    assert shown["status"] == "created" and shown["billable_units"] == 2 and shown["postage"] == "first"
    assert shown["to"] == ADDRESS_TEXT
    wire = world.client.notification(one)
    assert wire["status"] == "accepted" and wire["line_1"] == "Provided as PDF" and wire["body"] == ""
    assert wire["postage"] == "first" and wire["cost_details"]["billable_sheets_of_paper"] == 2
    [found] = stored_files(office, "letters-pdf")
    assert found.startswith("2027-01-13/NOTIFY." + shown["reference"] + ".D.1.C.")
    assert stored_files(office, "letters-scan") == []

    answer = pdf_answer(world, one)
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/pdf"
    pdf_readers.need_readers()
    path = tmp_path / "made.pdf"
    path.write_bytes(answer.body)
    pdf_readers.check_structure(path)
    assert pdf_readers.page_count(path) == 3
    office.collate()
    [name] = office.house.zips()
    [entry] = office.house.entries(name)
    assert zip_content(os.path.join(office.house.drop, name), entry) == answer.body


def test_SA13_T11_a_test_key_gets_its_letter_delivered(office):
    world = office.service()
    one = send(world, Letter(pages=2).pdf(), test_key=True)
    office.drain()
    shown = office.show(one)
    assert shown["status"] == "delivered" and shown["billable_units"] == 1
    assert world.test_client.notification(one)["status"] == "received"
    assert pdf_answer(world, one).status == 200
    assert stored_files(office, "test-letters") and not stored_files(office, "letters-pdf")
    assert office.collate()["letters"] == 0


@pytest.mark.parametrize("asked, last_line, international, postage", [
    ("first", "SW1A 1AA", True, "first"), (None, "SW1A 1AA", False, "second"),
    ("first", "Germany", True, "europe"), ("economy", "Japan", True, "rest-of-world"),
    ("first", "Germany", False, None)])
def test_SA14_X90_postage(office, asked, last_line, international, postage):
    world = office.service()
    if international:
        allow_international(office, world)
    one = send(world, with_address("Ada Lovelace", "12 Example Street", last_line),
               **({"postage": asked} if asked else {}))
    office.drain()
    shown = office.show(one)
    if postage is None:
        assert shown["status"] == "validation-failed"
        assert "cant-send-international-letters" in shown["events"][-1]["detail"]
        return
    assert (shown["status"], shown["postage"]) == ("created", postage)
    assert world.client.notification(one)["postage"] == postage
    code = {"first": "1", "second": "2", "europe": "E", "rest-of-world": "N"}[postage]
    [found] = stored_files(office, "letters-pdf")
    assert f".D.{code}.C." in found


REFUSED = {
    "X86 eleven pages": (lambda: Letter(pages=11).pdf(), "letter-too-long"),
    "X88 a password": (lambda: encrypted(Letter(), "open", "own"), "unable-to-read-the-file"),
    "X89 no address": (lambda: Letter(address=None).pdf(), "address-is-empty"),
    "no PDF": (lambda: b"%PDF-1.4 nothing of the kind", "unable-to-read-the-file"),
    "CR15 nothing": (lambda: b"", "unable-to-read-the-file"),
    "landscape": (lambda: pdf_corpus.CASES["order_landscape_and_bad_margins"].make(),
                  "letter-not-a4-portrait-oriented"),
    "ink outside": (lambda: pdf_corpus.CASES["ink_outside_on_pages_1_2_and_10"].make(),
                    "content-outside-printable-area"),
    "a tag on page 2": (lambda: pdf_corpus.CASES["tag_on_later_pages"].make(), "notify-tag-found-in-content"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("test_key", [False, True])
def test_SA13_T13_what_is_refused_is_kept_and_says_why(office, name, test_key):
    make, code = REFUSED[name]
    world = office.service()
    content = make()
    one = send(world, content, test_key=test_key)
    office.drain()
    shown = office.show(one)
    assert shown["status"] == "validation-failed" and shown["billable_units"] == 0
    assert shown["events"][-1]["detail"].startswith(code)
    assert world.client.notification(one)["status"] == "validation-failed"
    assert world.client.notification(one)["completed_at"]
    answer = pdf_answer(world, one)
    assert answer.status == 200 and answer.body == content, "the pages as they came"
    assert stored_files(office, "letters-scan") == []
    assert office.collate()["letters"] == 0


def test_X87_ten_pages_are_five_sheets(office):
    one = send(office.service(), Letter(pages=10).pdf())
    office.drain()
    assert (office.show(one)["status"], office.show(one)["billable_units"]) == ("created", 5)


def test_AV1_X91_OV4_an_infected_letter(office):
    world = office.service()
    one = send(world, Letter().pdf() + b"\n%" + EICAR)
    office.drain()
    assert office.show(one)["status"] == "virus-scan-failed"
    assert error_of(pdf_answer(world, one)) == "BadRequestError"
    assert all(name.startswith("FAILURE/") for name in stored_files(office, "letters-scan"))
    assert world.client.notification(one)["cost_in_pounds"] == 0.0


def test_OV4_a_letter_that_waits_has_no_pdf_yet(office):
    world = office.service()
    office.fault("scanner", "fail", 1)
    one = send(world, Letter().pdf())
    office.drain()
    assert world.client.status(one) == "pending-virus-check"
    assert error_of(pdf_answer(world, one)) == "PDFNotReadyError"
    with pytest.raises(CommandFailed, match="waits for its checks"):
        office.cli("letters", "preview", one, "--out", "/dev/null")
    office.advance(RETRY_SECONDS)
    assert pdf_answer(world, one).status == 200


def test_OV4_a_letter_whose_file_is_gone_or_was_given_up(office):
    world = office.service()
    one = send(world, Letter().pdf())
    office.drain()
    [name] = stored_files(office, "letters-pdf")
    os.remove(os.path.join(office.data, "blobs", "letters-pdf", name))
    assert error_of(pdf_answer(world, one)) == "PDFNotReadyError"
    office.sandbox("POST", f"/notifications/{one}/status", {"status": "technical-failure"})
    assert error_of(pdf_answer(world, one)) == "BadRequestError"
    text = world.send_sms()["id"]
    assert error_of(pdf_answer(world, text)) == "BadRequestError"


def test_X94_a_letter_that_is_cancelled_while_it_waits_stays_so(office):
    world = office.service()
    office.fault("scanner", "fail", 1)
    one = send(world, Letter().pdf())
    office.drain()
    office.cli("letters", "cancel", one)
    office.advance(RETRY_SECONDS)
    assert office.show(one)["status"] == "cancelled"
    assert stored_files(office, "letters-scan") == stored_files(office, "letters-pdf") == []
    assert error_of(pdf_answer(world, one)) == "PDFNotReadyError"


def test_letters_that_travel_as_records_cannot_be_ready_pdfs(office, tmp_path):
    office.stop()
    office.settings["letters.records"] = "true"
    office.start()
    world = office.service("Records")
    office.cli("service", "update", world.id, "--permissions", "email,sms,letter",
               "--print-records", "--print-organisation", "007")
    body = {"reference": "r", "content": base64.b64encode(Letter().pdf()).decode()}
    for client in (world.client, world.test_client):
        answer = client.post("/v2/notifications/letter", body)
        assert error_of(answer) == "BadRequestError" and "print records" in answer.json["errors"][0]["message"]
    path = tmp_path / "letter.pdf"
    path.write_bytes(Letter().pdf())
    with pytest.raises(CommandFailed, match="print records"):
        office.cli("letters", "upload", world.id, path)


# --- interrupted, stuck, and again

def test_a_power_cut_loses_no_letter(office):
    world = office.service()
    sent = []
    for i in range(4):
        sent += [send(world, Letter(pages=1 + n % 3).pdf()) for n in range(6)]
        time.sleep(0.05 * i)
        office.kill9()
        office.start()
    # What the dead processes held comes back when their time is over.
    for _ in range(8):
        office.advance(120)
    office.drain()
    assert {office.show(one)["status"] for one in sent} == {"created"}
    assert all(office.show(one)["billable_units"] > 0 for one in sent)
    assert len(stored_files(office, "letters-pdf")) == len(sent)
    assert stored_files(office, "letters-scan") == []


def test_X93_SR6_given_up_and_checked_again(office):
    world = office.service()
    office.fault("scanner", "fail", 1000)
    one = send(world, Letter().pdf())
    office.drain()
    for _ in range(5):
        office.advance(RETRY_SECONDS)
    shown = office.show(one)
    assert shown["status"] == "technical-failure"
    assert stored_files(office, "letters-scan")[0].startswith("ERROR/")
    office.fault("scanner", "fail", 0)
    done = office.cli("letters", "rescan", shown["reference"])
    assert done == {"asked_again": 1, "left_alone": [], "without_file": [], "unknown": []}
    office.drain()
    assert office.show(one)["status"] == "created"
    assert stored_files(office, "letters-scan") == []
    assert office.cli("letters", "rescan", shown["reference"])["left_alone"] == [shown["reference"]]
    assert office.cli("letters", "rescan", "AAAABBBBCCCCDDDD")["unknown"] == ["AAAABBBBCCCCDDDD"]
    assert office.cli("letters", "rescan", "--errors")["asked_again"] == 0


def test_SR3_a_letter_without_its_file_is_a_ticket(office):
    world = office.service()
    office.fault("scanner", "fail", 1)
    one = send(world, Letter().pdf())
    office.drain()
    [name] = stored_files(office, "letters-scan")
    os.remove(os.path.join(office.data, "blobs", "letters-scan", name))
    office.advance(21 * 60)
    assert any("files are gone" in ticket["subject"] and one in ticket["message"] for ticket in office.tickets())


def test_SR7_the_print_file_is_made_anew(office):
    world = office.service()
    one = send(world, Letter().pdf())
    office.drain()
    before = pdf_answer(world, one).body
    [name] = stored_files(office, "letters-pdf")
    os.remove(os.path.join(office.data, "blobs", "letters-pdf", name))
    assert office.cli("letters", "resanitise", office.reference(one))["pages"] == 1
    assert pdf_answer(world, one).body == before
    jump(office, 8)
    with pytest.raises(CommandFailed, match="not kept any more|only the file"):
        office.cli("letters", "resanitise", one)


def test_RE5_files_go_with_their_letters(office):
    world = office.service()
    sent = [send(world, pdf) for pdf in (Letter(pages=11).pdf(), Letter().pdf() + b"\n%" + EICAR)]
    office.drain()
    assert stored_files(office, "letters-scan") and stored_files(office, "letters-invalid-pdf")
    jump(office, 9)
    office.drain()
    assert all(world.client.get(f"/v2/notifications/{one}").status == 404 for one in sent)
    for bucket in ("letters-scan", "letters-invalid-pdf", "letters-precompiled-originals-backup"):
        assert stored_files(office, bucket) == [], bucket


# --- looking at letters

def pixels(png):
    """Width, height and rows of RGB triples of an 8-bit picture without interlacing."""
    data, at, compressed, size = png, 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            size = struct.unpack(">IIBBBBB", body)
        if kind == b"IDAT":
            compressed += body
        at += 12 + length
    width, height, depth, colour = size[:4]
    assert depth == 8 and colour in (0, 2), size
    step = 3 if colour == 2 else 1
    raw, rows, before = zlib.decompress(compressed), [], bytes(width * step)
    for y in range(height):
        line = bytearray(raw[y * (width * step + 1) + 1:(y + 1) * (width * step + 1)])
        method = raw[y * (width * step + 1)]
        for x in range(len(line)):
            left = line[x - step] if x >= step else 0
            up, corner = before[x], before[x - step] if x >= step else 0
            if method == 1:
                line[x] = (line[x] + left) & 255
            elif method == 2:
                line[x] = (line[x] + up) & 255
            elif method == 3:
                line[x] = (line[x] + (left + up) // 2) & 255
            elif method == 4:
                guess = left + up - corner
                near = min((left, up, corner), key=lambda v: abs(guess - v))
                line[x] = (line[x] + near) & 255
        rows.append(bytes(line))
        before = bytes(line)
    return width, height, step, rows


def is_reddish(picture, x_mm, y_mm):
    width, height, step, rows = picture
    x, y = int(x_mm / 210 * width), int(y_mm / 297 * height)
    if step == 1:
        return False
    r, g, b = rows[y][3 * x:3 * x + 3]
    return r > 240 and g < 225 and b < 225


def preview(office, one, tmp_path, *more):
    path = tmp_path / "out"
    answer = office.cli("letters", "preview", one, *more, "--out", path)
    return path.read_bytes(), answer


def test_OV3_zones_are_tinted_where_the_ink_is(office, tmp_path):
    world = office.service()
    one = send(world, pdf_corpus.CASES["ink_outside_on_pages_1_2_and_10"].make())
    office.drain()
    content, told = preview(office, one, tmp_path)
    assert content.startswith(b"%PDF") and content != pdf_answer(world, one).body
    assert told["fault"] == "content-outside-printable-area" and told["invalid_pages"] == [1, 2, 10]
    assert told["rule"] and told["remedy"] and told["page_count"] == 10
    for page, tinted in ((1, True), (2, True), (3, False), (10, True)):
        content, _ = preview(office, one, tmp_path, "--page", page)
        assert is_reddish(pixels(content), 5, 150) == tinted, page


def test_OV3_P54_page_1_is_not_page_10(office, tmp_path):
    letter = Letter(pages=10)
    letter.pages[9].text(3, 150, "outside")
    one = send(office.service(), letter.pdf())
    office.drain()
    content, told = preview(office, one, tmp_path, "--png")
    assert told["invalid_pages"] == [10]
    assert not is_reddish(pixels(content), 5, 150)


def test_OV3_a_good_letter_as_picture_and_as_pdf(office, tmp_path):
    world = office.service()
    one = send(world, Letter(pages=2).pdf())
    office.drain()
    content, told = preview(office, office.reference(one), tmp_path)
    assert content == pdf_answer(world, one).body and told["content_type"] == "application/pdf"
    first, told = preview(office, one, tmp_path, "--png")
    assert first.startswith(b"\x89PNG") and told["content_type"] == "image/png"
    width, height, step, rows = pixels(first)
    assert (width, height) == (1240, 1754) or abs(width - 1240) <= 1 and abs(height - 1754) <= 1
    assert stored_files(office, "template-preview-cache")
    kept = stored_files(office, "template-preview-cache")
    assert preview(office, one, tmp_path, "--png")[0] == first
    assert stored_files(office, "template-preview-cache") == kept
    for page in (3, 0, -1):
        with pytest.raises(CommandFailed):
            preview(office, one, tmp_path, "--png", f"--page={page}")
    with pytest.raises(CommandFailed, match="no letter"):
        preview(office, "AAAABBBBCCCCDDDD", tmp_path)
    jump(office, 8)
    assert stored_files(office, "template-preview-cache") == []


def test_OV3_a_letter_of_a_template(office, tmp_path):
    one, = office.letters(1)
    content, _ = preview(office, one, tmp_path)
    assert content == pdf_answer(office.service(), one).body
    picture, _ = preview(office, one, tmp_path, "--page", 1)
    assert picture.startswith(b"\x89PNG")


# --- by hand

def test_CR14_X97_an_upload_is_sent_once(office, tmp_path):
    world = office.service()
    path = tmp_path / "bins.pdf"
    path.write_bytes(Letter(pages=3).pdf())
    told = office.cli("letters", "upload", world.id, path, "--check-only")
    assert told["accepted"] and told["page_count"] == 3 and "id" not in told
    assert told["address"] == ADDRESS_TEXT.replace("\n", ", ")
    assert world.client.all_notifications() == []

    identity = "0191a3c5-7b1e-7d3f-8a2b-1c2d3e4f5a6b"
    sent = office.cli("letters", "upload", world.id, path, "--postage", "first", "--id", identity)
    again = office.cli("letters", "upload", world.id, path, "--postage", "first", "--id", identity)
    assert sent["id"] == again["id"] == identity and sent["reference"] == again["reference"]
    assert sent["sheets"] == 2 and sent["postage"] == "first"
    shown = office.show(identity)
    assert shown["status"] == "created" and shown["client_reference"] == "bins.pdf" and shown["to"] == ADDRESS_TEXT
    assert pdf_answer(world, identity).status == 200
    assert office.collate()["letters"] == 1
    jump(office, 3)
    assert stored_files(office, "transient-uploaded-letters") == []


def test_a_bad_upload_says_what_to_do(office, tmp_path):
    world = office.service()
    path = tmp_path / "long.pdf"
    path.write_bytes(Letter(pages=11).pdf())
    done = office.run("letters", "upload", world.id, path, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1 and told["fault"] == "letter-too-long" and told["remedy"]
    path.write_bytes(Letter().pdf() + b"\n%" + EICAR)
    done = office.run("letters", "upload", world.id, path, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["fault"] == "virus-found"
    for arguments, said in ((["--postage", "europe"], "postage"), (["--id", "x"], "UUID")):
        with pytest.raises(CommandFailed, match=said):
            office.cli("letters", "upload", world.id, path, *arguments)
    path.write_bytes(b"x" * (2 * 1024 * 1024 + 1))
    with pytest.raises(CommandFailed, match="2 MiB"):
        office.cli("letters", "upload", world.id, path)
    assert world.client.all_notifications() == []


def pages_of(pdf, tmp_path):
    pdf_readers.need_readers()
    path = tmp_path / "count.pdf"
    path.write_bytes(pdf)
    pdf_readers.check_structure(path)
    return pdf_readers.page_count(path)


def attachment(pages):
    return Letter(address=None, pages=pages).pdf()


def test_TP11_an_attachment_follows_every_letter(office, tmp_path):
    world = office.service()
    before, = office.letters(1)
    path = tmp_path / "leaflet.pdf"
    path.write_bytes(attachment(2))
    told = office.cli("template", "attach", world.id, world.letter, path)
    assert told["accepted"] and told["attachment_pages"] == 2 and told["version"] == 2
    time.sleep(2.1)  # templates are kept that long
    one = office.letter(template=world.letter)
    office.drain()
    pdf = pdf_answer(world, one).body
    assert pages_of(pdf, tmp_path) == 3 and office.show(one)["billable_units"] == 2
    assert pages_of(pdf_answer(world, before).body, tmp_path) == 1
    assert office.cli("template", "detach", world.id, world.letter)["version"] == 3
    time.sleep(2.1)
    last = office.letter(template=world.letter)
    office.drain()
    assert pages_of(pdf_answer(world, last).body, tmp_path) == 1
    assert office.collate()["letters"] == 3


def test_TP15_template_and_attachment_have_ten_pages_at_most(office, tmp_path):
    world = office.service()
    nine = office.template("\n***\n".join(f"Page {n}" for n in range(1, 10)), name="nine")
    path = tmp_path / "leaflet.pdf"
    for pages, status in ((1, "created"), (2, "validation-failed")):
        path.write_bytes(attachment(pages))
        office.cli("template", "attach", world.id, nine, path)
        time.sleep(2.1)
        one = office.letter(template=nine)
        office.drain()
        shown = office.show(one)
        assert shown["status"] == status, shown
        if status == "created":
            assert shown["billable_units"] == 5
        else:
            _, told = preview(office, one, tmp_path)
            assert told["fault"] == "letter-too-long" and told["page_count"] == 11
    path.write_bytes(attachment(10))
    done = office.run("template", "attach", world.id, nine, path, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["fault"] == "letter-too-long"
    with pytest.raises(CommandFailed, match="no template"):
        office.cli("template", "attach", world.id, "No such", path)


def test_T18_a_test_letter_that_is_too_long_does_not_stay_sending(office):
    office.restart(**{"flags.test_letters_fake_delivery": "true"})
    world = office.service()
    long_one = office.template("\n***\n".join(f"Page {n}" for n in range(1, 13)), name="twelve")
    one = office.letter(template=long_one, test_key=True)
    office.drain()
    assert office.show(one)["status"] == "validation-failed"
    assert world.test_client.notification(one)["status"] == "validation-failed"
    assert pdf_answer(world, one).status == 200
