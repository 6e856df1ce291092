"""HEAD, OPTIONS and wrong methods on every address of the API."""
import pytest

from harness import http_call

READS = ["/v2/notifications", "/v2/notifications/{sms}", "/v2/notifications/{letter}/pdf", "/v2/templates",
         "/v2/template/{template}", "/v2/template/{template}/version/1", "/v2/received-text-messages", "/v2/jobs/{job}"]
WRITES = ["/v2/notifications/sms", "/v2/notifications/email", "/v2/notifications/letter", "/v2/notifications/bulk",
          "/v2/template/{template}/preview", "/v2/notifications/{sms}/cancel", "/v2/jobs/{job}/cancel"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    from harness import Postroom
    with Postroom(folder=str(tmp_path_factory.mktemp("methods"))) as server:
        world = server.world()
        job = world.client.post("/v2/notifications/bulk", {
            "template_id": world.sms, "rows": [["phone number", "name"], ["07900900123", "Ann"]]}).json
        world.names = {"sms": world.send_sms()["id"], "letter": world.send_letter()["id"], "template": world.sms,
                       "job": job["id"]}
        server.drain()
        yield world


@pytest.mark.parametrize("path", READS)
def test_head_is_get_without_its_body(world, path):
    path = path.format(**world.names)
    whole, head = world.client.get(path), world.client.request("HEAD", path)
    assert (head.status, head.body) == (whole.status, b"") and whole.status == 200
    for name in ("Content-Type", "Content-Length", "Access-Control-Allow-Origin"):
        assert head.headers[name] == whole.headers[name]
    assert int(head.headers["Content-Length"]) == len(whole.body)


@pytest.mark.parametrize("path", READS + WRITES)
def test_options_tells_callers_what_there_is(world, path):
    path = path.format(**world.names)
    answer = world.client.request("OPTIONS", path)
    assert (answer.status, answer.body) == (200, b"")
    allowed = answer.headers["Allow"].split(", ")
    assert "OPTIONS" in allowed and ("GET" if path in [r.format(**world.names) for r in READS] else "POST") in allowed
    assert ("HEAD" in allowed) == ("GET" in allowed)
    assert http_call(world.server.api, "OPTIONS", path).status == 401


def test_options_elsewhere(world):
    status = http_call(world.server.api, "OPTIONS", "/_status")
    assert status.status == 200 and "GET" in status.headers["Allow"]
    assert http_call(world.server.api, "OPTIONS", "/v2/none").status == 404


@pytest.mark.parametrize("path", READS + WRITES)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "BREW"])
def test_wrong_methods_are_told_the_right_ones(world, path, method):
    answer = http_call(world.server.api, method, path.format(**world.names))
    assert answer.status == 405 and "OPTIONS" in answer.headers["Allow"]
    # Clients read one layout or the other.
    body = answer.json
    assert body["result"] == "error" and isinstance(body["message"], str)
    assert body["status_code"] == 405 and body["errors"][0]["error"] == "MethodNotAllowed"


@pytest.mark.parametrize("path", [p + "/" for p in READS + WRITES] + ["/V2/notifications", "/v2", "/v2/"])
def test_addresses_are_exact(world, path):
    answer = world.client.get(path.format(**world.names))
    assert answer.status == 404 and answer.json["result"] == "error"
