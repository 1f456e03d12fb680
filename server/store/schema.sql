CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    participant_id TEXT REFERENCES participants (id),
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    alliance INTEGER NOT NULL DEFAULT 0 CHECK (alliance IN (0, 1)),
    raised_at TEXT NOT NULL,
    settled_at TEXT,
    settled_by TEXT
, level TEXT NOT NULL DEFAULT '', response_id TEXT) STRICT;

CREATE INDEX alerts_by_response ON alerts (response_id) WHERE response_id IS NOT NULL;

CREATE INDEX alerts_open ON alerts (study_id, raised_at) WHERE settled_at IS NULL;

CREATE TRIGGER amendments_no_delete BEFORE DELETE ON amendments BEGIN SELECT RAISE(ABORT, 'amendments is only ever added to'); END;

CREATE TRIGGER amendments_no_update BEFORE UPDATE ON amendments BEGIN SELECT RAISE(ABORT, 'amendments is only ever added to'); END;

CREATE TABLE amendments (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    protocol TEXT NOT NULL,
    from_version TEXT NOT NULL,
    to_version TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('new', 'all', 'before')),
    before_visit TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX amendments_by_study ON amendments (study_id);

CREATE TRIGGER answers_no_delete BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'answers is only ever added to'); END;

CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers BEGIN SELECT RAISE(ABORT, 'answers is only ever added to'); END;

CREATE TABLE "answers" (
    response_id TEXT NOT NULL REFERENCES responses (id),
    item TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('answered', 'skipped', 'unanswered', 'not-shown', 'not-done')),
    code TEXT,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (response_id, item)
) STRICT;

CREATE TRIGGER assessment_facts_no_delete BEFORE DELETE ON assessment_facts BEGIN SELECT RAISE(ABORT, 'assessment_facts is only ever added to'); END;

CREATE TRIGGER assessment_facts_no_update BEFORE UPDATE ON assessment_facts BEGIN SELECT RAISE(ABORT, 'assessment_facts is only ever added to'); END;

CREATE TABLE assessment_facts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    kind TEXT NOT NULL CHECK (kind IN
        ('begun', 'excused', 'excuse withdrawn', 'on paper', 'paper withdrawn')),
    reason TEXT NOT NULL DEFAULT '',
    on_day TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX assessment_facts_by_assessment ON assessment_facts (assessment_id);

CREATE TABLE assessments (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    participant_id TEXT NOT NULL REFERENCES participants (id),
    definition TEXT NOT NULL,
    label TEXT NOT NULL,
    instrument TEXT NOT NULL,
    course INTEGER NOT NULL,
    about_staff_id TEXT REFERENCES staff (id),
    visit_id TEXT REFERENCES visits (id),
    anchor TEXT NOT NULL,
    anchor_on TEXT NOT NULL,
    opens_at TEXT NOT NULL,
    target_at TEXT NOT NULL,
    closes_at TEXT NOT NULL,
    hidden_from TEXT NOT NULL DEFAULT '[]',
    alliance INTEGER NOT NULL CHECK (alliance IN (0, 1)),
    position INTEGER NOT NULL,
    planned_at TEXT NOT NULL,
    retired_at TEXT,
    response_id TEXT,
    answered_at TEXT
, occasion INTEGER NOT NULL DEFAULT 1, respondent TEXT NOT NULL DEFAULT 'participant', awaits_visit_id TEXT REFERENCES visits (id), late TEXT NOT NULL DEFAULT 'stop opening', protocol_version TEXT NOT NULL DEFAULT '', lapsed_at TEXT, known_to TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX assessments_by_participant ON assessments (participant_id, opens_at);

CREATE INDEX assessments_closing ON assessments (closes_at)
    WHERE response_id IS NULL AND retired_at IS NULL AND lapsed_at IS NULL;

CREATE INDEX assessments_lapsed ON assessments (lapsed_at) WHERE lapsed_at IS NOT NULL;

CREATE INDEX assessments_unanswered ON assessments (study_id, closes_at)
    WHERE response_id IS NULL AND retired_at IS NULL;

CREATE INDEX assessments_waiting ON assessments (study_id, opens_at)
    WHERE response_id IS NULL AND retired_at IS NULL AND lapsed_at IS NULL;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is only ever added to'); END;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is only ever added to'); END;

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
    old_value TEXT,
    new_value TEXT
) STRICT;

