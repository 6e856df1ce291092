"""A real PostgreSQL server on a free local port in a temporary folder, the twin of postgres_server.h."""
import atexit
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_SECONDS = 30


def find_programs():
    if os.environ.get("POSTROOM_POSTGRES_BIN"):
        return os.environ["POSTROOM_POSTGRES_BIN"]
    for version in range(18, 12, -1):
        folder = f"/usr/lib/postgresql/{version}/bin"
        if os.path.exists(folder + "/postgres"):
            return folder
    return ""


def start(durable=True):
    """(server, "") or (None, why not in one line)."""
    programs = find_programs()
    if not programs:
        return None, "PostgreSQL's server is not installed (apt-get install postgresql-15)"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return None, "PostgreSQL refuses to run as root, and there is no user 'postgres'"
    server = PostgresServer(programs)
    try:
        server.prepare(durable)
        server.launch()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        why = f"PostgreSQL did not start: {error}; {server.last_log_line()}"
        server.stop()
        return None, why
    return server, ""


class PostgresServer:
    """Anyone local may log in as superuser "postroom"."""

    def __init__(self, programs):
        self.programs = programs
        self.folder = tempfile.mkdtemp(prefix="postroom-postgres-")
        self.process = None
        self.databases = 0
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        atexit.register(self.stop)

    def spawn(self, *words):
        options = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        with open(os.path.join(self.folder, "log"), "ab") as log:
            return subprocess.Popen(words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    start_new_session=True, **options)

    def prepare(self, durable):
        initdb = self.spawn(self.programs + "/initdb", "-D", self.data, "-U", "postroom", "--auth=trust",
                            "--encoding=UTF8", "--locale=C", "--no-sync")
        if initdb.wait(120) != 0:
            raise RuntimeError("initdb failed")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with open(self.data + "/postgresql.conf", "a") as config:
            config.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\n"
                         f"unix_socket_directories = '{self.folder}'\nmax_connections = 100\n"
                         "shared_buffers = 128MB\nlog_min_messages = warning\n")
            if not durable:
                config.write("fsync = off\nfull_page_writes = off\nautovacuum = off\n")

    @property
    def data(self):
        return self.folder + "/data"

    def launch(self):
        self.process = self.spawn(self.programs + "/postgres", "-D", self.data)
        end = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("it is not ready")
            time.sleep(0.05)

    def is_ready(self):
        """The last line of postmaster.pid says "ready" once sessions are taken."""
        try:
            with open(self.data + "/postmaster.pid") as file:
                lines = file.read().split("\n")
        except OSError:
            return False
        return any(line.startswith("ready") for line in lines)

    def last_log_line(self):
        for path in glob.glob(self.folder + "/log"):
            with open(path, errors="replace") as log:
                lines = [line.strip() for line in log if line.strip()]
            if lines:
                return lines[-1]
        return "no output"

    def end(self, number=signal.SIGINT):
        """SIGINT stops cleanly, SIGQUIT as a power cut does; launch() starts it again on the same port and data."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(60)
            self.process = None

    def stop(self):
        self.end(signal.SIGQUIT)  # its data goes with it: nothing to write down
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="postgres"):
        return f"postgresql://postroom@127.0.0.1:{self.port}/{database}"

    def checkpoint(self):
        """As a server does by itself every few minutes; its log files are used again from then on."""
        subprocess.run([self.programs + "/psql", "-q", self.url(), "-c", "CHECKPOINT"], check=True)

    def new_database(self):
        """The address of a fresh, empty database."""
        self.databases += 1
        name = f"postroom_{os.getpid()}_{self.databases}"
        subprocess.run([self.programs + "/createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postroom", name],
                       check=True, timeout=60)
        return self.url(name)
