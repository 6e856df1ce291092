"""The official Java client from Maven Central, unmodified, against the real program; and the Go client, which has none."""
import os
import shutil
import subprocess

import pytest

from harness import BINARY, Postroom

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "java")
FOLDER = os.path.join(os.path.dirname(BINARY), "java-client")
MAVEN_SECONDS = 170
GO_SECONDS = 60
GO_MODULE = "github.com/govau/notify-client-go"


@pytest.fixture(scope="module")
def classpath():
    """Of the client and what it needs; a registry that does not answer skips these tests."""
    if not shutil.which("java") or not shutil.which("mvn"):
        pytest.skip("java and mvn are not installed")
    pom = open(os.path.join(SOURCE, "pom.xml")).read()
    found = os.path.join(FOLDER, "classpath")
    if not os.path.exists(found) or open(os.path.join(FOLDER, "pom.xml")).read() != pom:
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.makedirs(FOLDER)
        shutil.copy(os.path.join(SOURCE, "pom.xml"), FOLDER)
        command = ["mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath"]
        try:
            done = subprocess.run(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  timeout=MAVEN_SECONDS)
        except subprocess.TimeoutExpired:
            pytest.skip(f"Maven Central did not answer within {MAVEN_SECONDS} s")
        if done.returncode != 0:
            pytest.skip(f"mvn cannot fetch the client: {done.stdout.strip()[-300:]}")
    return open(found).read().strip()


def test_every_method_of_the_java_client(classpath):
    with Postroom() as server:
        world = server.world("Java")
        server.cli("service", "update", world.id, "--contact-link", "https://council.example/contact")
        file = world.add_template("email", name="File", subject="Your file", content="Get it: ((link))")["id"]
        given = {"url": server.api, "key": world.keys["normal"], "sms": world.sms, "email": world.email,
                 "letter": world.letter, "file": file}
        done = subprocess.run(["java", "-cp", classpath, os.path.join(SOURCE, "Calls.java")],
                              input="".join(f"{name}={value}\n" for name, value in given.items()), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert len(lines) == 12, done.stdout
        assert all(line.startswith("ok ") for line in lines), done.stdout


def test_the_go_client_can_be_had(tmp_path):
    """There is no module of the official client; the one public client of its kind is looked for."""
    if not shutil.which("go"):
        pytest.skip("go is not installed")
    (tmp_path / "go.mod").write_text("module calls\n\ngo 1.20\n")
    try:
        done = subprocess.run(["go", "list", "-m", GO_MODULE + "@latest"], cwd=tmp_path, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=GO_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip(f"the Go module proxy did not answer within {GO_SECONDS} s")
    if done.returncode != 0:
        pytest.skip(f"the Go client cannot be had: {done.stdout.strip()[-200:]}; its requests are among the API cases")
