"""The print run against a real SSH server, with the program's memory: large letters, many letters, and answers.

    python3 bench/print_run.py [--json] [--letters N] [--bytes N] [--small N] [--answers N] [--only NAME]

A JSON line for each measure. Fails when a letter does not arrive or a budget is exceeded:
  print-run         5,000 letters of 100 kB with at most MEMORY_MAX above the idle program
  print-run.small   20,000 small letters collated, zipped and sent within SMALL_SECONDS_MAX
  print-run.answers a file of answers for 100,000 letters read within ANSWERS_SECONDS_MAX
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
# About what a page of plain text with embedded fonts takes.
SMALL_BYTES = 20_000
SMALL_SECONDS_MAX = 60
ANSWERS_SECONDS_MAX = 3
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
    return serve(data, sshd.settings(), log)


def serve(data, settings, log):
    settings = {**settings, "email.provider": "none", "sms.provider": "none", "log.level": "warning"}
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


def fill(data, letters, what):
    """Letters in a new data folder; their references, where they have been sent."""
    subprocess.run([BINARY, "migrate", "--data", data], check=True, stdout=subprocess.DEVNULL)
    program = os.path.join(BUILD, "bench", "bench_print_run_store")
    done = subprocess.run([program, data, str(letters), str(what)], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.split()


def send_all(folder, letters, bytes_each):
    """One evening's run. Gives seconds, sizes and memory."""
    data = os.path.join(folder, "data")
    fill(data, letters, bytes_each)
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
        wait_for(lambda: cli(data, "letters", "status", "--day", summary["run_day"])["sending"] == letters,
                 RUN_SECONDS_MAX)
        seconds = time.monotonic() - begun
        memory.stopped.set()
        memory.join()
        peak = max(memory.peak, memory.now("VmHWM"))
        size = check(drop, letters, bytes_each)
    finally:
        process.terminate()
        process.wait(60)
        sshd.close()
    return {"zips": len(status["zips"]), "size": size, "collated": collated, "uploaded": uploaded, "seconds": seconds,
            "idle": idle, "grown": peak - idle}


def run_large(options, folder):
    run = send_all(folder, options.letters, options.bytes)
    size, seconds, grown = run["size"], run["seconds"], run["grown"]
    report("print-run.letters", options.letters, "letters")
    report("print-run.zips", run["zips"], "zips")
    report("print-run.zip_bytes", size / 1e6, "MB")
    report("print-run.collate", run["collated"], "s")
    report("print-run.total", seconds, "s")
    report("print-run.throughput", size / 1e6 / seconds, "MB/s")
    report("print-run.upload", size / 1e6 / run["uploaded"], "MB/s", round(BASELINE_UPLOAD_MB_PER_SECOND, 1))
    report("print-run.idle_memory", run["idle"] / 2**20, "MiB")
    report("print-run.memory_above_idle", grown / 2**20, "MiB", MEMORY_MAX / 2**20, higher_is_better=False)
    if grown >= MEMORY_MAX:
        raise SystemExit(f"memory grew by {grown} bytes, more than {MEMORY_MAX}")


def run_small(options, folder):
    run = send_all(folder, options.small, SMALL_BYTES)
    report("print-run.small.letters", options.small, "letters")
    report("print-run.small.zips", run["zips"], "zips")
    report("print-run.small.collate", run["collated"], "s")
    report("print-run.small.total", run["seconds"], "s", SMALL_SECONDS_MAX, higher_is_better=False)
    report("print-run.small.rate", options.small / run["seconds"], "letters/s")
    report("print-run.small.memory_above_idle", run["grown"] / 2**20, "MiB")
    if run["seconds"] >= SMALL_SECONDS_MAX:
        raise SystemExit(f"{options.small} letters took {run['seconds']:.1f} s, more than {SMALL_SECONDS_MAX}")


def run_answers(options, folder):
    data = os.path.join(folder, "data")
    references = fill(data, options.answers, "sent")
    path = os.path.join(folder, "NOTIFY-20270115160000-RSP.TXT")
    with open(path, "w") as f:
        f.writelines(f"{reference}|Sent|5|{'Sorted' if i % 9 else 'Unsorted'}\n" for i, reference in enumerate(references))
    house = os.path.join(folder, "house")
    os.makedirs(house)
    process = serve(data, {"print.provider": "folder", "print.folder": house}, open(os.path.join(folder, "server.log"), "w"))
    try:
        begun = time.monotonic()
        answer = cli(data, "letters", "response", path)
        seconds = time.monotonic() - begun
        begun = time.monotonic()
        again = cli(data, "letters", "response", path)
        seconds_again = time.monotonic() - begun
    finally:
        process.terminate()
        process.wait(60)
    if answer["delivered"] != options.answers or again["unchanged"] != options.answers:
        raise SystemExit(f"{answer} and {again} for {options.answers} letters")
    report("print-run.answers.lines", options.answers, "lines")
    report("print-run.answers.file", seconds, "s", ANSWERS_SECONDS_MAX, higher_is_better=False)
    report("print-run.answers.same_file_again", seconds_again, "s")
    if seconds > ANSWERS_SECONDS_MAX:
        raise SystemExit(f"{options.answers} lines took {seconds:.1f} s, more than {ANSWERS_SECONDS_MAX}")


RUNS = {"large": run_large, "small": run_small, "answers": run_answers}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="accepted for symmetry: the output is JSON lines anyway")
    parser.add_argument("--letters", type=int, default=5000)
    parser.add_argument("--bytes", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=20_000)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--only", choices=RUNS, help="one of the three")
    options = parser.parse_args()
    if find_sshd() is None:
        raise SystemExit("sshd is not installed: apt-get install openssh-server")
    for name in [options.only] if options.only else RUNS:
        folder = tempfile.mkdtemp(prefix="postroom-bench-")
        try:
            RUNS[name](options, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
