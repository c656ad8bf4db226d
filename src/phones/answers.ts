/** What the simulator's control API and the masking API answer, as far as the page looks at it. */

export interface PhoneView {
  number: string;
  state: 'idle' | 'ringing' | 'calling' | 'talking';
  behaviour: Behaviour;
  ringing: { call_uuid: string; caller_id: string }[];
  captions: Caption[];
  digits: { at: string; call_uuid: string | null; digits: string }[];
  /** `media`: what arrived with it. */
  texts: { at: string; from: string; text: string; message_uuid: string; media?: { type: string }[] }[];
  text_outcome: TextOutcome;
}

export type TextOutcome = 'delivered' | 'undelivered' | 'failed';

/** A message as the simulator carries it. */
export interface TextView {
  message_uuid: string;
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  text: string;
  at: string;
  state: string;
  /** What the service asked Plivo for, of outbound ones. */
  request: Record<string, unknown> | null;
  /** `status`: the state that it tells; `answered`: with what. */
  webhooks: (Omit<Webhook, 'status'> & { status: string | null; answered: number | null })[];
}

/** The same as the masking API has it. */
export interface SessionText {
  message_uuid: string;
  state: string;
  reason: string | null;
  /** Pictures that came with it. */
  media_count: number;
}

export type Behaviour = 'manual' | 'answer' | 'decline' | 'busy' | 'no-answer' | 'unreachable';

export interface Caption {
  at: string;
  call_uuid: string;
  kind: 'speak' | 'play';
  text: string;
}

export interface CallView {
  call_uuid: string;
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  status: 'routing' | 'ringing' | 'answered' | 'bridged' | 'ended';
  started_at: string;
  legs: Leg[];
  timeline: Happening[];
  webhooks: Webhook[];
  documents: { at: string; url: string; xml: string; error: string | null }[];
}

export interface Leg {
  leg_uuid: string;
  parent_call_uuid: string | null;
  from: string;
  to: string;
  answered_at: string | null;
  bridged_at: string | null;
  ended_at: string | null;
  hangup_cause_code: number | null;
  hangup_cause_name: string | null;
}

export type Happening = { at: string; what: string } & Record<string, string | number | null>;

export interface Webhook {
  at: string;
  kind: string;
  method: string;
  url: string;
  params: Record<string, string>;
  headers: Record<string, string>;
  outcome: 'pending' | 'delivered' | 'refused' | 'failed' | 'lost';
  is_signed: boolean | null;
  attempts: number;
  tries: { at: string; ms: number; status: number | null; error: string | null }[];
  status: number | null;
  response_body: string;
}

export interface InboxEntry {
  id: number;
  at: string;
  params: Record<string, string>;
  headers: Record<string, string>;
  url: string;
  status: number | null;
  signatures: { v3: 'valid' | 'invalid' | null };
}

export interface ClockView {
  now: string;
  ahead_seconds: number;
}

export interface Session {
  session_uuid: string;
  virtual_number: string;
  first_party: string;
  second_party: string;
  status: 'active' | 'in-progress' | 'expired';
  expiry_time: string;
  is_pin_authentication_required: boolean;
  [field: string]: unknown;
}
