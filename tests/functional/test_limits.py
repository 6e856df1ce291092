"""Limits a minute and a day, as callers and operators meet them."""
import datetime
import os
import shutil
import threading

import pytest


def sms(world, to="07900900123"):
    return {"phone_number": to, "template_id": world.sms, "personalisation": {"name": "Ann"}}


def set_limits(server, world, **limits):
    words = [w for name, value in limits.items() for w in ("--" + name.replace("_", "-"), value)]
    return server.cli("service", "limits", world.id, *words)


def used_today(server, world, channel="sms"):
    return next(row["used"] for row in server.cli("service", "limits", world.id)["daily"] if row["channel"] == channel)


def two_processes(make_postroom, postgres):
    """Two servers on one database, with the same key ring."""
    settings = {"store.url": postgres.new_database()}
    first = make_postroom(settings=settings)
    second = make_postroom(settings=settings, start=False)
    shutil.copytree(os.path.join(first.data, "keys"), os.path.join(second.data, "keys"))
    second.start()
    return first, second


def test_pa41_too_many_requests_are_told_when_to_come_again(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    set_limits(server, world, rate=6)
    answers = [world.client.post("/v2/notifications/sms", sms(world)) for _ in range(4)]
    assert [a.status for a in answers] == [201, 201, 429, 429]
    refused = answers[2]
    assert refused.json["errors"][0]["error"] == "RateLimitError"
    assert "LIVE" in refused.json["errors"][0]["message"] and "6 in 60 seconds" in refused.json["errors"][0]["message"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert refused.headers["RateLimit-Limit"] == "6"
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert refused.headers["RateLimit-Reset"] == refused.headers["Retry-After"]
    # Other types of key have buckets of their own, and reading is free.
    assert world.test_client.post("/v2/notifications/sms", sms(world)).status == 201
    assert all(world.client.get("/v2/notifications").status == 200 for _ in range(5))
    # Refused calls cost nothing: ten seconds bring exactly one token, however often one asked.
    server.advance(10)
    answers = [world.client.post("/v2/notifications/sms", sms(world)).status for _ in range(3)]
    assert answers == [201, 429, 429]


def test_pa41_a_restart_gives_no_second_burst(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    set_limits(server, world, rate=6)
    assert [world.client.post("/v2/notifications/sms", sms(world)).status for _ in range(3)] == [201, 201, 429]
    server.kill9()
    server.start()
    assert world.client.post("/v2/notifications/sms", sms(world)).status == 429


def test_d5_sixty_a_second_against_fifty_is_served_fifty_in_every_second_after_the_burst(make_postroom):
    server = make_postroom()
    world = server.world()
    set_limits(server, world, rate=3000)
    start = datetime.datetime.fromisoformat(server.now().replace("Z", "+00:00"))
    start = start.replace(microsecond=0) + datetime.timedelta(seconds=10)
    body = sms(world, "07700900000")

    def move_to(seconds):
        at = start + datetime.timedelta(seconds=seconds)
        server.set_clock(at.isoformat(timespec="microseconds").replace("+00:00", "Z"))

    move_to(0)
    burst = sum(world.client.post("/v2/notifications/sms", body).status == 201 for _ in range(1100))
    # A full bucket, and what came in while it was emptied.
    assert 999 <= burst < 1100
    served = []
    for second in range(1, 201):
        count = 0
        for step in range(10):  # six requests every tenth of a second
            move_to(second + step / 10)
            count += sum(world.client.post("/v2/notifications/sms", body).status == 201 for _ in range(6))
        served.append(count)
    # After the burst, ten more a second than the limit have used up the rest as well; three minutes are left.
    steady = served[-180:]
    # Each 20 ms that the machine stands still shift a token from one second to its neighbour, and none is lost.
    assert all(47 <= count <= 53 for count in steady), served
    assert abs(sum(steady) - 50 * len(steady)) <= 2, served


def test_pa42_daily_limits_by_channel_and_their_count(make_postroom, store_settings):
    server = make_postroom(settings=store_settings, allow_errors=["alerts.letters_acknowledgement"])
    world = server.world()
    set_limits(server, world, sms=2, email=0, letter=1)
    simulated = sms(world, "07700900000")
    statuses = [world.client.post("/v2/notifications/sms", body).status
                for body in (simulated, sms(world), simulated, sms(world), sms(world))]
    assert statuses == [201, 201, 201, 201, 429]
    refused = world.client.post("/v2/notifications/sms", b"{")
    assert refused.status == 429, "before the body is looked at"
    assert refused.json["errors"][0]["error"] == "TooManyRequestsError"
    assert "sms" in refused.json["errors"][0]["message"] and " 2 " in refused.json["errors"][0]["message"]
    assert int(refused.headers["Retry-After"]) <= 86400 and refused.headers["RateLimit-Limit"] == "2"
    assert world.team_client.post("/v2/notifications/sms", sms(world)).status == 429
    assert world.test_client.post("/v2/notifications/sms", sms(world)).status == 201
    email = {"email_address": "ann@example.org", "template_id": world.email, "personalisation": {"name": "Ann"}}
    assert world.client.post("/v2/notifications/email", email).status == 429
    assert world.test_client.post("/v2/notifications/email", email).status == 429
    world.send_letter()
    # What is refused for another reason is not counted.
    assert used_today(server, world) == 2 and used_today(server, world, "letter") == 1
    server.restart()
    assert world.client.post("/v2/notifications/sms", sms(world)).status == 429
    server.advance(24 * 3600)
    assert used_today(server, world) == 0
    assert world.client.post("/v2/notifications/sms", sms(world)).status == 201


def test_pa42_refused_messages_are_not_counted(postroom):
    world = postroom.world()
    set_limits(postroom, world, sms=1)
    assert world.client.post("/v2/notifications/sms", sms(world, "123")).status == 400
    assert world.client.post("/v2/notifications/sms", {**sms(world), "personalisation": {}}).status == 400
    assert used_today(postroom, world) == 0
    world.send_sms()
    assert used_today(postroom, world) == 1


def test_pa42_texts_abroad_have_a_limit_too(postroom):
    world = postroom.world(permissions="sms,international_sms")
    set_limits(postroom, world, international_sms=1)
    abroad = sms(world, "+14158961600")
    answers = [world.client.post("/v2/notifications/sms", abroad) for _ in range(2)]
    assert [a.status for a in answers] == [201, 429]
    assert "international_sms" in answers[1].json["errors"][0]["message"]
    world.send_sms()
    assert used_today(postroom, world) == 2 and used_today(postroom, world, "international_sms") == 1


def send_from_threads(clients, world, each):
    statuses = []
    lock = threading.Lock()

    def work(client):
        made = [client.post("/v2/notifications/sms", sms(world)).status for _ in range(each)]
        with lock:
            statuses.extend(made)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_exactly_the_daily_limit_is_accepted_by_many_at_once(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world()
    set_limits(server, world, sms=137)
    statuses = send_from_threads([world.client_of("normal") for _ in range(8)], world, 40)
    assert statuses.count(201) == 137 and statuses.count(429) == 320 - 137
    assert used_today(server, world) == 137 and len(world.client.all_notifications()) == 137


def test_exactly_the_daily_limit_is_accepted_by_two_processes(make_postroom, postgres):
    first, second = two_processes(make_postroom, postgres)
    world = first.world()
    set_limits(first, world, sms=203)
    clients = [world.client_of("normal") for _ in range(8)]
    for client in clients[::2]:
        client.base = second.api
    statuses = send_from_threads(clients, world, 50)
    assert statuses.count(201) == 203 and statuses.count(429) == 400 - 203
    assert used_today(second, world) == 203
    assert len(world.client.all_notifications()) == 203


def test_two_processes_share_the_limit_a_minute(make_postroom, postgres):
    first, second = two_processes(make_postroom, postgres)
    world = first.world()
    set_limits(first, world, rate=60)
    here, there = world.client_of("normal"), world.client_of("normal")
    there.base = second.api
    started = datetime.datetime.now()
    statuses = [client.post("/v2/notifications/sms", sms(world, "07700900000")).status
                for _ in range(30) for client in (here, there)]
    seconds = (datetime.datetime.now() - started).total_seconds()
    # What one process holds and does not use is lost to the other: two tokens at most.
    assert 18 <= statuses.count(201) <= 20 + seconds


def test_limits_can_be_seen_and_set(postroom):
    world = postroom.world()
    shown = postroom.cli("service", "limits", world.id)
    assert shown["requests_per_minute"] == 3000 and shown["requests_at_once"] == 999
    assert {row["channel"]: row["limit"] for row in shown["daily"]} == {
        "email": 250000, "sms": 250000, "letter": 20000, "international_sms": 100}
    shown = set_limits(postroom, world, rate=60, sms=5, email=6, letter=7, international_sms=8)
    assert shown["requests_per_minute"] == 60
    assert [row["limit"] for row in shown["daily"]] == [6, 5, 7, 8]
    assert "international_sms" in postroom.cli("service", "limits", world.id, as_json=False)
    done = postroom.run("service", "limits", world.id, "--sms", "-1")
    assert done.returncode != 0 and "must be from 0" in done.stderr


def test_pa42_a_trial_service_has_small_limits_until_it_goes_live(postroom):
    world = postroom.world("Trial", trial=True)
    limits = lambda: [row["limit"] for row in postroom.cli("service", "limits", world.id)["daily"]]  # noqa: E731
    assert limits() == [50, 50, 50, 100]
    postroom.cli("service", "update", world.id, "--live")
    assert limits() == [250000, 250000, 20000, 100]


def test_limits_can_be_switched_off(make_postroom):
    server = make_postroom(settings={"limits.requests": "false", "limits.daily": "false"})
    world = server.world()
    set_limits(server, world, rate=1, sms=1)
    assert [world.client.post("/v2/notifications/sms", sms(world)).status for _ in range(4)] == [201] * 4


@pytest.mark.parametrize("rows,accepted", [(5, True), (6, False)])
def test_pl72_a_job_fits_into_what_is_left_of_the_day(postroom, tmp_path, rows, accepted):
    world = postroom.world()
    set_limits(postroom, world, sms=6)
    world.send_sms()
    sheet = tmp_path / "people.csv"
    sheet.write_text("phone number,name\n" + "".join(f"07900{100000 + i},P{i}\n" for i in range(rows)))
    done = postroom.run("job", "create", world.id, world.sms, str(sheet), "--json")
    assert (done.returncode == 0) == accepted, done.stderr
    postroom.drain()
    assert used_today(postroom, world) == (6 if accepted else 1)
    assert len(world.client.all_notifications("include_jobs=true")) == (6 if accepted else 1)
