#!/usr/bin/env python3
"""Runs a file of API cases against the real program, on SQLite or on PostgreSQL.

    tests/functional/run_api_cases.py [--store sqlite|postgres|both] [--match TEXT] [FILE…]

A case file is a JSON list of {"name", "method", "path", "auth", "body" or "raw_body", "headers", "repeat", "expect"};
tests/data/public-api-cases.json is one. The world that cases speak of is made by the command line and the sandbox.
"""
import argparse
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "peers"))

import harness  # noqa: E402
import postgres_server  # noqa: E402

CASES = os.path.join(harness.ROOT, "tests", "data", "public-api-cases.json")
UNKNOWN_ID = "7d1c3f0e-2a4b-4c5d-8e6f-0123456789ab"
DEFAULT_SERVICE = "live"
KEYS = ("normal", "team", "test", "revoked")
LETTER = {"address_line_1": "Ada Reader", "address_line_2": "7 Mill Lane", "address_line_3": "LS1 4AP"}
RECEIVE_LOGIN = "cases:cases-password"
SETTINGS = {
    "inbound.mmg_credentials": RECEIVE_LOGIN,
    "inbound.firetext_credentials": RECEIVE_LOGIN,
    # Messages stay as they are made: no receipts, no answers of the print house.
    "sandbox.receipt_delay": "1h",
    "flags.fakes_print_responses": "false",
}

# name: (permissions beside the usual three or instead of them, more words for `service update`)
USUAL = "email,sms,letter"
SERVICES = {
    "live": (USUAL, ["--add-team", "Mara,mara@team.example,07900900321"]),
    "intl": (USUAL + ",international_sms,international_letters", []),
    "landline": (USUAL + ",sms_to_uk_landlines", []),
    "trial": (USUAL, ["--trial", "--add-team", "Mara,mara@team.example,07900900321", "--add-guest",
                      "guest@list.example", "--add-guest", "07900900654"]),
    "emailonly": ("email", []),
    "nocontact": (USUAL, []),
    "archived": (USUAL, ["--archive"]),
    "nokeys": (USUAL, []),
    "tiny": (USUAL, ["--requests-per-minute", "1"]),
    "six": (USUAL, ["--requests-per-minute", "6"]),
    "quota": (USUAL + ",international_sms", ["--daily-limit", "sms=2", "--daily-limit", "email=0", "--daily-limit",
                                             "international_sms=1"]),
}
# HTTP takes the blanks at the end of a header's value away (RFC 9110 section 5.5), so an empty token arrives as no
# token at all: the answer is that of the case before.
STATUS_OVER_HTTP = {"auth-05 bearer with empty token": 401}

# name: (type, content, subject, contact block)
TEMPLATES = {
    "sms_plain": ("sms", "Plain text", None, None),
    "sms_name": ("sms", "Hi ((name))", None, None),
    "sms_body": ("sms", "((body))", None, None),
    "sms_cond": ("sms", "Hi((vip?? there)) end", None, None),
    "sms_archived": ("sms", "Old", None, None),
    "email_plain": ("email", "Plain text", "Plain subject", None),
    "email_name": ("email", "Dear ((name))", "For ((name))", None),
    "email_body": ("email", "((body))", "Fixed", None),
    "email_doc": ("email", "Get it: ((doc))", "Your file", None),
    "email_archived": ("email", "Old", "Old", None),
    "letter_plain": ("letter", "Plain text", "Heading", None),
    "letter_name": ("letter", "Dear ((name))", "Heading", None),
    "letter_qr": ("letter", "qr: ((link))", "Heading", None),
    "letter_body": ("letter", "((body))", "Heading", None),
    "letter_contact": ("letter", "Dear reader", "Heading", "((office))"),
}


