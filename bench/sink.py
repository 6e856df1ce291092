"""A receiver of a benchmark, a program built from bench/*_sink.cc."""
import json
import os
import subprocess

from server import BUILD


class Sink:
    def __init__(self, name):
        self.process = subprocess.Popen([os.path.join(BUILD, "bench", name)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.place = f"127.0.0.1:{self.process.stdout.readline().strip()}"

    def ask(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.write("quit\n")
        self.process.stdin.flush()
        self.process.wait(10)
