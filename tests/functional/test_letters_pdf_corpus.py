"""Letters that come as PDF, good, bad and hostile: each gets the right verdict, none breaks or holds up the program, and
what is made of those that pass is read by programs that are not ours."""
import collections
import json
import time
import unicodedata

import pytest

import pdf_corpus
import pdf_readers
from harness import run_cli

CASES = list(pdf_corpus.CASES.values())
# As long as one try may take, twice, and what a busy machine adds.
SECONDS_MAX = 200
SECONDS_EXPECTED = 20


def check(tmp_path, made, *more):
    (tmp_path / "letter.pdf").write_bytes(made.make())
    started = time.monotonic()
    done = run_cli("letters", "check", "letter.pdf", "--json", "--sanitised", "out.pdf", *made.options, *more,
                   cwd=tmp_path, environment={"HOME": str(tmp_path)}, timeout=SECONDS_MAX)
    return done, time.monotonic() - started


def squeezed(text):
    """As readers agree on it: accents taken apart, without blanks."""
    return "".join(unicodedata.normalize("NFKD", text).split())


@pytest.mark.parametrize("made", CASES, ids=repr)
def test_SA1_verdict_and_file(made, tmp_path):
    done, seconds = check(tmp_path, made)
    assert done.returncode == (1 if made.code else 0), done.stdout + done.stderr
    assert done.stderr == ""
    assert seconds < (SECONDS_MAX if made.slow else SECONDS_EXPECTED)
    told = json.loads(done.stdout)
    assert (told["message"], told["invalid_pages"]) == (made.code, made.pages)
    assert told["passed"] == (made.code is None)
    assert told["page_count"] == made.count
    assert (tmp_path / "out.pdf").exists() == (made.code is None)
    if made.code:
        assert told["rule"] and told["remedy"]
        return
    if made.address:
        assert list(map(squeezed, told["address"])) == list(map(squeezed, made.address))
    check_sanitised(made, tmp_path, told)


def check_sanitised(made, tmp_path, told):
    pdf_readers.need_readers()
    path = tmp_path / "out.pdf"
    pdf_readers.check_structure(path)
    assert pdf_readers.page_count(path) == made.count
    assert pdf_readers.fonts_missing(path) == []
    if made.rgb:
        assert pdf_readers.rgb_traces(path, tmp_path) == []
    data = pdf_readers.plain(path, tmp_path)
    assert b"/Encrypt" not in data
    for word in made.clean:
        assert word.encode() not in data
    for read in (pdf_readers.words, pdf_readers.mupdf_words):
        pages = read(path)
        if pages is not None:
            check_places(made, pages, told)
    check_nothing_is_lost(made, tmp_path)


def check_places(made, pages, told):
    scale = 2 if made.name == "size_unit_2_on_a6" and pages[0] and max(w[3] for w in pages[0]) < 110 else 1
    first = [(w[0], *(side * scale for side in w[1:])) for w in pages[0]]
    attachment = "--attachment" in made.options
    tags = [w for w in pdf_readers.words_in(first, pdf_readers.TAG_BOX) if "NOTIFY" in w]
    assert tags == ([] if attachment else ["NOTIFY"])
    for page in pages[1:]:
        assert pdf_readers.words_in(page, pdf_readers.TAG_BOX) != ["NOTIFY"]
    if not attachment:
        read = "".join(squeezed(word) for word in pdf_readers.words_in(first, pdf_readers.ADDRESS_BOX))
        assert read == squeezed("".join(told["address"]))


def words_kept(pages, scale):
    """Words outside the places where words are taken out, counted."""
    counted = collections.Counter()
    for number, page in enumerate(pages):
        for text, *box in page:
            x, y = (box[0] + box[2]) / 2 * scale, (box[1] + box[3]) / 2 * scale
            if number > 0 or not ((20 < x < 125 and 35 < y < 71) or (x < 17 and y < 8)):
                counted[text] += 1
    return counted


def check_nothing_is_lost(made, tmp_path):
    # Damaged files read differently to each reader, and annotations become part of the page.
    if made.name.startswith(("damaged_", "attack_", "password_", "ink_of_")):
        return
    scale = 2 if made.name == "size_unit_2_on_a6" else 1
    before = words_kept(pdf_readers.words(tmp_path / "letter.pdf"), scale)
    after = words_kept(pdf_readers.words(tmp_path / "out.pdf"), scale)
    assert not before - after and sum(before.values()) > 50


