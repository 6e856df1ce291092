"""Providers of texts over HTTP as peers that judge every request. Standard library only.

    with SmsProvider("mmg") as mmg:
        ... start postroom with mmg.settings() ...
        mmg.texts                      # what it took, in the order it came
        mmg.report(server, text, "delivered")
        assert mmg.faults == []

`behave(text)` is asked before a text is taken and answers "ok", ("status", 503, body), "cut" (takes it and closes
the connection), "refuse" (closes without taking it), or ("slow", seconds) (takes it, answers late).
"""
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import socket
import sys
import threading
import time
import types
import urllib.parse
import uuid

import harness

HTTP_SECONDS = 30
SENT_FIELDS = {"mmg": {"reqType", "MSISDN", "msg", "sender", "cid", "multi", "delurl"},
               "firetext": {"apiKey", "from", "to", "message", "reference", "receipt"},
               "twilio": {"To", "From", "MessagingServiceSid", "Body", "StatusCallback"},
               "http": {"to", "from", "text", "ref"}}
REPORTS = {"mmg": {"delivered": "3", "permanent": "2", "temporary": "4"},
           "firetext": {"delivered": "0", "permanent": "1", "pending": "2"},
           "twilio": {"delivered": "delivered", "permanent": "undelivered", "pending": "sent"},
           "http": {"delivered": "DELIVERED", "permanent": "FAILED", "pending": "TRANSIT"}}


class Fault(Exception):
    def __init__(self, why, status=400):
        super().__init__(why)
        self.status = status


def need(condition, why, status=400):
    if not condition:
        raise Fault(why, status)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode() if not isinstance(body, bytes) else body
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        house = self.server.house
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            text = house.read(self, body)
        except Fault as fault:
            house.faults.append(str(fault))
            return self.answer(*house.refusal(fault.status))
        action = house.behave(text)
        kind = action if isinstance(action, str) else action[0]
        if kind == "status":
            return self.answer(action[1], action[2] if len(action) > 2 else {})
        if kind == "refuse":
            self.close_connection = True
            return None
        if text.id is None:
            house.take(text)
        if kind == "slow":
            time.sleep(action[1])
        if kind == "cut":
            self.close_connection = True
            return None
        try:
            return self.answer(*house.success(text))
        except OSError:
            return None  # the caller gave up


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, *arguments):
        self.open = set()
        super().__init__(*arguments)

    def process_request(self, request, client_address):
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A caller that was killed is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def close_connections(self):
        """Of handlers too, which wait for the next request."""
        for request in list(self.open):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


