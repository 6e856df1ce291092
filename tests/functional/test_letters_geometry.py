"""Where everything stands on a letter, measured in the finished PDF by programs that are not ours.

Text: poppler's word boxes, which reach from the start of a word to the end of its last letter, and from the font's
ascent to its descent. Pictures: pixels at 600 dots an inch. Ink: Ghostscript's coverage of each of the four plates.
"""
import shutil
import subprocess

import pytest

import letter_golden_tools as golden
from letter_golden_tools import MM

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")

EXACT = 0.1  # millimetres
ASCENT, DESCENT = 0.905, 0.212  # of the letters' font, in ems
PICTURE_DPI = 600
DATE = "1 July 2026"
ADDRESS = ["First Line", "Second Line", "Third Line", "EX1 2AB"]


def near(value):
    return pytest.approx(value, abs=EXACT)


@pytest.fixture
def make(tmp_path):
    def render(content, **more):
        path = str(tmp_path / "letter.pdf")
        letter = {"date": "2026-07-01", "address": ADDRESS, "subject": "Subject", "content": content.split("\n"), **more}
        done = golden.render(letter, path)
        assert done.returncode == 0, done
        return path
    return render


class Line:
    """A line of text of a known leading, as CSS has it: what the leading has more than the letters is half above."""

    def __init__(self, box, leading):
        self.left, self.right, self.text = box["left"], box["right"], box["text"]
        self.size = (box["bottom"] - box["top"]) / (ASCENT + DESCENT) / MM
        half = (leading - (ASCENT + DESCENT) * self.size) / 2
        self.top = box["top"] - half * MM
        self.bottom = self.top + leading * MM
        self.base = box["top"] + ASCENT * self.size * MM


def line_of(page, start, leading=16):
    return Line(next(line for line in golden.lines(page) if line["text"].startswith(start)), leading)


def picture_box(pdf, left, top, width, height):
    """Where the dark pixels of a part of the first page are, in millimetres."""
    def pixels(length):
        return round(length / 25.4 * PICTURE_DPI)
    data = subprocess.run(["pdftoppm", "-gray", "-r", str(PICTURE_DPI), "-f", "1", "-l", "1", "-x", str(pixels(left)), "-y",
                           str(pixels(top)), "-W", str(pixels(width)), "-H", str(pixels(height)), pdf],
                          check=True, capture_output=True).stdout
    columns, rows, grey = golden.read_pgm(data)
    dark = [bytes(value < 128 for value in grey[y * columns:(y + 1) * columns]) for y in range(rows)]
    filled = [y for y in range(rows) if 1 in dark[y]]
    def millimetres(count):
        return count * 25.4 / PICTURE_DPI
    return (left + millimetres(min(dark[y].index(1) for y in filled)), top + millimetres(filled[0]),
            left + millimetres(max(dark[y].rindex(1) for y in filled) + 1), top + millimetres(filled[-1] + 1))


def test_tp1_pages_are_a4_and_pdf_1_7(make):
    out = subprocess.run(["pdfinfo", "-l", "9", make("One\n***\nTwo")], check=True, capture_output=True, text=True).stdout
    assert out.count("595.276 x 841.89 pts (A4)") == 2 and "PDF version:     1.7" in out and "Tagged:          yes" in out
    assert "Title:           Subject" in out


def test_tp1_body_of_the_first_page(make):
    page, = golden.words(make("MMMM " * 60))
    date = line_of(page, DATE)
    assert (date.left, date.top) == (near(15), near(104))
    body = [line for line in golden.lines(page) if line["text"].startswith("MMMM")]
    assert len(body) > 3 and all(line["left"] == near(15) for line in body)
    assert max(line["right"] for line in body) <= 152.5 + EXACT


