"""A small name server (RFC 1035) for tests: answers from a table, over UDP.

    with DnsServer({("MX", "a.example"): [(10, "mx.a.example")], ("A", "mx.a.example"): ["127.0.0.1"]}) as dns: …

A name that is in no entry does not exist. A value "fail" answers SERVFAIL; "silent" not at all; a function is called
for each question and gives the value."""
import ipaddress
import socket
import struct
import threading

TYPES = {1: "A", 28: "AAAA", 15: "MX", 16: "TXT"}


def _name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def _data(kind, value):
    if kind == "MX":
        return struct.pack(">H", value[0]) + _name(value[1])
    if kind == "TXT":
        raw = value.encode()
        return b"".join(bytes([len(raw[i:i + 255])]) + raw[i:i + 255] for i in range(0, len(raw), 255))
    return ipaddress.ip_address(value).packed


class DnsServer:
    def __init__(self, table):
        self.table = dict(table)
        self.questions = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._stopping = False

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._stopping = True
        self._socket.close()

    def _serve(self):
        while not self._stopping:
            try:
                question, sender = self._socket.recvfrom(4096)
                answer = self._answer(question)
                if answer:
                    self._socket.sendto(answer, sender)
            except OSError:
                return

    def _answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += question[at] + 1
        name, kind = ".".join(labels).lower(), TYPES.get(struct.unpack(">H", question[at + 1:at + 3])[0], "?")
        self.questions.append((kind, name))
        value = self.table.get((kind, name), [])
        if callable(value):
            value = value()
        if value == "silent":
            return None
        exists = any(known == name for _, known in self.table)
        code = 2 if value == "fail" else 0 if exists else 3
        records = [] if code else value
        out = question[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0) + question[12:at + 5]
        for record in records:
            data = _data(kind, record)
            out += b"\xc0\x0c" + question[at + 1:at + 3] + struct.pack(">HIH", 1, 60, len(data)) + data
        return out
