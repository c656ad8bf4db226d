export type Outcome = 'connected' | 'no-answer' | 'busy' | 'declined' | 'abandoned' | 'failed' | 'refused';

/** What the admin API answers, as far as the console shows it. */
export interface Leg {
  call_uuid: string;
  side: 'A' | 'B';
  role: 'first' | 'second' | null;
  status: string;
  cause_code: number | null;
  cause: string | null;
  started_at: string | null;
  answered_at: string | null;
  ended_at: string | null;
  duration_seconds: number | null;
  billed_seconds: number | null;
  cost: string | null;
}

export interface FoundCall {
  call_id: string;
  account: string;
  session_uuid: string | null;
  virtual_number: string | null;
  kind: 'inbound' | 'request';
  direction: 'inbound' | 'requested';
  caller: string | null;
  dialled: string | null;
  decision: string;
  outcome: Outcome | null;
  reason: string | null;
  started_at: string;
  ended_at: string | null;
  legs: readonly Leg[];
}

export interface Call extends FoundCall {
  provider_amount: string | null;
  fees: string | null;
  amount: string | null;
  currency: string;
}

export interface Session {
  session_uuid: string;
  account: string;
  status: 'active' | 'in-progress' | 'expired';
  first_party: string | null;
  second_party: string | null;
  virtual_number: string | null;
  created_time: string;
  expiry_time: string | null;
  last_interaction_time: string | null;
  interaction: readonly object[] | null;
  total_session_amount: string;
  currency: string;
  subaccount?: string;
}

export interface SessionWithTimeline extends Session {
  renewals: number;
  timeline: readonly TimelineEntry[];
  session_expiry: number;
  call_time_limit: number;
  ring_timeout: number;
  record: boolean;
  is_pin_authentication_required: boolean;
  force_pin_authentication: boolean;
  pin_retry: number | null;
  initiate_call_to_first_party: boolean;
  create_session_with_single_party: boolean;
  virtual_number_cooloff_period: number | null;
  callback_url: string | null;
  callback_method: string | null;
  recording_callback_url: string | null;
}

export interface TimelineEntry {
  at: string;
  what: string;
  why?: string;
  call_id?: string;
  call_uuid?: string;
}

export interface Findings {
  read_as: string;
  people: readonly { account: string; number: string | null; sessions: number; calls: number; last_seen: string }[];
  sessions: readonly Session[];
  calls: readonly FoundCall[];
  numbers: readonly {
    virtual_number: string;
    account: string;
    country: string;
    status: string;
    live_sessions: number | null;
  }[];
}
