"""The print house's HTTP service as a peer that judges every request. Standard library only.

    with DvlaHouse() as house:
        ... start postroom with house.settings() ...
        house.jobs                      # id -> order, as JSON, in the order they came
        house.report(letter_id)         # tells postroom that the letter was posted
        assert house.problems == []
"""
import base64
import binascii
import http.client
import http.server
import json
import re
import ssl
import threading
import time
import urllib.parse
import uuid

LOGIN = "/thirdparty-access/v1/authenticate"
NEW_KEY = "/thirdparty-access/v1/new-api-key"
PASSWORD = "/thirdparty-access/v1/password"
JOBS = "/print-request/v1/print/jobs"
HEADERS = {"host", "user-agent", "accept", "content-type", "content-length", "authorization", "x-api-key"}
METHODS = {"FIRST", "ECONOMY", "INTERNATIONAL_EU", "INTERNATIONAL_ROW"}
FORMS = {"unstructuredAddress": ({"line1", "line2", "line3", "line4", "line5", "postcode"}, {"line1", "postcode"}),
         "internationalAddress": ({"line1", "line2", "line3", "line4", "line5", "country"}, {"line1", "country"}),
         "bfpoAddress": ({"line1", "line2", "line3", "line4", "postcode", "bfpoNumber"}, {"line1", "bfpoNumber"})}
CLASSES = {"FIRST": ("1ST", "UNCODED"), None: ("2ND", "MM"), "ECONOMY": ("2ND", "UNSORTEDE"),
           "INTERNATIONAL_EU": ("INTERNATIONAL", "INT EU"), "INTERNATIONAL_ROW": ("INTERNATIONAL", "INT ROW")}


class Refused(Exception):
    pass


def need(condition, fault):
    if not condition:
        raise Refused(fault)


def exact(value, keys, where, optional=()):
    need(isinstance(value, dict), f"{where} is no object")
    need(set(keys) <= set(value) <= set(keys) | set(optional), f"{where} has the members {sorted(value)}")


def text(value, where, at_most, at_least=1):
    need(isinstance(value, str) and at_least <= len(value) <= at_most, f"{where} is no text of {at_least} to {at_most}")
    return value


def judge_address(address, method):
    need(isinstance(address, dict) and len(address) == 1, "an address has one form")
    form, = address
    need(form in FORMS, f"there is no form {form}")
    allowed, needed = FORMS[form]
    exact(address[form], needed, form, allowed - needed)
    lines = [key for key in address[form] if key.startswith("line")]
    need(lines == [f"line{i + 1}" for i in range(len(lines))], "the lines have a gap")
    for key, value in address[form].items():
        if key == "bfpoNumber":
            need(type(value) is int, "bfpoNumber is no integer")
        else:
            text(value, key, {"postcode": 10, "country": 256}.get(key, 45))
    need((form == "internationalAddress") == (method or "").startswith("INTERNATIONAL"), "form and method do not fit")


