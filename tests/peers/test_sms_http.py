"""Texts through providers over HTTP, one and several, against peers that judge every request."""
import collections
import re
import urllib.parse

import harness
import pytest

from harness import wait_for
from sms_provider import SmsProvider

KINDS = ["mmg", "firetext", "twilio", "http"]


@pytest.fixture
def houses():
    made = []

    def make(*kinds):
        out = [SmsProvider(kind).start() for kind in kinds]
        made.extend(out)
        return out

    yield make
    for house in made:
        house.stop()
        assert house.faults == []


@pytest.fixture
def start(make_postroom, houses, store_settings):
    """A server with these providers."""
    def begin(*kinds, allow_errors=(), permissions=None, **more):
        out = houses(*kinds)
        settings = {**store_settings, "sms.provider": ",".join(kinds), "sms.timeout": "2s", **more}
        for house in out:
            settings.update(house.settings())
        server = make_postroom(settings=settings, allow_errors=list(allow_errors))
        return server, server.world("Council", permissions=permissions), out
    return begin


def events(server, notification_id):
    return server.cli("notification", "show", notification_id)["events"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_goes_out_and_its_receipt_comes_back(start, receiver, kind):
    server, world, [house] = start(kind)
    server.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    template = world.add_template("sms", name="odd", content="Grüße ((name)) & [more] + 100% €")["id"]
    made = world.client.send("sms", {"phone_number": "07900900123", "template_id": template,
                                     "personalisation": {"name": "Ann \"X\" \\ {to}"}})
    server.drain()
    [text] = house.texts
    assert text.text == 'Council: Grüße Ann "X" \\ {to} & [more] + 100% €'
    assert (text.to, text.sender, text.reference) == ("447900900123", "POSTROOM", made["id"])
    assert world.client.status(made["id"]) == "sending"
    assert house.report(server, text, "delivered", credentials="x:y").status == 403
    assert world.client.status(made["id"]) == "sending"
    if kind != "mmg":
        assert house.report(server, text, "pending").status == 200
        server.drain()
        assert world.client.status(made["id"]) == ("pending" if kind == "firetext" else "sending")
    for state in ("delivered", "delivered", "permanent"):  # twice, and one out of order
        assert house.report(server, text, state).status == 200
        # Those that wait at the same time are worked on at the same time: either may be first.
        server.drain()
    assert world.client.status(made["id"]) == "delivered"
    [request] = receiver.wait(1)
    assert (request.json["id"], request.json["status"]) == (made["id"], "delivered")
    metrics = server.get("/metrics").text
    for stage in ("send", "deliver", "callback"):
        [line] = [line for line in metrics.splitlines()
                  if line.startswith(f"postroom_notification_{stage}_duration_seconds_count{{")
                  and 'notification_status="pending"' not in line]
        assert f'provider_name="{kind}"' in line and line.endswith(" 1")
    server.drain()
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_receipt_may_be_faster_than_the_answer(start, kind):
    server, world, [house] = start(kind)

    def report_first(text):
        house.take(text)
        answers.append(house.report(server, text, "delivered").status)
        return "ok"

    answers = []
    house.behave = report_first
    made = world.send_sms()
    server.drain()
    server.advance(30)
    assert answers == [200]
    shown = world.client.notification(made["id"])
    assert shown["status"] == "delivered" and shown["sent_at"]
    assert len(house.texts) == 1


def test_unknown_receipts_are_taken_and_dropped(start):
    server, world, houses = start("mmg", "firetext", "twilio", "http",
                                  allow_errors=["receipt.bad_reference", "receipt.unknown_status"])
    made = world.send_sms()
    server.drain()
    text = next(t for house in houses for t in house.texts)
    text.id = text.id or "1"
    for house in houses:
        unknown = type(text)(**{**vars(text), "reference": "7a1f0b7e-3c55-4b3e-9d6f-0e3a0c9f1b11", "id": "77"})
        assert house.report(server, unknown, "delivered").status == 200
    odd = type(text)(**{**vars(text), "reference": "no-id-of-ours"})
    for house in houses[:3]:
        assert house.report(server, odd, "delivered").status == 200
    server.drain()
    server.advance(600)
    assert server.cli("tasks", "buried") == []
    assert world.client.status(made["id"]) == "sending"


def test_a_text_abroad_is_sent(start):
    server, world, [house] = start("firetext", permissions="sms,international_sms")
    made = world.send_sms("+49 1511 2345678")
    server.drain()
    assert house.texts[0].to == "4915112345678"
    assert world.client.status(made["id"]) == "sent"


def test_a_refused_text_ends_at_once(start):
    server, world, [house] = start("firetext")
    house.behave = lambda text: ("status", 200, {"code": 2})
    made = world.send_sms()
    server.drain()
    assert world.client.status(made["id"]) == "technical-failure"
    assert "code 2" in events(server, made["id"])[-1]["detail"]


def test_texts_are_shared_out_and_the_shares_are_shown(start):
    server, world, [mmg, firetext] = start("mmg", "firetext", **{"sms.shares": "mmg=51,firetext=49"})
    for _ in range(100):
        world.send_sms()
    server.drain()
    assert len(mmg.texts) + len(firetext.texts) == 100 and min(len(mmg.texts), len(firetext.texts)) > 20
    rows = {row["name"]: row for row in server.cli("provider", "list")}
    assert (rows["mmg"]["share"], rows["firetext"]["share"], rows["mmg"]["percent"]) == (51, 49, 51)
    changed = server.cli("provider", "set", "mmg", "--share", "100", "--by", "ann", "--reason", "a trial")
    assert (changed["share"], changed["version"]) == (100, 2)
    server.cli("provider", "set", "firetext", "--share", "0")
    server.advance(11)
    before = len(firetext.texts)
    for _ in range(30):
        world.send_sms()
    server.drain()
    assert len(firetext.texts) == before
    history = server.cli("provider", "history", "mmg")
    assert [(row["version"], row["changed_by"], row["reason"]) for row in history] == [
        (2, "ann", "a trial"), (1, "settings", "first seen in sms.provider")]
    metrics = server.get("/metrics").text
    assert 'postroom_provider_priority{provider_name="mmg"} 100' in metrics
    assert "postroom_provider_request_duration_seconds" in metrics


def test_one_that_is_away_costs_no_text_and_loses_its_share(start):
    server, world, [mmg, firetext] = start("mmg", "firetext")
    mmg.stop()
    made = [world.send_sms()["id"] for _ in range(150)]
    server.drain()
    assert sorted(t.reference for t in firetext.texts) == sorted(made)
    assert {world.client.status(i) for i in made} == {"sending"}
    rows = {row["name"]: row["share"] for row in server.cli("provider", "list")}
    assert rows == {"mmg": 40, "firetext": 60}, "more than fifty errors within a minute"
    reason = server.cli("provider", "history", "mmg")[0]
    assert reason["changed_by"] == "errors" and re.search(r"mmg: 5\d errors within 60 s", reason["reason"])
    assert server.cli("provider", "repeats") == []
    for text in firetext.texts:
        firetext.report(server, text, "delivered")
    server.drain()
    server.advance(16 * 60)
    server.advance(16 * 60)
    rows = {row["name"]: row["share"] for row in server.cli("provider", "list")}
    assert rows == {"mmg": 50, "firetext": 50}
    assert server.cli("provider", "history", "mmg")[0]["changed_by"] == "rest"


def test_a_slow_provider_loses_shares_until_it_is_well(start):
    server, world, [mmg, firetext] = start("mmg", "firetext", allow_errors=["provider.texts_are_slow"])
    for _ in range(40):
        world.send_sms()
    server.drain()
    for text in firetext.texts:
        assert firetext.report(server, text, "delivered").status == 200
    server.drain()
    server.advance(7 * 60)  # mmg's are still on their way
    history = server.cli("provider", "history", "mmg")
    assert history[0]["changed_by"] == "slow delivery" and history[0]["share"] == 40, history
    assert server.cli("provider", "show", "firetext")["share"] == 60
    for text in mmg.texts:
        mmg.report(server, text, "delivered")
    server.drain()
    server.advance(60 * 60)
    assert server.cli("provider", "show", "mmg")["share"] == 50
    assert {n["status"] for n in world.client.all_notifications()} == {"delivered"}


def test_in_doubt_nobody_else_is_asked_and_the_repeat_is_named(start):
    server, world, [mmg, firetext] = start("mmg", "firetext")
    cut = []

    def cut_once(text):
        if text.reference in cut:
            return "ok"
        cut.append(text.reference)
        return "cut"

    mmg.behave = firetext.behave = cut_once
    made = [world.send_sms()["id"] for _ in range(6)]
    server.drain()
    taken = collections.Counter(t.reference for t in mmg.texts + firetext.texts)
    assert taken == {i: 2 for i in made}, "once in doubt, once again"
    assert {row["id"] for row in server.cli("provider", "repeats")} == set(made)
    assert "provider.asked_again" in [e["cause"] for e in events(server, made[0])]
    assert {world.client.status(i) for i in made} == {"sending"}


def test_a_time_out_is_a_doubt_too(start):
    server, world, [mmg] = start("mmg")
    slow = iter([("slow", 4)])
    mmg.behave = lambda text: next(slow, "ok")
    made = world.send_sms()
    wait_for(lambda: world.client.status(made["id"]) == "sending", 30)
    assert len(mmg.texts) == 2
    [row] = server.cli("provider", "repeats")
    assert (row["id"], row["repeats"], row["provider"]) == (made["id"], 1, "mmg")


def test_nothing_is_lost_while_nobody_is_there(start):
    server, world, [mmg, firetext] = start("mmg", "firetext")
    mmg.stop()
    firetext.stop()
    made = [world.send_sms()["id"] for _ in range(20)]
    server.drain()
    assert {world.client.status(i) for i in made} == {"created"}
    server.restart()
    mmg.start()
    server.advance(700)
    assert sorted(t.reference for t in mmg.texts) == sorted(made)
    assert {world.client.status(i) for i in made} == {"sending"}


def test_texts_that_people_send_through_twilio_arrive(start):
    server, world, [twilio] = start("twilio")
    server.cli("inbound-number", "add", "07123123123", "--service", world.id, "--provider", "twilio")
    form = {"MessageSid": "SM9", "From": "+447900900321", "To": "+447123123123", "Body": "Hällo you"}
    path = "/notifications/sms/receive/twilio"
    headers = {"Content-Type": "application/x-www-form-urlencoded",
               "X-Twilio-Signature": twilio.sign("https://post.example" + path, form)}
    body = urllib.parse.urlencode(form).encode()
    for _ in range(2):
        answer = harness.http_call(server.api, "POST", path, body, headers)
        assert (answer.status, answer.text) == (200, "<Response/>")
    headers["X-Twilio-Signature"] = twilio.sign("https://post.example" + path, form, "other")
    assert harness.http_call(server.api, "POST", path, body, headers).status == 403
    [got] = world.client.get("/v2/received-text-messages").json["received_text_messages"]
    assert (got["content"], got["user_number"]) == ("Hällo you", "447900900321")


@pytest.mark.parametrize("settings, word", [
    ({"sms.provider": "o2"}, "sms.provider"),
    ({"sms.provider": "mmg,mmg", "mmg.api_key": "k"}, "twice"),
    ({"sms.provider": "mmg"}, "mmg.api_key"),
    ({"sms.provider": "mmg", "mmg.api_key": "k", "mmg.url": "http://mmg.example/"}, "https://"),
    ({"sms.provider": "mmg", "mmg.api_key": "k", "sms.shares": "mmg=101"}, "sms.shares"),
    ({"sms.provider": "http", "sms_http.url": "https://x.example/{phone}"}, "sms_http.url"),
    ({"sms.provider": "smpp", "smpp.url": "tcp://x"}, "smpp.url"),
    ({"sms_http.receipt_statuses": "a=b"}, "sms_http.receipt_statuses"),
])
def test_settings_at_fault_are_named(make_postroom, settings, word):
    server = make_postroom(settings=settings, start=False)
    done = server.run("provider", "list")
    assert done.returncode != 0 and word in done.stderr, done.stderr
