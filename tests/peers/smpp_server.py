"""A real SMPP server: the npm package smpp, driven by smpp_server.js."""
import fcntl
import json
import os
import shutil
import subprocess
import threading

import harness
from harness import wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = "smpp@0.5.1"
NPM_SECONDS = 120


def package():
    """(folder of the package, None), or (None, why it cannot be had)."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None, "node and npm are not installed"
    folder = os.path.join(harness.ROOT, "build", "npm-smpp")
    os.makedirs(folder, exist_ok=True)
    found = os.path.join(folder, "node_modules", "smpp")
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(found, "package.json")):
            try:
                done = subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund",
                                       "--ignore-scripts", PACKAGE],
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=NPM_SECONDS)
            except subprocess.TimeoutExpired:
                return None, f"npm did not answer within {NPM_SECONDS} s"
            if done.returncode != 0:
                return None, f"npm cannot install {PACKAGE}: {done.stdout.strip()[-300:]}"
    return found, None


class SmppServer:
    """.submits: what it took; .events: everything that happened, in order."""

    def __init__(self, folder, ids="plain"):
        self.folder, self.ids = folder, ids
        self.port, self.events = 0, []
        self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Again on the same port after stop()."""
        self._process = subprocess.Popen(
            ["node", os.path.join(HERE, "smpp_server.js"), self.folder, self.ids, str(self.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()
        before = len(self.of("listening"))
        self.port = wait_for(lambda: self.of("listening")[before:])[0]["port"]
        return self

    def stop(self):
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _read(self, stream):
        for line in stream:
            self.events.append(json.loads(line))

    def of(self, event):
        return [e for e in list(self.events) if e["event"] == event]

    @property
    def submits(self):
        return self.of("submit")

    def order(self, **order):
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def wait(self, event, count=1, timeout=20):
        return wait_for(lambda: len(self.of(event)) >= count and self.of(event), timeout)

    def report(self, submit, state="DELIVRD", error="000", message_id=None):
        """A delivery receipt as the standard's appendix writes it."""
        message_id = message_id or submit["id"]
        before = len(self.of("delivered"))
        self.order(deliver={"source_addr": submit["to"], "destination_addr": submit["from"], "esm_class": 4,
                            "short_message": f"id:{message_id} sub:001 dlvrd:001 submit date:2605141200 "
                                             f"done date:2605141201 stat:{state} err:{error} text:Hello"})
        return wait_for(lambda: self.of("delivered")[before:])[0]["status"]

    def settings(self):
        return {"sms.provider": "smpp", "smpp.url": f"smpp://127.0.0.1:{self.port}", "smpp.system_id": "postroom",
                "smpp.password": "secret", "smpp.reconnect_max": "1s"}
