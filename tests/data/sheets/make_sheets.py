#!/usr/bin/python3
"""Makes the workbooks in this folder (python3-openpyxl and python3-odf). Run it again only to change them."""
import datetime
import os
import struct
import zipfile

import openpyxl
from odf import table as odf_table
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.text import P
from openpyxl.styles import numbers

os.chdir(os.path.dirname(os.path.abspath(__file__)))
FIXED = (2026, 1, 2, 0, 0, 0)


def rewrite(name, change=lambda part, data: data, keep=lambda part: True):
    """The same zip with some parts changed, and with fixed times."""
    with zipfile.ZipFile(name) as old:
        parts = [(part, old.read(part)) for part in old.namelist()]
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as new:
        for part, data in parts:
            if keep(part):
                new.writestr(zipfile.ZipInfo(part, FIXED), change(part, data), zipfile.ZIP_DEFLATED)


def people_xlsx():
    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "Notes"
    notes.append(["phone number", "name"])
    notes.append(["07700900999", "Nobody"])
    notes.sheet_state = "hidden"
    sheet = book.create_sheet("March")
    book.active = 1
    sheet.append(["phone number", "name", "secret", "due", "amount", "twice", "at"])
    sheet.append([7700900001, "Ann Example", "x", datetime.date(2026, 1, 2), 1.5, "=E2*2", datetime.time(9, 30)])
    sheet.append(["07700 900002", "Hidden Person", "x", datetime.date(2026, 1, 3), 2, "=E3*2", None])
    sheet.append(["+447700900003", 'Zoë "Zo" O’Neil, Dr', "x", datetime.datetime(2026, 3, 29, 13, 5), 1234.25, "=E4*2", None])
    sheet["A2"].number_format = "00000000000"
    sheet["D2"].number_format = "dd/mm/yyyy"
    sheet["E4"].number_format = '[Red]#,##0.00;"days"'
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.save("people.xlsx")

    def with_results(part, data):  # openpyxl writes formulas without their results
        if part != "xl/worksheets/sheet2.xml":
            return data
        for row, result in ((2, "3"), (3, "4"), (4, "2468.5")):
            data = data.replace(f"<f>E{row}*2</f><v />".encode(), f"<f>E{row}*2</f><v>{result}</v>".encode())
            data = data.replace(f"<f>E{row}*2</f><v></v>".encode(), f"<f>E{row}*2</f><v>{result}</v>".encode())
        assert b"2468.5" in data, data
        return data
    rewrite("people.xlsx", with_results)
    os.system("cp people.xlsx people.xlsm")


def merged_xlsx():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["email address", "team", "item", "item"])
    sheet.append(["ann@example.org", "North", "one", "two"])
    sheet.append(["bob@example.org"])
    sheet.append(["cyd@example.org", "South", "three"])
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("C4:D4")
    book.save("merged.xlsx")
    rewrite("merged.xlsx")


def small_books():
    book = openpyxl.Workbook()
    book.save("empty.xlsx")
    rewrite("empty.xlsx")
    book = openpyxl.Workbook()
    book.active.append(["phone number"])
    book.active.append(["07700900001"])
    for row in (1, 2):
        book.active.row_dimensions[row].hidden = True
    book.save("all_rows_hidden.xlsx")
    rewrite("all_rows_hidden.xlsx")
    book = openpyxl.Workbook()
    book.active.append(["phone number", "when"])
    book.active.append(["07700900001", 4000000])
    book.active["B2"].number_format = numbers.FORMAT_DATE_YYYYMMDD2
    book.save("date_out_of_range.xlsx")
    rewrite("date_out_of_range.xlsx")


