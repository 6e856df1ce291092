"""A postroom server for benchmarks: temporary folder, free ports, a service with a key and one template of each kind."""
import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("POSTROOM_BUILD", os.path.join(ROOT, "build", "release"))
BINARY = os.path.join(BUILD, "postroom")


def token(service_id, secret):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    signed = part({"typ": "JWT", "alg": "HS256"}) + b"." + part({"iss": service_id, "iat": int(time.time())})
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


class Server:
    def __init__(self, *options):
        self.data = tempfile.mkdtemp(prefix="postroom-bench-")
        self.log = open(os.path.join(self.data, "server.log"), "w")
        self.options = options
        self.launch()
        self.make_service()

    def launch(self):
        self.process = subprocess.Popen(
            [BINARY, "serve", "--json", "--data", os.path.join(self.data, "data"), "--api", "127.0.0.1:0",
             "--web", "127.0.0.1:0", "--set", "log.level=warning", *self.options],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("postroom did not start:\n" + open(self.log.name).read())
        self.api = json.loads(line)["api"]
        self.port = int(self.api.rsplit(":", 1)[1])

    def make_service(self):
        service = self.cli("service", "create", "Bench")
        self.service_id = service["id"]
        # The limits stay on the path, but do not stop the load.
        self.cli("service", "limits", self.service_id, "--rate", "1000000", "--sms", "1000000000", "--email",
                 "1000000000", "--letter", "1000000000")
        key = self.cli("key", "create", self.service_id, "bench", "--type", "normal")["api_key"]
        self.secret = key[-36:]
        self.templates = {}
        for kind in ("sms", "email", "letter"):
            more = [] if kind == "sms" else ["--subject", "Your appointment"]
            self.templates[kind] = self.cli("template", "create", self.service_id, "--type", kind, "--name", kind, *more,
                                            "--content", "Hello ((name)), your appointment is on ((date)).")["id"]

    def cli(self, *arguments):
        done = subprocess.run([BINARY, *arguments, "--json", "--data", os.path.join(self.data, "data")],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)

    def token(self):
        return token(self.service_id, self.secret)

    def drain(self):
        """Waits until nothing is due any more."""
        request = urllib.request.Request(self.api + "/_sandbox/drain", b'{"timeout_seconds": 120}',
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=150) as answer:
            if not json.load(answer)["drained"]:
                raise SystemExit("messages are still to be delivered after two minutes")

    def cpu_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self, name="VmRSS"):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        return 0

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def restart(self):
        """Stops it and starts it on the same data, at other ports."""
        self.stop()
        self.launch()

    def close(self):
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)


def report(name, value, unit, baseline=None, higher_is_better=True):
    """One JSON line; ratio above 1 is better than the baseline."""
    ratio = None
    if baseline and value:
        ratio = round(value / baseline if higher_is_better else baseline / value, 3)
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "baseline": baseline, "ratio": ratio}), flush=True)
