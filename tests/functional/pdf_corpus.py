"""PDFs that people send as letters, good and bad, with what is to be said about each. Made anew on every run:

    python3 tests/functional/pdf_corpus.py FOLDER     writes them all, to look at
"""
import base64
import os
import sys
import zlib

from pdf_writer import A4, ADDRESS, Letter, Page, Pdf, encrypted, mm, quoted

UNREADABLE = "unable-to-read-the-file"
LONG = "letter-too-long"
NOT_A4 = "letter-not-a4-portrait-oriented"
OUTSIDE = "content-outside-printable-area"
TAGGED = "notify-tag-found-in-content"
PRINTED = ["Ada Lovelace", "12 Example Street", "Exampleton", "SW1A 1AA"]

# One colour each, 8 by 8 pixels.
JPEG_RGB = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBk"
    "eFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAIAAgD"
    "ASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABAb/xAAUEQEA"
    "AAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCOACqH/9k=")
JPEG_CMYK = base64.b64decode(
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5NcXlwZHhc"
    "ZWdj/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAYH/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBNAFkASwAA"
    "PwCgDQ0dv//Z")
JPEG_GREY = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBk"
    "eFxlZ2P/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AMf/Z")

CASES = {}


class Case:
    def __init__(self, name, make, code, pages, count, address, options, rgb, clean, slow):
        self.name, self.make, self.code, self.options = name, make, code, options
        self.pages = pages        # invalid_pages as told
        self.count = count        # page_count as told
        self.address = address    # as printed
        self.rgb = rgb            # false: nothing to convert in it
        self.clean = clean        # words that may not be in what is printed
        self.slow = slow          # may take as long as a PDF may take

    def __repr__(self):
        return self.name


def case(code=None, pages=None, count=None, address=None, options=(), rgb=False, clean=(), slow=False, **variants):
    """A PDF by a function that returns its bytes, or one for each of its `variants`, which are its arguments."""
    def take(make):
        def put(name, build):
            told = None if code in (None, UNREADABLE, LONG) else pages if pages is not None else [1]
            printed = None if code or "--attachment" in options else address or PRINTED
            pages_told = count or (None if code == UNREADABLE else 1)
            CASES[name] = Case(name, build, code, told, pages_told, printed, list(options), rgb, list(clean), slow)
        if not variants:
            put(make.__name__, make)
        for name, value in variants.items():
            put(f"{make.__name__}_{name}", lambda value=value: make(value))
        return make
    return take


def letter_with(spoil, pages=1, page=1, **options):
    letter = Letter(pages=pages, **options)
    spoil(letter.pages[page - 1])
    return letter.pdf()


# --- sizes

def sized(width, height, rotation=None, unit=None, page=1, pages=1):
    letter = Letter(pages=pages)
    spoilt = letter.pages[page - 1]
    spoilt.box = [0, 0, mm(width), mm(height)]
    # Content stays where it is from the top left corner as shown; a turned page gets content for its turned frame.
    if rotation in (90, 270, -90, 450):
        spoilt.ops = [f"q {turn(rotation, width, height)} cm"] + turned_content(spoilt, width) + ["Q"]
    elif rotation == 180:
        spoilt.ops = [f"q -1 0 0 -1 {mm(width):.3f} {mm(height):.3f} cm"] + spoilt.ops + ["Q"]
    else:
        spoilt.ops = [f"q 1 0 0 1 0 {mm(height) - A4[1]:.3f} cm"] + spoilt.ops + ["Q"]
    if rotation is not None:
        spoilt.entries["Rotate"] = str(rotation)
    if unit:
        spoilt.entries["UserUnit"] = str(unit)
    return letter.pdf()


def turn(rotation, width, height):
    """From the frame as shown to the frame of the page."""
    if rotation % 360 == 90:
        return f"0 1 -1 0 {mm(width):.3f} 0"
    return f"0 -1 1 0 0 {mm(height):.3f}"


def turned_content(page, shown_height):
    return [f"1 0 0 1 0 {mm(shown_height) - A4[1]:.3f} cm"] + page.ops


@case(a4=(210, 297), exactly_2mm=(208, 299), other_2mm=(212, 295), bleed_1mm=(212, 299),
      landscape_turned_90=(297, 210, 90), landscape_turned_270=(297, 210, 270), portrait_turned_180=(210, 297, 180),
      landscape_turned_minus_90=(297, 210, -90), landscape_turned_450=(297, 210, 450), turned_0=(210, 297, 0))
def size_good(arguments):
    return sized(*arguments)


@case(NOT_A4, narrow=(207.9, 297), wide=(212.2, 297), low=(210, 294.8), high=(210, 299.2), us_letter=(215.9, 279.4),
      landscape=(297, 210), portrait_turned_90=(210, 297, 90), bleed_2mm=(214, 301), a5=(148, 210), a3=(297, 420),
      unit_2_on_a4=(210, 297, None, 2), turned_45=(210, 297, 45))
def size_bad(arguments):
    return sized(*arguments)


@case()
def size_unit_2_on_a6():
    letter = Letter()
    page = letter.pages[0]
    page.box = [0, 0, A4[0] / 2, A4[1] / 2]
    page.ops = ["q 0.5 0 0 0.5 0 0 cm"] + page.ops + ["Q"]
    page.entries["UserUnit"] = "2"
    return letter.pdf()


