"""Runs the real program and talks to it, for end-to-end tests. Standard library only.

    with Postroom() as server:                  # a fresh folder, free ports, environment "test"
        world = server.world()                  # service, keys and templates, made by the command line
        made = world.client.post("/v2/notifications/sms", {"phone_number": "07900900123",
                                 "template_id": world.sms, "personalisation": {"name": "Ann"}})
        server.drain()
        assert world.client.status(made.json["id"]) == "delivered"

Tests that take the fixture `make_postroom` or `postroom` (conftest.py) need no `with`.
"""
import atexit
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import types
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("POSTROOM_BINARY") or os.path.join(ROOT, "build", "release", "postroom")

START_SECONDS = 30
STOP_SECONDS = 30
CLI_SECONDS = 120
HTTP_SECONDS = 120
LOG_LINES_SHOWN = 60

SMS_TEXT = "Hello ((name))"
EMAIL_SUBJECT = "News for ((name))"
EMAIL_TEXT = "Dear ((name)),\n\nthis is *the* news.\n"
LETTER_SUBJECT = "About ((name))"
LETTER_TEXT = "Dear ((name)),\n\nthis is a letter.\n"
LETTER_ADDRESS = {"address_line_1": "A Person", "address_line_2": "1 High Street", "address_line_3": "LS1 4AP"}


class CommandFailed(AssertionError):
    def __init__(self, arguments, done):
        super().__init__(f"postroom {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
        self.code, self.stderr, self.stdout = done.returncode, done.stderr, done.stdout


def wait_for(what, timeout=20, pause=0.02):
    """Calls what() until its answer is true, and returns that."""
    end = time.monotonic() + timeout
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < end, f"did not come true within {timeout} s"
        time.sleep(pause)


def run_cli(*arguments, environment=None, **options):
    """A finished process of the program, with stdout and stderr as text; never raises for its exit code."""
    options.setdefault("timeout", CLI_SECONDS)
    return subprocess.run([BINARY, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, **options)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_token(service_id, secret, *, issued_at=None, algorithm="HS256", claims=None):
    """The JWT that the official clients send with each request."""
    head = {"typ": "JWT", "alg": algorithm}
    body = claims if claims is not None else {"iss": service_id, "iat": int(issued_at or time.time())}
    text = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (head, body))
    return text + "." + base64url(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:400]!r}>"


def http_call(base, method, path, body=None, headers=None, timeout=HTTP_SECONDS):
    """One request on a connection of its own. A body that is no bytes is sent as JSON."""
    place = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=timeout)
    try:
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


class ApiClient:
    """The public API with one key. Keeps its connection: use one client for each thread."""

    def __init__(self, base, api_key):
        self.base, self.api_key = base, api_key
        self.secret, self.service_id = api_key[-36:], api_key[-73:-37]
        self._connection = None

    def request(self, method, path, body=None, headers=None):
        headers = {"Authorization": "Bearer " + make_token(self.service_id, self.secret), **(headers or {})}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if self._connection is None:
            place = urllib.parse.urlsplit(self.base)
            self._connection = http.client.HTTPConnection(place.hostname, place.port, timeout=HTTP_SECONDS)
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            # Not sent again: whether the server took it is for the test to find out.
            self.close()
            raise

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body, **options):
        return self.request("POST", path, body, **options)

    def notification(self, notification_id):
        answer = self.get(f"/v2/notifications/{notification_id}")
        assert answer.status == 200, answer
        return answer.json

    def status(self, notification_id):
        return self.notification(notification_id)["status"]

    def send(self, kind, body):
        """Posts, expects 201, and returns the answer's JSON."""
        answer = self.post(f"/v2/notifications/{kind}", body)
        assert answer.status == 201, answer
        return answer.json

    def all_notifications(self, query=""):
        """Every row of the list, page by page as the links say."""
        path = "/v2/notifications" + ("?" + query if query else "")
        rows = []
        while True:
            answer = self.get(path)
            assert answer.status == 200, answer
            page = answer.json
            if not page["notifications"]:
                return rows
            rows += page["notifications"]
            if "next" not in page["links"]:
                return rows
            place = urllib.parse.urlsplit(page["links"]["next"])
            path = f"{place.path}?{place.query}"


