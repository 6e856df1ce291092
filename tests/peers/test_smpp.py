"""Texts over SMPP, against the server of the npm package smpp."""
import pytest

import smpp_server
from harness import wait_for


@pytest.fixture(scope="module")
def folder():
    found, why = smpp_server.package()
    if found is None:
        pytest.skip(why)
    return found


@pytest.fixture
def smsc(folder):
    with smpp_server.SmppServer(folder) as server:
        yield server


@pytest.fixture
def start(make_postroom, smsc):
    def begin(server=None, **settings):
        server = server or smsc
        made = make_postroom(settings={**server.settings(), "sms.timeout": "3s", **settings})
        server.wait("bound")
        return made, made.world("Council")
    return begin


def send(world, text, name="t"):
    template = world.add_template("sms", name=name, content=text)["id"]
    return world.client.send("sms", {"phone_number": "07900900123", "template_id": template})


def test_a_text_goes_out_and_its_receipt_comes_back(start, smsc, receiver):
    server, world = start()
    server.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", "0123456789")
    made = send(world, "Hello {€}")
    server.drain()
    [submit] = smsc.submits
    assert (submit["to"], submit["from"], submit["ton"], submit["registered"]) == ("447900900123", "POSTROOM", 5, 1)
    assert submit["text"] == "Council: Hello {€}", "the package decodes the GSM alphabet by itself"
    assert world.client.status(made["id"]) == "sending"
    assert smsc.report(submit, "ENROUTE") == 0
    assert smsc.report(submit) == 0
    assert smsc.report(submit) == 0
    assert smsc.report(submit, "UNDELIV", "027") == 0
    server.drain()
    assert world.client.status(made["id"]) == "delivered"
    [request] = receiver.wait(1)
    assert request.json["status"] == "delivered"


@pytest.mark.parametrize("joining", ["header", "sar", "payload"])
@pytest.mark.parametrize("text, coding, parts", [("a" * 300 + "€", 0, 3), ("Ŵ" * 120, 8, 2)])
def test_long_texts_are_joined(start, smsc, joining, text, coding, parts):
    server, world = start(**{"smpp.long_texts": joining})
    made = send(world, text)
    server.drain()
    whole = "Council: " + text
    assert {s["coding"] for s in smsc.submits} == {coding}
    if joining == "payload":
        [submit] = smsc.submits
        assert submit["payload"] == whole
    else:
        assert len(smsc.submits) == parts
        assert "".join(s["text"] for s in smsc.submits) == whole
        if joining == "header":
            headers = [s["udh"][0] for s in smsc.submits]
            assert [h[:2] + h[3:] for h in headers] == [[0, 3, parts, i + 1] for i in range(parts)]
            assert len({h[2] for h in headers}) == 1
        else:
            assert [s["sar"][1:] for s in smsc.submits] == [[parts, i + 1] for i in range(parts)]
    for submit in smsc.submits[:-1]:
        smsc.report(submit)
    server.drain()
    if len(smsc.submits) > 1:
        assert world.client.status(made["id"]) == "sending", "a part is on its way"
    smsc.report(smsc.submits[-1])
    server.drain()
    assert world.client.status(made["id"]) == "delivered"


@pytest.mark.parametrize("state, status", [("UNDELIV", "permanent-failure"), ("EXPIRED", "temporary-failure"),
                                           ("REJECTD", "permanent-failure"), ("UNKNOWN", "temporary-failure")])
def test_states_of_receipts(start, smsc, state, status):
    server, world = start()
    made = world.send_sms()
    server.drain()
    smsc.report(smsc.submits[0], state, "034")
    server.drain()
    assert world.client.status(made["id"]) == status
    assert "034" in server.cli("notification", "show", made["id"])["events"][-1]["detail"]


def test_ids_in_hexadecimal(start, folder):
    with smpp_server.SmppServer(folder, "hex") as smsc:
        server, world = start(smsc, **{"smpp.message_ids": "hex-in-answer"})
        made = [world.send_sms()["id"] for _ in range(12)]
        server.drain()
        by_text = {}
        for submit in smsc.submits:
            smsc.report(submit, message_id=f"{submit['number']:010d}")
            by_text[submit["id"]] = submit
        assert "C" in by_text
        server.drain()
        assert {world.client.status(i) for i in made} == {"delivered"}