class ServiceOfWorld:
    """One service. What no case needs is not made: keys, templates and senders come into being when named."""

    def __init__(self, world, name, number, whole):
        self.world, self.name = world, name
        self.cli = world.server.cli
        permissions, update = SERVICES[name]
        arguments = ["service", "create", f"{name} {number}", "--permissions", permissions, "--sms-sender", "GOVUK"]
        if name != "nocontact":
            arguments += ["--contact-link", "https://harbour.example/contact"]
        self.id = self.cli(*arguments)["id"]
        self.values = {"service_id": self.id}
        # Keys first: a service in trial gets no normal one, and none once it is archived.
        if name != "nokeys":
            # A cached service does not know keys that are made later, so one that serves many cases has them all.
            for key in KEYS if whole or name in ("trial", "archived") else KEYS[:1]:
                self.make_key(key)
        update = update + ["--daily-limit", "international_sms=1000"] if name != "quota" else update
        limits = [f"{channel}={50 if name == 'trial' else 1000}" for channel in ("email", "sms", "letter")]
        for limit in limits:
            if not any(word.split("=")[0] == limit.split("=")[0] for word in update):
                update = update + ["--daily-limit", limit]
        self.cli("service", "update", self.id, *update)

    def make_key(self, kind):
        made = self.cli("key", "create", self.id, kind, "--type", "normal" if kind == "revoked" else kind)
        if kind == "revoked":
            self.cli("key", "revoke", self.id, made["id"])
        self.values["secret." + kind] = made["api_key"][-36:]

    def value(self, name):
        if name == "secret":
            name = "secret.normal"
        if name not in self.values:
            self.make(name)
        return self.values.get(name)

    def make(self, name):
        kind, _, rest = name.partition(".")
        if kind == "tpl" and rest in TEMPLATES:
            self.values[name] = self.make_template(rest, *TEMPLATES[rest])
        elif kind == "secret" and rest in KEYS and self.name != "nokeys":
            self.make_key(rest)
        elif name == "sender":
            self.values[name] = self.cli("sender", "add", self.id, "POSTROOM")["id"]
        elif name == "sender_number":
            self.values[name] = self.cli("sender", "add", self.id, "07123123123")["id"]
        elif name == "reply_to":
            self.values[name] = self.cli("reply-to", "add", self.id, "reply@harbour.example")["id"]

    def make_template(self, name, kind, content, subject, contact_block):
        arguments = ["template", "create", self.id, "--type", kind, "--name", name, "--content", content]
        if subject:
            arguments += ["--subject", subject]
        if contact_block:
            path = os.path.join(self.world.server.folder, "contact-block.txt")
            with open(path, "w") as file:
                file.write(contact_block)
            arguments += ["--contact-block-file", path]
        made = self.cli(*arguments)["id"]
        if name.endswith("_archived"):
            self.cli("template", "archive", self.id, made)
        return made

    def client(self):
        return harness.ApiClient(self.world.server.api, f"x-{self.id}-{self.value('secret')}")


