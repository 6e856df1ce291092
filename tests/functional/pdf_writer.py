"""Writes PDFs for tests, byte by byte, so that they can be as good or as bad as a test needs. Standard library only.

    letter = Letter(["Ada Lovelace", "1 Example Street", "SW1A 1AA"], pages=2)
    letter.pages[1].text(20, 100, "on the second page")
    data = letter.pdf()

Places are millimetres from the top left corner of an A4 page.
"""
import functools
import hashlib
import struct
import zlib

POINTS = 72 / 25.4
A4 = (595.276, 841.89)
FONT_FILE = "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf"
ADDRESS = ["Ada Lovelace", "12 Example Street", "Exampleton", "sw1a1aa"]


def mm(value):
    return value * POINTS


def number(value):
    return f"{value:.3f}".rstrip("0").rstrip(".")


class Pdf:
    """Numbered objects and what is around them."""

    def __init__(self, version="1.4"):
        self.version, self.objects, self.trailer = version, [], ""

    def reserve(self):
        self.objects.append(None)
        return len(self.objects)

    def put(self, number_, body):
        self.objects[number_ - 1] = body if isinstance(body, bytes) else body.encode("latin-1")

    def add(self, body):
        number_ = self.reserve()
        self.put(number_, body)
        return number_

    def stream(self, data, entries="", compress=True, length=None):
        data = data if isinstance(data, bytes) else data.encode("latin-1")
        if compress:
            data, entries = zlib.compress(data), entries + "/Filter/FlateDecode"
        length = len(data) if length is None else length
        return self.add(f"<<{entries}/Length {length}>>stream\n".encode("latin-1") + data + b"\nendstream")

    def bytes(self, root):
        out = bytearray(f"%PDF-{self.version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"))
        offsets = []
        for number_, body in enumerate(self.objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n" % number_ + body + b"\nendobj\n"
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        for offset in offsets:
            out += b"%010d 00000 n \n" % offset
        out += f"trailer\n<</Size {len(offsets) + 1}/Root {root} 0 R{self.trailer}>>\n".encode("latin-1")
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)

    def bytes_with_streams(self, root):
        """The same with object streams and a cross-reference stream, as programs write since PDF 1.5."""
        self.version = "1.5"
        packed = [n for n, body in enumerate(self.objects, 1) if b"stream\n" not in body]
        table, bodies = b"", b""
        for number_ in packed:
            table += b"%d %d " % (number_, len(bodies))
            bodies += self.objects[number_ - 1] + b"\n"
        container, xref = len(self.objects) + 1, len(self.objects) + 2
        data = zlib.compress(table + bodies)
        holder = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (
            len(packed), len(table), len(data), data)
        out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        rows = [(0, 0, 65535)]
        for number_, body in enumerate(self.objects + [holder], 1):
            if number_ in packed:
                rows.append((2, container, packed.index(number_)))
                continue
            rows.append((1, len(out), 0))
            out += b"%d 0 obj\n" % number_ + body + b"\nendobj\n"
        start = len(out)
        rows.append((1, start, 0))
        data = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
        out += b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Filter/FlateDecode/Length %d>>stream\n" % (
            xref, len(rows), root, len(data))
        return bytes(out + data + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)


