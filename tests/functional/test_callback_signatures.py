"""Standard Webhooks signatures, verified by the public library from npm; a key change without a gap."""
import json
import os
import shutil
import subprocess

import pytest

from harness import BINARY

TOKEN = "a-bearer-token"
PACKAGES = ["standardwebhooks@1.0.0"]
NPM_SECONDS = 180

# Reads [{secrets, public_keys, headers, body}] and prints for each which secrets and public keys verify it.
VERIFIER = """
const { Webhook } = require("standardwebhooks");
const crypto = require("crypto");
function bySecret(secret, { headers, body }) {
  try { new Webhook(secret).verify(body, headers); return true; } catch (error) { return false; }
}
function byPublicKey(text, { headers, body }) {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(text.slice(5), "base64")]);
  const key = crypto.createPublicKey({ key: der, format: "der", type: "spki" });
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  return headers["webhook-signature"].split(" ").filter((s) => s.startsWith("v1a,"))
    .some((s) => crypto.verify(null, signed, key, Buffer.from(s.slice(4), "base64")));
}
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", () => console.log(JSON.stringify(JSON.parse(Buffer.concat(chunks)).map((r) => ({
  secrets: r.secrets.map((s) => bySecret(s, r)), public_keys: r.public_keys.map((k) => byPublicKey(k, r)) })))));
"""


@pytest.fixture(scope="module")
def verify():
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    folder = os.path.join(os.path.dirname(BINARY), "node-webhooks")
    if not os.path.isdir(os.path.join(folder, "node_modules", "standardwebhooks")):
        os.makedirs(folder, exist_ok=True)
        try:
            done = subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", *PACKAGES],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=NPM_SECONDS)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm did not answer within {NPM_SECONDS} s")
        if done.returncode != 0:
            pytest.skip("npm could not install the verifier: " + done.stdout.strip().splitlines()[-1])

    def run(requests, secrets=(), public_keys=()):
        asked = [{"secrets": list(secrets), "public_keys": list(public_keys),
                  "headers": {k.lower(): v for k, v in r.headers.items()}, "body": r.body.decode()} for r in requests]
        done = subprocess.run(["node", "-e", VERIFIER], cwd=folder, input=json.dumps(asked), stdout=subprocess.PIPE,
                              text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    return run


@pytest.fixture
def world(postroom, receiver):
    world = postroom.world()
    postroom.cli("callback", "set", world.id, "--type", "delivery", "--url", receiver.url, "--token", TOKEN)
    return world


def secret_command(postroom, world, word, *more):
    return postroom.cli("callback", "secret", word, world.id, "--type", "delivery", *more)


def sent(postroom, world, receiver):
    before = len(receiver.requests)
    world.send_sms(reference="Zoë – ß")
    postroom.drain()
    receiver.wait(before + 1)
    return receiver.requests[-1]


def test_without_a_secret_there_is_an_id_and_no_signature(postroom, world, receiver):
    request = sent(postroom, world, receiver)
    assert request.headers["webhook-id"].startswith("msg_") and request.headers["webhook-timestamp"].isdigit()
    assert "webhook-signature" not in request.headers


def test_signatures_verify_beside_the_token(postroom, world, receiver, verify):
    made = secret_command(postroom, world, "create")
    assert made["secret"].startswith("whsec_") and made["kind"] == "v1"
    request = sent(postroom, world, receiver)
    assert request.headers["Authorization"] == "Bearer " + TOKEN
    other = "whsec_" + "A" * 32
    assert verify([request], [made["secret"], other])[0]["secrets"] == [True, False]
    request.body = request.body.replace(b"delivered", b"permanent")
    assert verify([request], [made["secret"]])[0]["secrets"] == [False]


def test_a_key_change_leaves_no_gap(postroom, world, receiver, verify):
    old = secret_command(postroom, world, "create")
    new = secret_command(postroom, world, "rotate", "--overlap-hours", "2")
    during = sent(postroom, world, receiver)
    postroom.advance(2 * 3600 + 60)
    after = sent(postroom, world, receiver)
    both = [old["secret"], new["secret"]]
    assert [r["secrets"] for r in verify([during, after], both)] == [[True, True], [False, True]]
    listed = secret_command(postroom, world, "list")
    assert [(s["id"], s["signs"]) for s in listed] == [(new["id"], True), (old["id"], False)]
    assert all("secret" not in s for s in listed)
    secret_command(postroom, world, "remove", new["id"])
    assert "webhook-signature" not in sent(postroom, world, receiver).headers


def test_ed25519_beside_hmac(postroom, world, receiver, verify):
    symmetric = secret_command(postroom, world, "create")
    asymmetric = secret_command(postroom, world, "create", "--kind", "v1a")
    assert asymmetric["public_key"].startswith("whpk_") and "secret" not in asymmetric
    request = sent(postroom, world, receiver)
    assert sorted(s.split(",")[0] for s in request.headers["webhook-signature"].split(" ")) == ["v1", "v1a"]
    [found] = verify([request], [symmetric["secret"]], [asymmetric["public_key"]])
    assert found == {"secrets": [True], "public_keys": [True]}


def test_a_secret_made_elsewhere(postroom, world, receiver, verify):
    given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    secret_command(postroom, world, "create", "--secret", given)
    assert verify([sent(postroom, world, receiver)], [given])[0]["secrets"] == [True]
    done = postroom.run("callback", "secret", "create", world.id, "--type", "delivery", "--secret", "whsec_c2hvcnQ=")
    assert done.returncode != 0 and "24 to 64" in done.stderr
    done = postroom.run("callback", "secret", "create", world.id, "--type", "inbound")
    assert done.returncode != 0 and "callback set" in done.stderr


def test_retries_keep_the_id_and_sign_anew(postroom, world, receiver, verify):
    made = secret_command(postroom, world, "create")
    receiver.statuses = [500]
    world.send_sms()
    postroom.drain()
    postroom.advance(310)
    first, second = receiver.wait(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert [r["secrets"] for r in verify([first, second], [made["secret"]])] == [[True], [True]]
