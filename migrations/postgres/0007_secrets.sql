-- Passwords and keys of our accounts elsewhere that the program itself changes.

CREATE TABLE secret (
  name text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,                     -- one more with each change
  content bytea NOT NULL                       -- sealed
);
