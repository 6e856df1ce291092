-- Passwords and keys of our accounts elsewhere that the program itself changes.

CREATE TABLE secret (
  name TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,           -- one more with each change
  content BLOB NOT NULL               -- sealed
) STRICT;
