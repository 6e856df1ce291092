"""The official Node client from npm, unmodified, against the real program."""
import base64
import json
import os
import shutil
import subprocess

import pytest

from harness import BINARY, ROOT, LETTER_ADDRESS, Postroom

SOURCE = os.path.join(ROOT, "tools", "demo_client")
FOLDER = os.path.join(os.path.dirname(BINARY), "node-client")
NPM_SECONDS = 180
CALL_SECONDS = 60


@pytest.fixture(scope="module")
def client_folder():
    """Where the client is installed; a registry that does not answer skips these tests."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    lock = open(os.path.join(SOURCE, "package-lock.json")).read()
    stamp = os.path.join(FOLDER, "installed")
    if not os.path.exists(stamp) or open(stamp).read() != lock:
        os.makedirs(FOLDER, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(SOURCE, name), FOLDER)
        try:
            done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=FOLDER,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=NPM_SECONDS)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm did not answer within {NPM_SECONDS} s")
        if done.returncode != 0:
            pytest.skip(f"npm cannot install the client: {done.stdout.strip()[-300:]}")
        with open(stamp, "w") as file:
            file.write(lock)
    shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "node_call.js"), FOLDER)
    return FOLDER


class NodeClient:
    def __init__(self, folder, server, world):
        self.folder, self.server, self.world = folder, server, world

    def calls(self, *calls, key=None):
        """Results of (method, arguments…) tuples, made one after another in one process."""
        batch = [{"key": key or self.world.keys["normal"], "method": method, "arguments": values}
                 for method, *values in calls]
        environment = dict(os.environ, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
        done = subprocess.run(["node", "node_call.js", self.server.api], cwd=self.folder, input=json.dumps(batch),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=CALL_SECONDS,
                              env=environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def call(self, method, *values, key=None):
        return self.calls((method, *values), key=key)[0]


@pytest.fixture(scope="module")
def client(client_folder):
    with Postroom() as server:
        world = server.world("Node")
        server.cli("service", "update", world.id, "--contact-link", "https://council.example/contact")
        yield NodeClient(client_folder, server, world)


ANN = {"personalisation": {"name": "Ann"}}


def test_send_sms(client):
    sent = client.call("sendSms", client.world.sms, "07900900123", {**ANN, "reference": "text-1"})
    assert sent["status"] == 201
    assert sent["data"]["content"]["body"].endswith("Hello Ann")
    assert sent["data"]["reference"] == "text-1"
    assert sent["data"]["uri"].endswith("/v2/notifications/" + sent["data"]["id"])
    client.server.drain()
    shown = client.call("getNotificationById", sent["data"]["id"])["data"]
    assert (shown["type"], shown["status"], shown["phone_number"]) == ("sms", "delivered", "07900900123")


def test_send_email_with_options(client):
    sent = client.call("sendEmail", client.world.email, "ann@example.org",
                       {**ANN, "reference": "mail-1", "oneClickUnsubscribeURL": "https://example.org/stop",
                        "sanitiseContentFor": ["name"]})
    assert sent["status"] == 201, sent
    content = sent["data"]["content"]
    assert content["subject"] == "News for Ann"
    assert "Dear Ann" in content["body"]
    assert content["one_click_unsubscribe_url"] == "https://example.org/stop"
    client.server.drain()
    assert client.call("getNotificationById", sent["data"]["id"])["data"]["status"] == "delivered"


def test_send_letter_and_fetch_its_pdf(client):
    sent = client.call("sendLetter", client.world.letter,
                       {"personalisation": {"name": "Ann", **LETTER_ADDRESS}, "reference": "letter-1"})
    assert sent["status"] == 201
    assert sent["data"]["content"]["subject"] == "About Ann"
    client.server.drain()
    shown, pdf = client.calls(("getNotificationById", sent["data"]["id"]),
                              ("getPdfForLetterNotification", sent["data"]["id"]))
    assert (shown["data"]["type"], shown["data"]["postage"], shown["data"]["line_1"]) == (
        "letter", "second", "A Person")
    assert base64.b64decode(pdf["pdf_base64"]).startswith(b"%PDF-")


def test_get_pdf_of_a_text_is_refused_with_readable_json(client):
    sent = client.call("sendSms", client.world.sms, "07900900123", ANN)
    refused = client.call("getPdfForLetterNotification", sent["data"]["id"])
    assert (refused["status"], refused["refused"]) == (400, True)
    assert refused["data"]["errors"][0]["error"]


def test_get_notifications_filters_and_pages(client):
    sent = client.calls(*[("sendSms", client.world.sms, "07900900123", {**ANN, "reference": "list"})
                          for _ in range(3)])
    ids = [s["data"]["id"] for s in sent]
    client.server.drain()
    everything, older, other = client.calls(("getNotifications", "sms", "delivered", "list"),
                                            ("getNotifications", "sms", None, "list", ids[2]),
                                            ("getNotifications", "email", None, "list"))
    assert [n["id"] for n in everything["data"]["notifications"]] == ids[::-1]
    assert [n["id"] for n in older["data"]["notifications"]] == [ids[1], ids[0]]
    assert other["data"]["notifications"] == []
    assert "current" in everything["data"]["links"]


def test_templates(client):
    world = client.world
    one, version, everything, letters = client.calls(("getTemplateById", world.sms),
                                                     ("getTemplateByIdAndVersion", world.email, 1),
                                                     ("getAllTemplates",), ("getAllTemplates", "letter"))
    assert (one["data"]["id"], one["data"]["type"], one["data"]["body"]) == (world.sms, "sms", "Hello ((name))")
    assert (version["data"]["version"], version["data"]["subject"]) == (1, "News for ((name))")
    assert {t["id"] for t in everything["data"]["templates"]} == {world.sms, world.email, world.letter}
    assert [t["id"] for t in letters["data"]["templates"]] == [world.letter]


def test_preview_template(client):
    preview = client.call("previewTemplateById", client.world.email, {"name": "Ann"})
    assert (preview["status"], preview["data"]["subject"]) == (200, "News for Ann")
    assert "Dear Ann" in preview["data"]["body"]


def test_get_received_texts(client):
    received = client.call("getReceivedTexts")
    assert (received["status"], received["data"]["received_text_messages"]) == (200, [])


def test_missing_personalisation_is_named(client):
    refused = client.call("sendSms", client.world.sms, "07900900123", {})
    assert (refused["status"], refused["data"]["status_code"]) == (400, 400)
    assert refused["data"]["errors"][0]["error"] == "BadRequestError"
    assert "name" in refused["data"]["errors"][0]["message"]


def test_wrong_key_is_refused(client):
    key = client.world.keys["normal"]
    refused = client.call("getAllTemplates", key=key[:-36] + "00000000-0000-4000-8000-000000000000")
    assert (refused["status"], refused["data"]["status_code"]) == (403, 403)
    assert refused["data"]["errors"][0]["error"] == "AuthError"


def test_unknown_notification_is_refused(client):
    refused = client.call("getNotificationById", "00000000-0000-4000-8000-000000000000")
    assert (refused["status"], refused["data"]["errors"][0]["error"]) == (404, "NoResultFound")


def test_send_precompiled_letter_and_wait_for_its_pdf(client):
    content = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()
    sent = client.call("sendPrecompiledLetter", "batch 9", {"$bytes": content}, "first")
    assert sent["status"] == 201
    assert {"reference": "batch 9", "postage": "first"}.items() <= sent["data"].items()
    assert set(sent["data"]) == {"id", "reference", "postage"}
    waiting = client.call("getPdfForLetterNotification", sent["data"]["id"])
    assert waiting.get("pdf_base64") or waiting["data"]["errors"][0]["error"] in (
        "PDFNotReadyError", "BadRequestError")


def test_send_a_file_by_email(client):
    template = client.world.add_template("email", name="File", subject="Your file", content="Get it: ((link))")["id"]
    content = base64.b64encode(b"name,age\nAda,36\n").decode()
    plain, named = client.calls(
        ("sendEmail", template, "ann@example.org", {"personalisation": {"link": {"$upload": content}}}),
        ("sendEmail", template, "ann@example.org", {"personalisation": {"link": {
            "$upload": content, "options": {"filename": "people.csv", "confirmEmailBeforeDownload": False,
                                            "retentionPeriod": "4 weeks"}}}}))
    for sent, address, name in [(plain, "ann@example.org", "document.txt"), (named, None, "people.csv")]:
        assert sent["status"] == 201, sent
        file = client.world.server.fetch_file(sent["data"]["content"]["body"].split()[-1], address)
        assert (file.status, file.body) == (200, b"name,age\nAda,36\n"), file
        assert f'filename="{name}"' in file.headers["Content-Disposition"]


def test_every_method_tells_of_a_key_that_is_none(client):
    key = client.world.keys["normal"][:-36] + "00000000-0000-4000-8000-000000000000"
    some = "00000000-0000-4000-8000-000000000000"
    letter = {"personalisation": {"name": "Ann", **LETTER_ADDRESS}}
    for refused in client.calls(
            ("sendSms", some, "07900900123", ANN), ("sendEmail", some, "ann@example.org", ANN),
            ("sendLetter", some, letter), ("sendPrecompiledLetter", "r", {"$bytes": "JVBERg=="}),
            ("getNotificationById", some), ("getNotifications",), ("getPdfForLetterNotification", some),
            ("getTemplateById", some), ("getTemplateByIdAndVersion", some, 1), ("getAllTemplates",),
            ("previewTemplateById", some, {"name": "Ann"}), ("getReceivedTexts",), key=key):
        assert (refused["status"], refused["data"]["errors"][0]["error"]) == (403, "AuthError")
