"""Lets days pass at once. Moving the clock of a running server goes through every schedule of every day on the way."""
import contextlib
import os
import sqlite3
import subprocess
from datetime import datetime, timedelta, timezone

from postgres_server import find_programs

NAME = "sandbox.clock_offset_micros"


def jump(server, days):
    """Stops the server for so many days, then lets it do what it has missed."""
    target = datetime.fromisoformat(server.now().replace("Z", "+00:00")) + timedelta(days=days)
    server.stop()
    offset = (target - datetime.now(timezone.utc)) // timedelta(microseconds=1)
    url = server.settings.get("store.url")
    if url:
        sql = (f"INSERT INTO state (name, value) VALUES ('{NAME}', '{offset}') "
               "ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        subprocess.run([find_programs() + "/psql", "-q", "-d", url, "-c", sql], check=True, timeout=60)
    else:
        with contextlib.closing(sqlite3.connect(os.path.join(server.data, "postroom.db"))) as db, db:
            db.execute("INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)", (NAME, str(offset)))
    server.start()
    server.advance(1)
