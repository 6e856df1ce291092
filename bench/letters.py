"""Letters rendered each second: by the renderer alone on one core, and through the whole program."""
import json
import os
import subprocess
import time
import urllib.request

from server import BUILD, Server, report

RENDER_TARGET = 300
SANITISE_TARGET = 20
MEMORY_GROWTH_MAX = 8  # MB from 1,000 letters to 10,000
LETTERS = 2000


def renderer_alone():
    out = subprocess.run([os.path.join(BUILD, "bench", "bench_letter_pdf"), "--benchmark_format=json",
                          "--benchmark_min_time=1"], capture_output=True, text=True, check=True)
    for row in json.loads(out.stdout)["benchmarks"]:
        if row["name"].startswith("memory"):
            report("letters.memory_after_1000", row["after_1000"], "MB")
            report("letters.memory_after_10000", row["after_10000"], "MB", row["after_1000"] + MEMORY_GROWTH_MAX,
                   higher_is_better=False)
        if not row["name"].lower().startswith("render"):
            continue
        rate = 1e9 / row["cpu_time"] if row["time_unit"] == "ns" else 1e6 / row["cpu_time"] if row["time_unit"] == "us" else 1e3 / row["cpu_time"]
        report("letters." + row["name"].lower().replace("/", "."), rate, "letters/s a core", RENDER_TARGET)


def sanitising():
    """Two-page PDFs from outside, looked into and rewritten, each in processes of its own."""
    out = subprocess.run([os.path.join(BUILD, "bench", "bench_pdfscan")], capture_output=True, text=True, check=True)
    report("letters.sanitising", json.loads(out.stdout)["pdfs_a_second_a_core"], "PDFs/s a core", SANITISE_TARGET)


def whole_program():
    server = Server()
    try:
        path = os.path.join(server.data, "people.csv")
        with open(path, "w") as file:
            file.write("address line 1,address line 2,postcode,name,date\n")
            for i in range(LETTERS):
                file.write(f"Reader {i},{i} Mill Lane,LS1 4AP,Reader {i},1 May\n")
        started = time.time()
        before = server.cpu_seconds()
        server.cli("job", "create", server.service_id, server.templates["letter"], path)
        request = urllib.request.Request(server.api + "/_sandbox/drain", b'{"timeout_seconds": 300}')
        drained = json.load(urllib.request.urlopen(request, timeout=320))
        if not drained["drained"]:
            raise SystemExit("the letters were not rendered in time")
        seconds = time.time() - started
        report("letters.csv_to_stored_pdf", LETTERS / seconds, "letters/s")
        report("letters.csv_to_stored_pdf_cpu", (server.cpu_seconds() - before) / LETTERS * 1e6, "us a letter")
    finally:
        server.close()


renderer_alone()
sanitising()
whole_program()