def test_CM2_black_of_rgb_is_printed_with_black_alone(tmp_path):
    pdf_readers.need_readers()
    done, _ = check(tmp_path, pdf_corpus.CASES["colour_rgb_black_text"])
    assert done.returncode == 0
    cyan, magenta, yellow, black = pdf_readers.inks(tmp_path / "out.pdf")
    assert (cyan, magenta, yellow) == (0, 0, 0) and black > 0


def test_SA2_a_sanitised_letter_passes_again_unchanged(tmp_path):
    made = pdf_corpus.CASES["colour_rgb_red_text"]
    check(tmp_path, made)
    first = (tmp_path / "out.pdf").read_bytes()
    (tmp_path / "again.pdf").write_bytes(first)
    done = run_cli("letters", "check", "again.pdf", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["tagged"]
    assert told["address_as_read"] == told["address"] == pdf_corpus.PRINTED


def test_SA2_the_same_letter_gives_the_same_file(tmp_path):
    made = pdf_corpus.CASES["picture_across_the_window"]
    check(tmp_path, made)
    first = (tmp_path / "out.pdf").read_bytes()
    check(tmp_path, made)
    assert (tmp_path / "out.pdf").read_bytes() == first


def test_what_people_are_told(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf_corpus.CASES["size_several_pages"].make())
    done = run_cli("letters", "check", "a.pdf", cwd=tmp_path)
    assert done.returncode == 1 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "a.pdf: cannot be sent: letter-not-a4-portrait-oriented on pages 2 and 4"
    assert lines[1].startswith("  Page 2 is shown 215.9 mm wide and 279.4 mm high")
    assert any(line.startswith("What to do: ") for line in lines)

    (tmp_path / "b.pdf").write_bytes(pdf_corpus.CASES["address_word_beside_the_window_white"].make())
    said = run_cli("letters", "check", "b.pdf", cwd=tmp_path).stdout
    assert "cannot be sent: not-a-real-uk-postcode on page 1" in said
    assert "from 21.6 to 123 mm from the left and 36.5 to 69.3 mm from the top" in said

    (tmp_path / "d.pdf").write_bytes(pdf_corpus.CASES["ink_outside_dot_at_208mm"].make())
    said = run_cli("letters", "check", "d.pdf", cwd=tmp_path).stdout.splitlines()
    assert said[0] == "d.pdf: cannot be sent: content-outside-printable-area on page 2"
    assert said[1] == "  Page 2 has something 208.0 to 208.5 mm from the left and 155.4 to 156.0 mm from the top."

    (tmp_path / "c.pdf").write_bytes(pdf_corpus.CASES["tag_on_first_page_present"].make())
    said = run_cli("letters", "check", "c.pdf", cwd=tmp_path).stdout
    assert said.startswith("c.pdf: can be sent\n1 page on 1 sheet, 210 × 297 mm\n")
    assert said.endswith("Goes to: United Kingdom\nThe tag NOTIFY is there\n")


def test_OV2_overlays(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf_corpus.CASES["ink_outside_on_pages_1_2_and_10"].make())
    done = run_cli("letters", "check", "a.pdf", "--overlay", "a.png", cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    done = run_cli("letters", "check", "a.pdf", "--overlay", "b.png", "--page", "10", cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "b.png").read_bytes() != (tmp_path / "a.png").read_bytes()
    run_cli("letters", "check", "a.pdf", "--overlay", "all.pdf", cwd=tmp_path)
    pdf_readers.need_readers()
    pdf_readers.check_structure(tmp_path / "all.pdf")
    assert pdf_readers.page_count(tmp_path / "all.pdf") == 10


def test_OV1_a_page_that_is_not_there(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf_corpus.CASES["size_good_a4"].make())
    done = run_cli("letters", "check", "a.pdf", "--overlay", "a.png", "--page", "2", cwd=tmp_path)
    assert done.returncode == 1 and "--page 2" in done.stderr and not (tmp_path / "a.png").exists()


@pytest.mark.parametrize("arguments", [["--overlay", "a.gif"], ["--page", "1"], ["--page", "0", "--overlay", "a.png"],
                                       ["--overlay", "a.pdf", "--page", "1"], ["--nonsense"]], ids=" ".join)
def test_command_lines_that_make_no_sense(arguments, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    done = run_cli("letters", "check", "a.pdf", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert run_cli("letters", "check", "missing.pdf", cwd=tmp_path).returncode == 2
