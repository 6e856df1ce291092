-- How texts are shared among providers, and what the providers were asked to take.

CREATE TABLE provider (
  name TEXT NOT NULL PRIMARY KEY,
  share INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  is_international INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;

CREATE TABLE provider_history (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  share INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  is_international INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

-- The errors of the last minute, or little more.
CREATE TABLE provider_error (
  number INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX provider_error_at ON provider_error(provider, at);

-- Written before a provider is asked, so that a text that may go out twice can be named.
CREATE TABLE hand_over (
  notification_id BLOB NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  is_void INTEGER NOT NULL,           -- 1: surely not taken
  repeats INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX hand_over_begun ON hand_over(begun_at);
CREATE INDEX hand_over_repeated ON hand_over(begun_at) WHERE repeats > 0;

-- Parts of texts by what their provider calls them.
CREATE TABLE text_part (
  provider TEXT NOT NULL,
  name TEXT NOT NULL,
  notification_id BLOB NOT NULL,
  part INTEGER NOT NULL,              -- from 0
  outcome INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (provider, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX text_part_notification ON text_part(notification_id);
CREATE INDEX text_part_age ON text_part(created_at);

-- How many messages of a day left within 10 seconds.
CREATE TABLE processing_time (
  day INTEGER NOT NULL,
  type INTEGER NOT NULL,
  total INTEGER NOT NULL,
  quick INTEGER NOT NULL,
  PRIMARY KEY (day, type)
) STRICT, WITHOUT ROWID;

-- Parts of received texts that wait for the others.
CREATE TABLE inbound_part (
  join_key TEXT NOT NULL,             -- provider, number, keyed hash of the sender, reference, count
  part INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  personal BLOB NOT NULL,             -- sealed
  PRIMARY KEY (join_key, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbound_part_age ON inbound_part(created_at);
