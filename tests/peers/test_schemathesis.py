"""schemathesis over /openapi.json: made-up requests, good and bad; no 5xx, and nothing that the description denies."""
import os
import subprocess
import sys

import pytest

from harness import BINARY, Postroom

PACKAGE = "schemathesis==4.32.5"
FOLDER = os.path.join(os.path.dirname(BINARY), "schemathesis")
PIP_SECONDS = 180
RUN_SECONDS = 150
EXAMPLES = 8
# Left out: positive_data_acceptance, since what is well-formed may still name things that the service does not have,
# and unsupported_method, since GET of /v2/notifications/sms is a look at a message whose id is no id.
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "response_schema_conformance,negative_data_rejection,ignored_auth")


@pytest.fixture(scope="module")
def program():
    """The command; an index that does not answer skips the test."""
    command = os.path.join(FOLDER, "bin", "schemathesis")
    stamp = os.path.join(FOLDER, "installed")
    if not os.path.exists(stamp) or open(stamp).read() != PACKAGE:
        for step in ([sys.executable, "-m", "venv", FOLDER],
                     [os.path.join(FOLDER, "bin", "python"), "-m", "pip", "install", "-q", PACKAGE]):
            try:
                done = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      timeout=PIP_SECONDS)
            except subprocess.TimeoutExpired:
                pytest.skip(f"pip did not answer within {PIP_SECONDS} s")
            if done.returncode != 0:
                pytest.skip(f"schemathesis cannot be installed: {done.stdout.strip()[-300:]}")
        with open(stamp, "w") as file:
            file.write(PACKAGE)
    return command


def test_answers_are_as_described(program, tmp_path):
    with Postroom() as server:
        world = server.world("Schema")
        server.cli("service", "update", world.id, "--requests-per-minute", "1000000")
        variables = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": os.path.dirname(__file__),
                     "POSTROOM_TEST_KEY": world.keys["test"], "POSTROOM_TEST_SMS": world.sms,
                     "POSTROOM_TEST_EMAIL": world.email, "POSTROOM_TEST_LETTER": world.letter, "NO_COLOR": "1",
                     "NO_PROXY": "127.0.0.1"}
        done = subprocess.run([program, "run", server.api + "/openapi.json", "--checks", CHECKS, "--max-examples",
                               str(EXAMPLES), "--phases", "examples,coverage,fuzzing", "--seed", "1", "--workers", "1",
                               "--request-timeout", "10"],
                              cwd=tmp_path, env={**os.environ, **variables}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=RUN_SECONDS)
        assert done.returncode == 0, done.stdout[-8000:]
        assert "Operations" in done.stdout or "operations" in done.stdout, done.stdout[-2000:]
