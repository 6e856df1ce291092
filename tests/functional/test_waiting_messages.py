"""Texts whose provider never reports, messages that nobody takes, and how fast messages left."""
import pytest

from clock_tools import jump
from sms_provider import SmsProvider

HOUR = 3_600


@pytest.fixture
def mmg():
    with SmsProvider("mmg") as house:
        yield house
        assert house.faults == []


@pytest.fixture
def start(make_postroom, memory_folder, mmg):
    def begin(**settings):
        server = make_postroom(folder=memory_folder, settings={"sms.provider": "mmg", **mmg.settings(), **settings},
                               allow_errors=["provider.texts_are_slow", "delivery_care.waiting", "deliver.gave_up",
                                             "task.buried"])
        return server, server.world("Council")
    return begin


def test_a_text_without_a_report_is_given_up_after_three_days(start, mmg, receiver):
    server, world = start()
    server.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    made = world.send_sms()
    server.drain()
    jump(server, 2)
    assert world.client.status(made["id"]) == "sending" and receiver.requests == []
    jump(server, 2)
    assert world.client.status(made["id"]) == "temporary-failure"
    [request] = receiver.wait(1)
    assert (request.json["id"], request.json["status"]) == (made["id"], "temporary-failure")
    assert server.cli("notification", "show", made["id"])["events"][-1]["cause"] == "timeout"
    # A late report does not change what the service was told.
    mmg.report(server, mmg.texts[0], "delivered")
    server.drain()
    assert world.client.status(made["id"]) == "temporary-failure"


def test_messages_that_wait_raise_a_ticket_and_are_seen_in_the_metrics(start, mmg):
    server, world = start(**{"flags.raises_tickets": "true"})
    mmg.stop()
    made = world.send_sms()
    server.drain()
    server.advance(2 * HOUR)
    assert world.client.status(made["id"]) == "created"
    tickets = [t for t in server.tickets() if t["task_type"] == "messages_waiting"]
    assert len(tickets) == 1 and "1 texts" in tickets[0]["message"]
    metrics = server.get("/metrics").text
    [line] = [text for text in metrics.splitlines()
              if text.startswith('postroom_oldest_message_seconds{') and 'sms' in text and 'created' in text]
    assert HOUR < float(line.split()[-1]) < 3 * HOUR
    mmg.start()
    server.advance(HOUR)
    assert world.client.status(made["id"]) == "sending" and len(mmg.texts) == 1
    assert server.cli("provider", "repeats") == []


def test_how_fast_messages_left(start, mmg):
    server, world = start()
    for _ in range(3):
        world.send_sms()
    world.send_email()
    world.send_sms(client=world.test_client)
    server.drain()
    mmg.stop()
    world.send_sms()
    server.drain()
    rows = {row["channel"]: row for row in server.cli("processing-time")}
    assert (rows["sms"]["messages"], rows["sms"]["within_10_seconds"], rows["sms"]["percent"]) == (4, 3, 75)
    assert (rows["email"]["messages"], rows["email"]["percent"]) == (1, 100)
    assert (rows["all"]["messages"], rows["all"]["within_10_seconds"]) == (5, 4)
    jump(server, 1)  # past 02:00
    assert 'postroom_within_10_seconds_ratio{notification_type="sms"} 0.75' in server.get("/metrics").text
    day = rows["sms"]["day"]
    again = {row["channel"]: row for row in server.cli("processing-time", "--from", day, "--to", day)}
    assert again["sms"] == rows["sms"]
