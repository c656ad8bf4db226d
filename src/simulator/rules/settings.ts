/** How this Plivo behaves where accounts differ or the real one is not documented. `PUT settings` changes it. */
export interface Settings {
  /** US dollars a minute, decimal text. */
  inbound_rate: string;
  outbound_rate: string;
  /** The account's time zone, such as `+05:30`. */
  time_zone_offset: string;
  /** Which dial actions are still posted when the caller hung up first; the real behaviour is not documented. */
  action_after_caller_hangup: 'redirect-false' | 'never' | 'always';
  dial_hangup_callback: boolean;
  /** How long a Speak or Play lasts. */
  speech_seconds: number;
  cdr_delay_seconds: number;
  /** Whether webhooks write numbers with a plus sign; normally they do not. */
  plus_in_numbers: boolean;
  /** When Dial asks for its confirm sound; the real moment is not documented. */
  confirm_sound_fetch: 'before' | 'after';
  /** Whether recordings are made and reported. In the service, which serves their media, they are from the start. */
  recordings: 'on' | 'off';
  /** How long after the hang-up a recording is reported. */
  recording_delay_seconds: number;
  /** Whether a Record ahead of Dial answers the caller's leg, and so bills it while the other phone rings. Not documented. */
  record_answers_caller: boolean;
  /** Base of the addresses of media: this simulator's own in the service, else a host that does not exist, so that nobody's credentials are sent to it. */
  media_url: string;
  /** Whether a call ordered through the API has another name there than in its webhooks, as in older accounts. */
  request_uuid_differs: boolean;
  /**
   * Whether the main account's credentials reach the calls, call records and recordings of its subaccounts where no `subaccount` is asked for, and call
   * from their numbers. Not documented: a service must not count on it.
   */
  main_reaches_subaccounts: boolean;
  /** Digits; what starts with them may not be called: 403 from the API, 2050 in a Dial. */
  barred_prefixes: readonly string[];
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  inbound_rate: '0.0085',
  outbound_rate: '0.0120',
  time_zone_offset: '+00:00',
  action_after_caller_hangup: 'redirect-false',
  dial_hangup_callback: true,
  speech_seconds: 1,
  cdr_delay_seconds: 0,
  plus_in_numbers: false,
  confirm_sound_fetch: 'after',
  recordings: 'off',
  recording_delay_seconds: 0,
  record_answers_caller: false,
  media_url: 'https://media.plivo.invalid',
  request_uuid_differs: false,
  main_reaches_subaccounts: false,
  barred_prefixes: [],
};

/** Whether the account may not call this number. */
export function isBarred({ barred_prefixes }: Settings, number: string): boolean {
  return barred_prefixes.some((prefix) => number.replace('+', '').startsWith(prefix));
}