@case(NOT_A4, pages=[2, 4], count=4)
def size_several_pages():
    letter = Letter(pages=4)
    letter.pages[1].box = [0, 0, 612, 792]
    letter.pages[3].box = [0, 0, 842, 595]
    return letter.pdf()


@case(shifted=[100, 200, 100 + A4[0], 200 + A4[1]], negative=[-300, -50, A4[0] - 300, A4[1] - 50])
def size_box_origin(box):
    letter = Letter()
    page = letter.pages[0]
    page.box = box
    page.ops = [f"q 1 0 0 1 {box[0]} {box[1]} cm"] + page.ops + ["Q"]
    return letter.pdf()


@case()
def size_box_upside_down():
    letter = Letter()
    letter.pages[0].box = [A4[0], A4[1], 0, 0]
    return letter.pdf()


@case(count=2)
def size_inherited_from_the_tree():
    letter = Letter(pages=2)
    for page in letter.pages:
        page.entries["MediaBox"] = None
    letter.tree_entries = f"/MediaBox[0 0 {A4[0]} {A4[1]}]/Rotate 0"
    return letter.pdf()


@case(NOT_A4)
def size_without_box():
    return letter_with(lambda page: page.entries.update(MediaBox=None))


@case()
def size_is_of_the_media_box():
    return letter_with(lambda page: page.entries.update(CropBox="[30 20 570 830]"))


# --- where ink may be

@case(OUTSIDE, pages=[2], count=2,
      dot_at_208mm=lambda page: page.draw("590 400 1 1 re f"),
      text_at_13_5mm=lambda page: page.text(13.5, 150, "careless"),
      text_above=lambda page: page.text(50, 3, "header"),
      text_below=lambda page: page.text(50, 295.5, "footer"),
      text_right=lambda page: page.text(195, 150, "margin"),
      line_at_the_fold=lambda page: page.rectangle(0, 99, 5, 0.1),
      faint_tint=lambda page: page.rectangle(0, 0, 210, 297, "0.992 g"),
      hairline=lambda page: page.draw("0 w 5 100 m 5 600 l S"),
      turned_text=lambda page: page.draw("BT /F1 9 Tf 0 1 -1 0 20 300 Tm (DOC-0001) Tj ET"),
      pixel=lambda page: page.draw("q 0.5 0 0 0.5 20 400 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q"))
def ink_outside(spoil):
    return letter_with(spoil, pages=2, page=2)


@case(OUTSIDE,
      between_window_and_body=lambda page: page.text(24.6, 90, "Our ref"),
      left_of_window=lambda page: page.text(16, 50, "x"),
      right_of_window=lambda page: page.rectangle(122, 50, 1, 1),
      under_the_logo=lambda page: page.rectangle(15, 25, 50, 10),
      under_the_window=lambda page: page.rectangle(30, 69, 40, 5),
      fold_mark=lambda page: page.rectangle(0, 105, 6, 0.2),
      barcode=lambda page: page.rectangle(5, 120, 5, 40))
def ink_on_first_page(spoil):
    return letter_with(spoil)


@case(count=2,
      text_at_14_5mm=lambda page: page.text(14.5, 150, "just inside"),
      where_the_window_is_on_page_1=lambda page: page.text(24.6, 90, "fine here"),
      white_text=lambda page: page.text(3, 150, "unseen", colour="1 g"),
      white_over_all=lambda page: page.rectangle(0, 0, 210, 297, "1 g"),
      white_cmyk=lambda page: page.rectangle(0, 0, 210, 297, "0 0 0 0 k"),
      invisible_text=lambda page: page.text(3, 150, "unseen", mode=3),
      clipped_away=lambda page: page.draw("q 100 100 100 100 re W n 0 0 50 50 re f Q"),
      covered_by_white=lambda page: (page.rectangle(2, 100, 5, 5), page.rectangle(0, 90, 12, 30, "1 g")))
def ink_fine(spoil):
    return letter_with(spoil, pages=2, page=2)


@case(service_address=lambda page: page.text(130, 40, "Exampleton Council"),
      logo=lambda page: page.rectangle(15, 10, 70, 18),
      up_to_the_border=lambda page: (page.rectangle(15, 5, 180, 1), page.rectangle(15, 291, 180, 1)))
def ink_fine_on_first_page(spoil):
    return letter_with(spoil)


@case()
def ink_of_the_address_at_24mm():
    letter = Letter(address=None)
    letter.pages[0].address(ADDRESS, x=24)
    return letter.pdf()


@case(OUTSIDE, pages=[1, 2, 10], count=10)
def ink_outside_on_pages_1_2_and_10():
    letter = Letter(pages=10)
    for page in (0, 1, 9):
        letter.pages[page].rectangle(2, 100, 2, 2)
    return letter.pdf()


@case(OUTSIDE)
def ink_of_a_form():
    letter = Letter()
    form = letter.pdf_.stream("0 0 10 10 re f", "/Type/XObject/Subtype/Form/BBox[0 0 10 10]")
    letter.pages[0].resources["XObject"] = f"<</X {form} 0 R>>"
    letter.pages[0].draw("q 1 0 0 1 5 300 cm /X Do Q")
    return letter.pdf()


