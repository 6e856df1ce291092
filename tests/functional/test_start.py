"""Starting, stopping and what the listeners answer to strangers."""
import concurrent.futures
import time

from harness import http_call, run_cli


def test_first_message_is_accepted_within_five_seconds_of_an_empty_folder(make_postroom, store_settings):
    began = time.monotonic()
    server = make_postroom(settings=store_settings)
    world = server.world(keys=["normal"])
    made = world.send_sms()
    assert time.monotonic() - began < 5
    server.drain()
    assert world.client.status(made["id"]) == "delivered"


def test_addresses_are_printed(make_postroom):
    server = make_postroom()
    assert set(server.greeting) >= {"api", "web", "data"}
    assert http_call(server.greeting["api"], "GET", "/_status").status == 200
    assert http_call(server.greeting["web"], "GET", "/").status == 200
    assert server.greeting["data"] == server.data


def test_status_live_and_metrics_answer_without_a_key(postroom):
    status = postroom.get("/_status")
    assert status.status == 200
    assert status.json["status"] == "ok" and status.json["environment"] == "test"
    assert int(status.json["db_version"]) >= 1
    assert "db_version" not in postroom.get("/_status?simple=true").json
    live = postroom.get("/_status/live")
    assert (live.status, live.json) == (200, {"status": "ok"})
    world = postroom.world(keys=["normal"])
    world.send_sms()
    postroom.drain()
    metrics = postroom.get("/metrics")
    assert metrics.status == 200 and metrics.headers["Content-Type"].startswith("text/plain")
    assert 'postroom_tasks_total{' in metrics.text
    assert 'postroom_http_requests_total{route="/v2/notifications/sms",status="201"} 1' in metrics.text
    assert 'postroom_http_request_seconds_count{route="/v2/notifications/sms"} 1' in metrics.text


def test_graceful_stop_finishes_requests_in_hand(make_postroom):
    server = make_postroom()
    world = server.world(keys=["normal"])
    world.send_sms()  # the connection is open before the others come
    clients = [world.client_of("normal") for _ in range(4)]
    answers, broken = [], []

    def send_until_refused(client):
        while True:
            try:
                answer = client.post("/v2/notifications/sms", {
                    "phone_number": "07900900123", "template_id": world.sms, "personalisation": {"name": "Ann"}})
            except OSError:
                return
            except Exception as error:  # an answer that was cut short
                if type(error).__name__ != "RemoteDisconnected":
                    broken.append(error)
                return
            answers.append(answer)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        running = [pool.submit(send_until_refused, client) for client in clients]
        time.sleep(0.3)
        assert server.stop() == 0
        for one in running:
            one.result()
    assert not broken
    accepted = [a.json["id"] for a in answers if a.status == 201]
    assert accepted and all(a.status in (201, 503) for a in answers)
    server.start()
    server.drain()
    assert {world.client.status(i) for i in accepted} == {"delivered"}


def test_second_process_on_a_data_folder_gets_one_clear_line(postroom):
    second = postroom.run("serve", "--api", "127.0.0.1:0", "--web", "127.0.0.1:0", timeout=30)
    assert second.returncode != 0
    lines = second.stderr.strip().split("\n")
    assert len(lines) == 1, lines
    assert postroom.data in lines[0] and lines[0].startswith("postroom: ")
    assert postroom.get("/_status").status == 200


def test_roles_can_be_split_over_restarts(make_postroom):
    server = make_postroom(arguments=["--roles", "api"])
    world = server.world(keys=["normal"])
    made = world.send_sms()
    assert server.messages() == []
    server.arguments = []
    server.restart()
    server.drain()
    assert world.client.status(made["id"]) == "delivered"


def test_version_and_help_need_no_folder():
    assert run_cli("--version").stdout.startswith("postroom ")
    assert "serve" in run_cli("--help").stdout
