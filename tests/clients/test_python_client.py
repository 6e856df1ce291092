"""The official Python client from PyPI, unmodified, against the real program."""
import json
import os
import subprocess
import sys

import pytest

from harness import BINARY, LETTER_ADDRESS, Postroom

PACKAGE = "notifications-python-client==13.0.0"
FOLDER = os.path.join(os.path.dirname(BINARY), "python-client")
PIP_SECONDS = 180

# Calls of one process, as the Node tests make them; a PDF comes as its first bytes.
PROGRAM = """
import base64, inspect, io, json, sys
from notifications_python_client import NotificationsAPIClient, prepare_upload
from notifications_python_client.errors import HTTPError
results = []

def meant(value):
    if not isinstance(value, dict):
        return value
    if "$bytes" in value:
        return io.BytesIO(base64.b64decode(value["$bytes"]))
    if "$upload" in value:
        return prepare_upload(io.BytesIO(base64.b64decode(value["$upload"])), **value["options"])
    return {name: meant(item) for name, item in value.items()}

for call in json.load(sys.stdin):
    client = NotificationsAPIClient(call["key"], base_url=sys.argv[1])
    try:
        answer = getattr(client, call["method"])(**meant(call["arguments"]))
        if inspect.isgenerator(answer):
            answer = list(answer)
        results.append(answer.read()[:5].decode() if isinstance(answer, io.BytesIO) else answer)
    except HTTPError as error:
        results.append({"refused": error.status_code, "message": error.message})
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def python():
    """The interpreter that has the client; an index that does not answer skips these tests."""
    program = os.path.join(FOLDER, "bin", "python")
    stamp = os.path.join(FOLDER, "installed")
    if not os.path.exists(stamp) or open(stamp).read() != PACKAGE:
        for command in ([sys.executable, "-m", "venv", FOLDER], [program, "-m", "pip", "install", "-q", PACKAGE]):
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      timeout=PIP_SECONDS)
            except subprocess.TimeoutExpired:
                pytest.skip(f"pip did not answer within {PIP_SECONDS} s")
            if done.returncode != 0:
                pytest.skip(f"the client cannot be installed: {done.stdout.strip()[-300:]}")
        with open(stamp, "w") as file:
            file.write(PACKAGE)
    return program


@pytest.fixture(scope="module")
def client(python):
    with Postroom() as server:
        world = server.world("Python")
        server.cli("service", "update", world.id, "--contact-link", "https://council.example/contact")

        def calls(*pairs, key=world.keys["normal"]):
            batch = [{"key": key, "method": method, "arguments": arguments} for method, arguments in pairs]
            done = subprocess.run([python, "-c", PROGRAM, server.api], input=json.dumps(batch), text=True, timeout=60,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=dict(os.environ, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1"))
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        calls.server, calls.world = server, world
        yield calls


def test_send_each_kind_and_read_it_back(client):
    world, name = client.world, {"name": "Ann"}
    sms, email, letter = client(
        ("send_sms_notification", {"phone_number": "07900900123", "template_id": world.sms, "personalisation": name,
                                   "reference": "python"}),
        ("send_email_notification", {"email_address": "ann@example.org", "template_id": world.email,
                                     "personalisation": name, "reference": "python"}),
        ("send_letter_notification", {"template_id": world.letter, "personalisation": {**name, **LETTER_ADDRESS},
                                      "reference": "python"}))
    assert sms["content"]["body"].endswith("Hello Ann")
    assert email["content"]["subject"] == letter["content"]["subject"].replace("About", "News for")
    client.server.drain()
    one, everything, pdf = client(("get_notification_by_id", {"id": sms["id"]}),
                                  ("get_all_notifications", {"reference": "python"}),
                                  ("get_pdf_for_letter", {"id": letter["id"]}))
    assert one["status"] == "delivered"
    assert {n["id"] for n in everything["notifications"]} == {sms["id"], email["id"], letter["id"]}
    assert pdf == "%PDF-"


def test_templates_and_received_texts(client):
    world = client.world
    one, version, everything, preview, received = client(
        ("get_template", {"template_id": world.sms}),
        ("get_template_version", {"template_id": world.sms, "version": 1}), ("get_all_templates", {}),
        ("post_template_preview", {"template_id": world.email, "personalisation": {"name": "Ann"}}),
        ("get_received_texts", {}))
    assert one["body"] == version["body"] == "Hello ((name))"
    assert len(everything["templates"]) == 3
    assert preview["subject"] == "News for Ann"
    assert received["received_text_messages"] == []


def test_errors_are_understood(client):
    missing, = client(("send_sms_notification", {"phone_number": "07900900123", "template_id": client.world.sms}))
    assert missing["refused"] == 400 and missing["message"][0]["error"] == "BadRequestError"
    wrong, = client(("get_all_templates", {}),
                    key=client.world.keys["normal"][:-36] + "00000000-0000-4000-8000-000000000000")
    assert wrong["refused"] == 403 and wrong["message"][0]["error"] == "AuthError"


def test_iterators_follow_the_pages_to_their_end(client):
    sent = client(*[("send_sms_notification", {"phone_number": "07900900123", "template_id": client.world.sms,
                                               "personalisation": {"name": "Ann"}, "reference": "iterator"})
                    for _ in range(3)])
    everything, received = client(("get_all_notifications_iterator", {"reference": "iterator"}),
                                  ("get_received_texts_iterator", {}))
    assert [n["id"] for n in everything] == [s["id"] for s in sent][::-1]
    assert received == []


def test_precompiled_letters(client):
    sent, = client(("send_precompiled_letter_notification",
                    {"reference": "batch 9", "pdf_file": {"$bytes": "JVBERi0xLjQKJSVFT0YK"}, "postage": "first"}))
    assert set(sent) == {"id", "reference", "postage"} and sent["postage"] == "first"
    shown, pdf = client(("get_notification_by_id", {"id": sent["id"]}), ("get_pdf_for_letter", {"id": sent["id"]}))
    assert shown["type"] == "letter" and shown["body"] == ""
    assert pdf == "%PDF-" or pdf["message"][0]["error"] in ("PDFNotReadyError", "BadRequestError")


def test_files_by_email(client):
    template = client.world.add_template("email", name="File", subject="Your file", content="Get it: ((link))")["id"]
    upload = {"$upload": "bmFtZSxhZ2UKQWRhLDM2Cg==", "options": {}}
    named = {**upload, "options": {"filename": "people.csv", "confirm_email_before_download": False,
                                   "retention_period": "4 weeks"}}
    links = []
    for sent in client(*[("send_email_notification", {"email_address": "ann@example.org", "template_id": template,
                                                      "personalisation": {"link": file}}) for file in (upload, named)]):
        assert sent["content"]["body"].startswith("Get it: http"), sent
        links.append(sent["content"]["body"].split()[-1])
    assert client.server.fetch_file(links[0]).status == 303
    for link, address, name in [(links[0], "ann@example.org", "document.txt"), (links[1], None, "people.csv")]:
        file = client.server.fetch_file(link, address)
        assert (file.status, file.body) == (200, b"name,age\nAda,36\n"), file
        assert f'filename="{name}"' in file.headers["Content-Disposition"]


def test_the_method_that_needs_an_administrator_is_refused(client):
    """get_all_template_versions asks for an address outside the public API; it fails everywhere."""
    refused, = client(("get_all_template_versions", {"template_id": client.world.sms}))
    assert refused["refused"] == 404