@case(OUTSIDE)
def ink_of_an_annotation():
    return annotated("/Subtype/Square/Rect[5 300 20 320]/F 4/C[0]", "0 0 15 20 re f")


@case()
def ink_of_an_annotation_for_the_screen():
    return annotated("/Subtype/Square/Rect[5 300 20 320]/F 2/C[0]", "0 0 15 20 re f")


@case()
def ink_of_a_layer_that_is_off():
    letter = Letter()
    layer = letter.pdf_.add("<</Type/OCG/Name(guides)>>")
    letter.catalog = f"/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]>>>>"
    letter.pages[0].resources["Properties"] = f"<</L {layer} 0 R>>"
    letter.pages[0].draw("/OC /L BDC 5 300 20 20 re f EMC")
    return letter.pdf()


@case(OUTSIDE)
def ink_of_a_picture_at_the_edge():
    return letter_with_picture("/ColorSpace/DeviceGray", b"\x80" * 64, at=(0, 200, 40, 40))


# --- order of checks

@case(LONG, count=12)
def order_12_pages_with_bad_margins():
    letter = Letter(pages=12)
    letter.pages[3].rectangle(1, 1, 5, 5)
    letter.pages[0].box = [0, 0, 612, 792]
    return letter.pdf()


@case(NOT_A4, count=2)
def order_landscape_and_bad_margins():
    letter = Letter(pages=2)
    letter.pages[0].box = [0, 0, 842, 595]
    letter.pages[1].rectangle(1, 1, 5, 5)
    return letter.pdf()


@case(OUTSIDE, pages=[2], count=2)
def order_margins_before_tag():
    letter = Letter(pages=2, address=["no address"])
    letter.pages[1].tag()
    letter.pages[1].rectangle(1, 100, 5, 5)
    return letter.pdf()


@case(TAGGED, pages=[2], count=2)
def order_tag_before_address():
    letter = Letter(pages=2, address=["no address"])
    letter.pages[1].tag()
    return letter.pdf()


# --- number of pages

@case(count=10)
def pages_10():
    return Letter(pages=10).pdf()


@case(LONG, count=11)
def pages_11():
    return Letter(pages=11).pdf()


@case(LONG, count=100000)
def pages_100000():
    letter = Letter()
    letter.build()
    kids = " ".join(f"{letter.tree + 1} 0 R" for _ in range(100000))
    letter.pdf_.put(letter.tree, f"<</Type/Pages/Count 100000/Kids[{kids}]>>")
    return letter.pdf_.bytes(letter.tree - 1)


@case(UNREADABLE)
def pages_none():
    pdf = Pdf()
    tree = pdf.add("<</Type/Pages/Count 0/Kids[]>>")
    return pdf.bytes(pdf.add(f"<</Type/Catalog/Pages {tree} 0 R>>"))


def with_tree(tree):
    letter = Letter()
    letter.build()
    letter.pdf_.put(letter.tree, tree.format(tree=letter.tree, page=letter.tree + 1))
    return letter.pdf_.bytes(letter.tree - 1)


@case(UNREADABLE, cycle="<</Type/Pages/Count 1/Kids[{tree} 0 R]>>", missing="<</Type/Pages/Count 1/Kids[99 0 R]>>",
      number="42")
def pages_tree_broken(tree):
    return with_tree(tree)


@case(NOT_A4)
def pages_tree_is_its_only_page():
    return with_tree("<</Type/Pages/Count 1/Kids null>>")


@case(UNREADABLE)
def pages_tree_2000_deep():
    letter = Letter()
    letter.build()
    pdf, page, last = letter.pdf_, letter.tree + 1, letter.tree
    for _ in range(2000):
        node = pdf.reserve()
        pdf.put(last, f"<</Type/Pages/Count 1/Kids[{node} 0 R]>>")
        last = node
    pdf.put(last, f"<</Type/Pages/Count 1/Kids[{page} 0 R]>>")
    return pdf.bytes(letter.tree - 1)


@case(count=4)
def pages_in_a_tree_of_trees():
    letter = Letter(pages=4)
    letter.build()
    pdf, tree = letter.pdf_, letter.tree
    kids = [number_ for number_, body in enumerate(pdf.objects, 1) if body.startswith(b"<</Type/Page/")]
    nodes = []
    for pair in (kids[:2], kids[2:]):
        nodes.append(pdf.add(f"<</Type/Pages/Parent {tree} 0 R/Count 2/Kids[{pair[0]} 0 R {pair[1]} 0 R]>>"))
    pdf.put(tree, f"<</Type/Pages/Count 4/Kids[{nodes[0]} 0 R {nodes[1]} 0 R]>>")
    return pdf.bytes(tree - 1)


# --- the tag

@case(present="NOTIFY", absent=None, lower_case="notify", with_more="NOTIFY 2", glued="xNOTIFY")
def tag_on_first_page(text):
    letter = Letter()
    if text:
        letter.pages[0].tag(text)
    return letter.pdf()


@case()
def tag_twice_on_first_page():
    letter = Letter()
    letter.pages[0].tag()
    letter.pages[0].text(1.8, 5.5, "NOTIFY", 6, "1 g")
    return letter.pdf()


