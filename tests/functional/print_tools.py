"""Tools of the letter tests: an OpenSSH server, the print house's folders, zips and the files it answers with."""
import contextlib
import os
import pwd
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import zipfile
from datetime import datetime, timedelta, timezone

from harness import LETTER_ADDRESS, Postroom, wait_for

SSHD_PATHS = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def find_sshd():
    if shutil.which("ssh-keygen") is None:
        return None
    return next((path for path in SSHD_PATHS if os.access(path, os.X_OK)), None)


class Sshd:
    """OpenSSH as the calling user, with keys, port and configuration of its own; logins land in `files`."""

    def __init__(self, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="postroom-sshd-")
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o700)
        self.files = os.path.join(self.folder, "files")
        os.makedirs(self.files, exist_ok=True)
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.port = free_port()
        self.process = None
        self.sftp_options = ""  # of the SFTP server, such as "-R": nothing may be written
        self.make_key("host_key")
        self.make_key("client_key")
        shutil.copy(os.path.join(self.folder, "client_key.pub"), os.path.join(self.folder, "authorized_keys"))
        self.client_key = os.path.join(self.folder, "client_key")

    def make_key(self, name):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(self.folder, name)],
                       check=True, stdin=subprocess.DEVNULL)

    def host_key(self, name="host_key"):
        """As in known_hosts: "ssh-ed25519 AAAA…"."""
        with open(os.path.join(self.folder, name + ".pub")) as f:
            return " ".join(f.read().split()[:2])

    def fingerprint(self, name="host_key"):
        listed = subprocess.run(["ssh-keygen", "-lf", os.path.join(self.folder, name + ".pub")], check=True,
                                capture_output=True, text=True).stdout
        return listed.split()[1]

    def other_host_key(self):
        """A key that this server does not have."""
        if not os.path.exists(os.path.join(self.folder, "other_key")):
            self.make_key("other_key")
        return self.host_key("other_key")

    def start(self):
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        config = os.path.join(self.folder, "config")
        with open(config, "w") as f:
            f.write(f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.folder}/host_key\nPidFile none\n"
                    "UsePAM no\nStrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\n"
                    f"KbdInteractiveAuthentication no\nAuthorizedKeysFile {self.folder}/authorized_keys\n"
                    f"MaxStartups 200\nUseDNS no\nSubsystem sftp internal-sftp -d {self.files} {self.sftp_options}\n")
        self.process = subprocess.Popen([find_sshd(), "-D", "-f", config, "-E", os.path.join(self.folder, "log")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True,
                                        preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
        wait_for(self._answers, 10)
        return self

    def restart(self, sftp_options=""):
        self.stop()
        self.sftp_options = sftp_options
        return self.start()

    def fill_up(self, file_bytes_max):
        """From the next login on no file can grow beyond that, as on a disk that is full."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (file_bytes_max, resource.RLIM_INFINITY))

    def make_room(self):
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def _answers(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        if self.process:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        path = os.path.join(self.folder, "log")
        return open(path, errors="replace").read() if os.path.exists(path) else ""

    def settings(self, host_key=None):
        """--set options for this server."""
        return {"print.provider": "sftp", "print.sftp_host": "127.0.0.1", "print.sftp_port": self.port,
                "print.sftp_user": self.user, "print.sftp_private_key_path": self.client_key,
                "print.sftp_host_key": host_key or self.host_key()}


class HouseFolder:
    """The print house's side as folders: where zips arrive and answers are put."""

    def __init__(self, root, make=True):
        self.root = str(root)
        self.drop = os.path.join(self.root, "notify")
        self.acknowledgements = os.path.join(self.root, "acknowledgements")
        self.responses = os.path.join(self.root, "responses")
        if make:
            for path in (self.drop, self.acknowledgements, self.responses):
                os.makedirs(path, exist_ok=True)

    def zips(self):
        """Names of the zips that lie there, sorted."""
        if not os.path.isdir(self.drop):
            return []
        return sorted(name for name in os.listdir(self.drop) if name.upper().endswith(".ZIP"))

    def all_files(self):
        return sorted(os.listdir(self.drop)) if os.path.isdir(self.drop) else []

    def entries(self, name):
        return zip_entries(os.path.join(self.drop, name))

    def references(self):
        """Reference → names of the zips it lies in."""
        found = {}
        for name in self.zips():
            for entry in self.entries(name):
                found.setdefault(reference_of(entry), []).append(name)
        return found

    def acknowledge(self, file_name, content):
        return write(os.path.join(self.acknowledgements, file_name), content)

    def respond(self, file_name, content):
        return write(os.path.join(self.responses, file_name), content)


def write(path, content):
    """Whole or not at all, as the print house's server shows files."""
    part = path + ".part"
    with open(part, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())
    os.replace(part, path)
    return path


def zip_entries(path):
    """Names in order; checks every CRC, that nothing is compressed and that the creator's system byte is 0."""
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None, path
        for info in z.infolist():
            assert info.compress_type == zipfile.ZIP_STORED, info
            assert info.create_system == 0, info
            assert "/" not in info.filename, info
        return [info.filename for info in z.infolist()]


def zip_content(path, entry):
    with zipfile.ZipFile(path) as z:
        return z.read(entry)


def reference_of(file_name):
    """The second dot-separated part of a letter's file name."""
    return file_name.rsplit("/", 1)[-1].split(".")[1]


def response_lines(references, status="Sent", sheets=1, cost="Sorted", end="\n"):
    return "".join(f"{reference}|{status}|{sheets}|{cost}{end}" for reference in references)


class Office(Postroom):
    """A server whose print house is a pair of folders, unless settings say otherwise.

    `at` (RFC 3339) starts its clock at that time; moving it there instead would fire months of schedules.
    """

    def __init__(self, folder, *, at=None, settings=None, house=None, **options):
        folder = str(folder)
        self.house = house or HouseFolder(os.path.join(folder, "house"))
        super().__init__(folder=folder, settings={"print.provider": "folder", "print.folder": self.house.root,
                                                  "flags.test_letters_fake_delivery": "false", **(settings or {})},
                         **options)
        self.worlds = {}
        if at:
            self.cli("migrate", as_json=False)
            self.set_stopped_clock(at)

    def set_stopped_clock(self, at):
        """While no server runs: as if it had been off until then."""
        offset = (parse_time(at) - datetime.now(timezone.utc)) // timedelta(microseconds=1)
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "postroom.db"))) as db, db:
            db.execute("INSERT OR REPLACE INTO state (name, value) VALUES ('sandbox.clock_offset_micros', ?)", (str(offset),))

    def restart(self, **settings):
        self.stop()
        self.settings.update(settings)
        return self.start()

    def is_alive(self):
        return self.process.poll() is None and self.get("/_status").status == 200

    def service(self, name="Council"):
        """The world of that name, made at the first call."""
        if name not in self.worlds:
            self.worlds[name] = self.world(name, keys=["normal", "test"])
        return self.worlds[name]

    def template(self, content, service="Council", **options):
        return self.service(service).add_template("letter", content=content, subject="Your appointment",
                                                  **options)["id"]

    def letter(self, service="Council", template=None, test_key=False, **values):
        """Accepts a letter; gives its id."""
        world = self.service(service)
        client = world.test_client if test_key else world.client
        client.close()  # while a clock moved by days, the server has ended its idle connections
        return client.send("letter", {"template_id": template or world.letter,
                                      "personalisation": {"name": "Ann", **LETTER_ADDRESS, **values}})["id"]

    def letters(self, count, **options):
        """Accepted and rendered."""
        ids = [self.letter(**options) for _ in range(count)]
        self.drain()
        return ids

    def show(self, notification_id):
        return self.cli("notification", "show", notification_id)

    def status(self, notification_id):
        return self.show(notification_id)["status"]

    def statuses(self, ids):
        return [self.status(one) for one in ids]

    def reference(self, notification_id):
        return self.show(notification_id)["reference"]

    def collate(self, *options):
        """By hand, all letters accepted until now unless told otherwise; waits until the zips are sent."""
        summary = self.cli("letters", "collate", *(options or ["--now"]))
        self.drain()
        return summary

    def retry_zips(self, times=1):
        """Lets the delay between two attempts at a zip pass."""
        for _ in range(times):
            self.advance(5 * 60 + 1)

    def zip_states(self, day=None):
        status = self.cli("letters", "status", *(["--day", day] if day else []))
        return {one["name"]: one["state"] for one in status["zips"]}

    def respond(self, content, name="NOTIFY-20270115160000-RSP.TXT"):
        return self.cli("letters", "response", write(os.path.join(self.folder, name), content))

    def acknowledge(self, content, name="NOTIFY.20270115180000.ACK.txt"):
        return self.cli("letters", "ack", write(os.path.join(self.folder, name), content))

    def tickets_about(self, subject):
        return [ticket for ticket in self.tickets() if subject in ticket["subject"]]

    def records(self, day):
        """Names of the records of sent zips."""
        folder = os.path.join(self.data, "blobs", "letters-pdf", day, "zips_sent")
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def parse_time(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