class Font:
    """LiberationSans with the outlines of a few hundred characters, as a simple TrueType font."""

    def __init__(self):
        data = open(FONT_FILE, "rb").read()
        count = struct.unpack(">H", data[4:6])[0]
        self.tables = {}
        for i in range(count):
            tag, _, offset, length = struct.unpack(">4sIII", data[12 + 16 * i:28 + 16 * i])
            self.tables[tag.decode()] = data[offset:offset + length]
        self.em = struct.unpack(">H", self.tables["head"][18:20])[0]
        self.glyphs = self._character_map()
        wide = struct.unpack(">H", self.tables["hhea"][34:36])[0]
        hmtx = self.tables["hmtx"]
        self.advances = [struct.unpack(">H", hmtx[4 * i:4 * i + 2])[0] for i in range(wide)]

    def _character_map(self):
        cmap = self.tables["cmap"]
        for i in range(struct.unpack(">H", cmap[2:4])[0]):
            platform, encoding, offset = struct.unpack(">HHI", cmap[4 + 8 * i:12 + 8 * i])
            if (platform, encoding) == (3, 1):
                break
        sub = cmap[offset:]
        double = struct.unpack(">H", sub[6:8])[0]
        half = double // 2
        words = lambda at: struct.unpack(f">{half}H", sub[at:at + double])  # noqa: E731
        ends, starts = words(14), words(16 + double)
        deltas, ranges = words(16 + 2 * double), words(16 + 3 * double)
        glyphs = {}
        for k in range(half):
            for code in range(starts[k], min(ends[k], 0xFFFE) + 1):
                if ranges[k] == 0:
                    glyph = (code + deltas[k]) & 0xFFFF
                else:
                    at = 16 + 3 * double + 2 * k + ranges[k] + 2 * (code - starts[k])
                    glyph = struct.unpack(">H", sub[at:at + 2])[0]
                    glyph = (glyph + deltas[k]) & 0xFFFF if glyph else 0
                if glyph:
                    glyphs[code] = glyph
        return glyphs

    def width(self, character):
        glyph = self.glyphs.get(ord(character), 0)
        return self.advances[min(glyph, len(self.advances) - 1)] * 1000 / self.em

    def file(self):
        """The font with empty outlines for all but Latin letters."""
        kept = {0} | {g for c, g in self.glyphs.items() if c < 0x180 or 0x2010 <= c <= 0x2030 or c in (0xFB01, 0xFB02)}
        loca = self.tables["loca"]
        wide = struct.unpack(">h", self.tables["head"][50:52])[0] == 1
        offsets = struct.unpack(f">{len(loca) // 4}I", loca) if wide else [
            2 * o for o in struct.unpack(f">{len(loca) // 2}H", loca)]
        glyf, out, new = self.tables["glyf"], bytearray(), []
        queue = list(kept)
        while queue:  # composed glyphs need their parts
            g = queue.pop()
            data = glyf[offsets[g]:offsets[g + 1]]
            if len(data) < 12 or struct.unpack(">h", data[:2])[0] >= 0:
                continue
            at = 10
            while True:
                flags, part = struct.unpack(">HH", data[at:at + 4])
                if part not in kept:
                    kept.add(part)
                    queue.append(part)
                at += 4 + (4 if flags & 1 else 2) + (2 if flags & 8 else 4 if flags & 64 else 8 if flags & 128 else 0)
                if not flags & 32:
                    break
        for g in range(len(offsets) - 1):
            new.append(len(out))
            if g in kept:
                out += glyf[offsets[g]:offsets[g + 1]]
                out += b"\0" * (-len(out) % 4)
        new.append(len(out))
        head = bytearray(self.tables["head"])
        head[50:52] = b"\0\1"
        tables = {"glyf": bytes(out), "loca": struct.pack(f">{len(new)}I", *new), "head": bytes(head)}
        for tag in ("cmap", "cvt ", "fpgm", "hhea", "hmtx", "maxp", "prep"):
            tables[tag] = self.tables[tag]
        body, directory, at = b"", b"", 12 + 16 * len(tables)
        for tag, data in sorted(tables.items()):
            directory += struct.pack(">4sIII", tag.encode(), 0, at + len(body), len(data))
            body += data + b"\0" * (-len(data) % 4)
        power = len(tables).bit_length() - 1
        return struct.pack(">IHHHH", 0x10000, len(tables), 16 << power, power, 16 * len(tables) - (16 << power)) + \
            directory + body


@functools.lru_cache
def font():
    return Font()


@functools.lru_cache
def font_stream():
    data = font().file()
    return zlib.compress(data, 9), len(data)


def font_objects(pdf, embedded=True, name="AAAAAA+LiberationSans"):
    """Writes the font with Windows' encoding, where codes 1 and 2 are the ligatures fi and fl; returns its number."""
    if not embedded:
        return pdf.add(f"<</Type/Font/Subtype/TrueType/BaseFont/{name}/Encoding/WinAnsiEncoding>>")
    data, length = font_stream()
    file = pdf.add(f"<</Length {len(data)}/Length1 {length}/Filter/FlateDecode>>stream\n".encode() + data +
                   b"\nendstream")
    descriptor = pdf.add(f"<</Type/FontDescriptor/FontName/{name}/Flags 32/FontBBox[-544 -303 1302 980]/ItalicAngle 0"
                         f"/Ascent 905/Descent -212/CapHeight 729/StemV 80/FontFile2 {file} 0 R>>")
    widths = []
    for code in range(256):
        character = {1: "\ufb01", 2: "\ufb02"}.get(code) or bytes([code]).decode("cp1252", "replace")
        widths.append(number(font().width(character)))
    return pdf.add(f"<</Type/Font/Subtype/TrueType/BaseFont/{name}/FirstChar 0/LastChar 255/Widths[{' '.join(widths)}]"
                   f"/FontDescriptor {descriptor} 0 R/Encoding<</Type/Encoding/BaseEncoding/WinAnsiEncoding"
                   "/Differences[1/fi/fl]>>>>")


def quoted(text):
    out = text.encode("cp1252") if isinstance(text, str) else text
    return "(" + out.decode("latin-1").replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") + ")"


