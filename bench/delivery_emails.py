"""Emails a second to a local SMTP server, each with an Ed25519 signature and each stored before it is sent.

First they are posted to a process that only takes messages, then another one delivers what is stored: rendered, signed,
handed over one by one, each hand-over written down before the next one of its thread.
"""
import json
import os
import subprocess
import time

from server import BINARY, BUILD, Server, report
from sink import Sink

SECONDS = 8
CONNECTIONS = 32
RATE_TARGET = 1_500
WAIT_SECONDS = 180
THREADS = 16


class Deliverer(Server):
    """The worker's process on another server's folder."""

    def __init__(self, taker, options):
        self.data = taker.data
        self.process = subprocess.Popen(
            [BINARY, "serve", "--json", "--data", os.path.join(self.data, "data"), "--api", "127.0.0.1:0", "--web",
             "127.0.0.1:0", "--set", "log.level=warning", *options],
            stdout=subprocess.PIPE, stderr=taker.log, text=True)
        if not self.process.stdout.readline():
            raise SystemExit("postroom did not start:\n" + open(taker.log.name).read())


def verify(email, record):
    """With others' code, where it is installed: a benchmark of wrong signatures would be worth nothing."""
    try:
        import dkim
    except ImportError:
        return
    keys = {record["record_name"] + ".": record["record_text"].encode()}
    right = dkim.verify(email.encode(), dnsfunc=lambda name, timeout=5: keys.get(name.decode()))
    if not right:
        raise SystemExit("the last email's signature is not right")


def main():
    sink = Sink("bench_smtp_sink")
    options = ["--set", "email.provider=smtp", "--set", f"smtp.url=smtp://{sink.place}", "--set", "email.domain=mail.example",
               "--set", f"worker.email_threads={THREADS}", "--set", f"smtp.connections={THREADS}",
               "--set", "smtp.messages_per_connection=1000"]
    taker = Server(*options, "--roles", "api")
    try:
        record = taker.cli("dkim", "add", "mail.example", "bench", "--ed25519")
        body = json.dumps({"email_address": "ada.reader@example.org", "template_id": taker.templates["email"],
                           "personalisation": {"name": "Ada Reader", "date": "1 May"}, "reference": "bench"})
        out = subprocess.run([os.path.join(BUILD, "bench", "bench_http_load"), str(taker.port),
                              "/v2/notifications/email", taker.token(), body, str(CONNECTIONS), str(SECONDS), "0"],
                             capture_output=True, text=True)
        if out.returncode != 0:
            raise SystemExit(out.stderr)
        stored = json.loads(out.stdout)["accepted"]
        taker.process.terminate()
        taker.process.wait(60)
        worker = Deliverer(taker, options)
        taker.process = worker.process
        end = time.monotonic() + WAIT_SECONDS
        count = signed = 0
        seconds = 0.0
        while count < stored:
            time.sleep(0.5)
            stats = sink.ask("stats")
            count, signed, seconds = count + stats["count"], signed + stats["signed"], seconds + stats["seconds"]
            if time.monotonic() > end:
                raise SystemExit(f"{count} of {stored} emails came within {WAIT_SECONDS} s")
        cpu = worker.cpu_seconds()
        if signed != count:
            raise SystemExit(f"{count - signed} emails were not signed")
        verify(sink.ask("last"), record)
        report("delivery.emails.rate", count / max(seconds, 1e-9), "emails/s", RATE_TARGET)
        report("delivery.emails.cpu_per_email", cpu / count * 1e6, "us")
        report("delivery.emails.memory", worker.memory_bytes("VmHWM") / 1e6, "MB")
    finally:
        taker.close()
        sink.close()


if __name__ == "__main__":
    main()
