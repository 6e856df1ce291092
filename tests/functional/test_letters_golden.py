"""Letters of every kind, compared with what a person looked at: positions of text in millimetres, and how pages look.

After a change that is meant: tools/letter_goldens, then look at the differences.
"""
import json
import os
import shutil

import pytest

import letter_golden_tools as golden

TOLERANCE = 0.1  # millimetres
PICTURE_TOLERANCE = 24  # of 255, mean of a square of 8 by 8 pixels: programs smooth edges differently

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")


@pytest.fixture(params=golden.names())
def letter(request, tmp_path):
    content = golden.read_input(request.param)
    if missing := golden.missing_fonts(content):
        pytest.skip(f"needs {' '.join(missing)}")
    return request.param, content, str(tmp_path / "letter.pdf")


def parse(line):
    numbers, text = line.split(" | ", 1)
    return [float(number) for number in numbers.split()], text


def test_letter_is_as_it_was_looked_at(letter):
    name, content, pdf = letter
    done = golden.render(content, pdf)
    if "refused" in content:
        assert done.returncode != 0 and content["refused"] in done.stderr, done
        assert not os.path.exists(pdf)
        return
    assert done.returncode == 0, done
    with open(os.path.join(golden.FOLDER, name + ".expected.json"), encoding="utf-8") as file:
        expected = json.load(file)
    found = golden.expected_of(pdf)
    assert [len(page) for page in found] == [len(page) for page in expected], found
    for page, (found_lines, expected_lines) in enumerate(zip(found, expected), 1):
        for one, other in zip(found_lines, expected_lines):
            (numbers, text), (expected_numbers, expected_text) = parse(one), parse(other)
            assert text == expected_text, f"page {page}"
            assert numbers == pytest.approx(expected_numbers, abs=TOLERANCE), f"page {page}: {text}"
    for page, picture in enumerate(golden.pictures(pdf), 1):
        stored = golden.read_png(os.path.join(golden.FOLDER, f"{name}-{page}.png"))
        assert golden.picture_difference(picture, stored) <= PICTURE_TOLERANCE, f"page {page} looks different"


def test_the_same_letter_is_the_same_file(tmp_path):
    content = golden.read_input("two-pages")
    files = []
    for name in ("a.pdf", "b.pdf"):
        assert golden.render(content, str(tmp_path / name)).returncode == 0
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


def test_a_different_page_is_noticed():
    white = (16, 16, bytes([255] * 256))
    one_black_line = (16, 16, bytes([0] * 32 + [255] * 224))
    assert golden.picture_difference(white, white) == 0
    assert golden.picture_difference(white, one_black_line) > PICTURE_TOLERANCE