class Page:
    """What stands on one page, and the entries of its dictionary."""

    def __init__(self, width=A4[0], height=A4[1]):
        self.box = [0, 0, width, height]
        self.height = height  # places are counted from this high
        self.ops, self.entries, self.resources, self.annotations = [], {}, {}, []
        self.fonts = {}  # further names to object numbers

    def draw(self, operators):
        self.ops.append(operators)

    def text(self, x, y, text, size=10, colour="0 g", font_name="F1", mode=0):
        """`y` is the base line's."""
        self.draw(f"q {colour} BT /{font_name} {size} Tf {mode} Tr {number(mm(x))} {number(self.height - mm(y))} Td "
                  f"{quoted(text)} Tj ET Q")

    def rectangle(self, x, y, width, height, colour="0 g"):
        self.draw(f"q {colour} {number(mm(x))} {number(self.height - mm(y + height))} {number(mm(width))} "
                  f"{number(mm(height))} re f Q")

    def address(self, lines, x=25, top=43, size=10, leading=4):
        """Long ones are set smaller, so that they stay in the window."""
        if len(lines) > 6:
            top, size, leading = 42.5, 8, 3.2
        for i, line in enumerate(lines):
            self.text(x, top + i * leading, line, size)

    def tag(self, text="NOTIFY", colour="1 g"):
        self.text(1.8, 1.8 + 6 / POINTS, text, 6, colour)

    def body(self, paragraphs=3, top=110):
        for i in range(paragraphs * 4):
            self.text(20, top + i * 5, "This is a line of a letter that says something of use to its reader.", 10)


class Letter:
    """A letter that passes, ready to be spoilt."""

    def __init__(self, address=ADDRESS, pages=1, embedded=True, size=A4):
        self.pdf_, self.embedded = Pdf(), embedded
        self.pages = [Page(*size) for _ in range(pages)]
        self.catalog, self.tree_entries = "", ""
        self.wrap_resources = None  # resources shared by the tree instead of each page
        if address:
            self.pages[0].address(address)
        for i, page in enumerate(self.pages):
            page.body(top=110 if i == 0 else 40)

    def build(self):
        """Writes all objects and returns the catalog's number."""
        pdf = self.pdf_
        font_number = font_objects(pdf, self.embedded)
        catalog, tree = pdf.reserve(), pdf.reserve()
        kids = [self.write_page(page, tree, font_number) for page in self.pages]
        self.tree = tree
        pdf.put(tree, f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{k} 0 R' for k in kids)}]"
                      f"{self.tree_entries}>>")
        pdf.put(catalog, f"<</Type/Catalog/Pages {tree} 0 R{self.catalog}>>")
        return catalog

    def write_page(self, page, tree, font_number):
        pdf = self.pdf_
        resources = dict(page.resources)
        names = {"F1": font_number, **page.fonts}
        resources["Font"] = "<<" + "".join(f"/{n} {o} 0 R" for n, o in names.items()) + ">>"
        entries = {"MediaBox": "[" + " ".join(number(v) for v in page.box) + "]",
                   "Resources": "<<" + "".join(f"/{k} {v}" for k, v in resources.items()) + ">>"}
        if page.annotations:
            entries["Annots"] = "[" + " ".join(f"{a} 0 R" for a in page.annotations) + "]"
        if "Contents" not in page.entries:
            entries["Contents"] = f"{pdf.stream(chr(10).join(page.ops))} 0 R"
        entries.update(page.entries)
        text = "".join(f"/{k} {v}" for k, v in entries.items() if v is not None)
        return pdf.add(f"<</Type/Page/Parent {tree} 0 R{text}>>")

    def pdf(self):
        return self.pdf_.bytes(self.build())


PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def rc4(key, data):
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(out)


def encrypted(letter, user, owner):
    """The letter with 40-bit RC4 (revision 2). Strings of it stay readable: it must have none outside streams."""
    root = letter.build()
    identity = hashlib.md5(b"made for tests").digest()
    padded = lambda password: (password.encode() + PADDING)[:32]  # noqa: E731
    owner_entry = rc4(hashlib.md5(padded(owner)).digest()[:5], padded(user))
    permissions = -4
    key = hashlib.md5(padded(user) + owner_entry + struct.pack("<i", permissions) + identity).digest()[:5]
    for i, body in enumerate(letter.pdf_.objects):
        at = body.find(b"stream\n")
        if at < 0:
            continue
        at += len(b"stream\n")
        object_key = hashlib.md5(key + struct.pack("<I", i + 1)[:3] + b"\0\0").digest()[:10]
        letter.pdf_.objects[i] = body[:at] + rc4(object_key, body[at:-len(b"\nendstream")]) + b"\nendstream"
    letter.pdf_.trailer = (f"/ID[<{identity.hex()}><{identity.hex()}>]/Encrypt<</Filter/Standard/V 1/R 2"
                           f"/O<{owner_entry.hex()}>/U<{rc4(key, PADDING).hex()}>/P {permissions}>>")
    return letter.pdf_.bytes(root)
