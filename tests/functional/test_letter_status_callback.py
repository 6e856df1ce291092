"""What the print house's service reports about single letters."""
import copy

import pytest

from harness import http_call, wait_for

REPORT = {"id": "1", "time": "2026-04-01T00:00:00Z",
          "data": {"despatchProperties": [{"key": "totalSheets", "value": "1"}, {"key": "postageClass", "value": "2ND"},
                                          {"key": "mailingProduct", "value": "MM"}],
                   "jobId": "", "jobStatus": "DESPATCHED", "transitionDate": "2026-03-31T23:30:00Z"},
          "metadata": {"correlationId": "x"}}


def report(letter, **data):
    made = copy.deepcopy(REPORT)
    made["data"].update({"jobId": letter, **data})
    return made


def post(server, token, body):
    query = f"?token={token}" if token else ""
    return http_call(server.api, "POST", "/notifications/letter/status" + query, body)


@pytest.fixture
def letter(postroom):
    """A letter that is still created, with a PDF."""
    world = postroom.world()
    made = world.send_letter()["id"]
    postroom.drain()
    token = postroom.cli("letters", "token", made)
    assert token["url"] == f"{postroom.api}/notifications/letter/status?token={token['token']}"
    return world, made, token["token"]


def test_despatched_letter_is_received(postroom, letter):
    world, made, token = letter
    answer = post(postroom, token, report(made))
    assert answer.status == 204 and answer.body == b""
    postroom.drain()
    assert world.client.status(made) == "received"
    causes = [event["cause"] for event in postroom.cli("notification", "show", made)["events"]]
    # The report overtook our own note that the letter had been handed over.
    assert causes[-2:] == ["report.overtook", "report.despatched"]
    assert post(postroom, token, report(made)).status == 204
    assert post(postroom, token, report(made, jobStatus="REJECTED")).status == 204
    postroom.drain()
    assert world.client.status(made) == "received"


def test_rejected_letter_is_a_technical_failure_with_one_ticket(postroom, letter):
    postroom.allow_errors = ["letters.rejected"]
    world, made, token = letter
    for _ in range(2):
        assert post(postroom, token, report(made, jobStatus="REJECTED")).status == 204
        postroom.drain()
    assert world.client.status(made) == "technical-failure"
    tickets = [ticket for ticket in postroom.tickets() if made in ticket["message"]]
    assert len(tickets) == 1
    # Posted after all.
    assert post(postroom, token, report(made)).status == 204
    postroom.drain()
    assert world.client.status(made) == "received"


def test_refusals_in_their_order(postroom, letter):
    world, made, token = letter

    def refused(token, body):
        answer = post(postroom, token, body)
        assert answer.json["status_code"] == answer.status
        return answer.status, [error["error"] for error in answer.json["errors"]]

    assert refused(None, b"{") == (403, ["InvalidRequest"])
    assert refused("abc.def", report(made)) == (403, ["InvalidRequest"])
    assert refused(token[:-1] + ("A" if token[-1] != "A" else "B"), report(made)) == (403, ["InvalidRequest"])
    assert refused(token, b"{") == (400, ["BadRequestError"])
    assert refused(token, report(made, jobStatus="PRINTED")) == (400, ["ValidationError"])
    assert refused(token, report("7d1c3f0e-2a4b-4c5d-8e6f-0123456789ab")) == (400, ["InvalidRequest"])
    assert refused(token, report(made, transitionDate="2026-03-31T23:30:00.5Z")) == (400, ["ValidationError"])
    other = world.send_letter()["id"]
    assert refused(token, report(other)) == (400, ["InvalidRequest"])
    postroom.drain()
    assert world.client.status(made) == "accepted"


def test_upper_case_id_is_the_same_letter(postroom, letter):
    world, made, token = letter
    assert post(postroom, token, report(made.upper())).status == 204
    wait_for(lambda: world.client.status(made) == "received")
