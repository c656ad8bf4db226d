/**
 * The baseline on MySQL and MariaDB. The binary collation is part of correctness: keyed indexes are base64url, and a case-insensitive comparison
 * would take two people for one. Keys stand inside the tables, because a table is made whole or not at all.
 */
export const mysqlBaseline = `
-- platform
CREATE TABLE IF NOT EXISTS key_check (
  id int NOT NULL,
  check_value varchar(43) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS job (
  id varchar(36) NOT NULL,
  kind varchar(40) NOT NULL,
  payload text NOT NULL,
  job_key varchar(100),
  status varchar(7) NOT NULL,
  run_at bigint NOT NULL,
  lease varchar(36),
  attempts int NOT NULL,
  last_error varchar(500),
  created_at bigint NOT NULL,
  lane varchar(43),
  PRIMARY KEY (id),
  UNIQUE INDEX job_key (job_key),
  INDEX job_due (status, run_at, kind, lane)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS idempotency_key (
  owner varchar(20) NOT NULL,
  key_hash varchar(43) NOT NULL,
  request_hash varchar(43) NOT NULL,
  lease varchar(36),
  lease_until bigint NOT NULL,
  answer_status int,
  answer_body text,
  created_at bigint NOT NULL,
  PRIMARY KEY (owner, key_hash),
  INDEX idempotency_key_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- accounts
CREATE TABLE IF NOT EXISTS account (
  auth_id varchar(20) NOT NULL,
  name varchar(100) NOT NULL,
  plivo_auth_id varchar(64) NOT NULL,
  plivo_auth_token varchar(500) NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (auth_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS subaccount (
  auth_id varchar(20) NOT NULL,
  account_id varchar(20) NOT NULL,
  name varchar(100) NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (auth_id),
  INDEX subaccount_account (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS api_token (
  id varchar(36) NOT NULL,
  owner_id varchar(20) NOT NULL,
  token varchar(500) NOT NULL,
  origin varchar(8) NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (id),
  INDEX api_token_owner (owner_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS account_setting (
  account_id varchar(20) NOT NULL,
  value text NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS account_spend (
  account_id varchar(20) NOT NULL,
  day bigint NOT NULL,
  spent bigint NOT NULL,
  reserved bigint NOT NULL,
  is_cap_reached tinyint NOT NULL,
  PRIMARY KEY (account_id, day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS spend_reservation (
  holder varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  day bigint NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (holder),
  INDEX spend_reservation_day (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- number-pool: the id is the order in which numbers are lent.
CREATE TABLE IF NOT EXISTS virtual_number (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  account_id varchar(20) NOT NULL,
  subaccount_id varchar(20),
  number varchar(15) NOT NULL,
  calling_code varchar(4) NOT NULL,
  country varchar(2) NOT NULL,
  alias varchar(100) NOT NULL,
  status varchar(8) NOT NULL,
  is_synced tinyint NOT NULL,
  missing_since bigint,
  created_at bigint NOT NULL,
  UNIQUE INDEX virtual_number_number (number),
  INDEX virtual_number_pool (account_id, status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The primary key is what makes a double mapping impossible, whatever the number of processes.
CREATE TABLE IF NOT EXISTS number_assignment (
  virtual_number_id int NOT NULL,
  party_index varchar(22) NOT NULL,
  session_id varchar(36) NOT NULL,
  role varchar(6) NOT NULL,
  free_after bigint NOT NULL,
  PRIMARY KEY (virtual_number_id, party_index),
  INDEX number_assignment_party (party_index, free_after),
  INDEX number_assignment_session (session_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The primary key: who answers for strangers, and a PIN, only once on a number.
CREATE TABLE IF NOT EXISTS pin_assignment (
  virtual_number_id int NOT NULL,
  pin_index varchar(22) NOT NULL,
  session_id varchar(36) NOT NULL,
  role varchar(6) NOT NULL,
  free_after bigint NOT NULL,
  PRIMARY KEY (virtual_number_id, pin_index),
  INDEX pin_assignment_session (session_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS pool_refusal (
  account_id varchar(20) NOT NULL,
  subaccount_id varchar(20) NOT NULL,
  calling_code varchar(4) NOT NULL,
  hour bigint NOT NULL,
  refusals int NOT NULL,
  PRIMARY KEY (account_id, subaccount_id, calling_code, hour)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

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
  virtual_number_id int NOT NULL,
  virtual_number varchar(15) NOT NULL,
  settings text NOT NULL,
  created_at bigint NOT NULL,
  modified_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  fee bigint,
  PRIMARY KEY (id),
  UNIQUE INDEX masking_session_pair (pair_index),
  INDEX masking_session_due (status, expires_at),
  INDEX masking_session_created (account_id, created_at),
  INDEX masking_session_first (first_index),
  INDEX masking_session_second (second_index),
  INDEX masking_session_number (virtual_number_id, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

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
  leg_count int NOT NULL,
  duration int NOT NULL,
  billed_duration int NOT NULL,
  amount bigint NOT NULL,
  recording_id varchar(36),
  own_amount bigint,
  PRIMARY KEY (id),
  INDEX interaction_session (session_id, started_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- call-routing: Plivo repeats its webhooks, masked_call_a_leg makes one call of them.
CREATE TABLE IF NOT EXISTS masked_call (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  session_id varchar(36),
  virtual_number_id int,
  kind varchar(7) NOT NULL,
  request_id varchar(36),
  a_leg_uuid varchar(64) NOT NULL,
  caller varchar(200),
  prompt_session_id varchar(36),
  pin_attempts int NOT NULL,
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
  PRIMARY KEY (id),
  UNIQUE INDEX masked_call_a_leg (account_id, a_leg_uuid),
  INDEX masked_call_session (session_id, created_at),
  INDEX masked_call_created (created_at, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

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
  is_answered tinyint NOT NULL,
  is_connected tinyint NOT NULL,
  is_ended tinyint NOT NULL,
  duration int,
  billed_duration int,
  amount bigint,
  call_status varchar(16),
  hangup_cause varchar(40),
  hangup_cause_code int,
  hangup_cause_name varchar(64),
  hangup_source varchar(32),
  is_recorded tinyint,
  PRIMARY KEY (account_id, leg_uuid),
  INDEX call_leg_call (call_id),
  INDEX call_leg_session (session_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS call_answer (
  call_id varchar(36) NOT NULL,
  step varchar(16) NOT NULL,
  answer text NOT NULL,
  PRIMARY KEY (call_id, step)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

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
  PRIMARY KEY (id),
  INDEX call_request_session (session_id, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS pin_failure (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  session_id varchar(36) NOT NULL,
  caller_index varchar(22) NOT NULL,
  failed_at bigint NOT NULL,
  PRIMARY KEY (id),
  INDEX pin_failure_caller (account_id, caller_index, failed_at),
  INDEX pin_failure_session (session_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A nonce is accepted once; the same one with other content is a forgery.
CREATE TABLE IF NOT EXISTS webhook_receipt (
  account_id varchar(20) NOT NULL,
  nonce varchar(64) NOT NULL,
  content_hash varchar(43) NOT NULL,
  received_at bigint NOT NULL,
  PRIMARY KEY (account_id, nonce),
  INDEX webhook_receipt_received (received_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS record_sweep (
  account_id varchar(20) NOT NULL,
  swept_until bigint NOT NULL,
  PRIMARY KEY (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

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
  duration_ms int,
  started_at bigint,
  ended_at bigint,
  created_at bigint NOT NULL,
  fetch_since bigint,
  attempts int NOT NULL,
  file varchar(60),
  file_key varchar(200),
  size bigint,
  checksum varchar(43),
  ready_at bigint,
  deleted_at bigint,
  PRIMARY KEY (id),
  UNIQUE INDEX recording_call (call_id),
  INDEX recording_session (session_id, created_at),
  INDEX recording_created (created_at, id),
  INDEX recording_status (status, account_id, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- billing-stats
CREATE TABLE IF NOT EXISTS call_tally (
  account_id varchar(20) NOT NULL,
  a_leg_uuid varchar(64) NOT NULL,
  hour bigint NOT NULL,
  virtual_number varchar(15) NOT NULL,
  session_id varchar(36),
  is_connected tinyint NOT NULL,
  talk_seconds int NOT NULL,
  billed_seconds int NOT NULL,
  amount bigint NOT NULL,
  own_amount bigint NOT NULL,
  minute_fee bigint NOT NULL,
  PRIMARY KEY (account_id, a_leg_uuid),
  INDEX call_tally_hour (account_id, hour),
  INDEX call_tally_session (session_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS call_stat (
  account_id varchar(20) NOT NULL,
  virtual_number varchar(15) NOT NULL,
  hour bigint NOT NULL,
  shard int NOT NULL,
  calls int NOT NULL,
  connected int NOT NULL,
  talk_seconds bigint NOT NULL,
  billed_seconds bigint NOT NULL,
  amount bigint NOT NULL,
  sessions int NOT NULL,
  fees bigint NOT NULL,
  PRIMARY KEY (account_id, virtual_number, hour, shard)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS session_stat (
  session_id varchar(36) NOT NULL,
  hour bigint NOT NULL,
  account_id varchar(20) NOT NULL,
  virtual_number varchar(15) NOT NULL,
  calls int NOT NULL,
  connected int NOT NULL,
  talk_seconds bigint NOT NULL,
  billed_seconds bigint NOT NULL,
  amount bigint NOT NULL,
  sessions int NOT NULL,
  fees bigint NOT NULL,
  PRIMARY KEY (session_id, hour),
  INDEX session_stat_hour (account_id, hour)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS stat_recount (
  id varchar(36) NOT NULL,
  started_at bigint NOT NULL,
  finished_at bigint NOT NULL,
  calls int NOT NULL,
  amount bigint NOT NULL,
  stat_calls int NOT NULL,
  stat_amount bigint NOT NULL,
  call_differences int NOT NULL,
  session_differences int NOT NULL,
  sum_differences int NOT NULL,
  is_repaired tinyint NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- callbacks: no sequence number twice, and a call tells each event once (many rows have no call, NULL is not unique).
CREATE TABLE IF NOT EXISTS callback (
  id varchar(36) NOT NULL,
  account_id varchar(20) NOT NULL,
  owner_id varchar(20) NOT NULL,
  session_id varchar(36) NOT NULL,
  call_id varchar(36),
  stream varchar(9) NOT NULL,
  sequence int NOT NULL,
  event varchar(40) NOT NULL,
  method varchar(4) NOT NULL,
  url text NOT NULL,
  body text NOT NULL,
  status varchar(9) NOT NULL,
  attempts int NOT NULL,
  tries int NOT NULL,
  outcome varchar(24),
  next_attempt_at bigint NOT NULL,
  created_at bigint NOT NULL,
  settled_at bigint,
  PRIMARY KEY (id),
  UNIQUE INDEX callback_sequence (session_id, stream, sequence),
  UNIQUE INDEX callback_fact (call_id, event),
  INDEX callback_status (status, created_at, id),
  INDEX callback_created (created_at, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS callback_attempt (
  callback_id varchar(36) NOT NULL,
  number int NOT NULL,
  started_at bigint NOT NULL,
  duration_ms int NOT NULL,
  status int,
  error varchar(24),
  answer text,
  PRIMARY KEY (callback_id, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS callback_stream (
  session_id varchar(36) NOT NULL,
  stream varchar(9) NOT NULL,
  last_sequence int NOT NULL,
  PRIMARY KEY (session_id, stream)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS failing_receiver (
  id varchar(36) NOT NULL,
  lane varchar(43) NOT NULL,
  account_id varchar(20) NOT NULL,
  origin text NOT NULL,
  failing_since bigint NOT NULL,
  last_failed_at bigint NOT NULL,
  paused_at bigint,
  PRIMARY KEY (id),
  UNIQUE INDEX failing_receiver_lane (lane),
  INDEX failing_receiver_since (failing_since, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- scheduler
CREATE TABLE IF NOT EXISTS scheduled_task (
  name varchar(40) NOT NULL,
  next_run_at bigint NOT NULL,
  last_run_at bigint,
  last_result varchar(200),
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- admin
CREATE TABLE IF NOT EXISTS audit_entry (
  id varchar(36) NOT NULL,
  at bigint NOT NULL,
  actor varchar(20) NOT NULL,
  action varchar(40) NOT NULL,
  target varchar(100) NOT NULL,
  details text NOT NULL,
  request_id varchar(36) NOT NULL,
  PRIMARY KEY (id),
  INDEX audit_entry_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
`;