def test_tp1_body_is_137_5_mm_wide_to_the_last_letter(make):
    # A word without end fills lines until one more letter does not fit; an l is a millimetre wide.
    page, = golden.words(make("l" * 400))
    lines = [line for line in golden.lines(page) if line["text"].startswith("lll")]
    for line in lines[:-1]:
        advance = (line["right"] - line["left"]) / len(line["text"])
        assert 152.5 - advance - EXACT < line["right"] <= 152.5 + EXACT
    # What runs from right to left begins at the other edge.
    page, = golden.words(make("שלום"))
    assert max(right for _, top, right, _, _ in page if 120 < top < 140) == near(152.5)


def test_tp1_other_pages_begin_at_15_and_end_at_282_mm(make):
    pages = golden.words(make("\n".join(f"Line number {i}" for i in range(1, 101))))
    first, second = golden.lines(pages[0]), golden.lines(pages[1])
    second = [line for line in second if line["text"].startswith("Line")]
    top, bottom = Line(second[0], 16), Line(second[-1], 16)
    assert (top.left, top.top) == (near(15), near(15))
    # As many lines as fit above 282 mm.
    assert bottom.bottom <= 282 + EXACT < bottom.bottom + 16 * MM + EXACT
    assert len(second) == int((282 - 15) / (16 * MM))
    last = [Line(line, 16) for line in first if line["text"].startswith("Line")][-1]
    assert last.bottom <= 282 + EXACT < last.bottom + 16 * MM + EXACT


@pytest.mark.parametrize("count", [3, 4, 7])
def test_tp1_address_block(make, count):
    address = [f"Line number {i}" for i in range(1, count)] + ["EX1 2AB"]
    page, = golden.words(make("x", address=address))
    lines = [line_of(page, text.upper(), 8.5) for text in address]
    assert all(line.left == near(24.6) and line.size == pytest.approx(8, abs=0.05) for line in lines)
    assert lines[-1].bottom == near(66.2)
    assert lines[0].top == near(66.2 - count * 8.5 * MM)
    assert lines[-1].bottom - lines[0].top <= 26.7
    for above, below in zip(lines, lines[1:]):
        assert below.base - above.base == pytest.approx(8.5 * MM, abs=0.02)


def test_tp1_tp15_a_long_address_line_is_clipped_at_85_mm_and_not_wrapped(make):
    page, = golden.words(make("x", address=["I" * 120, "One", "EX1 2AB"]))
    address = [line for line in golden.lines(page) if 40 < line["top"] < 67 and line["left"] < 100]
    assert len(address) == 3
    advance = (address[0]["right"] - address[0]["left"]) / len(address[0]["text"])
    assert 109.6 - advance - EXACT < address[0]["right"] <= 109.6 + EXACT
    assert address[0]["right"] - address[0]["left"] <= 85 + EXACT


@pytest.mark.parametrize("count", [1, 6, 10])
def test_tp1_contact_block(make, count):
    page, = golden.words(make("x", contact_block=[f"Sender {i}" for i in range(1, count + 1)]))
    lines = [line_of(page, f"Sender {i}", 12) for i in range(1, count + 1)]
    assert all(line.left == near(128.8) and line.size == pytest.approx(10, abs=0.05) for line in lines)
    assert lines[-1].bottom == near(82.2)
    assert lines[0].top == near(82.2 - count * 12 * MM)
    assert 82.2 - lines[0].top <= 132 * MM + EXACT


def test_tp1_contact_block_ends_at_200_mm(make):
    page, = golden.words(make("x", contact_block=["l" * 100]))
    lines = [line for line in golden.lines(page) if line["text"].startswith("lll")]
    advance = (lines[0]["right"] - lines[0]["left"]) / len(lines[0]["text"])
    assert 200 - advance - EXACT < lines[0]["right"] <= 200 + EXACT


@pytest.mark.parametrize("welsh,text", [(False, "Page 1 of 1"), (True, "Tudalen 1 o 1")])
def test_tp1_tp7_page_number(make, welsh, text):
    more = {"welsh": ["Helo"], "welsh_subject": "Pwnc"} if welsh else {}
    page = golden.words(make("x", **more))[0]
    number = line_of(page, text, 12)
    assert number.right == near(200) and number.size == pytest.approx(10, abs=0.05)
    assert (number.top + number.bottom) / 2 == near(289.5), "in the middle of the bottom margin"


