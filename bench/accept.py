"""Texts accepted and stored each second, as callers see it, with delivery to the sandbox going on beside.

The first figure is at full load on 64 connections; latencies are measured at half of that, from the moment each
request was due, once what full load has left to deliver is gone.
"""
import json
import os
import subprocess
import sys

from server import BUILD, Server, report

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "peers"))
import postgres_server  # noqa: E402

CONNECTIONS = 64
SECONDS = 8
RATE_TARGET = 5000
P99_TARGET_MS = 20


def load(server, rate, seconds=SECONDS):
    body = json.dumps({"phone_number": "07900900123", "template_id": server.templates["sms"],
                       "personalisation": {"name": "Ada Reader", "date": "1 May"}, "reference": "bench"})
    out = subprocess.run([os.path.join(BUILD, "bench", "bench_http_load"), str(server.port), "/v2/notifications/sms",
                          server.token(), body, str(CONNECTIONS), str(seconds), str(rate)],
                         capture_output=True, text=True)
    if out.returncode != 0:
        raise SystemExit(out.stderr)
    return json.loads(out.stdout)


def measure(store, *options, settle=lambda: None):
    server = Server(*options)
    try:
        load(server, 0, 2)  # warm caches, start the store's files
        before = server.cpu_seconds()
        full = load(server, 0)
        cpu = server.cpu_seconds() - before
        if full["refused"]:
            raise SystemExit(f"{full['refused']} requests were refused")
        server.drain()
        settle()
        half = load(server, full["rate"] / 2)
        report(f"accept.{store}.rate", full["rate"], "requests/s", RATE_TARGET)
        report(f"accept.{store}.p50_at_half", half["p50_ms"], "ms")
        report(f"accept.{store}.p99_at_half", half["p99_ms"], "ms", P99_TARGET_MS, higher_is_better=False)
        report(f"accept.{store}.cpu_per_request", cpu / full["accepted"] * 1e6, "us")
        report(f"accept.{store}.memory", server.memory_bytes() / 1e6, "MB")
    finally:
        server.close()


def main():
    measure("sqlite")
    postgres, why = postgres_server.start()
    if postgres is None:
        print(f"accept.postgres is skipped: {why}", file=sys.stderr)
        return
    try:
        # A new server makes a file of 16 MB for every few thousand messages, each a pause of 50 ms; one that has run
        # for some minutes uses its old ones again.
        measure("postgres", "--set", "store.url=" + postgres.new_database(), settle=postgres.checkpoint)
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
