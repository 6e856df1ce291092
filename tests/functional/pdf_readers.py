"""Looks into PDFs with programs that are not ours: qpdf, poppler's tools, PyMuPDF where there is one."""
import re
import shutil
import subprocess
import xml.etree.ElementTree as xml

import pytest

MM = 25.4 / 72
# 3 mm around the window of the envelope, and where the print house looks for its tag.
ADDRESS_BOX = (21.6, 36.5, 123, 69.3)
TAG_BOX = (0, 0, 15.191, 6.149)

NEEDED = {"qpdf": "qpdf", "pdftotext": "poppler-utils", "pdffonts": "poppler-utils", "pdfimages": "poppler-utils",
          "gs": "ghostscript"}


def need_readers():
    for tool, package in NEEDED.items():
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed (package {package})")


def run(*arguments, okay=(0,)):
    done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    assert done.returncode in okay, f"{arguments[0]} ended with {done.returncode}: {done.stderr[-500:]}"
    return done.stdout


def check_structure(path):
    """No error and no warning."""
    run("qpdf", "--check", path)


def page_count(path):
    return int(run("qpdf", "--show-npages", path))


def words(path):
    """Of each page, (text, left, top, right, bottom) in millimetres from its top left corner."""
    text = run("pdftotext", "-bbox", path, "-").decode("utf-8", "replace")
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    pages = []
    for page in xml.fromstring(text).iter("{http://www.w3.org/1999/xhtml}page"):
        pages.append([(word.text or "", *(float(word.get(side)) * MM for side in ("xMin", "yMin", "xMax", "yMax")))
                      for word in page])
    return pages


def words_in(page_words, box):
    """Those whose middle is in the box."""
    return [w[0] for w in page_words
            if box[0] <= (w[1] + w[3]) / 2 <= box[2] and box[1] <= (w[2] + w[4]) / 2 <= box[3]]


def fonts_missing(path):
    """Names of fonts that are not embedded."""
    lines = run("pdffonts", path).decode("utf-8", "replace").splitlines()[2:]
    return [line.split()[0] for line in lines if line.split()[-5] != "yes"]


def plain(path, folder):
    """The file without compression, as bytes."""
    out = f"{folder}/plain.pdf"
    run("qpdf", "--qdf", "--object-streams=disable", "--no-original-object-ids", path, out, okay=(0, 3))
    return open(out, "rb").read()


def rgb_traces(path, folder):
    """What makes a printer see RGB: spaces of that kind, operators, pictures."""
    data = plain(path, folder)
    found = re.findall(rb"/(?:DeviceRGB|CalRGB)\b", data)
    found += re.findall(rb"(?m)^(?:[0-9.]+ ){3}(?:rg|RG)$", data)
    images = run("pdfimages", "-list", path).decode().splitlines()[2:]
    return found + [line for line in images if line.split()[5] in ("rgb", "icc")]


def inks(path, page=1):
    """Coverage by cyan, magenta, yellow and black."""
    out = run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=inkcov", "-o", "-", f"-dFirstPage={page}",
              f"-dLastPage={page}", path).decode()
    return [float(n) for n in out.split()[:4]]


def mupdf_words(path):
    """The same as words(), by a reader of another family; nothing when there is none."""
    try:
        import fitz
    except ImportError:
        return None
    pages = []
    with fitz.open(path) as document:
        for page in document:
            # It gives places on the page before that is turned.
            boxes = [(w[4], fitz.Rect(w[:4]) * page.rotation_matrix) for w in page.get_text("words")]
            pages.append([(text, *(side * MM for side in box)) for text, box in boxes])
    return pages