def test_tp1_tp9_tag_is_on_the_first_page_of_the_document_alone(make):
    pages = golden.words(make("One\n***\nTwo", welsh=["Un", "***", "Dau"], welsh_subject="Pwnc"))
    tag = Line(next(line for line in golden.lines(pages[0]) if line["text"] == "NOTIFY"), 6)
    assert (tag.left, tag.size) == (near(1.8), pytest.approx(6, abs=0.05))
    assert tag.top >= 0 and tag.right <= 15.191 and tag.bottom <= 6.149
    assert [sum(word[4] == "NOTIFY" for word in page) for page in pages] == [1, 0, 0, 0]


@pytest.mark.parametrize("width,height,box", [
    (200, 100, (15, 10, 51, 28)), (389, 100, (15, 10, 85, 28)), (100, 100, (15, 10, 33, 28)), (700, 100, (15, 14, 85, 24))])
def test_tp1_tp8_logo_is_as_high_as_its_box_or_as_wide(make, tmp_path, width, height, box):
    path = tmp_path / "logo.svg"
    path.write_text(f'<svg viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}"/></svg>')
    pdf = make("x", logo=str(path))
    assert picture_box(pdf, 5, 5, 100, 30) == tuple(near(edge) for edge in box)
    assert line_of(golden.words(pdf)[0], DATE).top == near(104), "the body stays where it is"


def test_tp13_qr_code_is_84_points_with_its_white_space(make):
    pdf = make("Above\n\nqr: https://www.example.gov.uk\n\nBelow")
    page, = golden.words(pdf)
    above, below = line_of(page, "Above"), line_of(page, "Below")
    left, top, right, bottom = picture_box(pdf, 10, above.bottom, 60, below.top - above.bottom)
    assert (left, right - left, bottom - top) == (near(15), near(84 * MM), near(84 * MM))
    assert (top - above.bottom, below.top - bottom) == (near(20 * MM), near(24 * MM))


def test_tp3_vertical_rhythm(make):
    content = ("# Right under\n\nFirst\n\n# Later\n\nSecond\nThird\n\n* one\n* two\n  * inner\n\nFourth\n\n1. uno\n2. due\n\nLast")
    page, = golden.words(make(content))
    date, subject = line_of(page, DATE), line_of(page, "Subject", 23.4)
    under, later = line_of(page, "Right under", 17.4), line_of(page, "Later", 17.4)
    first, second, third, fourth, last = (line_of(page, text) for text in ("First", "Second", "Third", "Fourth", "Last"))
    assert [round(line.size, 1) for line in (date, subject, under, later, first)] == [12.5, 20, 14, 14, 12.5]
    for above, below, points in [(date, subject, 18.16), (subject, under, 8.35), (under, first, 16), (first, later, 16),
                                 (later, second, 16), (second, third, 0)]:
        assert below.top - above.bottom == pytest.approx(points * MM, abs=0.05), (above.text, below.text)
    boxes = {line["text"]: line for line in golden.lines(page)}
    def item(text):
        return Line(boxes[text] if text in boxes else next(b for t, b in boxes.items() if t.endswith(text)), 16)
    one, two, inner, uno, due = (item(text) for text in ("one", "two", "inner", "uno", "due"))
    for above, below, points in [(third, one, 16), (one, two, 0), (two, inner, 0), (inner, fourth, 16), (fourth, uno, 16),
                                 (uno, due, 0), (due, last, 16)]:
        assert below.top - above.bottom == pytest.approx(points * MM, abs=0.05), (above.text, below.text)
    words = {text: left for left, _, _, _, text in page}
    for text, ems in [("one", 0.8), ("two", 0.8), ("inner", 1.6), ("uno", 1.4), ("due", 1.4)]:
        assert words[text] == near(15 + ems * 12.5 * MM), text


def test_tp3_subject_stands_close_above_a_paragraph(make):
    page, = golden.words(make("Text"))
    assert line_of(page, "Text").top - line_of(page, "Subject", 23.4).bottom == pytest.approx(7.68 * MM, abs=0.05)