def people_ods():
    document = OpenDocumentSpreadsheet()
    hidden = Style(name="hidden", family="table")
    hidden.addElement(TableProperties(display="false"))
    document.automaticstyles.addElement(hidden)

    def cell(shown=None, **more):
        made = odf_table.TableCell(**more)
        for paragraph in [] if shown is None else str(shown).split("\n"):
            made.addElement(P(text=paragraph))
        return made

    def row(cells, **more):
        made = odf_table.TableRow(**more)
        for one in cells:
            made.addElement(one)
        return made

    notes = odf_table.Table(name="Notes", stylename=hidden)
    notes.addElement(row([cell("phone number")]))
    document.spreadsheet.addElement(notes)
    sheet = odf_table.Table(name="März")
    sheet.addElement(odf_table.TableColumn(numbercolumnsrepeated=2))
    sheet.addElement(odf_table.TableColumn(visibility="collapse"))
    sheet.addElement(odf_table.TableColumn(numbercolumnsrepeated=1021))
    sheet.addElement(row([cell(h) for h in ("phone number", "name", "secret", "due", "amount", "at", "yes")]
                         + [cell(numbercolumnsrepeated=1017)]))
    noted = cell("Ann Example")
    note = Annotation()
    note.addElement(P(text="a comment"))
    noted.insertBefore(note, noted.firstChild)
    sheet.addElement(row([
        cell("07700900001"), noted, cell("x"),
        cell("02/01/26", valuetype="date", datevalue="2026-01-02"),
        cell("£1.50", valuetype="currency", currency="GBP", value="1.5", formula="of:=[.A1]*3"),
        cell("09:30", valuetype="time", timevalue="PT09H30M00S"),
        cell("TRUE", valuetype="boolean", booleanvalue="true")]))
    sheet.addElement(row([cell("07700900002"), cell("Filtered"), cell("x")], visibility="filter"))
    sheet.addElement(row([
        cell("7700900003", valuetype="float", value="7700900003"), cell("Two\nlines"), cell("x"),
        cell("Friday", numbercolumnsspanned="2", numberrowsspanned="1"), odf_table.CoveredTableCell()]))
    sheet.addElement(row([cell(numbercolumnsrepeated=1024)], numberrowsrepeated=1048572))
    document.spreadsheet.addElement(sheet)
    document.save("people.ods")
    rewrite("people.ods", keep=lambda part: part in ("mimetype", "content.xml", "META-INF/manifest.xml", "styles.xml"))


def password_ods():
    with zipfile.ZipFile("password.ods", "w") as file:
        file.writestr(zipfile.ZipInfo("mimetype", FIXED), "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr(zipfile.ZipInfo("content.xml", FIXED), bytes(range(256)))
        file.writestr(zipfile.ZipInfo("META-INF/manifest.xml", FIXED), """<?xml version="1.0"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry
manifest:full-path="content.xml" manifest:size="9"><manifest:encryption-data manifest:checksum="x"/>
</manifest:file-entry></manifest:manifest>""")


def compound(name, stream):
    """The start of a compound file: its header and a directory with one stream."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    entries = b"".join((n.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(n) + 2)).ljust(128, b"\0")
                       for n in ("Root Entry", stream))
    with open(name, "wb") as file:
        file.write(header.ljust(512, b"\0") + entries.ljust(512, b"\0"))


def hostile():
    with zipfile.ZipFile("bomb.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        with zipfile.ZipFile("people.xlsx") as source:
            for part in source.namelist():
                data = source.read(part)
                if part == "xl/worksheets/sheet2.xml":
                    data = data.replace(b"<sheetData>", b"<sheetData>" + b" " * (24 << 20))
                file.writestr(zipfile.ZipInfo(part, FIXED), data, zipfile.ZIP_DEFLATED)
    with open("people.xlsx", "rb") as file:
        whole = file.read()
    with open("cut.xlsx", "wb") as file:
        file.write(whole[:len(whole) * 2 // 3])
    damaged = bytearray(whole)
    at = whole.index(b"xl/worksheets/sheet2.xml") + 60
    damaged[at:at + 8] = b"\xff" * 8
    with open("damaged.xlsx", "wb") as file:
        file.write(damaged)
    os.system("cp people.xlsx entities.xlsx")
    rewrite("entities.xlsx", lambda part, data: data if part != "xl/worksheets/sheet2.xml" else data.replace(
        b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet', 1))
    with open("text.xlsx", "w") as file:
        file.write("<html><table><tr><td>phone number</td></tr></table></html>")


people_xlsx()
merged_xlsx()
small_books()
people_ods()
password_ods()
compound("password.xlsx", "EncryptedPackage")
compound("old.xls", "Workbook")
hostile()
