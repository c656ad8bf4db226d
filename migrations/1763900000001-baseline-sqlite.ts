/**
 * The baseline on SQLite. WITHOUT ROWID where InnoDB's clustered rows are what a look-up lives from: rows stored in the primary key itself.
 * The one generated key is quoted, because TypeORM recognises such keys by their double-quoted name only.
 */
export const sqliteBaseline = `
-- platform
CREATE TABLE IF NOT EXISTS key_check (
  id integer NOT NULL,
  check_value varchar(43) NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS job (
  id varchar(36) NOT NULL,
  kind varchar(40) NOT NULL,
  payload text NOT NULL,
  job_key varchar(100),
  status varchar(7) NOT NULL,
  run_at bigint NOT NULL,
  lease varchar(36),
  attempts integer NOT NULL,
  last_error varchar(500),
  created_at bigint NOT NULL,
  lane varchar(43),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX IF NOT EXISTS job_key ON job (job_key);
CREATE INDEX IF NOT EXISTS job_due ON job (status, run_at, kind, lane);

CREATE TABLE IF NOT EXISTS idempotency_key (
  owner varchar(20) NOT NULL,
  key_hash varchar(43) NOT NULL,
  request_hash varchar(43) NOT NULL,
  lease varchar(36),
  lease_until bigint NOT NULL,
  answer_status integer,
  answer_body text,
  created_at bigint NOT NULL,
  PRIMARY KEY (owner, key_hash)
);
CREATE INDEX IF NOT EXISTS idempotency_key_created ON idempotency_key (created_at);

-- accounts
CREATE TABLE IF NOT EXISTS account (
  auth_id varchar(20) NOT NULL,
  name varchar(100) NOT NULL,
  plivo_auth_id varchar(64) NOT NULL,
  plivo_auth_token varchar(500) NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (auth_id)
);

CREATE TABLE IF NOT EXISTS subaccount (
  auth_id varchar(20) NOT NULL,
  account_id varchar(20) NOT NULL,
  name varchar(100) NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (auth_id)
);
CREATE INDEX IF NOT EXISTS subaccount_account ON subaccount (account_id);

CREATE TABLE IF NOT EXISTS api_token (
  id varchar(36) NOT NULL,
  owner_id varchar(20) NOT NULL,
  token varchar(500) NOT NULL,
  origin varchar(8) NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS api_token_owner ON api_token (owner_id);

CREATE TABLE IF NOT EXISTS account_setting (
  account_id varchar(20) NOT NULL,
  value text NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (account_id)
);

CREATE TABLE IF NOT EXISTS account_spend (
  account_id varchar(20) NOT NULL,
  day bigint NOT NULL,
  spent bigint NOT NULL,
  reserved bigint NOT NULL,
  is_cap_reached boolean NOT NULL,
  PRIMARY KEY (account_id, day)
);

CREATE TABLE IF NOT EXISTS spend_reservation (
  holder varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  day bigint NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (holder)
);
CREATE INDEX IF NOT EXISTS spend_reservation_day ON spend_reservation (day);

-- number-pool: the id is the order in which numbers are lent.
CREATE TABLE IF NOT EXISTS virtual_number (
  "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  account_id varchar(20) NOT NULL,
  subaccount_id varchar(20),
  number varchar(15) NOT NULL,
  calling_code varchar(4) NOT NULL,
  country varchar(2) NOT NULL,
  alias varchar(100) NOT NULL,
  status varchar(8) NOT NULL,
  is_synced boolean NOT NULL,
  missing_since bigint,
  created_at bigint NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS virtual_number_number ON virtual_number (number);
CREATE INDEX IF NOT EXISTS virtual_number_pool ON virtual_number (account_id, status);

-- The primary key is what makes a double mapping impossible, whatever the number of processes.
CREATE TABLE IF NOT EXISTS number_assignment (
  virtual_number_id integer NOT NULL,
  party_index varchar(22) NOT NULL,
  session_id varchar(36) NOT NULL,
  role varchar(6) NOT NULL,
  free_after bigint NOT NULL,
  PRIMARY KEY (virtual_number_id, party_index)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS number_assignment_party ON number_assignment (party_index, free_after);
CREATE INDEX IF NOT EXISTS number_assignment_session ON number_assignment (session_id);

-- The primary key: who answers for strangers, and a PIN, only once on a number.
CREATE TABLE IF NOT EXISTS pin_assignment (
  virtual_number_id integer NOT NULL,
  pin_index varchar(22) NOT NULL,
  session_id varchar(36) NOT NULL,
  role varchar(6) NOT NULL,
  free_after bigint NOT NULL,
  PRIMARY KEY (virtual_number_id, pin_index)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pin_assignment_session ON pin_assignment (session_id);

CREATE TABLE IF NOT EXISTS pool_refusal (
  account_id varchar(20) NOT NULL,
  subaccount_id varchar(20) NOT NULL,
  calling_code varchar(4) NOT NULL,
  hour bigint NOT NULL,
  refusals integer NOT NULL,
  PRIMARY KEY (account_id, subaccount_id, calling_code, hour)
) WITHOUT ROWID;

-- sessions: pair_index is cleared at the end, so that there is one live session per ordered pair.
CREATE TABLE IF NOT EXISTS masking_session (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  subaccount_id varchar(20),
  status varchar(7) NOT NULL,
  parties text NOT NULL,
  first_index varchar(22),
  second_index varchar(22),
  pair_index varchar(22),
  virtual_number_id integer NOT NULL,
  virtual_number varchar(15) NOT NULL,
  settings text NOT NULL,
  created_at bigint NOT NULL,
  modified_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  fee bigint,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX IF NOT EXISTS masking_session_pair ON masking_session (pair_index);
CREATE INDEX IF NOT EXISTS masking_session_due ON masking_session (status, expires_at);
CREATE INDEX IF NOT EXISTS masking_session_created ON masking_session (account_id, created_at);
CREATE INDEX IF NOT EXISTS masking_session_first ON masking_session (first_index);
CREATE INDEX IF NOT EXISTS masking_session_second ON masking_session (second_index);
CREATE INDEX IF NOT EXISTS masking_session_number ON masking_session (virtual_number_id, created_at);

CREATE TABLE IF NOT EXISTS interaction (
  id varchar(36) NOT NULL,
  session_id varchar(36) NOT NULL,
  started_at bigint NOT NULL,
  ended_at bigint,
  busy_until bigint NOT NULL,
  first_leg_uuid varchar(64),
  second_leg_uuid varchar(64),
  first_status varchar(16),
  second_status varchar(16),
  leg_count integer NOT NULL,
  duration integer NOT NULL,
  billed_duration integer NOT NULL,
  amount bigint NOT NULL,
  recording_id varchar(36),
  own_amount bigint,
  PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS interaction_session ON interaction (session_id, started_at);

-- call-routing: Plivo repeats its webhooks, masked_call_a_leg makes one call of them.
CREATE TABLE IF NOT EXISTS masked_call (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  session_id varchar(36),
  virtual_number_id integer,
  kind varchar(7) NOT NULL,
  request_id varchar(36),
  a_leg_uuid varchar(64) NOT NULL,
  caller varchar(200),
  prompt_session_id varchar(36),
  pin_attempts integer NOT NULL,
  caller_role varchar(6),
  decision varchar(8) NOT NULL,
  reason varchar(24) NOT NULL,
  answer text NOT NULL,
  created_at bigint NOT NULL,
  ended_at bigint,
  connected_at bigint,
  dial_status varchar(16),
  dialled varchar(200),
  reconciled_at bigint,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX IF NOT EXISTS masked_call_a_leg ON masked_call (account_id, a_leg_uuid);
CREATE INDEX IF NOT EXISTS masked_call_session ON masked_call (session_id, created_at);
CREATE INDEX IF NOT EXISTS masked_call_created ON masked_call (created_at, id);

CREATE TABLE IF NOT EXISTS call_leg (
  account_id varchar(20) NOT NULL,
  leg_uuid varchar(64) NOT NULL,
  call_id varchar(36),
  session_id varchar(36),
  side varchar(1) NOT NULL,
  role varchar(6),
  started_at bigint,
  answered_at bigint,
  ended_at bigint,
  is_answered boolean NOT NULL,
  is_connected boolean NOT NULL,
  is_ended boolean NOT NULL,
  duration integer,
  billed_duration integer,
  amount bigint,
  call_status varchar(16),
  hangup_cause varchar(40),
  hangup_cause_code integer,
  hangup_cause_name varchar(64),
  hangup_source varchar(32),
  is_recorded boolean,
  PRIMARY KEY (account_id, leg_uuid)
);
CREATE INDEX IF NOT EXISTS call_leg_call ON call_leg (call_id);
CREATE INDEX IF NOT EXISTS call_leg_session ON call_leg (session_id);

CREATE TABLE IF NOT EXISTS call_answer (
  call_id varchar(36) NOT NULL,
  step varchar(16) NOT NULL,
  answer text NOT NULL,
  PRIMARY KEY (call_id, step)
);

CREATE TABLE IF NOT EXISTS call_request (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  session_id varchar(36) NOT NULL,
  status varchar(8) NOT NULL,
  reason varchar(40),
  call_uuid varchar(64),
  created_at bigint NOT NULL,
  placed_at bigint,
  pending_until bigint NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS call_request_session ON call_request (session_id, created_at);

CREATE TABLE IF NOT EXISTS pin_failure (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  session_id varchar(36) NOT NULL,
  caller_index varchar(22) NOT NULL,
  failed_at bigint NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS pin_failure_caller ON pin_failure (account_id, caller_index, failed_at);
CREATE INDEX IF NOT EXISTS pin_failure_session ON pin_failure (session_id);

-- A nonce is accepted once; the same one with other content is a forgery.
CREATE TABLE IF NOT EXISTS webhook_receipt (
  account_id varchar(20) NOT NULL,
  nonce varchar(64) NOT NULL,
  content_hash varchar(43) NOT NULL,
  received_at bigint NOT NULL,
  PRIMARY KEY (account_id, nonce)
);
CREATE INDEX IF NOT EXISTS webhook_receipt_received ON webhook_receipt (received_at);

CREATE TABLE IF NOT EXISTS record_sweep (
  account_id varchar(20) NOT NULL,
  swept_until bigint NOT NULL,
  PRIMARY KEY (account_id)
);

-- recording: one per call, however often Plivo announces it.
CREATE TABLE IF NOT EXISTS recording (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  subaccount_id varchar(20),
  session_id varchar(36) NOT NULL,
  call_id varchar(36) NOT NULL,
  format varchar(3) NOT NULL,
  status varchar(9) NOT NULL,
  reason varchar(16),
  plivo_id varchar(200),
  plivo_index varchar(43),
  media_url text,
  duration_ms integer,
  started_at bigint,
  ended_at bigint,
  created_at bigint NOT NULL,
  fetch_since bigint,
  attempts integer NOT NULL,
  file varchar(60),
  file_key varchar(200),
  size bigint,
  checksum varchar(43),
  ready_at bigint,
  deleted_at bigint,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX IF NOT EXISTS recording_call ON recording (call_id);
CREATE INDEX IF NOT EXISTS recording_session ON recording (session_id, created_at);
CREATE INDEX IF NOT EXISTS recording_created ON recording (created_at, id);
CREATE INDEX IF NOT EXISTS recording_status ON recording (status, account_id, created_at);

-- billing-stats
CREATE TABLE IF NOT EXISTS call_tally (
  account_id varchar(20) NOT NULL,
  a_leg_uuid varchar(64) NOT NULL,
  hour bigint NOT NULL,
  virtual_number varchar(15) NOT NULL,
  session_id varchar(36),
  is_connected boolean NOT NULL,
  talk_seconds integer NOT NULL,
  billed_seconds integer NOT NULL,
  amount bigint NOT NULL,
  own_amount bigint NOT NULL,
  minute_fee bigint NOT NULL,
  PRIMARY KEY (account_id, a_leg_uuid)
);
CREATE INDEX IF NOT EXISTS call_tally_hour ON call_tally (account_id, hour);
CREATE INDEX IF NOT EXISTS call_tally_session ON call_tally (session_id);

CREATE TABLE IF NOT EXISTS call_stat (
  account_id varchar(20) NOT NULL,
  virtual_number varchar(15) NOT NULL,
  hour bigint NOT NULL,
  shard integer NOT NULL,
  calls integer NOT NULL,
  connected integer NOT NULL,
  talk_seconds bigint NOT NULL,
  billed_seconds bigint NOT NULL,
  amount bigint NOT NULL,
  sessions integer NOT NULL,
  fees bigint NOT NULL,
  PRIMARY KEY (account_id, virtual_number, hour, shard)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS session_stat (
  session_id varchar(36) NOT NULL,
  hour bigint NOT NULL,
  account_id varchar(20) NOT NULL,
  virtual_number varchar(15) NOT NULL,
  calls integer NOT NULL,
  connected integer NOT NULL,
  talk_seconds bigint NOT NULL,
  billed_seconds bigint NOT NULL,
  amount bigint NOT NULL,
  sessions integer NOT NULL,
  fees bigint NOT NULL,
  PRIMARY KEY (session_id, hour)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_stat_hour ON session_stat (account_id, hour);

CREATE TABLE IF NOT EXISTS stat_recount (
  id varchar(36) NOT NULL,
  started_at bigint NOT NULL,
  finished_at bigint NOT NULL,
  calls integer NOT NULL,
  amount bigint NOT NULL,
  stat_calls integer NOT NULL,
  stat_amount bigint NOT NULL,
  call_differences integer NOT NULL,
  session_differences integer NOT NULL,
  sum_differences integer NOT NULL,
  is_repaired boolean NOT NULL,
  PRIMARY KEY (id)
);

-- callbacks: no sequence number twice, and a call tells each event once (many rows have no call, NULL is not unique).
CREATE TABLE IF NOT EXISTS callback (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  owner_id varchar(20) NOT NULL,
  session_id varchar(36) NOT NULL,
  call_id varchar(36),
  stream varchar(9) NOT NULL,
  sequence integer NOT NULL,
  event varchar(40) NOT NULL,
  method varchar(4) NOT NULL,
  url text NOT NULL,
  body text NOT NULL,
  status varchar(9) NOT NULL,
  attempts integer NOT NULL,
  tries integer NOT NULL,
  outcome varchar(24),
  next_attempt_at bigint NOT NULL,
  created_at bigint NOT NULL,
  settled_at bigint,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX IF NOT EXISTS callback_sequence ON callback (session_id, stream, sequence);
CREATE UNIQUE INDEX IF NOT EXISTS callback_fact ON callback (call_id, event);
CREATE INDEX IF NOT EXISTS callback_status ON callback (status, created_at, id);
CREATE INDEX IF NOT EXISTS callback_created ON callback (created_at, id);

CREATE TABLE IF NOT EXISTS callback_attempt (
  callback_id varchar(36) NOT NULL,
  number integer NOT NULL,
  started_at bigint NOT NULL,
  duration_ms integer NOT NULL,
  status integer,
  error varchar(24),
  answer text,
  PRIMARY KEY (callback_id, number)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS callback_stream (
  session_id varchar(36) NOT NULL,
  stream varchar(9) NOT NULL,
  last_sequence integer NOT NULL,
  PRIMARY KEY (session_id, stream)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS failing_receiver (
  id varchar(36) NOT NULL,
  lane varchar(43) NOT NULL,
  account_id varchar(20) NOT NULL,
  origin text NOT NULL,
  failing_since bigint NOT NULL,
  last_failed_at bigint NOT NULL,
  paused_at bigint,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX IF NOT EXISTS failing_receiver_lane ON failing_receiver (lane);
CREATE INDEX IF NOT EXISTS failing_receiver_since ON failing_receiver (failing_since, id);

-- scheduler
CREATE TABLE IF NOT EXISTS scheduled_task (
  name varchar(40) NOT NULL,
  next_run_at bigint NOT NULL,
  last_run_at bigint,
  last_result varchar(200),
  PRIMARY KEY (name)
);

-- admin
CREATE TABLE IF NOT EXISTS audit_entry (
  id varchar(36) NOT NULL,
  at bigint NOT NULL,
  actor varchar(20) NOT NULL,
  action varchar(40) NOT NULL,
  target varchar(100) NOT NULL,
  details text NOT NULL,
  request_id varchar(36) NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS audit_entry_at ON audit_entry (at);
`;
