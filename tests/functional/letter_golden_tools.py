"""Golden letters: how they are made, and how they are read back by poppler, which shares no code with us.

Beside each input NAME.json in tests/data/letters lies NAME.expected.json: for each page its lines as
"left top right | text", in millimetres from the top left corner, and NAME-1.png, NAME-2.png: its first pages, small.
"""
import html
import json
import os
import re
import struct
import subprocess
import tempfile
import zlib

from harness import run_cli

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "letters")
PICTURE_DPI = 30
PICTURES_MAX = 2
MM = 25.4 / 72


def names():
    return sorted(f[:-5] for f in os.listdir(FOLDER) if f.endswith(".json") and not f.endswith(".expected.json"))


def read_input(name):
    with open(os.path.join(FOLDER, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


def missing_fonts(letter):
    paths = {"fonts-liberation2": "liberation2/LiberationSans-Regular.ttf", "fonts-dejavu-core": "dejavu/DejaVuSans.ttf",
             "fonts-freefont-ttf": "freefont/FreeSans.ttf", "fonts-wqy-zenhei": "wqy/wqy-zenhei.ttc"}
    return [package for package in letter.get("fonts_needed", [])
            if not os.path.exists("/usr/share/fonts/truetype/" + paths[package])]


def render(letter, out):
    """Runs the program as a person would; returns what it did."""
    with tempfile.TemporaryDirectory() as folder:
        def file(name, text):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)
            return path
        values = dict(letter.get("values", {}))
        values.update({f"address_line_{i + 1}": line for i, line in enumerate(letter["address"])})
        arguments = ["render", file("letter.md", "\n".join(letter["content"]) + "\n"), "--type", "letter", "--out", out,
                     "--date", letter["date"], "--personalisation", file("values.json", json.dumps(values))]
        if "subject" in letter:
            arguments += ["--subject", letter["subject"]]
        if "contact_block" in letter:
            arguments += ["--contact-block-file", file("contact.txt", "\n".join(letter["contact_block"]))]
        if "logo" in letter:
            arguments += ["--logo", os.path.join(FOLDER, letter["logo"])]
        if "welsh" in letter:
            arguments += ["--welsh", file("welsh.md", "\n".join(letter["welsh"]) + "\n"),
                          "--welsh-subject", letter["welsh_subject"]]
        return run_cli(*arguments, cwd=folder, environment={"HOME": folder})


def words(pdf):
    """For each page its words: left, top, right, bottom in millimetres, and text."""
    out = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True, text=True).stdout
    pages = []
    for page in re.split(r"<page ", out)[1:]:
        pages.append([(*(float(n) * MM for n in found.groups()[:4]), html.unescape(found.group(5)))
                      for found in re.finditer(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" '
                                               r'yMax="([-\d.]+)">(.*?)</word>', page)])
    return pages


def lines(page):
    """Words side by side, in the order of the document, put together."""
    out = []
    for left, top, right, bottom, text in page:
        last = out[-1] if out else None
        if last and abs(last["top"] - top) < 0.05 and abs(last["bottom"] - bottom) < 0.05 and abs(left - last["right"]) < 3:
            last["text"] += " " + text
            last["right"] = max(right, last["right"])
            last["left"] = min(left, last["left"])
        else:
            out.append({"left": left, "top": top, "right": right, "bottom": bottom, "text": text})
    return out


def expected_of(pdf):
    return [[f"{line['left']:.2f} {line['top']:.2f} {line['right']:.2f} | {line['text']}" for line in lines(page)]
            for page in words(pdf)]


def pictures(pdf):
    """The first pages as (width, height, rows of grey bytes), coarse."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-gray", "-r", str(PICTURE_DPI), "-l", str(PICTURES_MAX), pdf,
                        os.path.join(folder, "p")], check=True)
        found = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                found.append(read_pgm(file.read()))
        return found


def read_pgm(data):
    _, width, height, _ = re.match(rb"(P5)\s+(\d+)\s+(\d+)\s+(\d+)\s", data).groups()
    return int(width), int(height), data[-int(width) * int(height):]


def write_png(path, picture):
    """Grey in 16 steps: small, and enough to see what is where."""
    width, height, pixels = picture
    steps = [(value + 8) // 17 for value in pixels]
    rows = bytearray()
    for y in range(height):
        row = steps[y * width:(y + 1) * width] + [0] * (width % 2)
        rows += b"\0" + bytes(row[i] << 4 | row[i + 1] for i in range(0, len(row), 2))
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b""))


def read_png(path):
    """What write_png() wrote."""
    with open(path, "rb") as file:
        data = file.read()
    width, height = struct.unpack(">II", data[16:24])
    start = data.index(b"IDAT") + 4
    rows = zlib.decompress(data[start:start + struct.unpack(">I", data[start - 8:start - 4])[0]])
    pixels = bytearray()
    length = (width + 1) // 2 + 1
    for y in range(height):
        row = rows[y * length + 1:(y + 1) * length]
        pixels += bytes(nibble * 17 for byte in row for nibble in (byte >> 4, byte & 15))[:width]
    return width, height, bytes(pixels)


def picture_difference(one, other):
    """The largest mean difference, of 255, in any square of 8 by 8 pixels."""
    assert one[:2] == other[:2], (one[:2], other[:2])
    width, height = one[:2]
    sums = {}
    for i, (a, b) in enumerate(zip(one[2], other[2])):
        key = (i % width // 8, i // width // 8)
        sums[key] = sums.get(key, 0) + abs(a - b)
    return max(sums.values()) / 64
