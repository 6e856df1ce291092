"""Paging through messages by the links in the answers."""
import threading
import urllib.parse

PAGE = 250


def sheet_of(folder, rows, name="people.csv"):
    path = folder / name
    path.write_text("phone number,name,reference\n" + "".join(f"07900{100000 + i},P{i},r{i % 3}\n" for i in range(rows)))
    return path


def pages(client, query=""):
    path = "/v2/notifications" + ("?" + query if query else "")
    while True:
        answer = client.get(path)
        assert answer.status == 200, answer
        yield answer.json
        if "next" not in answer.json["links"]:
            return
        place = urllib.parse.urlsplit(answer.json["links"]["next"])
        path = f"{place.path}?{place.query}"


def test_links_lead_over_every_row_and_end_with_an_empty_page(make_postroom, store_settings, tmp_path):
    server = make_postroom(settings=store_settings)
    world = server.world(keys=["normal"])
    # Rows of one commit have next to the same time.
    server.cli("job", "create", world.id, world.sms, sheet_of(tmp_path, 2 * PAGE))
    server.drain()
    seen = list(pages(world.client, "include_jobs=true"))
    assert [len(page["notifications"]) for page in seen] == [PAGE, PAGE, 0]
    assert "next" not in seen[-1]["links"]
    rows = [n for page in seen for n in page["notifications"]]
    assert len({n["id"] for n in rows}) == 2 * PAGE
    assert [n["created_at"] for n in rows] == sorted((n["created_at"] for n in rows), reverse=True)
    for before, page in zip(seen, seen[1:]):
        assert page["links"]["current"] == before["links"]["next"]
        assert before["links"]["next"] == (f"{server.api}/v2/notifications?older_than={before['notifications'][-1]['id']}"
                                           "&include_jobs=true")


def test_rows_that_come_meanwhile_neither_hide_nor_double_others(make_postroom, store_settings, tmp_path):
    server = make_postroom(settings=store_settings)
    world = server.world(keys=["normal"])
    server.cli("job", "create", world.id, world.sms, sheet_of(tmp_path, 4 * PAGE))
    server.drain()
    before = {n["id"] for n in world.client.all_notifications("include_jobs=true")}
    assert len(before) == 4 * PAGE
    stop, sent = threading.Event(), []

    def keep_sending(client):
        while not stop.is_set():
            sent.append(world.send_sms(client=client)["id"])

    threads = [threading.Thread(target=keep_sending, args=(world.client_of("normal"),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        runs = [[n["id"] for page in pages(world.client, "include_jobs=true") for n in page["notifications"]]
                for _ in range(3)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert sent
    for ids in runs:
        assert len(set(ids)) == len(ids) and before <= set(ids) and set(ids) <= before | set(sent)
    server.drain()


def test_pages_of_a_filter(postroom, tmp_path):
    world = postroom.world(keys=["normal", "test"])
    postroom.cli("job", "create", world.id, world.sms, sheet_of(tmp_path, 900))
    postroom.drain()
    for number in range(3):
        seen = [n for page in pages(world.client, f"include_jobs=true&reference=r{number}&template_type=sms"
                                    "&status=delivered&status=sending") for n in page["notifications"]]
        assert {n["phone_number"] for n in seen} == {f"07900{100000 + i}" for i in range(number, 900, 3)}
        assert len(seen) == 300
    assert list(pages(world.client, "include_jobs=true&reference=none"))[0]["notifications"] == []
    assert list(pages(world.test_client, "include_jobs=true"))[0]["notifications"] == []


def test_a_cursor_that_is_nothing_here(postroom):
    world, other = postroom.world(), postroom.world("Other")
    world.send_sms()
    test_message = world.send_sms(client=world.test_client)
    foreign = other.send_sms()
    for cursor in ("8d0a2d2c-0000-4000-8000-000000000000", foreign["id"]):
        page = world.client.get(f"/v2/notifications?older_than={cursor}").json
        assert page["notifications"] == []
        assert page["links"] == {"current": f"{postroom.api}/v2/notifications?older_than={cursor}"}
    # A cursor may be a message of another type of key.
    assert len(world.client.get(f"/v2/notifications?older_than={test_message['id']}").json["notifications"]) == 1
    assert world.client.get("/v2/notifications?older_than=x").status == 400