CREATE TABLE backups (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    envelope_seq INTEGER NOT NULL,
    audit_seq INTEGER NOT NULL,
    audit_hash TEXT NOT NULL,
    away INTEGER NOT NULL CHECK (away IN (0, 1)),
    verified INTEGER NOT NULL CHECK (verified IN (0, 1))
) STRICT;

CREATE TABLE contacts (
    participant_id TEXT PRIMARY KEY REFERENCES participants (id),
    sealed BLOB NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    credential_digest TEXT NOT NULL UNIQUE,
    locator TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL DEFAULT '',
    bound_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    practised_at TEXT,
    reminder_confirmed_at TEXT,
    revoked_at TEXT
, told_sealed INTEGER, told_waiting INTEGER, told_at TEXT) STRICT;

CREATE INDEX devices_by_participant ON devices (participant_id);

CREATE TABLE drafts (
    assessment_id TEXT PRIMARY KEY REFERENCES assessments (id),
    response_id TEXT NOT NULL,
    began_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    answers TEXT NOT NULL
) STRICT;

CREATE TRIGGER envelopes_no_delete BEFORE DELETE ON envelopes BEGIN SELECT RAISE(ABORT, 'envelopes is only ever added to'); END;

CREATE TRIGGER envelopes_no_update BEFORE UPDATE ON envelopes BEGIN SELECT RAISE(ABORT, 'envelopes is only ever added to'); END;

CREATE TABLE envelopes (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    body BLOB NOT NULL,
    device_id TEXT,
    via TEXT NOT NULL CHECK (via IN ('phone', 'page', 'demo')),
    received_at TEXT NOT NULL, staff_id TEXT REFERENCES staff (id),
    UNIQUE (id, digest)
) STRICT;

CREATE INDEX envelopes_unknown ON envelopes (received_at) WHERE device_id IS NULL;

CREATE TRIGGER event_facts_no_delete BEFORE DELETE ON event_facts BEGIN SELECT RAISE(ABORT, 'event_facts is only ever added to'); END;

CREATE TRIGGER event_facts_no_update BEFORE UPDATE ON event_facts BEGIN SELECT RAISE(ABORT, 'event_facts is only ever added to'); END;

CREATE TABLE event_facts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    sealed BLOB NOT NULL,
    response_id TEXT,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX event_facts_by_participant ON event_facts (participant_id);

CREATE TRIGGER facilitator_facts_no_delete BEFORE DELETE ON facilitator_facts BEGIN SELECT RAISE(ABORT, 'facilitator_facts is only ever added to'); END;

CREATE TRIGGER facilitator_facts_no_update BEFORE UPDATE ON facilitator_facts BEGIN SELECT RAISE(ABORT, 'facilitator_facts is only ever added to'); END;

CREATE TABLE facilitator_facts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    shown_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('assigned', 'ended')),
    on_day TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX facilitator_facts_by_participant ON facilitator_facts (participant_id);

CREATE INDEX facilitator_facts_by_staff ON facilitator_facts (staff_id, participant_id);

CREATE TRIGGER forms_no_delete BEFORE DELETE ON forms BEGIN SELECT RAISE(ABORT, 'forms is only ever added to'); END;

CREATE TRIGGER forms_no_update BEFORE UPDATE ON forms BEGIN SELECT RAISE(ABORT, 'forms is only ever added to'); END;

CREATE TABLE forms (
    hash TEXT PRIMARY KEY,
    instrument TEXT NOT NULL,
    instrument_version TEXT NOT NULL,
    wording TEXT NOT NULL,
    language TEXT NOT NULL,
    html BLOB NOT NULL,
    published_at TEXT NOT NULL
) STRICT;

CREATE INDEX forms_by_instrument ON forms (instrument, language, published_at);

CREATE TRIGGER group_visit_facts_no_delete BEFORE DELETE ON group_visit_facts BEGIN SELECT RAISE(ABORT, 'group_visit_facts is only ever added to'); END;

CREATE TRIGGER group_visit_facts_no_update BEFORE UPDATE ON group_visit_facts BEGIN SELECT RAISE(ABORT, 'group_visit_facts is only ever added to'); END;

CREATE TABLE group_visit_facts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    group_visit_id TEXT NOT NULL REFERENCES group_visits (id),
    status TEXT NOT NULL CHECK (status IN ('planned', 'held', 'cancelled')),
    on_day TEXT NOT NULL,
    at_time TEXT,
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX group_visit_facts_by_visit ON group_visit_facts (group_visit_id);

CREATE TRIGGER group_visits_no_delete BEFORE DELETE ON group_visits BEGIN SELECT RAISE(ABORT, 'group_visits is only ever added to'); END;

