"""Workbooks and other files of recipients, sent through the whole program: what is read, and what is refused."""
import os
import random
import time
import zipfile

import pytest

from harness import ROOT, run_cli

SHEETS = os.path.join(ROOT, "tests", "data", "sheets")
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
ROWS_LARGE = 20_000
# A refusal must come soon, whatever the file says of itself.
REFUSAL_SECONDS = 25


def cells(*rows):
    return "<sheetData>" + "".join(
        "<row>" + "".join(f"<c t='inlineStr'><is><t>{c}</t></is></c>" for c in row) + "</row>" for row in rows
    ) + "</sheetData>"


def xlsx(path, sheet, *, target="worksheets/sheet1.xml", before="", more=()):
    """A workbook with one sheet; `sheet` is the XML within its worksheet element."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("_rels/.rels", f"<Relationships><Relationship Id='r' Type='{RELATIONS}officeDocument' "
                                     "Target='xl/workbook.xml'/></Relationships>")
        file.writestr("xl/workbook.xml", f"<workbook xmlns:r='{RELATIONS[:-1]}'><sheets><sheet name='A' sheetId='1' "
                                         "r:id='s'/></sheets></workbook>")
        file.writestr("xl/_rels/workbook.xml.rels", f"<Relationships><Relationship Id='s' Type='{RELATIONS}worksheet'"
                                                    f" Target='{target}'/></Relationships>")
        file.writestr("xl/worksheets/sheet1.xml", f"{before}<worksheet>{sheet}</worksheet>")
        for name, data in more:
            file.writestr(name, data)
    return path


def ods(path, table):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml",
                      "<office:document-content xmlns:office='o' xmlns:table='t' xmlns:text='x'><office:body>"
                      f"<office:spreadsheet><table:table>{table}</table:table></office:spreadsheet></office:body>"
                      "</office:document-content>")
    return path


def sent(server):
    return sorted((m["to"], m["body"]) for m in server.messages())


@pytest.mark.parametrize("name", ["people.xlsx", "people.xlsm"])
def test_visible_rows_of_a_workbook_are_sent(postroom, name):
    world = postroom.world(keys=["normal"])
    template = world.add_template("sms", content="((name)): ((due)), ((amount)), ((twice))")["id"]
    job = postroom.cli("job", "create", world.id, template, os.path.join(SHEETS, name))
    assert job["row_count"] == 2
    postroom.drain()
    assert [body for _, body in sent(postroom)] == [
        "Council: Ann Example: 2026-01-02 00:00:00, 1.5, 3",
        "Council: Zoë \"Zo\" O'Neil, Dr: 2026-03-29 13:05:00, 1234.25, 2468.5"]


def test_open_document_sheets_are_sent(postroom):
    world = postroom.world(keys=["normal"])
    template = world.add_template("sms", content="((name)): ((due))")["id"]
    job = postroom.cli("job", "create", world.id, template, os.path.join(SHEETS, "people.ods"))
    assert job["row_count"] == 2
    postroom.drain()
    assert [body for _, body in sent(postroom)] == ["Council: Ann Example: 2026-01-02 00:00:00",
                                                    "Council: Two\nlines: Friday"]


@pytest.mark.parametrize("name,data", [
    ("p.csv", "phone number,name\r\n07900900123,\"Ann, B\"\r\n".encode()),
    ("p.CSV", "\ufeffphone number,name\n07900900123,\"Ann, B\"\n".encode()),
    ("p.tsv", "phone number\tname\n07900900123\tAnn, B\n".encode())])
def test_text_files_are_sent(postroom, tmp_path, name, data):
    world = postroom.world(keys=["normal"])
    (tmp_path / name).write_bytes(data)
    assert postroom.cli("job", "create", world.id, world.sms, tmp_path / name)["row_count"] == 1
    postroom.drain()
    assert [body for _, body in sent(postroom)] == ["Council: Hello Ann, B"]


def test_a_workbook_is_known_by_its_content(postroom, tmp_path):
    world = postroom.world(keys=["normal"])
    path = xlsx(tmp_path / "really a workbook.xlsx", cells(["phone number", "name"], ["07900900123", "Ann"]))
    (tmp_path / "named.ods").write_bytes(path.read_bytes())
    assert postroom.cli("job", "create", world.id, world.sms, tmp_path / "named.ods")["row_count"] == 1


def test_faulty_rows_of_a_workbook_are_named(postroom, tmp_path):
    world = postroom.world(keys=["normal"])
    path = xlsx(tmp_path / "p.xlsx", cells(["phone number", "name"], ["07900900123", "Ann"], ["12", "Bo"]))
    done = postroom.run("job", "create", world.id, world.sms, path)
    assert done.returncode == 1 and "Row 3: column 'phone number' does not have enough digits" in done.stderr
    postroom.drain()
    assert postroom.messages() == []


def test_a_large_workbook(tmp_path):
    rows = [["phone number", "name"]] + [[f"07900{100000 + i}", f"Person {i}"] for i in range(ROWS_LARGE)]
    started = time.monotonic()
    done = run_cli("check-recipients", xlsx(tmp_path / "large.xlsx", cells(*rows)), "--type", "sms")
    assert done.stdout == f"large.xlsx: {ROWS_LARGE} rows, no errors\n", done
    assert time.monotonic() - started < REFUSAL_SECONDS


HEADER = ["phone number", "name"]


def entity_bomb(path):
    names = "".join(f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 10))
    return xlsx(path, cells(HEADER, ["&e9;", "x"]), before=f"<!DOCTYPE w [<!ENTITY e0 'aaaaaaaaaa'>{names}]>")


def outside_file(path):
    return xlsx(path, "", before="<!DOCTYPE w [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>")


def zip_bomb(path):
    return xlsx(path, " " * (64 << 20) + cells(HEADER))


def lying_zip(path):
    """The bomb says that it is small."""
    data = bytearray(zip_bomb(path).read_bytes())
    real = (64 << 20) + len("<worksheet>" + cells(HEADER) + "</worksheet>")
    for at in range(len(data) - 4):
        if data[at:at + 4] == real.to_bytes(4, "little"):
            data[at:at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    return path


def huge_row(path):
    return xlsx(path, "<sheetData><row r='4294967295'><c><v>1</v></c></row></sheetData>")


def far_row(path):
    return xlsx(path, "<sheetData><row r='1048576'><c><v>1</v></c></row></sheetData>")


def repeated_cells(path):
    return ods(path, "<table:table-row table:number-rows-repeated='1000000'><table:table-cell "
                     "table:number-columns-repeated='16000'><text:p>x</text:p></table:table-cell></table:table-row>")


def merged_squares(path):
    return xlsx(path, "<sheetData><row><c><v>1</v></c></row><row r='200000'><c><v>1</v></c></row></sheetData>"
                      "<mergeCells>" + "<mergeCell ref='A1:ALL200000'/>" * 50 + "</mergeCells>")


def deep(path):
    return xlsx(path, "<a>" * 100_000)


def climbing(path):
    return xlsx(path, cells(HEADER), target="../../../../../../etc/passwd")


def climbing_part(path):
    return xlsx(path, cells(HEADER), target="/../../etc/passwd", more=[("../../../tmp/evil.xml", "<worksheet/>")])


def long_token(path):
    return xlsx(path, "<c " + "".join(random.Random(1).choices("abcdefghijklmnop", k=4 << 20)))


def half(path):
    whole = xlsx(path, cells(HEADER, ["07900900123", "Ann"])).read_bytes()
    path.write_bytes(whole[:len(whole) // 2])
    return path


def flipped(path):
    data = bytearray(xlsx(path, cells(HEADER, ["07900900123", "Ann"])).read_bytes())
    at = data.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml") + 8
    data[at] ^= 0xFF
    path.write_bytes(data)
    return path


def no_workbook(path):
    path.write_bytes(os.urandom(4096))
    return path


HOSTILE = [(entity_bomb, "damaged"), (outside_file, "damaged"), (zip_bomb, "grows too large"), (lying_zip, "damaged"),
           (huge_row, "damaged"), (far_row, "more than 200000 rows"), (repeated_cells, "filled cells"),
           (merged_squares, "filled cells"), (deep, "damaged"), (climbing, "damaged"), (climbing_part, "damaged"),
           (long_token, "damaged"), (half, "damaged"), (flipped, "damaged"), (no_workbook, "is no workbook")]


def test_hostile_workbooks_are_refused_and_the_server_lives(postroom, tmp_path):
    world = postroom.world(keys=["normal"])
    files = [(make(tmp_path / f"{make.__name__}.{'ods' if make is repeated_cells else 'xlsx'}"), word)
             for make, word in HOSTILE]
    files += [(os.path.join(SHEETS, name), word) for name, word in
              [("password.xlsx", "password"), ("password.ods", "password"), ("old.xls", ".xls) cannot be read"),
               ("bomb.xlsx", "grows too large"), ("entities.xlsx", "damaged"), ("damaged.xlsx", "damaged"),
               ("cut.xlsx", "damaged"), ("all_rows_hidden.xlsx", "hidden"), ("text.xlsx", "is no workbook")]]
    for path, word in files:
        name = os.path.basename(path)
        started = time.monotonic()
        done = postroom.run("job", "create", world.id, world.sms, path)
        assert done.returncode == 1 and word in done.stderr and name in done.stderr, (name, done)
        assert len(done.stderr.strip().split("\n")) == 1 and done.stdout == "", (name, done)
        assert time.monotonic() - started < REFUSAL_SECONDS, name
    with open(f"/proc/{postroom.process.pid}/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    assert peak < 400 * 1024, f"{peak} kB"
    world.send_sms()
    postroom.drain()
    assert len(postroom.messages()) == 1


def test_other_files_are_refused_by_name(postroom, tmp_path):
    world = postroom.world(keys=["normal"])
    for name in ("people.pdf", "people", "people.numbers"):
        (tmp_path / name).write_text("phone number,name\n07900900123,Ann\n")
        done = postroom.run("job", "create", world.id, world.sms, tmp_path / name)
        assert done.returncode == 1 and name in done.stderr and ".xlsx or .ods" in done.stderr, done


def test_files_of_ten_megabytes_are_refused(postroom, tmp_path):
    world = postroom.world(keys=["normal"])
    (tmp_path / "large.csv").write_bytes(b"phone number,name\n".ljust(10 << 20, b"\n"))
    done = postroom.run("job", "create", world.id, world.sms, tmp_path / "large.csv")
    assert done.returncode == 1 and "smaller than 10 MB" in done.stderr, done
