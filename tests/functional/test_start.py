"""Starting, stopping and what the listeners answer to strangers."""
import concurrent.futures
import time

import pytest

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
