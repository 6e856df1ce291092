"""Emails through providers that are called over HTTP, each of which judges what it gets."""
import email
import email.policy
import http.server
import json
import threading
import time

import dkim
import pytest

from harness import CommandFailed, run_cli
from ses_house import SesHouse


@pytest.fixture
def house():
    with SesHouse() as made:
        yield made


def test_ses_gets_a_signed_call_with_a_signed_email(make_postroom, house):
    postroom = make_postroom(settings=house.settings(**{"ses.configuration_set": "reports",
                                                        "email.return_path": "bounces@mail.council.example"}))
    world = postroom.world("Rat & Bürger")
    record = postroom.cli("dkim", "add", "mail.council.example", "s1")
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "delivered" and house.refused == []
    [(raw, call)] = house.emails
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message.defects == [] and message["To"].addresses[0].addr_spec == "ann@example.org"
    keys = {record["record_name"] + ".": record["record_text"].encode()}
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: keys.get(name.decode()))
    assert call["ConfigurationSetName"] == "reports" and call["Destination"]["ToAddresses"] == ["ann@example.org"]
    assert call["EmailTags"] == [{"Name": "notification", "Value": made["id"]}]
    assert made["id"].replace("-", "") in call["FeedbackForwardingEmailAddress"]
    shown = postroom.cli("notification", "show", made["id"])
    assert "ses-1" in json.dumps(shown)


def test_temporary_credentials_and_wrong_ones(make_postroom):
    with SesHouse(token="a/token==") as house:
        postroom = make_postroom(settings=house.settings())
        made = postroom.world("Council").send_email()["id"]
        postroom.drain()
        assert len(house.emails) == 1 and house.refused == []
        wrong = make_postroom(settings=house.settings(**{"ses.secret_access_key": "another"}))
        world = wrong.world("Council")
        made = world.send_email()["id"]
        wrong.drain()
        assert world.client.status(made) == "created" and house.refused == ["wrong signature"]
        assert "SignatureDoesNotMatch" in str(wrong.log_lines("task.retried"))


def test_throttling_is_waited_out_and_a_refused_email_is_over(make_postroom, house):
    postroom = make_postroom(settings=house.settings())
    world = postroom.world("Council")
    house.answers = [(429, "TooManyRequestsException"), (400, "LimitExceededException"), (500, "InternalFailure")]
    made = [world.send_email(f"p{i}@example.org")["id"] for i in range(3)]
    postroom.drain()
    assert {world.client.status(i) for i in made} == {"created"} and house.emails == []
    postroom.advance(400)
    assert {world.client.status(i) for i in made} == {"delivered"} and len(house.emails) == 3
    house.answers = [(400, "MessageRejected")]
    refused = world.send_email()["id"]
    postroom.drain()
    assert world.client.status(refused) == "technical-failure"
    detail = postroom.cli("notification", "show", refused)["events"][-1]["detail"]
    assert "MessageRejected" in detail and "ann@" not in detail


def test_ses_needs_its_settings(tmp_path):
    done = run_cli("doctor", "--data", tmp_path / "data", "--set", "email.provider=ses")
    assert done.returncode == 1 and "ses.region" in done.stderr


def event(reference, kind="Delivery", **more):
    return json.dumps({"notificationType": kind, "mail": {"messageId": reference,
                       "timestamp": "2026-11-25T12:00:00.000Z"}, kind.lower(): more})


def envelope(text, name="m"):
    return json.dumps({"Type": "Notification", "MessageId": name, "TopicArn": "arn:aws:sns:eu-west-2:1:reports",
                       "Message": text, "Timestamp": "2026-11-25T12:00:00.000Z", "SignatureVersion": "1",
                       "Signature": "c2lnbmVk", "SigningCertURL": "https://sns.eu-west-2.amazonaws.com/x.pem",
                       "UnsubscribeURL": "https://sns.eu-west-2.amazonaws.com/?Action=Unsubscribe"})


def wait_until(what, seconds=30):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_reports_come_out_of_a_queue(make_postroom, house):
    postroom = make_postroom(settings=house.queue_settings())
    world = postroom.world("Council")
    made = [world.send_email(f"p{i}@example.org")["id"] for i in range(3)]
    postroom.drain()
    # With a queue, that SES took them is not the end.
    assert {world.client.status(i) for i in made} == {"sending"}
    by_address = {call["Destination"]["ToAddresses"][0]: f"ses-{n}" for n, (_, call) in enumerate(house.emails, 1)}
    refs = [by_address[f"p{i}@example.org"] for i in range(3)]
    house.queued.update({
        "a": event(refs[0]), "b": envelope(event(refs[1], "Bounce", bounceType="Permanent", bounceSubType="General")),
        "again": envelope(event(refs[1], "Bounce", bounceType="Permanent", bounceSubType="General")),
        "hello": envelope("Successfully validated SNS topic for Amazon SES event publishing."),
        "odd": "no report at all"})
    wait_until(lambda: set(house.queued) == {"odd"})
    postroom.drain()
    assert [world.client.status(i) for i in made] == ["delivered", "permanent-failure", "sending"]
    assert house.refused == [] and house.given["a"] == 1
    # What is no report stays for the dead-letter queue.
    assert "odd" in str(postroom.log_lines("ses.queue_odd_message"))
    assert postroom.cli("tasks", "buried") == []
    # An address that bounced for good gets nothing more.
    again = world.send_email("p1@example.org")["id"]
    postroom.drain()
    assert world.client.status(again) == "permanent-failure" and len(house.emails) == 3


