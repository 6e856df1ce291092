"""What the documents show is what the program has: settings, subcommands, names of settings."""
import glob
import json
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("POSTROOM_BINARY", os.path.join(ROOT, "build", "release", "postroom"))
DOCUMENTS = sorted(glob.glob(os.path.join(ROOT, "*.md")) + glob.glob(os.path.join(ROOT, "docs", "**", "*.md"), recursive=True))
COMMAND = re.compile(r"`(?:build/release/)?postroom ((?:[a-z][a-z-]+ ?){1,2})")


def run(*arguments):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("POSTROOM_")}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, env=environment, timeout=30)


def texts():
    for path in DOCUMENTS:
        with open(path, encoding="utf-8") as file:
            yield os.path.relpath(path, ROOT), file.read()


def test_page_of_settings_is_up_to_date():
    done = subprocess.run([os.path.join(ROOT, "tools", "settings_doc"), "--check"], capture_output=True, text=True,
                          env={**os.environ, "POSTROOM_BINARY": BINARY}, timeout=30)
    assert done.returncode == 0, done.stderr


def test_commands_in_documents_exist():
    commands = {}
    for path, text in texts():
        for match in COMMAND.finditer(text):
            commands.setdefault(tuple(match.group(1).split()), path)
    assert len(commands) > 10
    for words, path in commands.items():
        for depth, word in enumerate(words):  # --help of an unknown word is that of its group, so look it up there
            listed = re.findall(r"^  ([a-z][a-z-]*)", run(*words[:depth], "--help").stdout, re.M)
            assert word in listed, f"{path}: there is no command: postroom {' '.join(words)}"


def test_settings_named_in_messages_exist():
    names = {setting["name"] for setting in json.loads(run("config", "show", "--json").stdout)}
    for path in glob.glob(os.path.join(ROOT, "src", "adapters", "**", "*.cc"), recursive=True):
        if path.endswith("_test.cc"):
            continue
        with open(path, encoding="utf-8") as file:
            for name in re.findall(r"\b((?:print\.sftp|smtp\.|store\.url)[a-z_]*)\b", file.read()):
                assert name in names or name.endswith("_"), f"{os.path.relpath(path, ROOT)}: there is no setting {name}"


def test_settings_in_documents_exist():
    names = {setting["name"] for setting in json.loads(run("config", "show", "--json").stdout)}
    prefixes = "|".join(sorted({name.split(".")[0] for name in names if "." in name}))
    mentioned = re.compile(rf"`((?:{prefixes})\.[a-z_]+)(?:`| ?=)")
    # Events of the log look like settings.
    others = set()
    for path in glob.glob(os.path.join(ROOT, "src", "**", "*.cc"), recursive=True):
        with open(path, encoding="utf-8") as file:
            others.update(re.findall(r'\blog(?:_info|_warning|_error)?\(\s*(?:[\w:]+,\s*)?"([a-z_]+\.[a-z_.]+)"', file.read()))
    for path, text in texts():
        for name in mentioned.findall(text):
            assert name in names or name in others, f"{path}: there is no setting {name}"
