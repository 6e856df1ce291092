"""The print run: 5,000 letters of 100 kB each, zipped and sent to a real SSH server, with the program's memory.

    python3 bench/print_run.py [--json] [--letters N] [--bytes N]

A JSON line for each measure. Fails when a letter does not arrive or memory grows by more than MEMORY_MAX.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

from server import BINARY, BUILD, ROOT, report

sys.path.insert(0, os.path.join(ROOT, "tests", "functional"))
from harness import wait_for  # noqa: E402
from print_tools import Sshd, find_sshd  # noqa: E402

MEMORY_MAX = 64 * 1024 * 1024
# Uploads of the original by 2021, measured by its makers on their own machines: 100 MB in 3 s (in 2018: 251 s).
BASELINE_UPLOAD_MB_PER_SECOND = 100 / 3
SAMPLE_SECONDS = 0.02
RUN_SECONDS_MAX = 600


class Memory(threading.Thread):
    """Samples the resident size of a process until stopped."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0
        self.stopped = threading.Event()

    def now(self, name="VmRSS"):
        with open(f"/proc/{self.pid}/status") as f:
            return next((int(line.split()[1]) * 1024 for line in f if line.startswith(name + ":")), 0)

    def run(self):
        while not self.stopped.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, self.now())


def cli(data, *arguments):
    done = subprocess.run([BINARY, *arguments, "--json", "--data", data], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr or done.stdout)
    return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout


def start(data, sshd, log):
    settings = {**sshd.settings(), "email.provider": "none", "sms.provider": "none", "log.level": "warning"}
    process = subprocess.Popen(
        [BINARY, "serve", "--json", "--environment", "production", "--data", data, "--api", "127.0.0.1:0",
         "--web", "127.0.0.1:0", *[part for name, value in settings.items() for part in ("--set", f"{name}={value}")]],
        stdout=subprocess.PIPE, stderr=log, text=True)
    if not process.stdout.readline():
        raise SystemExit("postroom did not start:\n" + open(log.name).read())
    return process


def sent(data, day):
    status = cli(data, "letters", "status", "--day", day)
    return status if status["zips"] and all(z["state"] == "uploaded" for z in status["zips"]) else None


def check(drop, letters, bytes_each):
    names = os.listdir(drop)
    entries = sum(len(zipfile.ZipFile(os.path.join(drop, name)).infolist()) for name in names)
    size = sum(os.path.getsize(os.path.join(drop, name)) for name in names)
    if entries != letters or size < letters * bytes_each:
        raise SystemExit(f"{entries} letters and {size} bytes arrived, {letters} were sent: {names}")
    return size


def run(options, folder):
    data = os.path.join(folder, "data")
    subprocess.run([BINARY, "migrate", "--data", data], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([os.path.join(BUILD, "bench", "bench_print_run_store"), data, str(options.letters),
                    str(options.bytes)], check=True)
    sshd = Sshd(os.path.join(folder, "sshd")).start()
    drop = os.path.join(sshd.files, "notify")
    os.makedirs(drop)
    process = start(data, sshd, open(os.path.join(folder, "server.log"), "w"))
    try:
        memory = Memory(process.pid)
        time.sleep(1)
        idle = memory.now()
        memory.start()
        begun = time.monotonic()
        summary = cli(data, "letters", "collate", "--now")
        collated = time.monotonic() - begun
        wait_for(lambda: os.listdir(drop), RUN_SECONDS_MAX)
        first_upload = time.monotonic()
        status = wait_for(lambda: sent(data, summary["run_day"]), RUN_SECONDS_MAX)
        uploaded = time.monotonic() - first_upload
        wait_for(lambda: cli(data, "letters", "status", "--day", summary["run_day"])["sending"] == options.letters,
                 RUN_SECONDS_MAX)
        seconds = time.monotonic() - begun
        memory.stopped.set()
        memory.join()
        peak = max(memory.peak, memory.now("VmHWM"))
        size = check(drop, options.letters, options.bytes)
    finally:
        process.terminate()
        process.wait(60)
        sshd.stop()
    grown = peak - idle
    report("print-run.letters", options.letters, "letters")
    report("print-run.zips", len(status["zips"]), "zips")
    report("print-run.zip_bytes", size / 1e6, "MB")
    report("print-run.collate", collated, "s")
    report("print-run.total", seconds, "s")
    report("print-run.throughput", size / 1e6 / seconds, "MB/s")
    report("print-run.upload", size / 1e6 / uploaded, "MB/s", round(BASELINE_UPLOAD_MB_PER_SECOND, 1))
    report("print-run.idle_memory", idle / 2**20, "MiB")
    report("print-run.memory_above_idle", grown / 2**20, "MiB", MEMORY_MAX / 2**20, higher_is_better=False)
    if grown >= MEMORY_MAX:
        raise SystemExit(f"memory grew by {grown} bytes, more than {MEMORY_MAX}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="accepted for symmetry: the output is JSON lines anyway")
    parser.add_argument("--letters", type=int, default=5000)
    parser.add_argument("--bytes", type=int, default=100_000)
    options = parser.parse_args()
    if find_sshd() is None:
        raise SystemExit("sshd is not installed: apt-get install openssh-server")
    folder = tempfile.mkdtemp(prefix="postroom-bench-")
    try:
        run(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
