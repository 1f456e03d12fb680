-- What a phone says it holds, the PIN as the server may check it, short sessions for reading back,
-- words for somebody outside the treatment team, and whom a participant can reach when.

-- finished responses this phone ever sealed, those without a receipt yet, and when it said so
ALTER TABLE devices ADD COLUMN told_sealed INTEGER;
ALTER TABLE devices ADD COLUMN told_waiting INTEGER;
ALTER TABLE devices ADD COLUMN told_at TEXT;

CREATE TABLE pin_verifiers ( -- lets locator + PIN bind a browser again, and opens a reading session
    device_id TEXT PRIMARY KEY REFERENCES devices (id),
    salt TEXT NOT NULL, -- the phone derives from PIN and salt; the PIN itself never leaves it
    verifier TEXT NOT NULL, -- argon2id of what the phone derived
    tries_left INTEGER NOT NULL,
    locked_until TEXT,
    set_at TEXT NOT NULL
) STRICT;

CREATE TABLE reading_sessions ( -- minutes in which a phone may read back what was sent
    id_digest TEXT PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX reading_sessions_by_device ON reading_sessions (device_id) WHERE ended_at IS NULL;

CREATE TABLE outside_messages ( -- for a named person outside the treatment team, and nobody else
    id TEXT PRIMARY KEY, -- the envelope's id
    study_id TEXT NOT NULL REFERENCES studies (id),
    participant_id TEXT NOT NULL REFERENCES participants (id),
    staff_id TEXT REFERENCES staff (id), -- who was named when it came; whoever is named later reads none of it
    sealed BLOB NOT NULL, -- {words, reply} under the contact key
    received_at TEXT NOT NULL,
    told_at TEXT, -- when a mail said that there is one
    tell_again_at TEXT, -- when that mail is tried again
    read_at TEXT,
    read_by TEXT
) STRICT;
CREATE INDEX outside_messages_by_study ON outside_messages (study_id, received_at);

-- who receives those words (no facilitator of anybody in the study), and the ethics committee's own line
ALTER TABLE studies ADD COLUMN outside_staff_id TEXT REFERENCES staff (id);
ALTER TABLE studies ADD COLUMN outside_role TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN ethics_contact TEXT NOT NULL DEFAULT '{}'; -- JSON {name, phone, email}
ALTER TABLE studies ADD COLUMN out_of_hours_phone TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN call_hours TEXT NOT NULL DEFAULT ''; -- when the team calls back
ALTER TABLE studies ADD COLUMN results_when TEXT NOT NULL DEFAULT ''; -- when participants hear what came out
-- where the data lie and how long they are kept, in words for participants
ALTER TABLE studies ADD COLUMN data_where TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN data_kept TEXT NOT NULL DEFAULT '';

-- the first day (theirs) on which whoever pauses is reminded again; empty: until somebody says so
ALTER TABLE participants ADD COLUMN paused_until TEXT NOT NULL DEFAULT '';
