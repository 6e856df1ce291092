"""What comes back of emails: bounces and complaints, from mail servers, through the pipe and over HTTP; and addresses
that are not written to any more."""
import base64
import subprocess

import pytest

from harness import BINARY, http_call
from smtp_server import SmtpServer

DSN = """Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Mar 2026 09:15:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4F2.17/mx.example.net"

This is a MIME-encapsulated message.

--4F2.17/mx.example.net
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--4F2.17/mx.example.net
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
{envelope}
Final-Recipient: rfc822; ann@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code} {status} <ann@example.org>: as it happened

--4F2.17/mx.example.net
Content-Type: message/rfc822

{original}
--4F2.17/mx.example.net--
"""

ARF = """From: <abuse@isp.example>
Date: Thu, 5 Mar 2026 17:40:36 +0000
To: <complaints@mail.example>
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain

A complaint.

--part1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Isp/1.0
Version: 1
Original-Mail-From: {sender}

--part1
Content-Type: message/rfc822

{original}
--part1--
"""


@pytest.fixture
def relay():
    with SmtpServer(offers=("PIPELINING", "DSN")) as server:
        yield server


def settings(relay, **more):
    return {"email.provider": "smtp", "smtp.url": relay.url, "email.domain": "mail.example", "smtp.timeout": "5s",
            "email.return_path": "bounces@mail.example", "email.bounce_wait": "1h", **more}


def sender_of(message):
    return message.sender[message.sender.index("<"):message.sender.index(">") + 1]


def dsn(message, status="5.1.1", *, action="failed", code=550, to=None, envelope=""):
    return DSN.format(to=to or sender_of(message), action=action, status=status, code=code, envelope=envelope,
                      original=message.content.decode())