class CaseWorld:
    def __init__(self, server):
        self.server = server
        self.made, self.notifications, self.letter_tokens = 0, {}, {}
        # The one that has the notifications, for all cases that name one.
        self.live = self.new_service(DEFAULT_SERVICE, whole=True)
        self.services = {}

    def new_service(self, name, whole=False):
        self.made += 1
        return ServiceOfWorld(self, name, self.made, whole)

    def begin_case(self):
        """Counters are at zero again, for every case has services of its own."""
        self.services = {}

    def service(self, name):
        if name not in self.services:
            self.services[name] = self.new_service(name)
        return self.services[name]

    # Notifications of the service "live"

    def send_letter(self, text="letter_plain", more=None):
        return self.live.client().send("letter", {"template_id": self.live.value("tpl." + text),
                                                  "personalisation": {**LETTER, **(more or {})}})["id"]

    def send_precompiled(self):
        content = base64.b64encode(b"%PDF-1.4 case").decode()
        return self.live.client().send("letter", {"reference": "case", "content": content})["id"]

    def set_status(self, notification_id, status):
        self.server.sandbox("POST", f"/notifications/{notification_id}/status", {"status": status})

    def notification(self, name):
        if name not in self.notifications:
            maker = getattr(self, "make_" + name, None)
            self.notifications[name] = maker() if maker else None
        return self.notifications[name]

    def forget(self, name):
        """The next case that names it gets a new one."""
        self.notifications.pop(name, None)

    def make_sms_sending(self):
        live = self.live
        made = live.client().send("sms", {"phone_number": "07900900123", "template_id": live.value("tpl.sms_plain")})
        self.expect(made["id"], "sending")
        return made["id"]

    def make_letter_created_nopdf(self):
        self.server.drain()
        self.server.fault("blob", "fail", 1)  # the next try comes minutes later
        made = self.send_letter()
        harness.wait_for(lambda: not self.server.sandbox("GET", "/faults").get("blob", {}).get("count"))
        self.server.drain()
        return self.expect(made, "accepted")

    def make_letter_sending_pdf(self):
        made = self.send_letter()
        self.server.drain()
        self.server.cli("letters", "collate", "--now")
        self.server.drain()
        shown = self.server.cli("notification", "show", made)
        assert shown["status"] == "sending", shown
        return made

    def make_letter_pending(self):
        self.server.drain()
        self.server.fault("scanner", "fail", 1)  # the next try comes minutes later
        made = self.send_precompiled()
        harness.wait_for(lambda: not self.server.sandbox("GET", "/faults").get("scanner", {}).get("count"))
        self.server.drain()
        return self.expect(made, "pending-virus-check")

    def make_letter_virus(self):
        made = self.make_letter_pending()
        self.set_status(made, "virus-scan-failed")
        return made

    def make_letter_technical(self):
        made = self.send_letter()
        self.server.drain()
        self.set_status(made, "technical-failure")
        return made

    def make_letter_invalid_pdf(self):
        made = self.send_letter("letter_body", {"body": "Far too long. " * 20 + ("\n\nOnce more." * 600)})
        self.server.drain()
        return self.expect(made, "validation-failed")

    def expect(self, notification_id, status):
        client = self.live.client()
        harness.wait_for(lambda: client.status(notification_id) == status, timeout=20)
        return notification_id

    def letter_token(self):
        made = self.notification("letter_sending_pdf")
        if made not in self.letter_tokens:
            self.letter_tokens[made] = self.server.cli("letters", "token", made)["token"]
        return self.letter_tokens[made]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class Case:
    def __init__(self, row, world):
        self.row, self.world = row, world
        self.name = row["name"]
        auth = row.get("auth") or {}
        self.service_name = auth.get("service", DEFAULT_SERVICE)
        world.begin_case()
        names_notification = re.search(r"\{\{(n\.|letter_token)", json.dumps(row)) is not None
        if names_notification and self.service_name == DEFAULT_SERVICE:
            self.service = world.live
        else:
            self.service = world.service(self.service_name)
        self.now = time.time()

    # What stands for the {{…}} of the case

    def value_of(self, token):
        if token == "uuid":
            return UNKNOWN_ID
        if token == "letter_token":
            return self.world.letter_token()
        if token.startswith("rep:"):
            character, _, count = token[4:].rpartition(":")
            return character * int(count)
        if token.startswith("iso+"):
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now + 60 * int(token[4:])))
        name, service = token, self.service
        upper, without_hyphens = token.startswith("TPLUP."), token.startswith("TPLHEX.")
        if upper or without_hyphens:
            name = "tpl" + token[token.index("."):]
        elsewhere = re.fullmatch(r"(\w+):(\w+)(\.\w+)?", name)
        if elsewhere:
            service = self.world.service(elsewhere[2])
            name = elsewhere[1] + (elsewhere[3] or "")
        value = self.world.notification(name[2:]) if name.startswith("n.") else service.value(name)
        assert value is not None, f"nothing stands for {{{{{token}}}}}"
        return value.upper() if upper else value.replace("-", "") if without_hyphens else value

    def fill(self, value):
        if isinstance(value, str):
            epoch = re.fullmatch(r"\{\{epoch([+-]\d+)?\}\}", value)
            if epoch:
                return int(self.now) + int(epoch[1] or 0)
            return re.sub(r"\{\{(.*?)\}\}", lambda found: self.value_of(found[1]), value, flags=re.S)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        return value

    # The request

    def token(self, auth):
        jwt = auth.get("jwt", {})
        header = {"typ": "JWT", "alg": "HS256", **jwt.get("header", {})}
        header = {key: value for key, value in header.items() if value is not None}
        claims = {"iss": self.service.id, "iat": int(self.now), **self.fill(jwt.get("claims", {}))}
        for name in jwt.get("drop", []):
            claims.pop(name, None)
        algorithm = jwt.get("alg", "HS256")
        if "alg" in jwt:
            header["alg"] = algorithm
        secret = self.fill(jwt["secret"]) if "secret" in jwt else self.service.value(
            "secret." + auth.get("key", "normal")) or "no secret"
        text = ".".join(base64url(compact(part).encode()) for part in (header, claims))
        if algorithm == "none":
            return text + "."
        digest = {"HS384": hashlib.sha384, "HS512": hashlib.sha512}.get(algorithm, hashlib.sha256)
        signature = base64url(hmac.new(str(secret).encode(), text.encode(), digest).digest())
        if jwt.get("tamper"):
            signature = ("B" if signature[0] == "A" else "A") + signature[1:]
        return text + "." + signature

    def headers(self):
        auth = self.row.get("auth")
        out = {"Content-Type": "application/json"} if self.row.get("body") is not None else {}
        if auth and "header" in auth:
            login = base64.b64encode(RECEIVE_LOGIN.encode()).decode()
            out["Authorization"] = self.fill(auth["header"].replace("(configured pair)", login))
        elif auth:
            out["Authorization"] = "Bearer " + self.token(auth)
        out.update({key: self.fill(value) for key, value in self.row.get("headers", {}).items()})
        return out

    def body(self):
        raw = self.row.get("raw_body")
        if isinstance(raw, dict):
            return base64.b64decode(raw["base64"])
        if raw is not None:
            return self.fill(raw).encode("utf-8", "surrogatepass")
        if self.row.get("body") is None:
            return None
        return compact(self.fill(self.row["body"])).encode("utf-8", "surrogatepass")

    def send(self, connection):
        path, body = self.fill(self.row["path"]), self.body()
        for _ in range(self.row.get("repeat", 1)):
            connection.request(self.row["method"], path, body, self.headers())
            response = connection.getresponse()
            answer = harness.Answer(response.status, response.headers, response.read())
        return answer

    # The answer

    def judge(self, answer):
        """What is wrong with it; empty when it is as expected."""
        expect, faults = self.row["expect"], []
        if answer.status != STATUS_OVER_HTTP.get(self.name, expect["status"]):
            faults.append(f"status is {answer.status}: {answer.body[:300]!r}")
        try:
            document = json.loads(answer.body)
        except ValueError:
            document = None
        body = document if isinstance(document, dict) else {}
        errors = body.get("errors") if isinstance(body.get("errors"), list) else []
        if "errors" in expect:
            wanted, found = ([e.get("error") for e in list_] for list_ in (expect["errors"], errors))
            if wanted != found:
                faults.append(f"errors are {found} instead of {wanted}")
            if body.get("status_code") != answer.status:
                faults.append(f"status_code is {body.get('status_code')}")
        messages = "\n".join(str(e.get("message", "")) for e in errors)
        faults += [f"no message mentions {text}: {messages[:300]}" for text in map(self.fill, expect.get("mentions", []))
                   if text not in messages]
        for path, wanted in expect.get("response", {}).items():
            found = body
            for part in path.split("."):
                found = found.get(part, "absent") if isinstance(found, dict) else "absent"
            if found != self.fill(wanted):
                faults.append(f"{path} is {found!r} instead of {self.fill(wanted)!r}"[:400])
        for name in expect.get("present", []):
            if name not in body:
                faults.append(f"{name} is absent")
        faults += [f"{name} is there" for name in expect.get("absent", []) if name in body]
        if expect.get("body_shape") == "app" and (body.get("result") != "error" or "message" not in body):
            faults.append("the body lacks result and message")
        for name, wanted in expect.get("headers", {}).items():
            if answer.headers.get(name) != wanted:
                faults.append(f"the header {name} is {answer.headers.get(name)!r}")
        return faults

    def tidy(self):
        """Notifications that the case may have changed are made anew for the next one."""
        text = json.dumps(self.row)
        if self.row["method"] == "POST":
            for name in ["letter_sending_pdf"] * ("{{letter_token}}" in text) + re.findall(r"\{\{n\.(\w+)\}\}", text):
                self.world.forget(name)


