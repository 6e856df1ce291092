"""Emails through a real SMTP conversation."""
import email
import email.policy

import pytest

from harness import wait_for
from smtp_server import SmtpServer


@pytest.fixture
def relay():
    with SmtpServer() as server:
        yield server


@pytest.fixture
def postroom(make_postroom, relay):
    return make_postroom(settings={"email.provider": "smtp", "smtp.url": relay.url, "email.domain": "mail.example",
                                   "smtp.timeout": "5s"})


@pytest.fixture
def world(postroom):
    return postroom.world("Rat & Bürger")


def test_email_arrives_as_multipart_with_the_right_headers(postroom, relay, world):
    template = world.add_template("email", name="long", subject="Grüße an ((name))",
                                  content="# Heading\n\nDear ((name)),\n\n.a line that starts with a dot\n" +
                                          "word " * 400)["id"]
    made = world.client.send("email", {"email_address": "Ann.O'Hara@example.org", "template_id": template,
                                       "personalisation": {"name": "Ünal – 漢字"}})
    postroom.drain()
    assert world.client.status(made["id"]) == "delivered"
    [taken] = relay.messages
    assert taken.recipients == ["Ann.O'Hara@example.org"]
    assert all(len(line) <= 998 for line in taken.content.split(b"\r\n"))
    assert b"\n" not in taken.content.replace(b"\r\n", b"")
    message = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert message.defects == []
    assert message["Subject"] == "Grüße an Ünal – 漢字"
    assert message["To"].addresses[0].addr_spec == "Ann.O'Hara@example.org"
    sender = message["From"].addresses[0]
    assert sender.display_name == "Rat & Bürger" and sender.domain == "mail.example"
    assert f"<{sender.addr_spec}>" in taken.sender
    assert message["Date"].datetime is not None and message["MIME-Version"] == "1.0"
    assert message["Message-ID"].count("@") == 1 and made["id"] in message["Message-ID"]
    assert message.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    plain, html = [p.get_content() for p in message.iter_parts()]
    assert "Dear Ünal – 漢字," in plain and ".a line that starts with a dot" in plain
    assert "Ünal – 漢字" in html and "</html>" in html


def test_reply_450_is_tried_again_and_then_delivered(postroom, relay, world):
    relay.replies = {"RCPT": ["450 mailbox busy"]}
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "created" and relay.messages == []
    postroom.advance(400)
    assert world.client.status(made["id"]) == "delivered" and len(relay.messages) == 1


def test_reply_550_is_a_permanent_failure_with_a_callback(postroom, relay, world, receiver):
    postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    relay.replies = {"RCPT": ["550 no such user"]}
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "permanent-failure" and relay.messages == []
    [request] = receiver.wait(1)
    assert (request.json["id"], request.json["status"]) == (made["id"], "permanent-failure")
    shown = postroom.cli("notification", "show", made["id"])
    assert "550" in shown["events"][-1]["detail"]
    other = world.send_email("bo@example.org")
    postroom.drain()
    assert world.client.status(other["id"]) == "delivered"


@pytest.mark.parametrize("command", ["MAIL", "DATA", "."])
def test_replies_of_later_steps_count_the_same(postroom, relay, world, command):
    relay.replies = {command: ["451 try later"]}
    made = world.send_email()
    postroom.drain()
    assert world.client.status(made["id"]) == "created" and relay.messages == []
    postroom.advance(400)
    assert world.client.status(made["id"]) == "delivered" and len(relay.messages) == 1


def test_connection_that_breaks_off_is_tried_again(postroom, relay, world):
    relay.replies = {".": ["cut"], "RCPT": ["cut"]}
    made = [world.send_email(f"p{i}@example.org")["id"] for i in range(4)]
    postroom.drain()
    postroom.advance(700)
    assert {world.client.status(i) for i in made} == {"delivered"}
    assert sorted(m.recipients[0] for m in relay.messages) == [f"p{i}@example.org" for i in range(4)]


def test_nothing_is_lost_while_the_relay_is_down(postroom, relay, world):
    relay.stop()
    made = [world.send_email(f"p{i}@example.org")["id"] for i in range(30)]
    postroom.drain()
    assert {world.client.status(i) for i in made} == {"created"}
    wait_for(lambda: postroom.log_lines("task.retried"))
    postroom.restart()
    postroom.advance(400)
    assert {world.client.status(i) for i in made} == {"created"}
    relay.start()
    postroom.advance(400)
    assert {world.client.status(i) for i in made} == {"delivered"}
    assert sorted(m.recipients[0] for m in relay.messages) == sorted(f"p{i}@example.org" for i in range(30))