class World:
    """A service with its keys and templates: ids in .sms, .email, .letter, texts in .keys, clients in .client,
    .team_client and .test_client."""

    def __init__(self, server, name, permissions, trial, keys):
        self.server, self.name = server, name
        arguments = ["service", "create", name]
        if permissions:
            arguments += ["--permissions", permissions]
        if trial:
            arguments += ["--trial"]
        self.service = server.cli(*arguments)
        self.id = self.service["id"]
        self.keys = {kind: server.cli("key", "create", self.id, f"{kind} key", "--type", kind)["api_key"]
                     for kind in keys}
        self.sms = self.add_template("sms", content=SMS_TEXT)["id"]
        self.email = self.add_template("email", subject=EMAIL_SUBJECT, content=EMAIL_TEXT)["id"]
        self.letter = self.add_template("letter", subject=LETTER_SUBJECT, content=LETTER_TEXT)["id"]

    def add_template(self, kind, *, content, subject=None, name=None, postage=None):
        arguments = ["template", "create", self.id, "--type", kind, "--name", name or f"{self.name} {kind}",
                     "--content", content]
        if subject:
            arguments += ["--subject", subject]
        if postage:
            arguments += ["--postage", postage]
        return self.server.cli(*arguments)

    def client_of(self, kind):
        """A new client: for each thread its own."""
        return ApiClient(self.server.api, self.keys[kind])

    def __getattr__(self, attribute):
        kind = {"client": "normal", "team_client": "team", "test_client": "test"}.get(attribute)
        if kind is None:
            raise AttributeError(attribute)
        cached = self.__dict__.get("_" + attribute)
        # A restarted server has another port.
        if cached is None or cached.base != self.server.api:
            cached = self.__dict__["_" + attribute] = self.client_of(kind)
        return cached

    def send_sms(self, to="07900900123", client=None, **more):
        return (client or self.client).send(
            "sms", {"phone_number": to, "template_id": self.sms, "personalisation": {"name": "Ann"}, **more})

    def send_email(self, to="ann@example.org", client=None, **more):
        return (client or self.client).send(
            "email", {"email_address": to, "template_id": self.email, "personalisation": {"name": "Ann"}, **more})

    def send_letter(self, client=None, address=None, **more):
        return (client or self.client).send(
            "letter", {"template_id": self.letter, "personalisation": {"name": "Ann", **(address or LETTER_ADDRESS)},
                       **more})


_running = set()


@atexit.register
def _kill_left_overs():
    for server in list(_running):
        server.kill9()


