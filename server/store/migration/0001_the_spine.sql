-- Times are ISO-8601 UTC text with milliseconds; days are YYYY-MM-DD; JSON is text.

CREATE TABLE settings (
    name TEXT PRIMARY KEY, -- mode (demo|live), epoch, clock_shift_seconds
    value TEXT NOT NULL
) STRICT;

CREATE TABLE studies (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    protocol TEXT NOT NULL,
    protocol_version TEXT NOT NULL,
    synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
    help_contacts TEXT NOT NULL DEFAULT '[]', -- JSON list of {label, phone, hours, note}
    team_name TEXT NOT NULL DEFAULT '',
    team_phone TEXT NOT NULL DEFAULT '',
    team_hours TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT UNIQUE,
    password_hash TEXT, -- none: this person is named as a facilitator but does not sign in
    created_at TEXT NOT NULL,
    disabled_at TEXT
) STRICT;

CREATE TABLE staff_roles (
    id TEXT PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    study_id TEXT NOT NULL REFERENCES studies (id),
    role TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT;
CREATE INDEX staff_roles_by_staff ON staff_roles (staff_id, study_id);

CREATE TABLE sessions (
    id_digest TEXT PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    study_id TEXT REFERENCES studies (id), -- the study looked at now
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ended_at TEXT,
    address TEXT NOT NULL DEFAULT '',
    agent TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX sessions_by_staff ON sessions (staff_id) WHERE ended_at IS NULL;

CREATE TABLE sign_ins (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    account TEXT NOT NULL, -- digest of the address typed: unknown ones may be mistyped passwords
    address TEXT NOT NULL,
    succeeded INTEGER NOT NULL CHECK (succeeded IN (0, 1))
) STRICT;
CREATE INDEX sign_ins_by_account ON sign_ins (account, at);
CREATE INDEX sign_ins_by_address ON sign_ins (address, at);

CREATE TABLE participants (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    code TEXT NOT NULL,
    enrolled_on TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (study_id, code)
) STRICT;

CREATE TABLE participant_facts (
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL CHECK (kind IN ('zone', 'language', 'arm', 'channel', 'status')),
    value TEXT NOT NULL, -- status: active, paused, withdrawn; channel: email, none
    from_on TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX participant_facts_by_participant ON participant_facts (participant_id, kind);

CREATE TABLE contacts (
    participant_id TEXT PRIMARY KEY REFERENCES participants (id),
    sealed BLOB NOT NULL, -- {name, email, phone} under the contact key
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE facilitator_facts (
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    shown_name TEXT NOT NULL, -- the name the participant uses
    state TEXT NOT NULL CHECK (state IN ('assigned', 'ended')),
    on_day TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX facilitator_facts_by_participant ON facilitator_facts (participant_id);
CREATE INDEX facilitator_facts_by_staff ON facilitator_facts (staff_id, participant_id);

CREATE TABLE visits (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL,
    course INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX visits_by_participant ON visits (participant_id);

CREATE TABLE visit_facts (
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    visit_id TEXT NOT NULL REFERENCES visits (id),
    status TEXT NOT NULL CHECK (status IN ('planned', 'held', 'cancelled')),
    on_day TEXT NOT NULL,
    at_time TEXT, -- HH:MM, the participant's local clock
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX visit_facts_by_visit ON visit_facts (visit_id);

CREATE TABLE forms (
    hash TEXT PRIMARY KEY, -- SHA-256 of html
    instrument TEXT NOT NULL,
    instrument_version TEXT NOT NULL,
    wording TEXT NOT NULL, -- Wording.id
    language TEXT NOT NULL,
    html BLOB NOT NULL,
    published_at TEXT NOT NULL
) STRICT;
CREATE INDEX forms_by_instrument ON forms (instrument, language, published_at);

CREATE TABLE assessments ( -- derived: plan(protocol, facts), stored by reconcile
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    participant_id TEXT NOT NULL REFERENCES participants (id),
    definition TEXT NOT NULL,
    label TEXT NOT NULL,
    instrument TEXT NOT NULL,
    course INTEGER NOT NULL,
    about_staff_id TEXT REFERENCES staff (id),
    visit_id TEXT REFERENCES visits (id), -- none: counted from enrolment
    anchor TEXT NOT NULL, -- ordinal label at planning time: enrolment, dosing-1
    anchor_on TEXT NOT NULL,
    opens_at TEXT NOT NULL,
    target_at TEXT NOT NULL,
    closes_at TEXT NOT NULL,
    hidden_from TEXT NOT NULL DEFAULT '[]', -- JSON list of staff ids; only ever grows
    alliance INTEGER NOT NULL CHECK (alliance IN (0, 1)), -- about a person: hidden by role as well
    position INTEGER NOT NULL,
    planned_at TEXT NOT NULL,
    retired_at TEXT, -- no longer in the plan; an answer to it is kept as unscheduled
    response_id TEXT, -- the response that counts, once there is one
    answered_at TEXT
) STRICT;
CREATE INDEX assessments_by_participant ON assessments (participant_id, opens_at);
CREATE INDEX assessments_waiting ON assessments (study_id, closes_at, opens_at)
    WHERE response_id IS NULL AND retired_at IS NULL;

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL CHECK (kind IN ('clinic', 'home')),
    token_digest TEXT NOT NULL UNIQUE, -- in the link's fragment
    code_digest TEXT NOT NULL, -- told by phone or in person; clinic: the code itself is enough
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    tries_left INTEGER NOT NULL,
    consumed_at TEXT
) STRICT;
CREATE INDEX invitations_open ON invitations (code_digest) WHERE consumed_at IS NULL;

CREATE TABLE join_tries ( -- codes typed, right and wrong: what the limit by address counts
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    address TEXT NOT NULL,
    succeeded INTEGER NOT NULL CHECK (succeeded IN (0, 1))
) STRICT;
CREATE INDEX join_tries_by_address ON join_tries (address, at);

CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    credential_digest TEXT NOT NULL UNIQUE,
    locator TEXT NOT NULL UNIQUE, -- no credential: names the phone's place in start_url
    agent TEXT NOT NULL DEFAULT '',
    bound_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    practised_at TEXT, -- tick 2: a practice form arrived
    reminder_confirmed_at TEXT, -- tick 3: the test reminder was seen on this phone
    revoked_at TEXT
) STRICT;
CREATE INDEX devices_by_participant ON devices (participant_id);

CREATE TABLE envelopes ( -- verbatim, before anything is opened
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    digest TEXT NOT NULL, -- SHA-256 of body
    body BLOB NOT NULL,
    device_id TEXT, -- none: unknown device; kept all the same
    via TEXT NOT NULL CHECK (via IN ('phone', 'page', 'demo')),
    received_at TEXT NOT NULL,
    UNIQUE (id, digest)
) STRICT;
CREATE INDEX envelopes_unknown ON envelopes (received_at) WHERE device_id IS NULL;

CREATE TABLE openings ( -- what became of an envelope; no row yet: still to be opened
    envelope_seq INTEGER PRIMARY KEY REFERENCES envelopes (seq),
    outcome TEXT NOT NULL CHECK (outcome IN ('opened', 'quarantined', 'practice')),
    reason TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    participant_id TEXT,
    assessment_id TEXT,
    opened_at TEXT NOT NULL
) STRICT;

CREATE TABLE responses (
    id TEXT PRIMARY KEY, -- the envelope's id, born on the phone
    envelope_seq INTEGER NOT NULL REFERENCES envelopes (seq),
    corrects TEXT REFERENCES responses (id), -- the response that this one stands in for, with its reason
    correction TEXT NOT NULL DEFAULT '',
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    participant_id TEXT NOT NULL REFERENCES participants (id),
    instrument TEXT NOT NULL,
    instrument_version TEXT NOT NULL,
    wording TEXT NOT NULL,
    form_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    about_staff_id TEXT REFERENCES staff (id), -- whom the answers really rate
    anchor TEXT NOT NULL, -- in force when it was answered
    anchor_on TEXT NOT NULL,
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    clock_doubtful INTEGER NOT NULL CHECK (clock_doubtful IN (0, 1)), -- judged by the server's instead
    unscheduled INTEGER NOT NULL CHECK (unscheduled IN (0, 1)),
    began_at TEXT, -- the device's clock
    finished_at TEXT, -- the device's clock
    device_zone TEXT NOT NULL DEFAULT '',
    elapsed_ms INTEGER, -- measured by the device, independent of its clock
    received_at TEXT NOT NULL, -- the server's clock
    process TEXT NOT NULL DEFAULT '{}' -- JSON: changes before sending, time per item
) STRICT;
CREATE INDEX responses_by_participant ON responses (participant_id, instrument);
CREATE INDEX responses_by_assessment ON responses (assessment_id);
CREATE UNIQUE INDEX responses_once_per_envelope ON responses (envelope_seq) WHERE corrects IS NULL;
CREATE UNIQUE INDEX responses_corrected_once ON responses (corrects) WHERE corrects IS NOT NULL;

CREATE TABLE answers (
    response_id TEXT NOT NULL REFERENCES responses (id),
    item TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('answered', 'skipped', 'unanswered', 'not-shown')),
    code TEXT, -- JSON of the value: 3, "words", [1,4]
    PRIMARY KEY (response_id, item)
) STRICT;

CREATE TABLE scores (
    response_id TEXT NOT NULL REFERENCES responses (id),
    score TEXT NOT NULL,
    scoring_version TEXT NOT NULL,
    value REAL, -- none: could not be scored; the reason says why
    method TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    prorated INTEGER NOT NULL CHECK (prorated IN (0, 1)),
    scored_at TEXT NOT NULL,
    PRIMARY KEY (response_id, score, scoring_version)
) STRICT;

CREATE TABLE drafts ( -- 'save and go on later' of the page without JavaScript
    assessment_id TEXT PRIMARY KEY REFERENCES assessments (id),
    response_id TEXT NOT NULL, -- the id the response will have
    began_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    answers TEXT NOT NULL -- JSON item -> {state, value}
) STRICT;

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    participant_id TEXT REFERENCES participants (id),
    kind TEXT NOT NULL, -- quarantined, unopened, undeliverable, call-me, other-device
    detail TEXT NOT NULL,
    alliance INTEGER NOT NULL DEFAULT 0 CHECK (alliance IN (0, 1)), -- from an answer about a person
    raised_at TEXT NOT NULL,
    settled_at TEXT,
    settled_by TEXT
) STRICT;
CREATE INDEX alerts_open ON alerts (study_id, raised_at) WHERE settled_at IS NULL;

CREATE TABLE messages ( -- outgoing: claim, send, settle
    id TEXT PRIMARY KEY, -- derived from participant, kind, channel and local moment
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL CHECK (kind IN ('reminder', 'test')),
    channel TEXT NOT NULL,
    due_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    local_moment TEXT NOT NULL, -- YYYY-MM-DDTHH:MM, the participant's clock
    assessment_ids TEXT NOT NULL DEFAULT '[]', -- JSON, what it reminds of
    state TEXT NOT NULL CHECK (state IN
        ('due', 'claimed', 'sent', 'failed', 'expired', 'cancelled', 'unknown')),
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed_by TEXT,
    lease_until TEXT,
    retry_at TEXT,
    settled_at TEXT,
    error TEXT NOT NULL DEFAULT '',
    UNIQUE (participant_id, kind, channel, local_moment)
) STRICT;
CREATE INDEX messages_due ON messages (due_at) WHERE state IN ('due', 'claimed', 'unknown');
CREATE INDEX messages_by_participant ON messages (participant_id, due_at);

CREATE TABLE leases ( -- who does the periodic work now, and the worker's heartbeat
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until TEXT NOT NULL,
    beat_at TEXT NOT NULL
) STRICT;

CREATE TABLE backups (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    envelope_seq INTEGER NOT NULL, -- every envelope up to here is in it
    audit_seq INTEGER NOT NULL,
    audit_hash TEXT NOT NULL,
    away INTEGER NOT NULL CHECK (away IN (0, 1)), -- lies off this machine: what receipt 2 promises
    verified INTEGER NOT NULL CHECK (verified IN (0, 1))
) STRICT;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    reason TEXT NOT NULL,
    table_name TEXT NOT NULL,
    row_id TEXT NOT NULL,
    field TEXT NOT NULL,
    old_digest TEXT NOT NULL,
    new_digest TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_row ON audit (table_name, row_id);

CREATE TABLE audit_values (
    seq INTEGER PRIMARY KEY REFERENCES audit (seq),
    salt BLOB NOT NULL,
    old_value TEXT, -- NULL only after a redaction
    new_value TEXT
) STRICT