def test_unknown_receipts_are_taken_and_dropped(start, smsc):
    server, world = start()
    world.send_sms()
    server.drain()
    assert smsc.report(smsc.submits[0], message_id="999999") == 0
    server.advance(600)
    assert server.cli("tasks", "buried") == []
    assert server.log_lines("receipt.unknown_part")


def test_a_throttled_text_waits_and_goes(start, smsc):
    server, world = start()
    smsc.order(reply=[0x58, 0x58, 0x14])
    made = world.send_sms()
    server.drain()
    assert len(smsc.of("answered")) == 3 and len(smsc.submits) == 1
    assert world.client.status(made["id"]) == "sending"
    assert server.cli("provider", "repeats") == []


def test_a_number_that_is_none_ends_at_once(start, smsc):
    server, world = start()
    smsc.order(reply=[0x0B])
    made = world.send_sms()
    server.drain()
    assert world.client.status(made["id"]) == "technical-failure"
    assert "0x0B" in server.cli("notification", "show", made["id"])["events"][-1]["detail"]


def test_a_line_that_breaks_is_mended_and_the_repeat_is_named(start, smsc):
    server, world = start()
    smsc.order(reply=["cut"])
    made = world.send_sms()
    wait_for(lambda: len(smsc.of("bound")) >= 2, 30)
    server.drain()
    server.advance(400)
    wait_for(lambda: world.client.status(made["id"]) == "sending", 30)
    assert len(smsc.submits) == 2
    assert [row["id"] for row in server.cli("provider", "repeats")] == [made["id"]]


def test_nothing_is_lost_while_the_server_is_away(start, smsc):
    server, world = start()
    smsc.stop()
    made = [world.send_sms()["id"] for _ in range(10)]
    server.drain()
    assert {world.client.status(i) for i in made} == {"created"}
    smsc.start()
    smsc.wait("bound", 2)
    server.advance(700)
    assert {world.client.status(i) for i in made} == {"sending"} and len(smsc.submits) == 10
    assert server.cli("provider", "repeats") == []


def test_enquiries_and_unbind_at_the_end(start, smsc):
    server, world = start(**{"smpp.enquire_link": "1s"})
    smsc.wait("enquire", 2)
    assert server.stop() == 0
    smsc.wait("unbind")


def test_texts_that_people_send_arrive(start, smsc):
    server, world = start()
    server.cli("inbound-number", "add", "07123123123", "--service", world.id, "--provider", "smpp")
    for text, coding in (("Hello €", 0), ("[€] in its ASCII", 1), ("Ŵyneb", 8)):
        smsc.order(deliver={"source_addr": "447900900321", "destination_addr": "447123123123", "data_coding": coding,
                            "short_message": text})
    smsc.wait("delivered", 3)
    got = world.client.get("/v2/received-text-messages").json["received_text_messages"]
    assert sorted(t["content"] for t in got) == ["Hello €", "[€] in its ASCII", "Ŵyneb"]
    assert {t["user_number"] for t in got} == {"447900900321"}


def test_a_long_text_that_somebody_sends_is_one(start, smsc):
    server, world = start()
    server.cli("inbound-number", "add", "07123123123", "--service", world.id, "--provider", "smpp")
    common = {"source_addr": "447900900321", "destination_addr": "447123123123", "sar_msg_ref_num": 7,
              "sar_total_segments": 2}
    smsc.order(deliver={**common, "sar_segment_seqnum": 2, "short_message": "world"})
    smsc.wait("delivered", 1)
    server.restart()
    smsc.wait("bound", 2)
    smsc.order(deliver={**common, "sar_segment_seqnum": 1, "short_message": "Hello "})
    smsc.wait("delivered", 2)
    [got] = world.client.get("/v2/received-text-messages").json["received_text_messages"]
    assert got["content"] == "Hello world"
