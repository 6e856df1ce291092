"""Alerts reach a support desk: Zendesk- and Deskpro-shaped receivers that judge what they get, and a mailbox."""
import base64
import http.server
import json
import threading
import urllib.parse

import pytest

from print_tools import Office
from test_letters_checks import ACK_ERROR, EVENING, MISSING_ACK, STILL_SENDING, send_one

DUE = "2027-01-13T16:31:00Z"
NOT_RAISED = ["alerts.ticket_not_raised"]


class Desk:
    """Answers 201 to a well-formed request, 4xx to another, or `failing` to all."""

    def __init__(self, failing=None):
        desk = self
        self.taken, self.complaints = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = failing or desk.judge(self.path, self.headers, body)
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def judge(self, path, headers, body):
        try:
            if path == "/api/v2/tickets.json":
                assert headers["Authorization"] == "Basic " + base64.b64encode(b"agent@team.example/token:key").decode()
                ticket = json.loads(body)["ticket"]
                assert ticket["type"] == "task" and ticket["priority"] == "normal" and ticket["tags"] == ["postroom"]
                self.taken.append((ticket["subject"], ticket["comment"]["body"]))
            elif path == "/api/tickets":
                assert headers["X-DeskPRO-API-Key"] == "key"
                form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
                assert form["label"] == "alert" and form["urgency"] == "1" and form["department_id"] == "5"
                assert form["person_email"] == "post@team.example" and form["person_name"] == "Post room"
                self.taken.append((form["subject"], form["message"]))
            else:
                return 404
        except (AssertionError, KeyError, ValueError) as fault:
            self.complaints.append(repr(fault))
            return 400
        return 201


def zendesk(url):
    return {"tickets.desk": "zendesk", "tickets.url": url, "tickets.user": "agent@team.example", "tickets.token": "key"}


def deskpro(url):
    return {"tickets.desk": "deskpro", "tickets.url": url + "/", "tickets.token": "key", "tickets.department": "5",
            "tickets.person_email": "post@team.example", "tickets.person_name": "Post room"}


@pytest.mark.parametrize("settings", [zendesk, deskpro])
def test_en6_both_alerts_reach_the_desk_once(tmp_path, settings):
    desk = Desk()
    with Office(tmp_path, at=EVENING, settings=settings(desk.url), allow_errors=ACK_ERROR) as office:
        send_one(office)
        office.set_clock(DUE)
        office.drain()
        assert desk.complaints == []
        assert sorted(subject for subject, _ in desk.taken) == [f"[test] {MISSING_ACK}", f"[test] {STILL_SENDING}"]
        assert "1 letter is" in dict(desk.taken)[f"[test] {STILL_SENDING}"]
        assert office.log_lines("alerts.ticket_not_raised") == []


@pytest.mark.parametrize("answer", [403, 503])
def test_en6_what_the_desk_refuses_is_in_the_log_whole(tmp_path, answer):
    desk = Desk(failing=answer)
    with Office(tmp_path, at=EVENING, settings=zendesk(desk.url), allow_errors=ACK_ERROR + NOT_RAISED) as office:
        send_one(office)
        office.set_clock(DUE)
        office.drain()
        lines = {line["subject"]: line for line in office.log_lines("alerts.ticket_not_raised")}
        line = lines[f"[test] {STILL_SENDING}"]
        assert "1 letter is" in line["message"] and str(answer) in line["error"] and "key" not in line["error"].split()


def test_a_desk_that_reads_a_mailbox_gets_an_email(tmp_path):
    settings = {"tickets.desk": "email", "tickets.email_to": "support@team.example",
                "tickets.person_email": "post@team.example"}
    with Office(tmp_path, at=EVENING, settings=settings, allow_errors=ACK_ERROR) as office:
        send_one(office)
        office.set_clock(DUE)
        office.drain()
        mails = [m for m in office.messages() if m["to"] == "support@team.example"]
        assert sorted(m["subject"] for m in mails) == [f"[test] {MISSING_ACK}", f"[test] {STILL_SENDING}"]


@pytest.mark.parametrize("settings, named", [
    ({"tickets.desk": "zendesk"}, "tickets.url"),
    ({**zendesk("https://desk.example"), "tickets.token": ""}, "tickets.token"),
    (zendesk("http://desk.example"), "https"),
    ({"tickets.desk": "deskpro", "tickets.url": "https://d.example", "tickets.token": "k"}, "tickets.person_email"),
    ({"tickets.desk": "email", "tickets.person_email": "a@b.example"}, "tickets.email_to"),
])
def test_a_desk_that_lacks_something_is_refused_at_the_start(make_postroom, settings, named):
    server = make_postroom(start=False, settings=settings)
    done = server.run("serve", "--api", "127.0.0.1:0", "--web", "127.0.0.1:0", timeout=20)
    assert done.returncode == 1
    line, = done.stderr.strip().splitlines()
    assert named in line and "Traceback" not in line


def test_doctor_and_log_say_when_nobody_would_see_an_alert(make_postroom):
    providers = {f"{channel}.provider": "none" for channel in ("email", "sms", "print")}
    server = make_postroom(environment="production", settings=providers)
    done = server.run("doctor", "--json")
    assert done.returncode == 1
    findings = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert not findings["tickets"]["ok"] and "tickets.desk" in findings["tickets"]["finding"]
