"""What an operator gets wrong: one clear line on stderr that names the place and the remedy, and nothing is lost."""
import os
import shutil
import socket
import subprocess

import pytest

from harness import BINARY

SERVE = ["serve", "--api", "127.0.0.1:0", "--web", "127.0.0.1:0"]


def refusal(done):
    """The one line; the process ended by itself with a code that says so."""
    assert done.returncode not in (0, None) and done.returncode > 0, done
    lines = done.stderr.rstrip("\n").split("\n")
    assert len(lines) == 1 and lines[0].startswith("postroom: "), done.stderr
    assert done.stdout == ""
    return lines[0]


@pytest.fixture
def idle(make_postroom):
    return make_postroom(start=False)


def test_unknown_setting_suggests_the_nearest(idle):
    line = refusal(idle.run(*SERVE, "--set", "worker.sms_thread=3", timeout=20))
    assert "'worker.sms_thread'" in line and "worker.sms_threads" in line and "--set" in line
    assert not os.path.exists(idle.data)


@pytest.mark.parametrize("pair,allowed", [
    ("worker.sms_threads=many", "whole number"), ("worker.sms_threads=0", "1 to 64"),
    ("flags.raises_tickets=yes", "true or false"), ("smtp.timeout=30", "30s"), ("log.level=loud", "debug"),
    ("api.body_bytes_max=lots", "bytes"), ("time_zone=Moon/Base", "time"), ("roles=api,cook", "api, worker"),
    ("email.provider=pigeon", "sandbox smtp mx ses http none"), ("sms.provider=pigeon", "twilio, http and smpp")])
def test_bad_value_on_the_command_line(idle, pair, allowed):
    line = refusal(idle.run(*SERVE, "--set", pair, timeout=20))
    assert pair.split("=")[1].split(",")[-1] in line and allowed in line
    assert pair.split("=")[0].split(".")[-1] in line


def test_pair_without_equals_sign(idle):
    done = idle.run(*SERVE, "--set", "worker", timeout=20)
    assert done.returncode > 0 and "KEY=VALUE" in done.stderr


def test_bad_value_in_the_config_file(idle, tmp_path):
    config = tmp_path / "postroom.toml"
    config.write_text("[worker]\nsms_threads = 900\n")
    line = refusal(idle.run(*SERVE, "--config", config, timeout=20))
    assert "config file" in line and "worker.sms_threads" in line and "1 to 64" in line
    config.write_text("[worker]\nsms_threads = 3\n[api]\nlissten = \"x\"\n")
    line = refusal(idle.run(*SERVE, "--config", config, timeout=20))
    assert "api.lissten" in line and "api.listen" in line
    config.write_text("[worker\n")
    assert "line 1" in refusal(idle.run(*SERVE, "--config", config, timeout=20))
    line = refusal(idle.run(*SERVE, "--config", tmp_path / "none.toml", timeout=20))
    assert "none.toml" in line and "--config" in line


def test_bad_value_in_a_variable(make_postroom):
    server = make_postroom(start=False, variables={"POSTROOM_WORKER_SMS_THREADS": "x"})
    line = refusal(server.run(*SERVE, timeout=20))
    assert "environment variable" in line and "worker.sms_threads" in line


def test_port_in_use_names_the_option(idle):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refusal(idle.run("serve", "--api", f"127.0.0.1:{port}", "--web", "127.0.0.1:0", timeout=20))
        assert str(port) in line and "--api" in line and "in use" in line
        line = refusal(idle.run("serve", "--api", "127.0.0.1:0", "--web", f"127.0.0.1:{port}", timeout=20))
        assert str(port) in line and "--web" in line
    idle.start()


@pytest.mark.parametrize("address", ["127.0.0.1", "nonsense:1", "127.0.0.1:99999", "127.0.0.1:x"])
def test_bad_address(idle, address):
    line = refusal(idle.run("serve", "--api", address, "--web", "127.0.0.1:0", timeout=20))
    assert "--api" in line and address in line


