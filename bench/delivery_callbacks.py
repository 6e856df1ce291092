"""Callbacks a second to a fast receiver, and how late they come while 1,000 other receivers are dead.

The first figure is of callbacks that are posted again: nothing else goes on beside. Each is enqueued, claimed, signed,
posted, recorded and settled; the time is from the command that asks for them until the last is settled. Lateness is from
the moment that a message reached its end to the receiver having the callback; dead receivers get messages all the while,
and the second time the server has just been started anew and has heard of no receiver yet.
"""
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

from server import BUILD, Server, report, token
from sink import Sink

CALLBACKS = 50_000
RATE_TARGET = 2_000
P99_TARGET_MS = 1_000
DEAD = 1_000
LATENESS_SECONDS = 20
DEAD_RATE = 400  # messages a second of all dead receivers' services
HEALTHY_RATE = 100  # messages a second of the healthy receiver's service
BEARER = "a-bearer-token"
WAIT_SECONDS = 180
THREADS = 8


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("postroom")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Control:
    """Commands without a process for each: through the server's own socket, as the command line does."""

    def __init__(self, server):
        self.connection = UnixConnection(os.path.join(server.data, "data", "control.sock"))

    def run(self, command, /, **arguments):
        self.connection.request("POST", "/command?name=" + urllib.parse.quote(command), json.dumps(arguments),
                                {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        body = json.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"{command}: {body}")
        return body


class Sender:
    """Sends texts of one service on a connection that others may use, too."""

    def __init__(self, connection, service_id, secret, template_id):
        self.connection = connection
        self.service_id, self.secret = service_id, secret
        self.body = json.dumps({"phone_number": "07900900123", "template_id": template_id,
                                "personalisation": {"name": "Ada", "date": "1 May"}})

    def send(self):
        self.connection.request("POST", "/v2/notifications/sms", self.body, {
            "Content-Type": "application/json", "Authorization": "Bearer " + token(self.service_id, self.secret)})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise SystemExit(f"a text was answered with {answer.status}")


def wait_for(sink, count):
    """Statistics of that many callbacks, summed up over several looks."""
    end = time.monotonic() + WAIT_SECONDS
    looks = []
    while sum(look["count"] for look in looks) < count:
        if time.monotonic() > end:
            raise SystemExit(f"only {sum(look['count'] for look in looks)} of {count} callbacks came")
        time.sleep(0.2)
        looks.append(sink.ask("stats"))
    return [look for look in looks if look["count"]]


def fill(server, count):
    """Messages whose callbacks there are to be; they are posted a first time."""
    body = json.dumps({"phone_number": "07900900123", "template_id": server.templates["sms"],
                       "personalisation": {"name": "Ada Reader", "date": "1 May"}, "reference": "bench"})
    sent = 0
    while sent < count:
        out = subprocess.run([os.path.join(BUILD, "bench", "bench_http_load"), str(server.port),
                              "/v2/notifications/sms", server.token(), body, "32", "1", "0"], capture_output=True,
                             text=True)
        if out.returncode != 0:
            raise SystemExit(out.stderr)
        sent += json.loads(out.stdout)["accepted"]
    server.drain()
    return sent


def measure_rate(server, sink, control):
    control.run("callback set", service=server.service_id, type="delivery", url=f"http://{sink.place}/ok",
                token=BEARER)
    control.run("callback secret create", service=server.service_id, type="delivery")
    sent = fill(server, CALLBACKS)
    looks = wait_for(sink, sent)
    # What else goes on at first: messages are accepted, handed over and reported on.
    report("callbacks.beside_messages.rate", sent / (looks[-1]["last"] - looks[0]["last"] + looks[0]["seconds"]),
           "callbacks/s")
    before, began = server.cpu_seconds(), time.monotonic()
    replayed = control.run("callback replay", service=server.service_id, since="2020-01-01T00:00:00Z")["replayed"]
    looks = wait_for(sink, replayed)
    server.drain()
    seconds = time.monotonic() - began
    report("callbacks.rate", replayed / seconds, "callbacks/s", RATE_TARGET)
    report("callbacks.cpu_per_callback", (server.cpu_seconds() - before) / replayed * 1e6, "us")
    report("callbacks.connections", sum(look["connections"] for look in looks), "connections")


def make_dead_services(sink, control):
    senders = []
    for number in range(DEAD):
        service = control.run("service create", name=f"Dead {number}")["id"]
        key = control.run("key create", service=service, name="k", type="normal")["api_key"]
        template = control.run("template create", service=service, type="sms", name="t",
                               content="Hello ((name)) ((date))")["id"]
        # Every tenth refuses the connection, the others take it and are silent.
        url = "http://127.0.0.1:1/dead" if number % 10 == 0 else f"http://{sink.place}/dead/{number}"
        control.run("callback set", service=service, type="delivery", url=url, token=BEARER)
        senders.append((service, key[-36:], template))
    return senders


class DeadLoad:
    """Threads that send texts of the dead receivers' services in turn, until told to stop."""

    def __init__(self, server, services):
        self.sent, self.stopping, self.lock = 0, threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(server, services[i::THREADS]))
                        for i in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def run(self, server, services):
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        began, count = time.monotonic(), 0
        while not self.stopping.is_set():
            service, secret, template = services[count % len(services)]
            Sender(connection, service, secret, template).send()
            count += 1
            time.sleep(max(0.0, began + count * THREADS / DEAD_RATE - time.monotonic()))
        with self.lock:
            self.sent += count

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        return self.sent


def healthy_sender(server):
    return Sender(http.client.HTTPConnection("127.0.0.1", server.port), server.service_id, server.secret,
                  server.templates["sms"])


def measure_beside_dead(name, server, sink, services):
    healthy = healthy_sender(server)
    sink.ask("stats")
    load = DeadLoad(server, services)
    count, began = 0, time.monotonic()
    while time.monotonic() < began + LATENESS_SECONDS:
        healthy.send()
        count += 1
        time.sleep(max(0.0, began + count / HEALTHY_RATE - time.monotonic()))
    dead = load.stop()
    looks = wait_for(sink, count)
    report(f"callbacks.{name}.p50", looks[0]["p50_ms"], "ms")
    # Those that came after the first look are late ones.
    report(f"callbacks.{name}.p99", max(look["p99_ms"] for look in looks), "ms", P99_TARGET_MS,
           higher_is_better=False)
    report(f"callbacks.{name}.max", max(look["max_ms"] for look in looks), "ms")
    report(f"callbacks.{name}.count", count, "callbacks")
    report(f"callbacks.{name}.dead_messages", dead, "messages")
    report(f"callbacks.{name}.dead_requests", sum(look["dead"] for look in looks), "requests")
    report(f"callbacks.{name}.memory", server.memory_bytes() / 1e6, "MB")


def measure_lateness(server, sink, control):
    control.run("callback set", service=server.service_id, type="delivery", url=f"http://{sink.place}/ok",
                token=BEARER)
    services = make_dead_services(sink, control)
    measure_beside_dead("beside_dead", server, sink, services)
    server.restart()
    measure_beside_dead("beside_dead_after_start", server, sink, services)


def main():
    options = ["--set", "sandbox.receipt_delay=0s"]
    only = [a for a in sys.argv[1:] if not a.startswith("--")]
    for name, measure in (("rate", measure_rate), ("lateness", measure_lateness)):
        if only and name not in only:
            continue
        server, sink = Server(*options), Sink("bench_callback_sink")
        try:
            measure(server, sink, Control(server))
        finally:
            server.close()
            sink.close()


if __name__ == "__main__":
    main()