def pipe(postroom, message, *arguments):
    done = subprocess.run([BINARY, "email", "bounce", "--data", postroom.data, *arguments], input=message.encode(),
                          capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def sent(postroom, world, relay, *addresses):
    made = [world.send_email(a)["id"] for a in addresses]
    postroom.drain()
    by_address = {m.recipients[0]: m for m in relay.messages}
    return [(i, by_address[a]) for i, a in zip(made, addresses)]


def test_a_bounce_through_the_pipe_ends_the_email_and_stops_further_ones(make_postroom, relay, receiver):
    postroom = make_postroom(settings=settings(relay))
    world = postroom.world("Council")
    postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    [(hard, first), (soft, second), (fine, _)] = sent(postroom, world, relay, "ann@example.org", "bo@example.org",
                                                      "cy@example.org")
    assert sender_of(first) == f"<bounces+{hard.replace('-', '')}@mail.example>"
    assert {world.client.status(i) for i in (hard, soft, fine)} == {"sending"}
    assert "true" in pipe(postroom, dsn(first))
    pipe(postroom, dsn(second, "4.4.7", code=451, to="bounces@mail.example"), "--recipient", sender_of(second))
    postroom.drain()
    assert world.client.status(hard) == "permanent-failure" and world.client.status(soft) == "temporary-failure"
    shown = postroom.cli("notification", "show", hard)["events"][-1]
    assert shown["detail"] == "failed 5.1.1, 550"
    assert {(c.json["id"], c.json["status"]) for c in receiver.wait(2)} == {
        (hard, "permanent-failure"), (soft, "temporary-failure")}

    [listed] = postroom.cli("suppression", "list")
    assert (listed["address"], listed["reason"], listed["notification_id"]) == ("ann@example.org", "bounced", hard)
    again = world.send_email("Ann@Example.org")["id"]
    other = postroom.world("Other service").send_email("ann@example.org", )["id"]
    postroom.drain()
    assert world.client.status(again) == "permanent-failure" and len(relay.messages) == 3
    event = postroom.cli("notification", "show", other)["events"][-1]
    assert event["cause"] == "email.suppressed" and "suppression remove" in event["detail"]
    assert "ann@" not in event["detail"]
    assert postroom.cli("suppression", "remove", "ANN@example.org")["removed"] == 1
    [(last, _)] = sent(postroom, world, relay, "ann@example.org")
    # Without a bounce within the hour they are delivered.
    postroom.advance(3700)
    assert {world.client.status(i) for i in (fine, last)} == {"delivered"}


def test_bounces_over_http(make_postroom, relay):
    postroom = make_postroom(settings=settings(relay, **{"receipts.bounce_credentials": "mail:s3cret"}))
    world = postroom.world("Council")
    [(made, message)] = sent(postroom, world, relay, "ann@example.org")
    path = "/notifications/email/bounce"

    def post(body, login="mail:s3cret", query=""):
        headers = {"Content-Type": "message/rfc822"}
        if login:
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        return http_call(postroom.api, "POST", path + query, body.encode(), headers).status

    assert post(dsn(message), login=None) == 401 and post(dsn(message), login="mail:wrong") == 403
    assert post("Subject: I am away\n\nBack on Monday.") == 200
    assert post(dsn(message, action="exploded")) == 400
    assert post(dsn(message, to="someone@mail.example", action="delayed", status="4.4.1", code=450)) == 200
    postroom.drain()
    assert world.client.status(made) == "sending"
    assert post(dsn(message), query="?recipient=bounces@mail.example") == 200
    postroom.drain()
    assert world.client.status(made) == "permanent-failure"


def test_a_complaint_is_told_and_stops_this_services_emails(make_postroom, relay, receiver):
    postroom = make_postroom(settings=settings(relay, **{"email.bounce_wait": "0s"}))
    world = postroom.world("Council")
    postroom.cli("callback", "set", world.id, "--type", "complaint", "--url", receiver.url, "--token", "0123456789")
    [(made, message)] = sent(postroom, world, relay, "ann@example.org")
    complaint = ARF.format(sender=sender_of(message), original=message.content.decode())
    for _ in range(2):
        pipe(postroom, complaint)
        postroom.drain()
    assert world.client.status(made) == "delivered"
    [call] = receiver.wait(1)
    assert call.json["notification_id"] == made and call.json["to"] == "ann@example.org"
    assert call.json["complaint_date"].startswith("2026-03-05T17:40:36")
    again = world.send_email("ann@example.org")["id"]
    other = postroom.world("Other service")
    others = other.send_email("ann@example.org")["id"]
    postroom.drain()
    assert world.client.status(again) == "permanent-failure" and other.client.status(others) == "delivered"
    assert [s["service_id"] for s in postroom.cli("suppression", "list")] == [world.id]


def test_a_bounce_after_the_delivery_is_told_and_changes_no_state(make_postroom, relay):
    postroom = make_postroom(settings=settings(relay, **{"email.bounce_wait": "0s"}))
    world = postroom.world("Council")
    [(made, message)] = sent(postroom, world, relay, "ann@example.org")
    assert world.client.status(made) == "delivered"
    pipe(postroom, dsn(message))
    postroom.drain()
    assert world.client.status(made) == "delivered"
    assert postroom.cli("notification", "show", made)["events"][-1]["cause"] == "bounce.late"
    assert len(postroom.cli("suppression", "list")) == 1


def test_a_relay_that_reports_says_when_emails_are_delivered(make_postroom, relay):
    postroom = make_postroom(settings=settings(relay, **{"email.delivered_when": "reported"}))
    world = postroom.world("Council")
    [(made, message), (other, _)] = sent(postroom, world, relay, "ann@example.org", "bo@example.org")
    assert f"ENVID={made}" in message.envelope[0] and "NOTIFY=SUCCESS,FAILURE" in message.envelope[1]
    postroom.advance(7200)
    assert world.client.status(made) == "sending"
    pipe(postroom, dsn(message, "2.0.0", action="relayed", code=250, to="postmaster@mail.example",
                       envelope=f"Original-Envelope-Id: {made}"))
    postroom.drain()
    assert world.client.status(made) == "delivered" and world.client.status(other) == "sending"


def test_refused_addresses_are_remembered_at_once(make_postroom, relay):
    postroom = make_postroom(settings=settings(relay))
    world = postroom.world("Council")
    relay.replies = {"RCPT": ["550 5.1.1 unknown", "554 5.7.1 spam"]}
    for address in ("ann@example.org", "bo@example.org"):
        made = world.send_email(address)["id"]
        postroom.drain()
        assert world.client.status(made) == "permanent-failure"
    assert [s["address"] for s in postroom.cli("suppression", "list")] == ["ann@example.org"]


def test_the_list_is_kept_by_hand_too_and_forgets(make_postroom, relay):
    postroom = make_postroom(settings=settings(relay, **{"email.suppression_days": "1", "email.bounce_wait": "0s"}))
    world = postroom.world("Council")
    postroom.cli("suppression", "add", "Ann@example.org", "--service", "Council")
    made = world.send_email("ann@example.org")["id"]
    postroom.drain()
    assert world.client.status(made) == "permanent-failure"
    postroom.stop()
    with open(f"{postroom.data}/postroom.db", "rb") as f:
        content = f.read()
    assert b"ann@example.org" not in content.lower()
    postroom.start()
    postroom.advance(2 * 86_400)
    assert postroom.cli("suppression", "list") == []
    later = world.send_email("ann@example.org")["id"]
    postroom.drain()
    assert world.client.status(later) == "delivered"


def test_a_report_that_cannot_be_kept_is_for_later(tmp_path):
    (tmp_path / "data").write_text("no folder")
    done = subprocess.run([BINARY, "email", "bounce", "--data", str(tmp_path / "data")], input=b"Subject: x\n\nhi",
                          capture_output=True, timeout=60)
    assert done.returncode == 75 and done.stderr