def test_a_queue_in_trouble_loses_nothing(make_postroom, house):
    house.queue_answers = [(500, "InternalFailure")]
    postroom = make_postroom(settings=house.queue_settings())
    world = postroom.world("Council")
    made = world.send_email()["id"]
    postroom.drain()
    wait_until(lambda: postroom.log_lines("ses.queue_not_read"))
    assert "500 InternalFailure to ReceiveMessage" in str(postroom.log_lines("ses.queue_not_read"))
    house.queued["a"] = event("ses-1")
    # Given out and kept, but not removed: it comes again, to no effect.
    house.queue_answers = []
    wait_until(lambda: not house.queued)
    house.queued["a"] = event("ses-1")
    wait_until(lambda: not house.queued)
    postroom.drain()
    assert world.client.status(made) == "delivered"
    events = postroom.cli("notification", "show", made)["events"]
    assert [e["status"] for e in events].count("delivered") == 1


@pytest.mark.parametrize("settings,words", [
    ({"ses.queue_url": "sqs.eu-west-2.amazonaws.com/1/reports"}, "must be a queue's address"),
    ({"ses.queue_url": "http://sqs.eu-west-2.amazonaws.com/1/reports"}, "must be a queue's address"),
    ({"ses.queue_url": "https://sqs.eu-west-2.amazonaws.com/1/reports"}, "'ses.region' must be set for ses.queue_url")])
def test_a_queue_needs_its_settings(tmp_path, settings, words):
    pairs = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    done = run_cli("doctor", "--data", tmp_path / "data", *pairs)
    assert done.returncode == 1 and words in done.stderr


class JsonProvider:
    def __init__(self):
        self.calls, self.answers = [], []
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                provider.calls.append((self.path, dict(self.headers), json.loads(body)))
                status, answer = provider.answers.pop(0) if provider.answers else (202, {"data": {"id": "x-9"}})
                payload = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/send"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def provider():
    made = JsonProvider()
    yield made
    made.close()


def test_any_provider_that_takes_json(make_postroom, provider):
    form = {"recipients": [{"address": "((to))"}], "sender": "((from_name)) <((from_address))>",
            "reply": "((reply_to))", "subject": "((subject))", "body": {"plain": "((text))", "html": "((html))"},
            "mime": "((raw))", "ref": "((reference))", "track": False}
    postroom = make_postroom(settings={
        "email.provider": "http", "email.domain": "mail.example", "email_http.url": provider.url,
        "email_http.authorization": "Bearer secret", "email_http.form": json.dumps(form), "email_http.id_member": "data.id"})
    world = postroom.world("Rat & \"Bürger\"")
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "delivered"
    [(path, headers, body)] = provider.calls
    assert path == "/send" and headers["Authorization"] == "Bearer secret"
    assert body["recipients"] == [{"address": "ann@example.org"}] and body["ref"] == made["id"]
    assert body["sender"].startswith('Rat & "Bürger" <') and "reply" not in body and body["track"] is False
    assert body["body"]["plain"].startswith("Dear Ann") and "</html>" in body["body"]["html"]
    assert "x-9" in json.dumps(postroom.cli("notification", "show", made["id"]))
    provider.answers = [(503, {}), (422, {})]
    later, never = world.send_email("a@example.org")["id"], None
    postroom.drain()
    assert world.client.status(later) == "created"
    never = world.send_email("b@example.org")["id"]
    postroom.drain()
    assert world.client.status(never) == "technical-failure"
    postroom.advance(400)
    assert world.client.status(later) == "delivered"


def test_a_form_with_an_unknown_placeholder_does_not_start(tmp_path):
    done = run_cli("doctor", "--data", tmp_path / "data", "--set", "email.provider=http", "--set",
                   "email_http.url=http://127.0.0.1:1/", "--set", 'email_http.form={"a":"((tto))"}')
    assert done.returncode == 1 and "((tto))" in done.stderr and "email_http.form" in done.stderr
