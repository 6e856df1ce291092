"""A real clamd with a database of two lines, for as long as a test lasts. Neither the machine's own clamd nor its
database is touched.

    with ClamdServer() as clamd:
        settings = {"antivirus.address": clamd.socket}
"""
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PATHS = ("/usr/sbin/clamd", "/usr/local/sbin/clamd", "/usr/bin/clamd")
START_SECONDS = 30

# What the two lines know: a word that stands anywhere, and one whole file.
INFECTED_WORD = b"postroom-test-malware-body"
INFECTED_FILE = b"postroom-test-malware-file\n"
WORD_NAME, FILE_NAME = "Postroom.Test.Word", "Postroom.Test.File"


def find_clamd():
    return next((path for path in PATHS if os.access(path, os.X_OK)), None)


class ClamdServer:
    def __init__(self, stream_max="1M", tcp=False):
        # Short: the path of a socket has 107 characters at most.
        self.folder = tempfile.mkdtemp(prefix="clamd-")
        os.chmod(self.folder, 0o755)
        self.stream_max = stream_max
        self.process = None
        self.socket = os.path.join(self.folder, "clamd.sock")
        self.port = None
        if tcp:
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                self.port = s.getsockname()[1]

    @property
    def address(self):
        return f"127.0.0.1:{self.port}" if self.port else self.socket

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def start(self):
        database = os.path.join(self.folder, "db")
        os.makedirs(database, exist_ok=True)
        with open(os.path.join(database, "test.ndb"), "w") as f:
            f.write(f"{WORD_NAME}:0:*:{INFECTED_WORD.hex()}\n")
        with open(os.path.join(database, "test.hdb"), "w") as f:
            f.write(f"{hashlib.md5(INFECTED_FILE).hexdigest()}:{len(INFECTED_FILE)}:{FILE_NAME}\n")
        config = os.path.join(self.folder, "clamd.conf")
        with open(config, "w") as f:
            f.write(f"DatabaseDirectory {database}\nForeground yes\nMaxThreads 4\nSelfCheck 86400\n"
                    f"TemporaryDirectory {self.folder}\nStreamMaxLength {self.stream_max}\n"
                    f"LogFile {self.folder}/log\nLogTime yes\nConcurrentDatabaseReload no\n")
            f.write(f"TCPSocket {self.port}\nTCPAddr 127.0.0.1\n" if self.port else f"LocalSocket {self.socket}\n")
        self.process = subprocess.Popen([find_clamd(), "--config-file", config], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < end, self.log()
            time.sleep(0.05)
        return self

    def connect(self):
        if self.port:
            return socket.create_connection(("127.0.0.1", self.port), timeout=5)
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(5)
        made.connect(self.socket)
        return made

    def answers(self):
        try:
            with self.connect() as s:
                s.sendall(b"zPING\0")
                return s.recv(16) == b"PONG\0"
        except OSError:
            return False

    def hang(self):
        """It takes connections, the system does, and says nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process is not None:
            self.wake()
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
        if os.path.exists(self.socket):
            os.remove(self.socket)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        path = os.path.join(self.folder, "log")
        return open(path, errors="replace").read() if os.path.exists(path) else "no log"