@case(TAGGED, pages=[2, 3], count=3)
def tag_on_later_pages():
    letter = Letter(pages=3)
    for page in letter.pages:
        page.tag()
    return letter.pdf()


@case(count=2, lower_case=lambda page: page.tag("notify"), with_more=lambda page: page.tag("NOTIFY 2"),
      elsewhere=lambda page: page.text(20, 150, "NOTIFY"), beside=lambda page: page.text(15.3, 4, "NOTIFY", 6, "1 g"))
def tag_not_quite_on_page_2(spoil):
    return letter_with(spoil, pages=2, page=2)


@case(TAGGED, options=["--attachment"])
def tag_on_an_attachment():
    return letter_with(lambda page: page.tag(), address=None)


# --- attachments

@case(options=["--attachment"], count=2)
def attachment_without_address():
    return Letter(address=None, pages=2).pdf()


@case(options=["--attachment"])
def attachment_with_text_where_the_window_would_be():
    return letter_with(lambda page: page.text(20, 50, "A table begins here and goes on to the other side of the page"))


@case(OUTSIDE, options=["--attachment"])
def attachment_with_bad_margins():
    return letter_with(lambda page: page.text(5, 50, "left"))


@case(LONG, options=["--attachment"], count=11)
def attachment_of_11_pages():
    return Letter(pages=11).pdf()


# --- addresses

def addressed(lines):
    return Letter(address=lines).pdf()


@case(address=["A", "B", "N1 2AB"], plain=["A", "B", "N1 2AB"], postcode_spaced=["A", "B", "n 12 ab"],
      comma_at_the_end=["A,", "B,", "N1 2AB"], countries_dropped=["A", "B", "N1 2AB", "United Kingdom", "UK"])
def address_home(lines):
    return addressed(lines)


@case(address=["A", "B", "c", "d", "e", "f", "N1 2AB"], seven=[], eight_with_england=["England"])
def address_long(more):
    return addressed(["A", "B", "c", "d", "e", "f", "N1 2AB"] + more)


@case(address=["A", "B", "Germany"], options=["--international"], english=["A", "B", "Germany"],
      german=["A", "B", "Deutschland"])
def address_abroad(lines):
    return addressed(lines)


@case(address=["A", "BF1 2CD", "BFPO 12"])
def address_bfpo():
    return addressed(["A", "BFPO 12", "BF1 2CD"])


def address_bad(code, options=(), **variants):
    case(code, options=options, **variants)(addressed)


address_bad("not-enough-address-lines", two_lines=["A", "N1 2AB"], jersey=["A", "B", "Jersey"],
            only_england=["England"])
address_bad("too-many-address-lines", eight_lines=["A", "B", "c", "d", "e", "f", "g", "N1 2AB"])
address_bad("invalid-address-line-1-or-2", question_mark=["?", "B", "N1 2AB"])
address_bad("cant-send-international-letters", germany_from_home=["A", "B", "Germany"])
address_bad("not-a-real-uk-postcode-or-country", ["--international"], no_country=["A", "B", "Wakanda"])
address_bad("not-a-real-uk-postcode", no_postcode=["A", "B", "Wakanda"], bfpo_without_number=["A", "B", "BFPO"])
address_bad("has-country-for-bfpo-address", ["--international"], bfpo_abroad=["A", "BFPO 12", "France"])
address_bad("invalid-char-in-address", brackets=["(A)", "B", "N1 2AB"])
address_bad("no-fixed-abode-address", no_fixed_abode=["A", "NFA", "N1 2AB"])
address_bad("address-is-empty", empty=None)


@case(OUTSIDE)
def address_word_at_122mm():
    return letter_with(lambda page: page.text(122, 55, "."))


@case("not-a-real-uk-postcode", white=lambda page: page.text(122, 55, "Ref", colour="1 g"),
      invisible=lambda page: page.text(122, 55, "Ref", mode=3),
      beside_another_line=lambda page: page.text(122, 47, "B", 8, "1 g"),
      touching_the_box=lambda page: page.text(122.9, 55, "l", 2, colour="1 g"))
def address_word_beside_the_window(spoil):
    return letter_with(spoil)


@case(address=["Ada Lovelace", "12 Example Street", "Exampleton", "SW1A 1AA"])
def address_word_at_125mm():
    return letter_with(lambda page: page.text(125.5, 55, "Telephone 01632 960001"))


@case(address=["Office of Ada", "Flat 1", "Exampleton", "SW1A 1AA"])
def address_with_ligatures():
    letter = Letter(address=None)
    letter.pages[0].address([b"Of\x01ce of Ada", "Flat 1", "Exampleton", "sw1a1aa"])
    return letter.pdf()


@case(address=["Siân O’Neill-Müller", "1 Île Rd", "Exampleton", "SW1A 1AA"])
def address_with_accents():
    return addressed(["Siân O’Neill-Müller", "1 Île Rd", "Exampleton", "sw1a1aa"])


@case()
def address_on_a_wavy_line():
    letter = Letter(address=None)
    page = letter.pages[0]
    for i, line in enumerate(ADDRESS):
        x = 25
        for j, word in enumerate(line.split(" ")):
            page.text(x, 43 + 4 * i + 0.12 * (j % 2), word)
            x += len(word) * 2 + 2
    return letter.pdf()


