-- How texts are shared among providers, and what the providers were asked to take.

CREATE TABLE provider (
  name text COLLATE "C" NOT NULL PRIMARY KEY,
  share integer NOT NULL,
  is_active boolean NOT NULL,
  is_international boolean NOT NULL,
  version integer NOT NULL,
  changed_at bigint NOT NULL,
  changed_by text NOT NULL,
  reason text NOT NULL
);

CREATE TABLE provider_history (
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  share integer NOT NULL,
  is_active boolean NOT NULL,
  is_international boolean NOT NULL,
  changed_at bigint NOT NULL,
  changed_by text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (name, version)
);

-- The errors of the last minute, or little more.
CREATE TABLE provider_error (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text COLLATE "C" NOT NULL,
  at bigint NOT NULL
);
CREATE INDEX provider_error_at ON provider_error(provider, at);

-- Written before a provider is asked, so that a text that may go out twice can be named.
CREATE TABLE hand_over (
  notification_id uuid NOT NULL PRIMARY KEY,
  provider text COLLATE "C" NOT NULL,
  begun_at bigint NOT NULL,
  is_void boolean NOT NULL,           -- surely not taken
  repeats integer NOT NULL
);
CREATE INDEX hand_over_begun ON hand_over(begun_at);
CREATE INDEX hand_over_repeated ON hand_over(begun_at) WHERE repeats > 0;

-- Parts of texts by what their provider calls them.
CREATE TABLE text_part (
  provider text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  notification_id uuid NOT NULL,
  part integer NOT NULL,              -- from 0
  outcome integer NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (provider, name)
);
CREATE INDEX text_part_notification ON text_part(notification_id);
CREATE INDEX text_part_age ON text_part(created_at);

-- How many messages of a day left within 10 seconds.
CREATE TABLE processing_time (
  day integer NOT NULL,
  type smallint NOT NULL,
  total bigint NOT NULL,
  quick bigint NOT NULL,
  PRIMARY KEY (day, type)
);

-- Parts of received texts that wait for the others.
CREATE TABLE inbound_part (
  join_key text COLLATE "C" NOT NULL,  -- provider, number, keyed hash of the sender, reference, count
  part integer NOT NULL,
  created_at bigint NOT NULL,
  personal bytea NOT NULL,             -- sealed
  PRIMARY KEY (join_key, part)
);
CREATE INDEX inbound_part_age ON inbound_part(created_at);