def judge_order(order):
    exact(order, ["id", "standardParams", "customParams", "callbackParams"], "the order")
    need(str(uuid.UUID(order["id"])) == order["id"], "id is no UUID in its usual form")
    standard = order["standardParams"]
    exact(standard, ["jobType", "templateReference", "businessIdentifier", "recipientName", "address"],
          "standardParams", ["despatchMethod"])
    need(standard["jobType"] == standard["templateReference"] == "NOTIFY", "jobType and templateReference are NOTIFY")
    need(re.fullmatch("[0-9A-Z]{16}", standard["businessIdentifier"]), "businessIdentifier is no reference")
    text(standard["recipientName"], "recipientName", 255)
    need("despatchMethod" not in standard or standard["despatchMethod"] in METHODS, "despatchMethod is unknown")
    judge_address(standard["address"], standard.get("despatchMethod"))
    customs = {}
    for item in order["customParams"]:
        exact(item, ["key", "value"], "a custom parameter")
        need(isinstance(item["value"], str) and item["key"] not in customs, "a custom parameter is odd or doubled")
        customs[item["key"]] = item["value"]
    need(set(customs) == {"pdfContent", "organisationIdentifier", "serviceIdentifier"}, f"customs are {sorted(customs)}")
    need(customs["organisationIdentifier"] != "None", "organisationIdentifier is the word for none")
    uuid.UUID(customs["serviceIdentifier"])
    pdf = base64.b64decode(customs["pdfContent"], validate=True)
    need(pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF"), "pdfContent is no whole PDF")
    exact(order["callbackParams"], ["target", "retryParams"], "callbackParams")
    need(order["callbackParams"]["retryParams"] == {"enabled": True, "maxRetryWindow": 10800}, "retryParams differ")
    target = urllib.parse.urlsplit(order["callbackParams"]["target"])
    need(target.scheme in ("http", "https") and target.path == "/notifications/letter/status", "target is odd")
    need(len(urllib.parse.parse_qs(target.query)["token"]) == 1, "target has no token")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class DvlaHouse:
    def __init__(self, *, token_seconds=3600, certificate=None):
        self.user, self.password, self.api_key = "postroom", "First-password-1!", "first-key"
        self.token_seconds = token_seconds
        self.jobs, self.problems, self.calls = {}, [], []
        self.before_answer = None  # called with an order that was taken, before it is answered
        self._script, self._tokens, self._keys = {}, set(), 1
        self._lock = threading.RLock()
        house = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = house._answer(self.path, self.headers, body)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # clients may be killed

        self._server = Server(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def settings(self):
        return {"print.provider": "dvla-http", "print.dvla_url": self.url}

    def script(self, path, *answers):
        """The next calls to the path: dicts of status (None: the connection ends), headers, body, done (what was
        asked for happens, and only the answer is another), wait (seconds before it)."""
        with self._lock:
            self._script.setdefault(path, []).extend(answers)

    def end_sessions(self):
        with self._lock:
            self._tokens.clear()

    def count(self, path):
        return self.calls.count(path)

    def pdf(self, job):
        return base64.b64decode(next(c["value"] for c in self.jobs[job]["customParams"] if c["key"] == "pdfContent"))

    def report(self, job, *, status="DESPATCHED", sheets=1, **data):
        """Posts a report to where the order said; gives the status of the answer."""
        order = self.jobs[job]
        postage, product = CLASSES[order["standardParams"].get("despatchMethod")]
        body = {"id": str(uuid.uuid4()), "source": "peer", "specVersion": "1", "type": "status",
                "time": "2026-04-01T00:00:00Z", "dataContentType": "application/json",
                "metadata": {"correlationId": "x"},
                "data": {"jobId": job, "jobStatus": status, "jobType": "NOTIFY", "templateReference": "NOTIFY",
                         "transitionDate": "2026-03-31T23:30:00Z",
                         "despatchProperties": [{"key": "totalSheets", "value": str(sheets)},
                                                {"key": "postageClass", "value": postage},
                                                {"key": "mailingProduct", "value": product}], **data}}
        if status == "REJECTED":
            del body["data"]["despatchProperties"]
        target = urllib.parse.urlsplit(order["callbackParams"]["target"])
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=30)
        try:
            connection.request("POST", f"{target.path}?{target.query}", json.dumps(body).encode(),
                               {"Content-Type": "application/json"})
            return connection.getresponse().status
        finally:
            connection.close()

    # Answering

    def _answer(self, path, headers, body):
        with self._lock:
            self.calls.append(path)
            script = self._script.get(path)
            step = script.pop(0) if script else {}
        if step.get("wait"):
            time.sleep(step["wait"])
        if "status" not in step:
            return self._serve(path, headers, body)
        if step.get("done"):
            self._serve(path, headers, body)
        if step["status"] is None:
            return None
        return step["status"], step.get("headers", {}), step.get("body", b"")

    def _serve(self, path, headers, body):
        try:
            with self._lock:
                made = self._judge(path, headers, body)
            if path == JOBS and made[0] == 202 and self.before_answer:
                self.before_answer(json.loads(body))
            return made
        except (Refused, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as fault:
            self.problems.append(f"{path}: {fault!r}")
            return self._error(path, 400, f"refused: {fault}")

    def _error(self, path, status, detail):
        errors = [{"status": str(status), "detail": detail}]
        return status, {"Content-Type": "application/json"}, json.dumps(
            {"errors": errors} if path == JOBS else errors).encode()

    def _json(self, status, value):
        return status, {"Content-Type": "application/json"}, json.dumps(value).encode()

    def _judge(self, path, headers, body):
        names = [name.lower() for name in headers.keys()]
        need(len(set(names)) == len(names) and set(names) <= HEADERS, f"odd headers {names}")
        need(headers["Accept"] == "application/json", "Accept")
        if path == NEW_KEY:
            need(body == b"" and "content-type" not in names, "a new key needs no body")
        else:
            need(headers["Content-Type"] == "application/json", "Content-Type")
        if path in (JOBS, NEW_KEY):
            if headers.get("Authorization") not in self._tokens or headers.get("X-API-Key") != self.api_key:
                return self._error(path, 401, "token or key is none of ours")
        else:
            need(not {"authorization", "x-api-key"} & set(names), "credentials where none are wanted")
        if path == JOBS:
            return self._take(json.loads(body))
        if path == NEW_KEY:
            self._keys += 1
            self.api_key = f"key-{self._keys}"
            return self._json(200, {"newApiKey": self.api_key})
        given = json.loads(body)
        if path == LOGIN:
            exact(given, ["userName", "password"], "a login")
            if (given["userName"], given["password"]) != (self.user, self.password):
                return self._error(path, 401, "user or password is wrong")
            return self._json(200, {"id-token": self._new_token()})
        need(path == PASSWORD, "nothing is there")
        exact(given, ["userName", "password", "newPassword"], "a change of password")
        if (given["userName"], given["password"]) != (self.user, self.password):
            return self._error(path, 401, "user or password is wrong")
        new = given["newPassword"]
        need(len(new) == 30 and all(re.search(kind, new) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]")),
             "the new password is too simple")
        self.password = new
        self._tokens.clear()
        return self._json(200, {})

    def _new_token(self):
        claims = {"exp": int(time.time()) + self.token_seconds, "jti": str(uuid.uuid4())}
        token = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)) + ".c2ln"
        self._tokens.add(token)
        return token

    def _take(self, order):
        judge_order(order)
        if order["id"] in self.jobs:
            return self._error(JOBS, 409, "the job exists")
        self.jobs[order["id"]] = order
        return self._json(202, {"id": order["id"]})