@case()
def address_letter_by_letter():
    letter = Letter(address=None)
    for i, line in enumerate(ADDRESS):
        shown = "".join(f"{quoted(c)} 0 " for c in line)
        letter.pages[0].draw(f"BT /F1 10 Tf {mm(25)} {A4[1] - mm(43 + 4 * i)} Td [{shown}] TJ ET")
    return letter.pdf()


@case()
def address_in_a_form():
    letter = Letter(address=None)
    page = Page()
    page.address(ADDRESS)
    form = letter.pdf_.stream("\n".join(page.ops), "/Type/XObject/Subtype/Form/BBox[0 0 600 850]")
    letter.pages[0].resources["XObject"] = f"<</X {form} 0 R>>"
    letter.pages[0].draw("/X Do")
    return letter.pdf()


@case()
def address_invisible_over_a_scan():
    letter = Letter(address=None)
    for i, line in enumerate(ADDRESS):
        letter.pages[0].text(25, 43 + 4 * i, line, mode=3)
    return with_picture(letter, "/ColorSpace/DeviceGray", b"\x80" * 64, at=(30, 45, 40, 10))


@case(address=["Ada Lovelace"] + ["The Department of Very Long Names and of Even Longer Ones, in the East Wing of the "
                                  "Old Town Hall, Second Floor, Room 27"] + ["Exampleton", "SW1A 1AA"])
def address_line_wider_than_the_window_in_8_points():
    letter = Letter(address=None)
    lines = ["Ada Lovelace", "The Department of Very Long Names and of Even Longer Ones, in the East Wing of the Old "
             "Town Hall, Second Floor, Room 27", "Exampleton", "sw1a1aa"]
    letter.pages[0].address(lines, size=4.6)
    return letter.pdf()


@case("address-is-empty")
def address_as_a_picture():
    return with_picture(Letter(address=None), "/ColorSpace/DeviceGray", b"\x20" * 64, at=(30, 45, 60, 15))


# --- colours

def with_picture(letter, entries, data, at=(30, 150, 40, 40), filters="", size=8, bits=8):
    picture = letter.pdf_.stream(data, f"/Type/XObject/Subtype/Image/Width {size}/Height {size}/BitsPerComponent "
                                       f"{bits}{entries}{filters}", compress=not filters)
    x, y, width, height = at
    letter.pages[0].resources["XObject"] = f"<</P {picture} 0 R>>"
    letter.pages[0].draw(f"q {mm(width)} 0 0 {mm(height)} {mm(x)} {A4[1] - mm(y + height)} cm /P Do Q")
    return letter.pdf()


def letter_with_picture(*arguments, **options):
    return with_picture(Letter(), *arguments, **options)


@case(cmyk=("/ColorSpace/DeviceCMYK", b"\x00\x80\x80\x10" * 64), grey=("/ColorSpace/DeviceGray", b"\x80" * 64),
      cmyk_jpeg=("/ColorSpace/DeviceCMYK/Decode[1 0 1 0 1 0 1 0]", JPEG_CMYK, "/Filter/DCTDecode"),
      grey_jpeg=("/ColorSpace/DeviceGray", JPEG_GREY, "/Filter/DCTDecode"),
      mask=("/ImageMask true", b"\xaa" * 8, "", 1),
      indexed_cmyk=("/ColorSpace[/Indexed/DeviceCMYK 1<0000000000808010>]", b"\x01" * 64))
def picture(arguments):
    entries, data, *more = arguments
    filters = more[0] if more else ""
    return letter_with_picture(entries, data, filters=filters, bits=more[1] if len(more) > 1 else 8)


@case(rgb=True, plain=("/ColorSpace/DeviceRGB", b"\xc8\x1e\x1e" * 64),
      jpeg=("/ColorSpace/DeviceRGB", JPEG_RGB, "/Filter/DCTDecode"),
      indexed=("/ColorSpace[/Indexed/DeviceRGB 1<FFFFFFC81E1E>]", b"\x01" * 64),
      calibrated=("/ColorSpace[/CalRGB<</WhitePoint[0.9505 1 1.089]>>]", b"\xc8\x1e\x1e" * 64))
def picture_rgb(arguments):
    entries, data, *more = arguments
    return letter_with_picture(entries, data, filters=more[0] if more else "")


@case(rgb=True)
def picture_rgb_half_transparent():
    letter = Letter()
    mask = letter.pdf_.stream(b"\x80" * 64, "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8"
                                            "/ColorSpace/DeviceGray")
    return with_picture(letter, f"/ColorSpace/DeviceRGB/SMask {mask} 0 R", b"\xc8\x1e\x1e" * 64)


@case(rgb=True)
def picture_rgb_inline():
    return letter_with(lambda page: page.draw("q 90 0 0 90 100 300 cm BI /W 1 /H 1 /CS /RGB /BPC 8 ID \xc8\x1e\x1e EI "
                                              "Q"))


@case(rgb=True)
def picture_across_the_window():
    """Its pixels in the window must go, the rest stays."""
    return letter_with_picture("/ColorSpace/DeviceRGB", b"\xc8\xc8\xf0" * 64, at=(26, 41, 60, 20))