def test_folder_that_cannot_be_written(idle, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    command = [BINARY, *SERVE, "--data", str(locked / "data"), "--environment", "test"]
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may write everywhere, and setpriv is not there to become somebody else")
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + command
        # Somebody else must be able to get there, and to run the program.
        path = str(tmp_path)
        while path != "/" and path.startswith("/tmp/"):
            os.chmod(path, os.stat(path).st_mode | 0o055)
            path = os.path.dirname(path)
        probe = subprocess.run(command[:4] + [BINARY, "--version"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if probe.returncode != 0:
            pytest.skip("the program lies where nobody but root may run it")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=20)
    line = refusal(done)
    assert str(locked) in line and "--data" in line and "permission" in line.lower()


def test_corrupt_database_is_left_untouched(idle):
    idle.start()
    idle.world(keys=["normal"])
    idle.stop()
    path = os.path.join(idle.data, "postroom.db")
    for name in (path + "-wal", path + "-shm"):
        if os.path.exists(name):
            os.remove(name)
    with open(path, "r+b") as file:
        file.write(b"this is no database file at all " * 16)
    with open(path, "rb") as file:
        before = file.read()
    line = refusal(idle.run(*SERVE, timeout=20))
    assert path in line and "backup" in line
    refusal(idle.run("service", "list", timeout=20))
    with open(path, "rb") as file:
        assert file.read() == before


def test_missing_key_ring(idle):
    idle.start()
    world = idle.world(keys=["normal"])
    made = world.send_sms()
    idle.stop()
    ring = os.path.join(idle.data, "keys", "key_ring.txt")
    os.rename(ring, ring + ".away")
    line = refusal(idle.run(*SERVE, timeout=20))
    assert ring in line and "missing" in line and "backup" in line
    assert not os.path.exists(ring)
    os.rename(ring + ".away", ring)
    idle.start()
    idle.drain()
    assert world.client.status(made["id"]) == "delivered"


def test_wrong_key_ring(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world = server.world(keys=["normal"])
    made = world.send_sms()
    server.stop()
    other = make_postroom()
    other.stop()
    ring = os.path.join(server.data, "keys", "key_ring.txt")
    os.rename(ring, ring + ".away")
    shutil.copy(os.path.join(other.data, "keys", "key_ring.txt"), ring)
    line = refusal(server.run(*SERVE, timeout=20))
    assert ring in line and "backup" in line
    os.replace(ring + ".away", ring)
    server.start()
    server.drain()
    assert world.client.status(made["id"]) == "delivered"


def test_damaged_key_ring(idle):
    idle.start()
    idle.stop()
    ring = os.path.join(idle.data, "keys", "key_ring.txt")
    for content in ("", "1 nonsense\n"):
        with open(ring, "w") as file:
            file.write(content)
        assert ring in refusal(idle.run(*SERVE, timeout=20))


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org:25", "smtp://:25", "smtp://host:99999"])
def test_bad_smtp_url(idle, url):
    line = refusal(idle.run(*SERVE, "--set", "email.provider=smtp", "--set", f"smtp.url={url}", timeout=20))
    assert "smtp.url" in line and url in line


@pytest.mark.parametrize("starttls", ["never", "when_offered"])
def test_smtp_password_never_leaves_in_the_clear(idle, starttls):
    smtp = ["--set", "email.provider=smtp", "--set", "smtp.password=hidden-word"]
    line = refusal(idle.run(*SERVE, *smtp, "--set", f"smtp.starttls={starttls}", timeout=20))
    assert "smtp.password" in line and "smtp.starttls" in line and "hidden-word" not in line
    for safe in ("smtp.starttls=always", "smtp.url=smtps://mail.example.org:465"):
        assert idle.run("status", *smtp, "--set", safe, timeout=20).returncode == 0


@pytest.mark.parametrize("url", ["postgresql://postroom@127.0.0.1:1/none", "mysql://x/y"])
def test_store_that_is_not_there(idle, url):
    line = refusal(idle.run(*SERVE, "--set", f"store.url={url}", timeout=60))
    assert "store.url" in line


@pytest.mark.parametrize("channel", ["email", "sms", "print"])
def test_sandbox_provider_in_production(make_postroom, channel):
    others = {f"{c}.provider": "none" for c in ("email", "sms", "print") if c != channel}
    server = make_postroom(start=False, environment="production", settings=others)
    line = refusal(server.run(*SERVE, timeout=20))
    assert f"{channel}.provider" in line and "sandbox" in line and "production" in line and "none" in line


def test_unknown_environment_and_command(idle):
    idle.environment = "moon"
    line = refusal(idle.run(*SERVE, timeout=20))
    assert "environment" in line and "development" in line
    done = idle.run("fly")
    assert done.returncode > 0 and done.stderr.strip()