class Report:
    def __init__(self, store):
        self.store, self.passed, self.failures, self.server_errors = store, 0, {}, []

    @property
    def total(self):
        return self.passed + len(self.failures)

    def __str__(self):
        return f"{self.store}: {self.passed} of {self.total} passed"


# What an operator is to hear of: cases report a rejected letter, other sheets than ours, an unknown status.
EXPECTED_ERRORS = ["letters.rejected", "letters.report_sheets_differ", "receipt.unknown_status"]


def run_cases(files, store="sqlite", settings=None, match=""):
    """A Report of all cases of the files against a server of its own."""
    report = Report(store)
    with harness.Postroom(settings={**SETTINGS, **(settings or {})}, allow_errors=EXPECTED_ERRORS) as server:
        world = CaseWorld(server)
        place = urllib.parse.urlsplit(server.api)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        for path in files:
            with open(path) as file:
                rows = json.load(file)
            for row in rows:
                if match not in row["name"]:
                    continue
                run_one(row, world, connection, report)
        connection.close()
    return report


def run_one(row, world, connection, report):
    try:
        case = Case(row, world)
        answer = case.send(connection)
        faults = case.judge(answer)
        case.tidy()
    except (AssertionError, OSError, http.client.HTTPException, KeyError) as error:
        connection.close()
        faults = [f"{type(error).__name__}: {error}"]
    if faults:
        report.failures[row["name"]] = faults
    else:
        report.passed += 1


def main():
    parser = argparse.ArgumentParser(description="Runs API cases against the real program.")
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--match", default="", help="only cases whose name has this text")
    parser.add_argument("files", nargs="*", default=[CASES])
    asked = parser.parse_args()
    failed = False
    for store in ("sqlite", "postgres") if asked.store == "both" else (asked.store,):
        settings = {}
        if store == "postgres":
            postgres, why = postgres_server.start(durable=False)
            if postgres is None:
                print(f"postgres: skipped, {why}")
                continue
            settings = {"store.url": postgres.new_database()}
        report = run_cases(asked.files, store, settings, asked.match)
        for name, faults in report.failures.items():
            print(f"FAILED {name}: {'; '.join(faults)}")
        print(report)
        failed = failed or bool(report.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