@case(rgb=True, black_text=lambda page: page.text(20, 200, "black as RGB", colour="0 0 0 rg"),
      red_text=lambda page: page.text(20, 200, "red", colour="1 0 0 rg"),
      stroke=lambda page: page.draw("q 0 0 1 RG 100 300 m 300 300 l S Q"),
      space=lambda page: page.draw("q /DeviceRGB cs 0 0.5 0 sc 100 300 50 50 re f Q"))
def colour_rgb(spoil):
    return letter_with(spoil)


@case(rgb=True)
def colour_of_a_shading():
    shading = ("<</S <</ShadingType 2/ColorSpace/DeviceRGB/Coords[100 300 300 300]/Function<</FunctionType 2/N 1"
               "/Domain[0 1]/C0[1 0 0]/C1[0 0 1]>>>>>>")

    def spoil(page):
        page.resources["Shading"] = shading
        page.draw("q 100 300 200 50 re W n /S sh Q")
    return letter_with(spoil)


@case(cmyk=lambda page: page.text(20, 200, "process black", colour="0 0 0 1 k"),
      spot=lambda page: (page.resources.update(ColorSpace="<</S [/Separation/Brand/DeviceCMYK<</FunctionType 2/N 1"
                                                          "/Domain[0 1]/C0[0 0 0 0]/C1[0 1 0.5 0]>>]>>"),
                         page.draw("q /S cs 1 scn 100 300 50 50 re f Q")))
def colour_fine(spoil):
    return letter_with(spoil)


# --- fonts

@case()
def fonts_not_embedded():
    return Letter(embedded=False).pdf()


@case()
def fonts_standard_14():
    letter = Letter()
    page = letter.pages[0]
    page.fonts["F2"] = letter.pdf_.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>")
    page.text(20, 200, "A line in one of the fonts every reader has", font_name="F2")
    return letter.pdf()


@case()
def fonts_made_of_drawings():
    letter = Letter()
    box = letter.pdf_.stream("600 0 0 0 500 700 d1 0 0 500 700 re f")
    letter.pages[0].fonts["F3"] = letter.pdf_.add(
        f"<</Type/Font/Subtype/Type3/FontBBox[0 0 600 700]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<</a {box} 0 R>>"
        "/Encoding<</Type/Encoding/Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[600]/Resources<<>>>>")
    letter.pages[0].text(20, 200, "aaa", font_name="F3")
    return letter.pdf()


@case()
def fonts_drawing_themselves():
    letter = Letter()
    number_ = letter.pdf_.reserve()
    glyph = letter.pdf_.stream("600 0 0 0 500 700 d1 BT /F3 1 Tf (a) Tj ET 0 0 500 700 re f")
    letter.pdf_.put(number_,
                    "<</Type/Font/Subtype/Type3/FontBBox[0 0 600 700]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs"
                    f"<</a {glyph} 0 R>>/Encoding<</Type/Encoding/Differences[97/a]>>/FirstChar 97/LastChar 97"
                    f"/Widths[600]/Resources<</Font<</F3 {number_} 0 R>>>>>>")
    letter.pages[0].fonts["F3"] = number_
    letter.pages[0].text(20, 200, "aaa", font_name="F3")
    return letter.pdf()


@case()
def fonts_missing_from_resources():
    return letter_with(lambda page: page.draw("BT /F9 10 Tf 100 300 Td (lost) Tj ET"))


# --- things that act

def annotated(entries, appearance=None):
    letter = Letter()
    form = ""
    if appearance:
        form = letter.pdf_.stream(appearance, "/Type/XObject/Subtype/Form/BBox[0 0 200 200]")
        form = f"/AP<</N {form} 0 R>>"
    letter.pages[0].annotations.append(letter.pdf_.add(f"<</Type/Annot{entries}{form}>>"))
    return letter.pdf()


@case(clean=["JavaScript", "OpenAction"])
def acts_on_opening():
    letter = Letter()
    letter.catalog = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
    return letter.pdf()


@case(clean=["JavaScript"])
def acts_by_named_scripts():
    letter = Letter()
    letter.catalog = "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>>>"
    return letter.pdf()


@case(clean=["Launch", "/AA <<"])
def acts_on_showing_a_page():
    return letter_with(lambda page: page.entries.update(AA="<</O<</S/Launch/F(calc.exe)>>>>"))


@case(clean=["EmbeddedFile"])
def acts_with_files_inside():
    letter = Letter()
    file = letter.pdf_.stream("MZ not a program", "/Type/EmbeddedFile")
    letter.catalog = f"/Names<</EmbeddedFiles<</Names[(a.exe)<</Type/Filespec/F(a.exe)/EF<</F {file} 0 R>>>>]>>>>"
    return letter.pdf()


@case(clean=["/URI"])
def acts_as_a_link():
    return annotated("/Subtype/Link/Rect[100 300 200 320]/Border[0 0 0]/A<</S/URI/URI(http://example.org/)>>")


@case()
def acts_as_a_form_field():
    letter = Letter()
    look = letter.pdf_.stream("q 0 g 2 2 196 16 re f Q", "/Type/XObject/Subtype/Form/BBox[0 0 200 20]")
    field = letter.pdf_.add(f"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(typed)/Rect[100 300 300 320]/F 4"
                            f"/AP<</N {look} 0 R>>>>")
    letter.pages[0].annotations.append(field)
    letter.catalog = f"/AcroForm<</Fields[{field} 0 R]>>"
    return letter.pdf()


