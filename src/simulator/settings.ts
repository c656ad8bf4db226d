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
};