CREATE TRIGGER group_visits_no_update BEFORE UPDATE ON group_visits BEGIN SELECT RAISE(ABORT, 'group_visits is only ever added to'); END;

CREATE TABLE group_visits (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES groups (id),
    kind TEXT NOT NULL,
    course INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX group_visits_by_group ON group_visits (group_id);

CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    label TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (study_id, label)
) STRICT;

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL CHECK (kind IN ('clinic', 'home')),
    token_digest TEXT NOT NULL UNIQUE,
    code_digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    tries_left INTEGER NOT NULL,
    consumed_at TEXT
) STRICT;

CREATE INDEX invitations_open ON invitations (code_digest) WHERE consumed_at IS NULL;

CREATE TABLE join_tries (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    address TEXT NOT NULL,
    succeeded INTEGER NOT NULL CHECK (succeeded IN (0, 1))
) STRICT;

CREATE INDEX join_tries_by_address ON join_tries (address, at);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until TEXT NOT NULL,
    beat_at TEXT NOT NULL
) STRICT;

CREATE TABLE "messages" (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL CHECK (kind IN ('reminder', 'test', 'alert')),
    channel TEXT NOT NULL,
    due_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    local_moment TEXT NOT NULL,
    assessment_ids TEXT NOT NULL DEFAULT '[]',
    alert_id TEXT REFERENCES alerts (id),
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

CREATE INDEX messages_by_participant ON messages (participant_id, due_at);

CREATE INDEX messages_due ON messages (due_at) WHERE state IN ('due', 'claimed', 'unknown');

CREATE UNIQUE INDEX messages_once ON messages (participant_id, kind, channel, local_moment)
    WHERE kind <> 'alert';

CREATE UNIQUE INDEX messages_once_per_alert ON messages (alert_id) WHERE kind = 'alert';

CREATE TRIGGER openings_no_delete BEFORE DELETE ON openings BEGIN SELECT RAISE(ABORT, 'openings is only ever added to'); END;

CREATE TRIGGER openings_no_update BEFORE UPDATE ON openings BEGIN SELECT RAISE(ABORT, 'openings is only ever added to'); END;

CREATE TABLE openings (
    envelope_seq INTEGER PRIMARY KEY REFERENCES envelopes (seq),
    outcome TEXT NOT NULL CHECK (outcome IN ('opened', 'quarantined', 'practice')),
    reason TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    participant_id TEXT,
    assessment_id TEXT,
    opened_at TEXT NOT NULL
) STRICT;

CREATE TABLE outside_messages (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    participant_id TEXT NOT NULL REFERENCES participants (id),
    staff_id TEXT REFERENCES staff (id),
    sealed BLOB NOT NULL,
    received_at TEXT NOT NULL,
    told_at TEXT,
    tell_again_at TEXT,
    read_at TEXT,
    read_by TEXT
) STRICT;

CREATE INDEX outside_messages_by_study ON outside_messages (study_id, received_at);

CREATE TRIGGER participant_facts_no_delete BEFORE DELETE ON participant_facts BEGIN SELECT RAISE(ABORT, 'participant_facts is only ever added to'); END;

CREATE TRIGGER participant_facts_no_update BEFORE UPDATE ON participant_facts BEGIN SELECT RAISE(ABORT, 'participant_facts is only ever added to'); END;

CREATE TABLE "participant_facts" (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL CHECK (kind IN
        ('zone', 'language', 'arm', 'channel', 'status', 'site', 'group', 'protocol', 'hours')),


    value TEXT NOT NULL,
    from_on TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX participant_facts_by_participant ON participant_facts (participant_id, kind);

CREATE TABLE participants (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    code TEXT NOT NULL,
    enrolled_on TEXT NOT NULL,
    created_at TEXT NOT NULL, arm_known_to TEXT NOT NULL DEFAULT '', plan_known_to TEXT NOT NULL DEFAULT '', paused_until TEXT NOT NULL DEFAULT '',
    UNIQUE (study_id, code)
) STRICT;

CREATE TABLE pin_verifiers (
    device_id TEXT PRIMARY KEY REFERENCES devices (id),
    salt TEXT NOT NULL,
    verifier TEXT NOT NULL,
    tries_left INTEGER NOT NULL,
    locked_until TEXT,
    set_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER protocol_approvals_no_delete BEFORE DELETE ON protocol_approvals BEGIN SELECT RAISE(ABORT, 'protocol_approvals is only ever added to'); END;

CREATE TRIGGER protocol_approvals_no_update BEFORE UPDATE ON protocol_approvals BEGIN SELECT RAISE(ABORT, 'protocol_approvals is only ever added to'); END;

CREATE TABLE protocol_approvals (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    protocol TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    approved_on TEXT NOT NULL,
    reference TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX protocol_approvals_by_study ON protocol_approvals (study_id);

CREATE TRIGGER rater_facts_no_delete BEFORE DELETE ON rater_facts BEGIN SELECT RAISE(ABORT, 'rater_facts is only ever added to'); END;

CREATE TRIGGER rater_facts_no_update BEFORE UPDATE ON rater_facts BEGIN SELECT RAISE(ABORT, 'rater_facts is only ever added to'); END;

CREATE TABLE rater_facts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    state TEXT NOT NULL CHECK (state IN ('assigned', 'ended')),
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX rater_facts_by_participant ON rater_facts (participant_id, staff_id);

CREATE TRIGGER readiness_facts_no_delete BEFORE DELETE ON readiness_facts BEGIN SELECT RAISE(ABORT, 'readiness_facts is only ever added to'); END;

CREATE TRIGGER readiness_facts_no_update BEFORE UPDATE ON readiness_facts BEGIN SELECT RAISE(ABORT, 'readiness_facts is only ever added to'); END;

CREATE TABLE readiness_facts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    study_id TEXT NOT NULL REFERENCES studies (id),
    kind TEXT NOT NULL CHECK (kind IN
        ('languages', 'crisis numbers', 'mail sent', 'mail test', 'recovery file')),
    detail TEXT NOT NULL DEFAULT '{}',
    on_day TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX readiness_facts_by_study ON readiness_facts (study_id, kind);

CREATE TABLE reading_sessions (
    id_digest TEXT PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;

CREATE INDEX reading_sessions_by_device ON reading_sessions (device_id) WHERE ended_at IS NULL;

CREATE TRIGGER responses_no_delete BEFORE DELETE ON responses BEGIN SELECT RAISE(ABORT, 'responses is only ever added to'); END;

CREATE TRIGGER responses_no_update BEFORE UPDATE ON responses BEGIN SELECT RAISE(ABORT, 'responses is only ever added to'); END;

CREATE TABLE responses (
    id TEXT PRIMARY KEY,
    envelope_seq INTEGER NOT NULL REFERENCES envelopes (seq),
    corrects TEXT REFERENCES responses (id),
    correction TEXT NOT NULL DEFAULT '',
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    participant_id TEXT NOT NULL REFERENCES participants (id),
    instrument TEXT NOT NULL,
    instrument_version TEXT NOT NULL,
    wording TEXT NOT NULL,
    form_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    about_staff_id TEXT REFERENCES staff (id),
    anchor TEXT NOT NULL,
    anchor_on TEXT NOT NULL,
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    clock_doubtful INTEGER NOT NULL CHECK (clock_doubtful IN (0, 1)),
    unscheduled INTEGER NOT NULL CHECK (unscheduled IN (0, 1)),
    began_at TEXT,
    finished_at TEXT,
    device_zone TEXT NOT NULL DEFAULT '',
    elapsed_ms INTEGER,
    received_at TEXT NOT NULL,
    process TEXT NOT NULL DEFAULT '{}'
, event_id TEXT REFERENCES event_facts (id), source TEXT NOT NULL DEFAULT 'participant', entered_by TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX responses_by_assessment ON responses (assessment_id);

CREATE INDEX responses_by_participant ON responses (participant_id, instrument);

CREATE UNIQUE INDEX responses_corrected_once ON responses (corrects) WHERE corrects IS NOT NULL;

CREATE UNIQUE INDEX responses_once_per_envelope ON responses (envelope_seq) WHERE corrects IS NULL;

CREATE TRIGGER scores_no_delete BEFORE DELETE ON scores BEGIN SELECT RAISE(ABORT, 'scores is only ever added to'); END;

CREATE TRIGGER scores_no_update BEFORE UPDATE ON scores BEGIN SELECT RAISE(ABORT, 'scores is only ever added to'); END;

CREATE TABLE scores (
    response_id TEXT NOT NULL REFERENCES responses (id),
    score TEXT NOT NULL,
    scoring_version TEXT NOT NULL,
    value REAL,
    method TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    prorated INTEGER NOT NULL CHECK (prorated IN (0, 1)),
    scored_at TEXT NOT NULL, error REAL,
    PRIMARY KEY (response_id, score, scoring_version)
) STRICT;

CREATE TRIGGER scorings_no_delete BEFORE DELETE ON scorings BEGIN SELECT RAISE(ABORT, 'scorings is only ever added to'); END;

CREATE TRIGGER scorings_no_update BEFORE UPDATE ON scorings BEGIN SELECT RAISE(ABORT, 'scorings is only ever added to'); END;

CREATE TABLE scorings (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    response_id TEXT NOT NULL REFERENCES responses (id),
    scoring_version TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX scorings_by_response ON scorings (response_id, seq);

CREATE TABLE sessions (
    id_digest TEXT PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    study_id TEXT REFERENCES studies (id),
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ended_at TEXT,
    address TEXT NOT NULL DEFAULT '',
    agent TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX sessions_by_staff ON sessions (staff_id) WHERE ended_at IS NULL;

CREATE TRIGGER mode_no_delete BEFORE DELETE ON settings WHEN old.name = 'mode' BEGIN SELECT RAISE(ABORT, 'demo or live is decided once, when the database is made'); END;

CREATE TRIGGER mode_no_update BEFORE UPDATE ON settings WHEN old.name = 'mode' BEGIN SELECT RAISE(ABORT, 'demo or live is decided once, when the database is made'); END;

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TRIGGER sign_ins_no_delete BEFORE DELETE ON sign_ins BEGIN SELECT RAISE(ABORT, 'sign_ins is only ever added to'); END;

CREATE TRIGGER sign_ins_no_update BEFORE UPDATE ON sign_ins BEGIN SELECT RAISE(ABORT, 'sign_ins is only ever added to'); END;

CREATE TABLE sign_ins (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    succeeded INTEGER NOT NULL CHECK (succeeded IN (0, 1))
) STRICT;

CREATE INDEX sign_ins_by_account ON sign_ins (account, at);

CREATE INDEX sign_ins_by_address ON sign_ins (address, at);

CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT UNIQUE,
    password_hash TEXT,
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

CREATE TABLE studies (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    protocol TEXT NOT NULL,
    protocol_version TEXT NOT NULL,
    synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
    help_contacts TEXT NOT NULL DEFAULT '[]',
    team_name TEXT NOT NULL DEFAULT '',
    team_phone TEXT NOT NULL DEFAULT '',
    team_hours TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
, duty_name TEXT NOT NULL DEFAULT '', duty_email TEXT NOT NULL DEFAULT '', duty_phone TEXT NOT NULL DEFAULT '', scoring TEXT NOT NULL DEFAULT '{}', live_at TEXT CHECK (live_at IS NULL OR synthetic = 0), outside_staff_id TEXT REFERENCES staff (id), outside_role TEXT NOT NULL DEFAULT '', ethics_contact TEXT NOT NULL DEFAULT '{}', out_of_hours_phone TEXT NOT NULL DEFAULT '', call_hours TEXT NOT NULL DEFAULT '', results_when TEXT NOT NULL DEFAULT '', data_where TEXT NOT NULL DEFAULT '', data_kept TEXT NOT NULL DEFAULT '') STRICT;

CREATE TRIGGER visit_facts_no_delete BEFORE DELETE ON visit_facts BEGIN SELECT RAISE(ABORT, 'visit_facts is only ever added to'); END;

CREATE TRIGGER visit_facts_no_update BEFORE UPDATE ON visit_facts BEGIN SELECT RAISE(ABORT, 'visit_facts is only ever added to'); END;

CREATE TABLE "visit_facts" (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    visit_id TEXT NOT NULL REFERENCES visits (id),
    status TEXT NOT NULL CHECK (status IN ('planned', 'held', 'cancelled', 'no-show')),
    on_day TEXT NOT NULL,
    at_time TEXT,
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX visit_facts_by_visit ON visit_facts (visit_id);

CREATE INDEX visit_facts_planned ON visit_facts (on_day) WHERE status = 'planned';

CREATE TRIGGER visits_no_delete BEFORE DELETE ON visits BEGIN SELECT RAISE(ABORT, 'visits is only ever added to'); END;

CREATE TRIGGER visits_no_update BEFORE UPDATE ON visits BEGIN SELECT RAISE(ABORT, 'visits is only ever added to'); END;

CREATE TABLE visits (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL,
    course INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
, group_visit_id TEXT REFERENCES group_visits (id)) STRICT;

CREATE INDEX visits_by_group_visit ON visits (group_visit_id) WHERE group_visit_id IS NOT NULL;

CREATE INDEX visits_by_participant ON visits (participant_id);