@case()
def acts_as_a_note():
    return annotated("/Subtype/Text/Rect[100 300 120 320]/Contents(check this)/F 28")


@case()
def acts_over_the_address():
    """An annotation with text in the window: what is printed must have the address once."""
    return annotated(f"/Subtype/Link/Rect[{mm(25)} {A4[1] - mm(60)} {mm(60)} {A4[1] - mm(40)}]/Border[0 0 0]"
                     "/A<</S/URI/URI(http://example.org/)>>")


# --- passwords

@case(UNREADABLE)
def password_to_open():
    return encrypted(Letter(), "secret", "owner")


@case()
def password_of_the_owner_only():
    return encrypted(Letter(), "", "owner")


# --- damage

@case(UNREADABLE, empty=b"", text=b"Dear reader,\n", header_only=b"%PDF-1.4\n", zeros=b"\0" * 5000,
      image=b"\x89PNG\r\n\x1a\n" + b"\0" * 100, zip=b"PK\x03\x04" + b"\0" * 100, binary=bytes(range(256)) * 20)
def damaged_no_pdf(data):
    return data


@case(UNREADABLE)
def damaged_early_end():
    return Letter().pdf()[:3000]


@case()
def damaged_table_of_objects():
    return Letter().pdf().replace(b"startxref\n", b"startxref\n9")


@case()
def damaged_no_trailer():
    data = Letter().pdf()
    return data[:data.index(b"xref\n0 ")]


@case()
def damaged_garbage_before():
    return b"\r\nreceived from a mail server\r\n" * 10 + Letter().pdf()


@case()
def damaged_garbage_after():
    return Letter().pdf() + b"\0" * 3000


@case()
def damaged_stream_length():
    letter = Letter()
    root = letter.build()
    return letter.pdf_.bytes(root).replace(b"/Filter/FlateDecode/Length ", b"/Filter/FlateDecode/Length 9")


def with_content(content, resources=None):
    """The letter's own content is kept as it is, and `content` comes after it."""
    letter = Letter()
    letter.pages[0].draw(content)
    if resources is not None:
        letter.pages[0].entries["Resources"] = resources
    return letter.pdf()


@case(open_q="q", open_scale="q 0.1 0 0 0.1 200 300 cm", closed_too_often="Q Q Q", open_text="BT /F1 10 Tf 100 300 Td",
      open_clip="q 100 300 50 50 re W n", half_operator="100 300 50 5", open_string="(never closed",
      unknown_operators="1 2 foo /Bar baz", deep_q="q " * 50, white_left_on="1 g 1 G",
      turned_off="q 0 0 0 0 0 0 cm")
def damaged_content(content):
    return with_content(content)


@case(UNREADABLE, count=1)
def attack_drawing_states_5000_deep():
    """It can be looked at, but is not rewritten."""
    return with_content("q " * 5000)


@case()
def damaged_content_cut_off():
    letter = Letter()
    data = zlib.compress("\n".join(letter.pages[0].ops + ["q 0.5 0 0 0.5 0 0 cm"] + ["0 g"] * 4000).encode())
    stream = letter.pdf_.stream(data[:-40], "/Filter/FlateDecode", compress=False)
    letter.pages[0].entries["Contents"] = f"{stream} 0 R"
    return letter.pdf()


@case()
def damaged_content_in_pieces():
    letter = Letter()
    parts = [letter.pdf_.stream(line) for line in letter.pages[0].ops]
    letter.pages[0].entries["Contents"] = "[" + " ".join(f"{p} 0 R" for p in parts) + "]"
    return letter.pdf()


@case("address-is-empty", missing=None, null="null", lost="999 0 R")
def damaged_without_content(value):
    return letter_with(lambda page: page.entries.update(Contents=value))


@case("address-is-empty")
def damaged_without_resources():
    letter = Letter()
    letter.pages[0].entries["Resources"] = None
    letter.pages[0].ops = ["0 g 200 300 50 50 re f"]
    return letter.pdf()


@case(count=2)
def damaged_page_2_without_resources():
    letter = Letter(pages=2)
    letter.pages[1].entries["Resources"] = None
    letter.pages[1].ops = ["0 g 200 300 50 50 re f"]
    return letter.pdf()


@case()
def resources_inherited():
    letter = Letter()
    letter.pages[0].entries["Resources"] = None
    letter.build()
    fonts = [n for n, body in enumerate(letter.pdf_.objects, 1) if b"/Type/Font/" in body][0]
    letter.pdf_.put(letter.tree, f"<</Type/Pages/Count 1/Kids[{letter.tree + 2} 0 R]/Resources<</Font<</F1 {fonts} 0 R"
                                 ">>>>>>")
    return letter.pdf_.bytes(letter.tree - 1)


@case("address-is-empty")
def damaged_filter_unknown():
    letter = Letter()
    stream = letter.pdf_.stream(b"0 g", "/Filter/NoSuchDecode", compress=False)
    letter.pages[0].entries["Contents"] = f"{stream} 0 R"
    return letter.pdf()


@case()
def streams_of_objects():
    letter = Letter()
    return letter.pdf_.bytes_with_streams(letter.build())


