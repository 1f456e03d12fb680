-- Whom an alert calls, what a study chose where sources disagree, and the event a measure is about.

ALTER TABLE studies ADD COLUMN duty_name TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN duty_email TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN duty_phone TEXT NOT NULL DEFAULT '';
-- JSON: instrument -> {setting: choice}
ALTER TABLE studies ADD COLUMN scoring TEXT NOT NULL DEFAULT '{}';

-- urgent, same day, next working day; empty: no answer raised it
ALTER TABLE alerts ADD COLUMN level TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN response_id TEXT;
CREATE INDEX alerts_by_response ON alerts (response_id) WHERE response_id IS NOT NULL;

CREATE TABLE event_facts (
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    sealed BLOB NOT NULL, -- {words, when} under the contact key
    response_id TEXT, -- the form that told it; none: entered by staff, with the participant
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX event_facts_by_participant ON event_facts (participant_id);
-- which event the form named when it was answered
ALTER TABLE responses ADD COLUMN event_id TEXT REFERENCES event_facts (id);

CREATE TABLE messages_anew ( -- outgoing: claim, send, settle
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL CHECK (kind IN ('reminder', 'test', 'alert')),
    channel TEXT NOT NULL,
    due_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    local_moment TEXT NOT NULL, -- YYYY-MM-DDTHH:MM, the participant's clock
    assessment_ids TEXT NOT NULL DEFAULT '[]', -- JSON, what it reminds of
    alert_id TEXT REFERENCES alerts (id), -- what it calls the person on duty for
    state TEXT NOT NULL CHECK (state IN
        ('due', 'claimed', 'sent', 'failed', 'expired', 'cancelled', 'unknown')),
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed_by TEXT,
    lease_until TEXT,
    retry_at TEXT,
    settled_at TEXT,
    error TEXT NOT NULL DEFAULT '',
    CHECK ((kind = 'alert') = (alert_id IS NOT NULL))
) STRICT;
INSERT INTO messages_anew (id, participant_id, kind, channel, due_at, expires_at, local_moment,
    assessment_ids, state, attempts, claimed_by, lease_until, retry_at, settled_at, error)
    SELECT id, participant_id, kind, channel, due_at, expires_at, local_moment,
    assessment_ids, state, attempts, claimed_by, lease_until, retry_at, settled_at, error
    FROM messages;
DROP TABLE messages;
ALTER TABLE messages_anew RENAME TO messages;
CREATE UNIQUE INDEX messages_once ON messages (participant_id, kind, channel, local_moment)
    WHERE kind <> 'alert';
CREATE UNIQUE INDEX messages_once_per_alert ON messages (alert_id) WHERE kind = 'alert';
CREATE INDEX messages_due ON messages (due_at) WHERE state IN ('due', 'claimed', 'unknown');
CREATE INDEX messages_by_participant ON messages (participant_id, due_at)