class Postroom:
    """One data folder and the server on it.

    allow_errors: events of error lines that the test expects in the log; any other error line fails it.
    """

    def __init__(self, *, folder=None, settings=None, environment="test", arguments=(), variables=None,
                 allow_errors=()):
        self._temporary = None
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="postroom-")
            folder = self._temporary.name
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.log_path = os.path.join(folder, "postroom.log")
        # Reports of sandbox providers come at once, so that a drain sees messages through to their end.
        self.settings = {"sandbox.receipt_delay": "0s", **(settings or {})}
        self.environment = environment
        self.arguments = list(arguments)
        self.variables = dict(variables or {})
        self.allow_errors = list(allow_errors)
        self.process = None
        self.api = self.web = ""
        self.greeting = {}

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, error, trace):
        self.end()
        try:
            if kind is None:
                self.check_log()
            else:
                print(self.log_tail())
        finally:
            if self._temporary:
                self._temporary.cleanup()

    def common_arguments(self):
        out = ["--data", self.data, "--environment", self.environment]
        for name, value in self.settings.items():
            out += ["--set", f"{name}={value}"]
        return out

    # The process

    def start(self, *, wait=True):
        assert self.process is None, "it runs already"
        out_path = os.path.join(self.folder, "serve.out")
        command = [BINARY, "serve", *self.common_arguments(), "--json"]
        if "--api" not in self.arguments:
            command += ["--api", "127.0.0.1:0"]
        if "--web" not in self.arguments:
            command += ["--web", "127.0.0.1:0"]
        with open(out_path, "wb") as out, open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command + self.arguments, stdout=out, stderr=log,
                                            stdin=subprocess.DEVNULL, env={**os.environ, **self.variables})
        _running.add(self)
        if not wait:
            return self
        end = time.monotonic() + START_SECONDS
        while True:
            with open(out_path) as out:
                line = out.readline()
            if line.endswith("\n"):
                break
            code = self.process.poll()
            if code is not None or time.monotonic() > end:
                self.kill9()
                why = f"ended with {code}" if code is not None else f"printed nothing in {START_SECONDS} s"
                raise AssertionError(f"postroom serve {why}\n{self.log_tail()}")
            time.sleep(0.005)
        self.greeting = json.loads(line)
        self.api, self.web = self.greeting["api"], self.greeting["web"]
        return self

    def stop(self):
        """Asks it to stop, waits, and returns its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise AssertionError(f"postroom did not stop within {STOP_SECONDS} s")
        self.process = None
        _running.discard(self)
        return code

    def kill9(self):
        """As a power cut does, but for the disk."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        _running.discard(self)

    def restart(self):
        self.stop()
        return self.start()

    def end(self):
        """Stops it if it runs; a process that ended by itself is an error of the test's log check."""
        if self.process is not None and self.process.poll() is not None:
            code, self.process = self.process.returncode, None
            _running.discard(self)
            with open(self.log_path, "a") as log:
                log.write(f"postroom ended by itself with {code}\n")
        elif self.process is not None:
            assert self.stop() == 0

    # The log

    def log_lines(self, event=None):
        """Lines of the log as objects; those that are no JSON under "text"."""
        if not os.path.exists(self.log_path):
            return []
        lines = []
        with open(self.log_path, errors="replace") as log:
            for line in log:
                try:
                    made = json.loads(line)
                except ValueError:
                    made = {"text": line.rstrip("\n")}
                lines.append(made if isinstance(made, dict) else {"text": line})
        return [line for line in lines if event is None or line.get("event") == event]

    def log_tail(self):
        if not os.path.exists(self.log_path):
            return "no log"
        with open(self.log_path, errors="replace") as log:
            return f"--- {self.log_path}\n" + "".join(log.readlines()[-LOG_LINES_SHOWN:])

    def check_log(self):
        bad = []
        for line in self.log_lines():
            if line.get("level") == "error" and line.get("event") not in self.allow_errors:
                bad.append(json.dumps(line))
            text = line.get("text", "")
            if "Sanitizer" in text or "runtime error:" in text or "ended by itself" in text:
                bad.append(text)
        assert not bad, "errors in the server's log:\n" + "\n".join(bad[:10])

    # The command line

    def run(self, *arguments, **options):
        """A finished process, whatever its exit code; see run_cli."""
        return run_cli(*arguments, *self.common_arguments(), environment=self.variables, **options)

    def cli(self, *arguments, as_json=True):
        """The command's answer: its JSON, or its text. Raises CommandFailed."""
        arguments = [str(a) for a in arguments]
        done = self.run(*arguments, *(["--json"] if as_json else []))
        if done.returncode != 0:
            raise CommandFailed(arguments, done)
        return json.loads(done.stdout) if as_json else done.stdout

    def world(self, name="Council", *, permissions=None, trial=False, keys=None):
        keys = keys or (["team", "test"] if trial else ["normal", "team", "test"])
        return World(self, name, permissions, trial, keys)

    # HTTP without a key

    def get(self, path, **options):
        return http_call(self.api, "GET", path, **options)

    def page(self, path, **options):
        return http_call(self.web, "GET", path, **options)

    def fetch_file(self, link, address=None):
        """The file behind a link in an email, with the address given first where there is one."""
        place = urllib.parse.urlsplit(link)
        headers = {}
        if address:
            given = http_call(self.web, "POST", f"{place.path}?{place.query}",
                              urllib.parse.urlencode({"email_address": address}).encode(),
                              {"Content-Type": "application/x-www-form-urlencoded"})
            assert given.status == 303, given
            headers["Cookie"] = given.headers["Set-Cookie"].split(";")[0]
        return http_call(self.web, "GET", f"{place.path}/download?{place.query}", headers=headers)

    def sandbox(self, method, path, body=None):
        answer = http_call(self.api, method, "/_sandbox" + path, body)
        assert answer.status in (200, 204), answer
        return answer.json if answer.body else None

    def messages(self, **filters):
        query = urllib.parse.urlencode(filters)
        return self.sandbox("GET", "/messages" + ("?" + query if query else ""))

    def clear_messages(self):
        self.sandbox("DELETE", "/messages")

    def drain(self, timeout=60):
        drained = self.sandbox("POST", "/drain", {"timeout_seconds": timeout})
        assert drained["drained"], drained
        return drained

    def now(self):
        return self.sandbox("GET", "/clock")["now"]

    def advance(self, seconds):
        moved = self.sandbox("POST", "/clock", {"advance_seconds": seconds})
        assert moved["drained"], moved
        return moved

    def set_clock(self, time_text):
        moved = self.sandbox("POST", "/clock", {"set": time_text})
        assert moved["drained"], moved
        return moved

    def fault(self, target, mode, count=1, **more):
        return self.sandbox("POST", "/faults", {"target": target, "mode": mode, "count": count, **more})

    def tickets(self):
        return self.sandbox("GET", "/tickets")


class CallbackReceiver:
    """A small HTTP server that keeps what is posted to it. `statuses` are given out first to last, then `status`; one
    of them may be a pair with headers. A path in `silent` is not answered for so many seconds."""

    def __init__(self):
        self.requests, self.statuses, self.status, self.silent = [], [], 200, {}
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with receiver._lock:
                    status = receiver.statuses.pop(0) if receiver.statuses else receiver.status
                    receiver.requests.append(types.SimpleNamespace(
                        path=self.path, headers=dict(self.headers.items()), body=body,
                        json=json.loads(body) if body else None,
                        answered=status[0] if isinstance(status, tuple) else status))
                if self.path in receiver.silent:
                    time.sleep(receiver.silent[self.path])
                    self.close_connection = True
                    return
                status, headers = status if isinstance(status, tuple) else (status, {})
                self.send_response(status)
                for name, value in {**headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/callback"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def wait(self, count, timeout=20):
        """The requests, once there are that many."""
        wait_for(lambda: len(self.requests) >= count, timeout)
        return list(self.requests)