class SmsProvider:
    def __init__(self, kind, secret="secret-key"):
        self.kind, self.secret = kind, secret
        self.texts, self.faults = [], []
        self.behave = lambda text: "ok"
        self.port = 0
        self._server, self._lock = None, threading.Lock()
        self._count = 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Again on the same port after stop()."""
        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.house = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.close_connections()
            self._server = None

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def settings(self):
        return {"mmg": {"mmg.url": self.base + "/send", "mmg.api_key": self.secret,
                        "receipts.mmg_credentials": "mmg:in", "inbound.mmg_credentials": "mmg:in"},
                "firetext": {"firetext.url": self.base + "/send", "firetext.api_key": self.secret,
                             "firetext.international_api_key": self.secret + "-abroad",
                             "receipts.firetext_credentials": "firetext:in"},
                "twilio": {"twilio.base_url": self.base, "twilio.account_sid": "AC1", "twilio.auth_token": self.secret,
                           "twilio.receipt_url": "https://post.example/notifications/sms/twilio",
                           "twilio.text_url": "https://post.example/notifications/sms/receive/twilio"},
                "http": {"sms_http.url": self.base + "/send?ref={reference}",
                         "sms_http.headers": "Content-Type: application/json\nX-Key: " + self.secret,
                         "sms_http.body": '{"to":"{to}","from":"{sender}","text":"{text}"}',
                         "sms_http.success": "status=2xx; json:ok=true", "sms_http.rejected": "status=422",
                         "sms_http.reference": "id", "sms_http.receipt_key": "theirs",
                         "sms_http.receipt_reference": "data.id", "sms_http.receipt_status": "data.state",
                         "sms_http.receipt_statuses":
                             "delivered=delivered,failed=permanent-failure,transit=ignored",
                         "receipts.http_credentials": "http:in"}}[self.kind]

    # Reading what comes

    def read(self, request, body):
        kind, headers = self.kind, request.headers
        path, _, query = request.path.partition("?")
        form_type = "application/x-www-form-urlencoded"
        if kind == "mmg":
            need(path == "/send" and headers["Content-Type"] == "application/json", "wrong path or type")
            need(headers["Authorization"] == "Basic " + self.secret, "wrong key", 403)
            sent = json.loads(body)
            need(sent.get("reqType") == "BULK" and sent.get("multi") is True, "reqType or multi is wrong")
            text = (sent["MSISDN"], sent["sender"], sent["msg"], sent["cid"])
        elif kind == "firetext":
            need(path == "/send" and headers["Content-Type"] == form_type, "wrong path or type")
            sent = dict(urllib.parse.parse_qsl(body.decode("ascii"), strict_parsing=True))
            abroad = not sent.get("to", "").startswith("44")
            need(sent.get("apiKey") == self.secret + ("-abroad" if abroad else ""), "wrong key", 403)
            text = (sent["to"], sent["from"], sent["message"], sent["reference"])
        elif kind == "twilio":
            need(path == "/2010-04-01/Accounts/AC1/Messages.json" and headers["Content-Type"] == form_type,
                 "wrong path or type")
            pair = base64.b64encode(f"AC1:{self.secret}".encode()).decode()
            need(headers["Authorization"] == "Basic " + pair, "wrong key", 401)
            sent = dict(urllib.parse.parse_qsl(body.decode("ascii"), strict_parsing=True))
            need(sent["To"].startswith("+") and ("From" in sent) != ("MessagingServiceSid" in sent), "To or From")
            callback = urllib.parse.urlsplit(sent["StatusCallback"])
            text = (sent["To"][1:], sent["From"], sent["Body"], dict(urllib.parse.parse_qsl(callback.query))["reference"])
        else:
            need(path == "/send" and headers["X-Key"] == self.secret, "wrong path or key", 403)
            sent = json.loads(body)
            text = (sent["to"], sent["from"], sent["text"], dict(urllib.parse.parse_qsl(query))["ref"])
        need(set(sent) <= SENT_FIELDS[kind], f"unknown fields {sorted(set(sent) - SENT_FIELDS[kind])}")
        to, sender, content, reference = text
        need(to.isdigit() and 7 <= len(to) <= 15, "the number is no 7 to 15 digits")
        need(content and sender, "text or sender is empty")
        uuid.UUID(reference)
        return types.SimpleNamespace(to=to, sender=sender, text=content, reference=reference, id=None)

    def take(self, text):
        with self._lock:
            self._count += 1
            text.id = str(100000 + self._count)
            self.texts.append(text)

    def success(self, text):
        return {"mmg": (200, {"Reference": int(text.id)}), "firetext": (200, {"code": 0, "description": "queued"}),
                "twilio": (201, {"sid": "SM" + text.id, "status": "queued"}),
                "http": (202, {"ok": True, "id": "m-" + text.id})}[self.kind]

    def refusal(self, status):
        return {"mmg": (status, {"Error": 206, "Description": "no"}), "firetext": (200, {"code": 1}),
                "twilio": (status, {"code": 20003, "status": status}), "http": (status, {})}[self.kind]

    # What it posts

    def report(self, server, text, state, *, credentials=None, **more):
        """Posts a receipt; the answer."""
        path = "/notifications/sms/" + self.kind
        status = REPORTS[self.kind][state]
        basic = {"Authorization": "Basic " + base64.b64encode((credentials or f"{self.kind}:in").encode()).decode()}
        if self.kind == "mmg":
            body = {"status": status, "CID": text.reference, "MSISDN": text.to, "substatus": "5", **more}
            return harness.http_call(server.api, "POST", path, body, basic)
        if self.kind == "http":
            return harness.http_call(server.api, "POST", path, {"data": {"id": "m-" + text.id, "state": status}}, basic)
        if self.kind == "firetext":
            form, headers = {"status": status, "reference": text.reference, "mobile": text.to, **more}, basic
        else:
            form = {"MessageSid": "SM" + text.id, "MessageStatus": status, "To": "+" + text.to, **more}
            path += "?reference=" + text.reference
            headers = {"X-Twilio-Signature": self.sign("https://post.example" + path, form, credentials)}
        return harness.http_call(server.api, "POST", path, urllib.parse.urlencode(form).encode(),
                                 {"Content-Type": "application/x-www-form-urlencoded", **headers})

    def sign(self, url, form, token=None):
        signed = url + "".join(name + form[name] for name in sorted(form))
        return base64.b64encode(hmac.new((token or self.secret).encode(), signed.encode(), hashlib.sha1).digest()).decode()