@case()
def changed_after_it_was_written():
    """An update at the end replaces the address; the old one must not come back."""
    letter = Letter(address=["Old Person", "1 Past Road", "N1 2AB"])
    data = letter.pdf()
    new = Letter()
    stream = zlib.compress("\n".join(new.pages[0].ops).encode())
    number_ = next(n for n, body in enumerate(letter.pdf_.objects, 1)
                   if n > letter.tree and b"stream\n" in body)
    offset = len(data)
    data += b"%d 0 obj\n<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n" % (
        number_, len(stream), stream)
    table = len(data)
    before = int(data[:offset].rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    data += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        number_, offset, len(letter.pdf_.objects) + 1, letter.tree - 1, before, table)
    return data


# --- attacks

def bomb(chunk, times):
    """zlib's stream of `chunk`, which should be large, `times` over, without compressing more than one."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(times):
        check = zlib.adler32(chunk, check)
    return b"\x78\xda" + block * times + b"\x03\x00" + check.to_bytes(4, "big")


def form_letter(forms):
    """`forms` are contents; each may draw the others as /X0, /X1 and so on; the page draws /X0."""
    letter = Letter()
    pdf = letter.pdf_
    numbers = [pdf.reserve() for _ in forms]
    names = "".join(f"/X{i} {n} 0 R" for i, n in enumerate(numbers))
    for number_, content in zip(numbers, forms):
        pdf.put(number_, f"<</Type/XObject/Subtype/Form/BBox[0 0 600 850]/Resources<</XObject<<{names}>>>>"
                         f"/Length {len(content)}>>stream\n{content}\nendstream")
    letter.pages[0].resources["XObject"] = f"<<{names}>>"
    letter.pages[0].draw("/X0 Do")
    return letter.pdf()


@case(UNREADABLE, count=1, itself=["/X0 Do 100 300 9 9 re f"], each_other=["/X1 Do", "/X0 Do 100 300 9 9 re f"])
def attack_form_in(forms):
    return form_letter(forms)


# What is cut short by the limits need not wait for them.
HURRY = ["--set", "pdfscan.cpu_seconds=3"]


@case(UNREADABLE, options=HURRY)
def attack_forms_doubling():
    return form_letter([f"/X{i + 1} Do /X{i + 1} Do" for i in range(40)] + ["100 300 9 9 re f"])


@case(UNREADABLE, options=HURRY)
def attack_bomb_in_content():
    letter = Letter()
    stream = letter.pdf_.stream(bomb(b"0 g\n" * 262144, 2000), "/Filter/FlateDecode", compress=False)
    letter.pages[0].entries["Contents"] = f"{stream} 0 R"
    return letter.pdf()


@case("address-is-empty", slow=True)
def attack_bomb_in_bomb():
    """Small enough to be looked through."""
    letter = Letter()
    stream = letter.pdf_.stream(zlib.compress(bomb(b" " * (1 << 20), 200), 9), "/Filter[/FlateDecode/FlateDecode]",
                                compress=False)
    letter.pages[0].entries["Contents"] = f"{stream} 0 R"
    return letter.pdf()


@case(slow=True)
def attack_picture_of_gigabytes():
    """It says that it has gigabytes, and has ten megabytes."""
    letter = Letter()
    picture_ = letter.pdf_.stream(bomb(b"\xff" * (1 << 20), 10), "/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8"
                                        "/ColorSpace/DeviceGray/Filter/FlateDecode", compress=False)
    letter.pages[0].resources["XObject"] = f"<</P {picture_} 0 R>>"
    letter.pages[0].draw("q 90 0 0 90 100 300 cm /P Do Q")
    return letter.pdf()


@case(UNREADABLE)
def attack_deep_arrays():
    letter = Letter()
    letter.catalog = "/Deep" + "[" * 3000 + "]" * 3000
    return letter.pdf()


@case()
def attack_deep_dictionary_beside_the_letter():
    letter = Letter()
    letter.pdf_.add("<</a" * 60000 + " 1" + ">>" * 60000)
    return letter.pdf()


@case()
def attack_many_objects():
    letter = Letter()
    for _ in range(200000):
        letter.pdf_.add("null")
    return letter.pdf()


@case(slow=True)
def attack_tiny_tiles():
    letter = Letter()
    tile = letter.pdf_.stream("0 0 0.01 0.01 re f", "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1"
                                                    "/BBox[0 0 0.02 0.02]/XStep 0.02/YStep 0.02/Resources<<>>")
    letter.pages[0].resources["Pattern"] = f"<</T {tile} 0 R>>"
    letter.pages[0].draw("q /Pattern cs /T scn 100 200 400 400 re f Q")
    return letter.pdf()


@case()
def attack_prints_to_a_file_name():
    """Names that mean something to shells and file systems are only names."""
    letter = Letter()
    letter.catalog = "/Title(; touch /tmp/x)/Lang($(touch /tmp/x))"
    return letter.pdf()


def write_all(folder):
    os.makedirs(folder, exist_ok=True)
    for made in CASES.values():
        with open(os.path.join(folder, made.name + ".pdf"), "wb") as file:
            file.write(made.make())


if __name__ == "__main__":
    write_all(sys.argv[1])
    print(f"{len(CASES)} files in {sys.argv[1]}")
