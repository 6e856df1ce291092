"""The command line with and without a running server."""
import json
import os
import stat

import pytest


def test_control_socket_and_secrets_are_the_owners_alone(postroom):
    mode = lambda *path: stat.S_IMODE(os.stat(os.path.join(postroom.data, *path)).st_mode)
    assert mode("control.sock") == 0o600
    assert mode() & 0o077 == 0
    assert mode("keys", "key_ring.txt") & 0o077 == 0


def test_answers_are_the_same_with_and_without_a_server(make_postroom, store_settings, tmp_path):
    server = make_postroom(settings=store_settings, start=False)
    world = server.world()
    sheet = tmp_path / "people.csv"
    sheet.write_text("phone number,name\n07900900123,Ann\n")
    job = server.cli("job", "create", world.id, world.sms, sheet)
    server.cli("callback", "set", world.id, "--type", "delivery", "--url", "https://example.org/", "--token",
               "0123456789")
    commands = [("service", "list"), ("service", "show", "Council"), ("key", "list", "Council"),
                ("template", "list"), ("template", "list", "Council"), ("tasks", "buried"), ("config", "show")]
    before = [server.cli(*c) for c in commands]
    texts = [server.cli(*c, as_json=False) for c in commands]
    faults = [server.run("service", "show", "Nobody"), server.run("key", "create", "Council", "k", "--type", "odd"),
              server.run("job", "show", "11111111-1111-4111-8111-111111111111")]
    server.start()
    server.drain()
    assert [server.cli(*c) for c in commands] == before
    assert [server.cli(*c, as_json=False) for c in commands] == texts
    again = [server.run("service", "show", "Nobody"), server.run("key", "create", "Council", "k", "--type", "odd"),
             server.run("job", "show", "11111111-1111-4111-8111-111111111111")]
    assert [(f.returncode, f.stderr) for f in again] == [(f.returncode, f.stderr) for f in faults]
    assert all(f.returncode != 0 and len(f.stderr.strip().split("\n")) == 1 for f in faults)
    done = server.cli("job", "show", job["id"])
    server.stop()
    assert server.cli("job", "show", job["id"]) == done and done["status"] == "finished"


def test_json_prints_exactly_one_value(postroom, tmp_path):
    sheet = tmp_path / "people.csv"
    sheet.write_text("phone number,name\n07900900123,Ann\n")
    service = postroom.cli("service", "create", "S")["id"]
    template = postroom.cli("template", "create", service, "--type", "sms", "--name", "T", "--content",
                            "Hi ((name))")["id"]
    job = postroom.cli("job", "create", service, template, sheet)["id"]
    key = postroom.cli("key", "create", service, "k", "--type", "normal")
    assert set(key) >= {"id", "api_key"} and key["api_key"].startswith(f"k-{service}-")
    for command in [("service", "list"), ("service", "show", service), ("key", "list", service), ("template", "list"),
                    ("job", "show", job), ("status",), ("tasks", "buried"), ("config", "show"), ("config", "check"),
                    ("letters", "collate", "--now"), ("letters", "status"), ("letters", "poll"),
                    ("print-house", "run", "--once"), ("key", "revoke", service, "k")]:
        done = postroom.run(*command, "--json")
        assert done.returncode == 0, (command, done.stderr)
        json.loads(done.stdout)
        assert done.stdout.count("\n") == 1, command
        assert done.stderr == "", command
        assert key["api_key"][-36:] not in done.stdout


@pytest.mark.parametrize("command", [("migrate",), ("doctor",), ("config", "show"), ("config", "check")])
def test_maintenance_commands_print_json_and_text_without_a_server(make_postroom, command):
    server = make_postroom(start=False)
    assert server.cli(*command)
    assert server.cli(*command, as_json=False).strip()


def test_content_file_and_names_with_any_letters(postroom, tmp_path):
    text = tmp_path / "text.md"
    text.write_text("Grüße ((name)) – “hello”\n", encoding="utf-8")
    world = postroom.world("Rat & Bürger")
    made = postroom.cli("template", "create", world.id, "--type", "sms", "--name", "Gruß", "--content-file", text)
    assert made["name"] == "Gruß"
    assert "Gruß" in postroom.cli("template", "list", as_json=False)
    text.write_bytes(b"\xff\xfe")
    done = postroom.run("template", "create", world.id, "--type", "sms", "--name", "x", "--content-file", text)
    assert done.returncode != 0 and "text.md" in done.stderr and "UTF-8" in done.stderr
    sheet = tmp_path / "people.csv"
    sheet.write_bytes(b"phone number,name\n07900900123,J\xfcrgen\n")
    done = postroom.run("job", "create", world.id, world.sms, sheet)
    assert done.returncode != 0 and "people.csv" in done.stderr and "UTF-8" in done.stderr