def test_tp2_letters_and_words_are_spaced(make):
    # An H of the font is 0.722 em wide, a blank 0.278.
    page, = golden.words(make("HHHHHHHHHH H H"))
    h, blank, em = 0.722, 0.278, 12.5 * MM
    left, _, right, _, _ = next(word for word in page if word[4] == "H" * 10)
    singles = [word for word in page if word[4] == "H"]
    assert right - left == pytest.approx((10 * h + 10 * 0.01) * em, abs=0.06)
    assert singles[1][0] - singles[0][0] == pytest.approx((h + 0.01 + blank + 0.01 - 0.04) * em, abs=0.02)


@pytest.mark.parametrize("content,pages", [
    ("\n***\n".join(f"\nPage {i}\n" for i in range(1, 11)), 10), ("\n***\n".join(f"\nPage {i}\n" for i in range(1, 8)), 7),
    ("Hello\n***\nBye", 2), ("Hello\n***", 1), ("Hello\n\n***\n\n***\n", 1)])
def test_tp15_pages(make, content, pages):
    assert len(golden.words(make(content))) == pages


def coverage(pdf):
    out = subprocess.run(["gs", "-q", "-o", "-", "-sDEVICE=inkcov", pdf], check=True, capture_output=True, text=True).stdout
    return [[float(plate) for plate in line.split()[:4]] for line in out.splitlines() if "CMYK" in line]


@pytest.mark.skipif(shutil.which("gs") is None, reason="needs ghostscript")
@pytest.mark.parametrize("name", ["two-pages", "qr", "bilingual", "chinese-and-japanese", "logo-png-grey", "logo-svg-wide"])
def test_cm1_ink_is_black_alone(tmp_path, name):
    letter = golden.read_input(name)
    if missing := golden.missing_fonts(letter):
        pytest.skip(f"needs {' '.join(missing)}")
    pdf = str(tmp_path / "letter.pdf")
    assert golden.render(letter, pdf).returncode == 0
    plates = coverage(pdf)
    assert plates and all(page[:3] == [0, 0, 0] and page[3] > 0 for page in plates), plates


@pytest.mark.skipif(shutil.which("gs") is None, reason="needs ghostscript")
def test_cm1_text_beside_a_coloured_logo_is_black_alone(make):
    content = "Text\n***\nMore text"
    with_logo = coverage(make(content, logo="crest.svg"))
    assert with_logo[0][0] > 0 and with_logo[1][:3] == [0, 0, 0], with_logo


@pytest.mark.parametrize("name", ["two-pages", "huge-address", "contact-ten-lines", "long-words", "logo-svg-wide", "qr",
                                  "long-list"])
def test_tp1_no_ink_outside_the_zones(tmp_path, name):
    pdf = str(tmp_path / "letter.pdf")
    assert golden.render(golden.read_input(name), pdf).returncode == 0
    dpi, slack = 100, 0.3
    zones = {True: [(15, 10, 85, 28), (24.6, 39.5, 109.6, 66.2), (128.8, 82.2 - 132 * MM, 200, 82.2),
                    (15, 104, 152.5, 282), (150, 282, 200, 297)],
             False: [(15, 15, 152.5, 282), (150, 282, 200, 297)]}
    data = subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), pdf], check=True, capture_output=True).stdout
    for number, page in enumerate(data.split(b"P5\n")[1:]):
        columns, rows, grey = golden.read_pgm(b"P5\n" + page)
        for y in range(rows):
            row = bytearray(grey[y * columns:(y + 1) * columns])
            if not any(value < 200 for value in row):
                continue
            for left, top, right, bottom in zones[number == 0]:
                if top - slack <= y / dpi * 25.4 <= bottom + slack:
                    start, end = (int(edge / 25.4 * dpi) for edge in (left - slack, right + slack + 25.4 / dpi))
                    row[start:end] = b"\xff" * (end - start)
            assert min(row) >= 200, f"page {number + 1}, {y / dpi * 25.4:.1f} mm from the top"
