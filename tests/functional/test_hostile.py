"""What an attacker sends to the API: every answer is a 4xx within a second, and nobody else notices."""
import json
import os
import socket
import threading
import time
import urllib.parse

import pytest

from harness import Postroom, make_token

ANSWER_SECONDS = 1.0
MIB = 1024 * 1024
BODY_MAX = 16 * MIB
# RFC 9110 and 9112 ask for these two: a transfer coding and an HTTP version that are not known.
PRESCRIBED = (501, 505)


class Wire:
    """A raw connection."""

    def __init__(self, server):
        place = urllib.parse.urlsplit(server.api)
        self.socket = socket.create_connection((place.hostname, place.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it answered before it had everything: the answer is still to be read
        return self

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return bool(data)

    def answer(self):
        """(status, headers, body) of the next answer, or None when the server closes without one."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.more():
                assert not self.buffer, f"an unfinished answer: {self.buffer[:200]!r}"
                return None
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        assert lines[0].startswith("HTTP/1.1 "), lines[0]
        headers = {name.strip().lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            assert self.more(), "the body of the answer is cut"
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return int(lines[0].split(" ")[1]), headers, body

    def timed_answer(self):
        started = time.monotonic()
        answer = self.answer()
        seconds = time.monotonic() - started
        assert seconds < ANSWER_SECONDS, f"{seconds:.2f} s"
        return answer

    def is_closed(self):
        """The server ends the connection within a second, and says nothing more."""
        self.socket.settimeout(ANSWER_SECONDS)
        try:
            return not self.more() and not self.buffer
        except socket.timeout:
            return False


@pytest.fixture(scope="module")
def world():
    with Postroom() as server:
        made = server.world("Hostile")
        yield made


@pytest.fixture(scope="module")
def server(world):
    return world.server


def token(world):
    key = world.keys["normal"]
    return make_token(key[-73:-37], key[-36:])


def head(world, method="POST", path="/v2/notifications/sms", *more):
    lines = [f"{method} {path} HTTP/1.1", "Host: api", f"Authorization: Bearer {token(world)}", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def post(world, body, path="/v2/notifications/sms"):
    return head(world, "POST", path, f"Content-Length: {len(body)}") + body


def is_refusal(answer, allowed=()):
    assert answer is not None, "no answer"
    status, headers, body = answer
    assert 400 <= status < 500 or status in allowed, (status, body[:300])
    if body:
        assert json.loads(body)["errors"][0]["error"], body
    return status


def still_serves(world):
    """Somebody else gets an answer in time."""
    with Wire(world.server) as wire:
        wire.send(head(world, "GET", "/v2/templates"))
        assert wire.timed_answer()[0] == 200


# Bodies

def value_of(text):
    return b'{"phone_number":"07900900123","template_id":"%ID%","personalisation":{"name":' + text + b"}}"


BODIES = {
    "nothing": b"",
    "blank": b" \n\t",
    "NUL": b"\0",
    "open lists": b"[" * 100_000,
    "megabytes of open lists": b"[" * (8 * MIB),
    "open objects": b'{"a":' * 100_000,
    "closed deep lists": b"[" * 50_000 + b"]" * 50_000,
    "deep values": value_of(b"[" * 5_000 + b"]" * 5_000),
    "deep objects": value_of(b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    "closing brackets": b"]" * 100_000,
    "open string": b'{"phone_number":"' + b"9" * MIB,
    "invalid UTF-8": b'{"phone_number":"\xff\xfe"}',
    "overlong UTF-8": b'{"phone_number":"\xc0\xaf"}',
    "surrogates in UTF-8": b'{"phone_number":"\xed\xa0\x80"}',
    "beyond Unicode": b'{"phone_number":"\xf4\x90\x80\x80"}',
    "cut UTF-8": b'{"phone_number":"\xe2\x82',
    "a lone high surrogate": value_of(b'"\\ud800"'),
    "a lone low surrogate": value_of(b'"\\udc00"'),
    "surrogates the wrong way round": value_of(b'"\\udc00\\ud800"'),
    "a surrogate in a name": b'{"\\ud800":1}',
    "an escaped NUL": value_of(b'"\\u0000"'),
    "an escaped NUL in a name": b'{"a\\u0000b":1}',
    "a raw NUL in a string": value_of(b'"a\0b"'),
    "control characters": value_of(b'"\x01\x1f"'),
    "bad escapes": value_of(b'"\\x41"'),
    "a short escape": value_of(b'"\\u00"'),
    "NaN": value_of(b"NaN"),
    "Infinity": value_of(b"-Infinity"),
    "hexadecimal": value_of(b"0x10"),
    "leading zeros": value_of(b"007"),
    "a bare dot": value_of(b"."),
    "an endless number": b"1" * MIB,
    "an endless exponent": b"1e" + b"9" * MIB,
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "UTF-32": '{"a":1}'.encode("utf-32"),
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "two documents": b"{}{}",
    "trailing text": b"{} x",
    "comments": b"/* */ {}",
    "single quotes": b"{'a':1}",
    "a trailing comma": b'{"a":1,}',
    "XML": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    "gzip": b"\x1f\x8b\x08\x00" + b"\0" * 100,
    "many members": b"{" + b",".join(b'"k%d":1' % i for i in range(100_000)) + b"}",
    "one name many times": b"{" + b",".join([b'"phone_number":"x"'] * 100_000) + b"}",
    "many errors": b'{"phone_number":[' + b",".join([b"1"] * 200_000) + b"]}",
    "a huge reference": b'{"reference":"' + b"a" * (8 * MIB) + b'"}',
    "a huge name": b'{"' + b"a" * (4 * MIB) + b'":1}',
    "a huge phone number": b'{"phone_number":"' + b"0" * (4 * MIB) + b'","template_id":"%ID%"}',
    "a phone number of joiners": ('{"phone_number":"' + "\u200b" * 500_000 + '","template_id":"%ID%"}').encode(),
    "a huge id": b'{"template_id":"' + b"-" * (4 * MIB) + b'"}',
    "numbers for everything": b'{"phone_number":1,"template_id":2,"personalisation":3,"reference":4}',
    "lists for everything": b'{"phone_number":[],"template_id":[],"personalisation":[],"reference":[]}',
    "true": b"true",
    "a number": b"17",
    "prototype": b'{"__proto__":{"admin":true},"constructor":1}',
}


@pytest.mark.parametrize("path", ["/v2/notifications/sms", "/v2/notifications/email", "/v2/notifications/letter",
                                  "/v2/template/%ID%/preview"], ids=lambda path: path.split("/")[-1])
def test_hostile_bodies_are_refused_at_once(world, path):
    path = path.replace("%ID%", world.sms)
    lenient = ("numbers for everything", "lists for everything")
    with Wire(world.server) as wire:
        for name, body in BODIES.items():
            if path.endswith("preview") and not is_refused_by_preview(name):
                continue
            wire.send(post(world, body.replace(b"%ID%", world.sms.encode()), path))
            answer = wire.timed_answer()
            status = is_refusal(answer)
            assert status == 400, (name, answer)
            assert len(answer[2]) < 64 * 1024 or name in lenient, f"{name}: the answer has {len(answer[2])} bytes"
    still_serves(world)


def is_refused_by_preview(name):
    """Members that it does not know are no fault of a preview, and an empty body is none of its own."""
    return name not in ("nothing", "many members", "one name many times", "many errors", "a huge reference",
                        "a huge name", "a huge phone number", "a phone number of joiners", "a huge id", "prototype",
                        "an escaped NUL in a name")


@pytest.mark.parametrize("value", [
    pytest.param(b"[" + b",".join([b'"x"'] * 50_000) + b"]", id="long list"),
    pytest.param(b'"' + b"((name))" * 100_000 + b'"', id="placeholders"),
    pytest.param(b'"' + b"((" * 400_000 + b'"', id="open placeholders"),
    pytest.param(b'"' + b"<" * 800_000 + b'"', id="tags"),
    pytest.param(b'"' + b"[a](" * 100_000 + b'"', id="open links"),
    pytest.param(b'"' + b"*" * 500_000 + b'"', id="stars"),
    pytest.param(b'"' + b"> " * 300_000 + b'"', id="quotes"),
    pytest.param(b'"' + b"a.b" * 300_000 + b'"', id="dots"),
    pytest.param(b'"' + b"\\n" * 500_000 + b'"', id="newlines"),
    pytest.param(('"' + "\u0301" * 300_000 + '"').encode(), id="combining marks")])
def test_values_that_make_rendering_slow(world, value):
    values = b'"personalisation":{"name":' + value + b"}"
    requests = [(b'{"phone_number":"07900900123","template_id":"%s",' % world.sms.encode() + values + b"}", "sms"),
                (b'{"email_address":"a@example.org","template_id":"%s","sanitise_content_for":["name"],'
                 % world.email.encode() + values + b"}", "email")]
    with Wire(world.server) as wire:
        for body, kind in requests:
            wire.send(post(world, body, "/v2/notifications/" + kind))
            status = wire.timed_answer()[0]
            assert status in (201, 400), status
        wire.send(post(world, b"{" + values + b"}", f"/v2/template/{world.email}/preview"))
        assert wire.timed_answer()[0] in (200, 400)


def test_a_body_one_byte_too_large(world):
    with Wire(world.server) as wire:
        wire.send(post(world, b" " * (BODY_MAX - 2) + b"{}"))
        assert is_refusal(wire.timed_answer()) == 400  # read whole: only its content is wrong
        wire.send(head(world, "POST", "/v2/notifications/sms", f"Content-Length: {BODY_MAX + 1}"))
        status, headers, body = wire.timed_answer()
        assert (status, headers["connection"]) == (413, "close")
        assert json.loads(body)["errors"][0]["error"] == "RequestEntityTooLarge"
    with Wire(world.server) as wire:
        wire.send(post(world, b"x" * (BODY_MAX + 1)))
        assert is_refusal(wire.timed_answer()) == 413
    with Wire(world.server) as wire:  # of unknown length
        wire.send(head(world, "POST", "/v2/notifications/sms", "Transfer-Encoding: chunked"))
        for _ in range(17):
            wire.send(b"100000\r\n" + b"y" * MIB + b"\r\n")
        assert is_refusal(wire.timed_answer()) == 413


# Addresses

@pytest.mark.parametrize("path", [
    "/v2/notifications/%00", "/v2/notifications/%", "/v2/notifications/%zz", "/v2/notifications/%c0%af",
    "/v2/notifications/..%2f..%2fetc%2fpasswd", "/v2/notifications/%2e%2e/templates", "/v2/../_sandbox/clock",
    "/v2/notifications/..;/x", "/v2/template/%ff%fe", "/v2/template/{id}/version/%31%00", "/v2/template/{id}/version/-1",
    "/v2/template/{id}/version/1e3", "/v2/template/{id}/version/" + "9" * 4000, "/v2/notifications/" + "a" * 8000,
    "/v2" + "/a" * 4000, "/v2/notifications?status=%ff", "/v2/notifications?older_than=%00",
    "/v2/notifications?older_than=" + "0" * 8000, "/v2/notifications?" + "&".join(f"k{i}=v" for i in range(1500)),
    "/v2/notifications?status=" + "&status=".join(["x"] * 1000), "/v2/notifications?%", "/v2/notifications?=&=",
    "/v2/notifications?reference=%00", "/v2/notifications?reference=%ff", "/v2/templates?type=sms%00", "/v2/received-text-messages?older_than='--",
    "/V2/templates", "/v2/templates/", "/v2/templates%20", "/v2\\templates", "/v2/templates;x=1"])
def test_hostile_addresses_are_refused(world, path):
    with Wire(world.server) as wire:
        wire.send(head(world, "GET", path.replace("{id}", world.sms)))
        answer = wire.timed_answer()
        if path == "/v2/notifications?=&=" and answer[0] == 200:
            return
        is_refusal(answer)


def test_doubled_slashes_and_escaped_letters_find_the_same_place(world):
    with Wire(world.server) as wire:
        for path in ("//v2/templates", "/v2//templates", "///v2///templates", "/v2/%74emplates",
                     "http://elsewhere.example/v2/templates"):
            wire.send(head(world, "GET", path))
            assert wire.timed_answer()[0] == 200, path


def test_an_address_longer_than_the_headers_may_be(world):
    with Wire(world.server) as wire:
        wire.send(head(world, "GET", "/v2/notifications/" + "a" * 20_000))
        assert is_refusal(wire.timed_answer()) in (414, 431)
        assert wire.is_closed()


# The protocol

def lines(*more, method="POST", path="/v2/notifications/sms", version="HTTP/1.1", body=b""):
    return "\r\n".join([f"{method} {path} {version}", "Host: api", *more]).encode("latin-1") + b"\r\n\r\n" + body


BROKEN = {
    "no request at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100 + b"\r\n\r\n",
    "binary": bytes(range(256)) * 4 + b"\r\n\r\n",
    "HTTP 0.9": b"GET /\r\n\r\n",
    "no version": b"GET /_status HTTP\r\nHost: a\r\n\r\n",
    "HTTP 2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP 3.0": lines(method="GET", path="/_status", version="HTTP/3.0"),
    "two blanks": b"GET  /_status HTTP/1.1\r\nHost: a\r\n\r\n",
    "no host": b"GET /_status HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /_status HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a blank before the colon": lines("Content-Length : 3", body=b"abc"),
    "a header without colon": lines("nonsense"),
    "a NUL in a header": lines("X-A: a\0b"),
    "an empty header name": lines(": x"),
    "a huge header": lines("X-A: " + "a" * 20_000),
    "many headers": lines(*[f"X-{i}: 1" for i in range(1000)]),
    "many small headers": lines(*["a:"] * 3000),
    "negative length": lines("Content-Length: -1"),
    "signed length": lines("Content-Length: +3", body=b"abc"),
    "length with text": lines("Content-Length: 3x", body=b"abc"),
    "hexadecimal length": lines("Content-Length: 0x3", body=b"abc"),
    "empty length": lines("Content-Length: "),
    "absurd length": lines("Content-Length: 99999999999999999999999999"),
    "the largest length": lines("Content-Length: 18446744073709551615"),
    "two lengths": lines("Content-Length: 3", "Content-Length: 5", body=b"abcde"),
    "two lengths in one": lines("Content-Length: 3, 5", body=b"abcde"),
    "length and chunks": lines("Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "chunks and length": lines("Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n"),
    "chunked twice": lines("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "chunked, chunked": lines("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"),
    "identity": lines("Transfer-Encoding: identity", "Content-Length: 3", body=b"abc"),
    "gzip, chunked": lines("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
    "xchunked": lines("Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "chunked with a tab": lines("Transfer-Encoding:\x0bchunked", body=b"0\r\n\r\n"),
    "chunks in HTTP/1.0": lines("Transfer-Encoding: chunked", version="HTTP/1.0", body=b"0\r\n\r\n"),
    "chunk size is no number": lines("Transfer-Encoding: chunked", body=b"zz\r\nabc\r\n0\r\n\r\n"),
    "negative chunk": lines("Transfer-Encoding: chunked", body=b"-3\r\nabc\r\n0\r\n\r\n"),
    "overflowing chunk": lines("Transfer-Encoding: chunked", body=b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    "the largest chunk": lines("Transfer-Encoding: chunked", body=b"ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    "chunk without its end": lines("Transfer-Encoding: chunked", body=b"3\r\nabcdef\r\n0\r\n\r\n"),
    "a length behind the chunks": lines("Transfer-Encoding: chunked", body=b"0\r\nContent-Length: 3\r\n\r\n"),
    "endless chunk extension": lines("Transfer-Encoding: chunked", body=b"3;" + b"x" * 200_000 + b"\r\nabc\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_requests_are_refused_and_the_connection_ends(world, name):
    with Wire(world.server) as wire:
        # What follows must never be taken for a request of its own.
        wire.send(BROKEN[name] + b"GET /_status/live HTTP/1.1\r\nHost: smuggled\r\n\r\n")
        answer = wire.timed_answer()
        is_refusal(answer, PRESCRIBED)
        assert answer[1]["connection"] == "close"
        assert wire.is_closed(), f"more than one answer, or open: {wire.buffer[:200]!r}"


def test_unknown_methods_are_refused(world):
    with Wire(world.server) as wire:
        for method in ("BREW", "get", "PATCH", "TRACE", "PROPFIND", "M-SEARCH", "DELETE", "X" * 500):
            wire.send(head(world, method, "/v2/notifications/sms", "Content-Length: 0"))
            assert is_refusal(wire.timed_answer()) == 405, method
        wire.send(b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n")
        is_refusal(wire.timed_answer())
    with Wire(world.server) as wire:
        wire.send(b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
        is_refusal(wire.timed_answer())


def test_smuggled_requests_stay_bodies(world):
    hidden = b"GET /_status/live HTTP/1.1\r\nHost: a\r\n\r\n"
    with Wire(world.server) as wire:
        wire.send(post(world, hidden) + head(world, "GET", "/v2/templates"))
        assert wire.timed_answer()[0] == 400
        assert wire.timed_answer()[0] == 200
        wire.send(head(world, "POST", "/v2/notifications/sms", "Transfer-Encoding: chunked") +
                  b"%x\r\n%s\r\n0\r\nHost: b\r\nX-Trailer: 1\r\n\r\n" % (len(hidden), hidden) +
                  head(world, "GET", "/v2/templates"))
        assert wire.timed_answer()[0] == 400
        assert wire.timed_answer()[0] == 200
        # A body on a request that has no use for one is read and left alone.
        wire.send(head(world, "GET", "/v2/templates", f"Content-Length: {len(hidden)}") + hidden)
        assert wire.timed_answer()[0] == 200
        wire.send(head(world, "GET", "/v2/received-text-messages"))
        assert b"received_text_messages" in wire.timed_answer()[2]


def test_pipelined_requests_are_answered_in_order(world):
    count = 200
    requests = b""
    for i in range(count):
        if i % 2:
            requests += head(world, "GET", "/v2/templates", f"X-B3-TraceId: trace{i}")
        else:
            requests += head(world, "POST", "/v2/notifications/sms", f"X-B3-TraceId: trace{i}",
                             "Content-Length: 2") + b"{}"
    with Wire(world.server) as wire:
        threading.Thread(target=wire.send, args=(requests,), daemon=True).start()
        for i in range(count):
            status, headers, _ = wire.timed_answer()
            assert (status, headers["x-b3-traceid"]) == (200 if i % 2 else 400, f"trace{i}")


def test_half_closed_connections(world):
    with Wire(world.server) as wire:
        wire.send(head(world, "GET", "/v2/templates")).half_close()
        assert wire.timed_answer()[0] == 200
        assert wire.is_closed()
    for part in (b"", b"GET", head(world, "POST", "/v2/notifications/sms", "Content-Length: 10")[:-2],
                 head(world, "POST", "/v2/notifications/sms", "Content-Length: 10") + b"{",
                 head(world, "POST", "/v2/notifications/sms", "Transfer-Encoding: chunked") + b"3\r\nab"):
        with Wire(world.server) as wire:
            wire.send(part).half_close()
            answer = wire.timed_answer()
            if answer is not None:
                is_refusal(answer)
    still_serves(world)


def test_clients_that_vanish_leave_nothing_behind(world):
    body = json.dumps({"phone_number": "07900900123", "template_id": world.sms, "personalisation": {"name": "A"}})
    for _ in range(50):
        with Wire(world.server) as wire:
            wire.send(post(world, body.encode()) + head(world, "GET", "/v2/notifications"))
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset at close
    still_serves(world)


def test_http_1_0(world):
    with Wire(world.server) as wire:
        wire.send(b"GET /_status/live HTTP/1.0\r\n\r\n")
        assert wire.timed_answer()[0] == 200
        assert wire.is_closed()
    with Wire(world.server) as wire:
        for _ in range(2):
            wire.send(b"GET /_status/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            status, headers, _ = wire.timed_answer()
            assert (status, headers["connection"].lower()) == (200, "keep-alive")


def test_expect_continue(world):
    with Wire(world.server) as wire:
        wire.send(head(world, "POST", "/v2/notifications/sms", "Content-Length: 2", "Expect: 100-continue"))
        assert wire.timed_answer()[0] == 100
        wire.send(b"{}")
        assert is_refusal(wire.timed_answer()) == 400
        wire.send(head(world, "POST", "/v2/notifications/sms", f"Content-Length: {BODY_MAX + 1}",
                       "Expect: 100-continue"))
        assert is_refusal(wire.timed_answer()) == 413  # it is not asked for


def test_hostile_tokens(world):
    tokens = ["", ".", "..", "...", "a.b.c", "=" * 100, "e30.e30.", "." * 10_000, "eyJhbGciOiJIUzI1NiJ9." + "A" * 12_000 + ".x",
              "\xff\xfe", "Bearer " * 100, token(world)[:-1], token(world) + "A", token(world) + " x"]
    with Wire(world.server) as wire:
        for one in tokens:
            wire.send(f"GET /v2/templates HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {one}\r\n\r\n".encode("latin-1"))
            assert is_refusal(wire.timed_answer()) in (401, 403), one[:40]


def test_slow_requests_are_cut_and_bother_nobody(world):
    """Header bytes that drip in are cut after the header's ten seconds; meanwhile everybody else is served."""
    wires = [Wire(world.server) for _ in range(100)]
    started = time.monotonic()
    try:
        for wire in wires:
            wire.send(b"POST /v2/notifications/sms HTTP/1.1\r\nHost: a\r\n")
        bodies = [Wire(world.server) for _ in range(20)]
        for wire in bodies:
            wire.send(head(world, "POST", "/v2/notifications/sms", "Content-Length: 1000") + b"{")
        while time.monotonic() - started < 9:
            for wire in wires:
                wire.send(b"X: y\r\n")
            for wire in bodies:
                wire.send(b" ")
            still_serves(world)
            time.sleep(0.5)
        for wire in wires:
            assert is_refusal(wire.answer()) in (408, 431)
        assert time.monotonic() - started < 15
        still_serves(world)
    finally:
        for wire in wires + bodies:
            wire.socket.close()


def test_many_idle_connections_bother_nobody(world):
    wires = [Wire(world.server) for _ in range(500)]
    try:
        still_serves(world)
    finally:
        for wire in wires:
            wire.socket.close()


def test_nothing_was_lost_of_the_server(world):
    """After all that it is the same process, and its memory has not run away."""
    with open(f"/proc/{world.server.process.pid}/status") as file:
        resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    assert resident < 1024 * 1024, f"{resident} KiB"
    assert world.server.process.poll() is None
    assert os.path.exists(world.server.data)
