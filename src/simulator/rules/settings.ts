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
  /** Whether a Dial without music of its own plays a ring tone to a caller whose leg is answered; else there is silence. Not documented. */
  dial_ring_back: boolean;
  /**
   * What becomes of a callee who has heard a confirm sound where no key is asked for: connected, or cut off with 9110 when the time to press one is
   * over. Not documented.
   */
  confirm_without_key: 'connects' | 'fails';
  /**
   * What becomes of the part of a URL behind `#`. `stripped`, as documented: neither sent nor signed. Else it has no effect and is `signed` with the
   * rest, `sent` as part of the path, or makes the URL invalid (`refused`).
   */
  url_fragments: (typeof FRAGMENT_HABITS)[number];
  /** How the sounds that a Dial lets people hear are fetched: as all webhooks, signed with V2 alone, or unsigned. */
  sound_signature: (typeof SOUND_SIGNATURES)[number];
  /** How inbound callers are shown: with their country code, or as in the dialled number's country, with a 0 or 00 in front. */
  caller_form: 'international' | 'national';
  /** Calling codes of countries that keep calls inside: one of their numbers with somebody outside on the call ends it with 2070. */
  anchored_prefixes: readonly string[];
  /** Whether recordings are made and reported, one for each order or two. In the service, which serves their media, they are from the start. */
  recordings: 'on' | 'twice' | 'off';
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
  /** US dollars a unit of a message, decimal text. */
  text_inbound_rate: string;
  text_outbound_rate: string;
  /** What carriers charge for a unit of a message, either way; told by message records alone. */
  text_carrier_rate: string;
  /** Which states of a message are told: `no-queued` leaves the first one out, `up-to-sent` those behind it, as in North America. */
  text_reports: (typeof REPORT_HABITS)[number];
  /** Whether reports have a number of their own. */
  text_report_sequence: boolean;
  /**
   * How webhooks about messages are signed: `all` as others are, `main` by the main account's V3 alone, `double` with UTF-8 taken for Latin-1, as two official SDKs
   * read it, `v2` by nothing that covers what is said, `wrong-v3` by that and a V3 that is wrong. Not documented.
   */
  text_signature: (typeof TEXT_SIGNATURES)[number];
  /** How long after it was taken a message is in the list. */
  text_list_delay_seconds: number;
  /** Whether this Plivo obeys STOP and its like by itself. */
  text_opt_outs: 'on' | 'off';
  /** US dollars a message with pictures, decimal text. */
  mms_inbound_rate: string;
  mms_outbound_rate: string;
  /** Where the numbering of pictures in webhooks begins; Plivo's pages disagree. */
  media_numbering: (typeof MEDIA_NUMBERINGS)[number];
  /** Whether pictures of messages can be deleted; not documented. */
  media_delete: 'on' | 'refused';
  /** Whether it still carries one message within five minutes of STOP, as its support pages say. */
  text_opt_out_grace: boolean;
  /** Whether carriers take messages from US numbers that no campaign is registered for: local ones, and none here is. Refused ones fail with code 30. */
  text_unregistered: 'carried' | 'refused';
}

export const REPORT_HABITS = ['all', 'no-queued', 'up-to-sent', 'reversed', 'none'] as const;
export const TEXT_SIGNATURES = ['all', 'main', 'double', 'v2', 'wrong-v3'] as const;

export const MEDIA_NUMBERINGS = ['from-0', 'from-1'] as const;

export const FRAGMENT_HABITS = ['stripped', 'signed', 'sent', 'refused'] as const;
export const SOUND_SIGNATURES = ['v3', 'v2', 'none'] as const;

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
  dial_ring_back: true,
  confirm_without_key: 'connects',
  url_fragments: 'stripped',
  sound_signature: 'v3',
  caller_form: 'international',
  anchored_prefixes: [],
  recordings: 'off',
  recording_delay_seconds: 0,
  record_answers_caller: false,
  media_url: 'https://media.plivo.invalid',
  request_uuid_differs: false,
  main_reaches_subaccounts: false,
  barred_prefixes: [],
  text_inbound_rate: '0.0055',
  text_outbound_rate: '0.0070',
  text_carrier_rate: '0',
  text_reports: 'all',
  text_report_sequence: true,
  text_signature: 'all',
  text_list_delay_seconds: 0,
  text_opt_outs: 'on',
  mms_inbound_rate: '0.0080',
  mms_outbound_rate: '0.0160',
  media_numbering: 'from-0',
  media_delete: 'on',
  text_opt_out_grace: false,
  text_unregistered: 'carried',
};

/** Whether the account may not call this number. */
export function isBarred({ barred_prefixes }: Settings, number: string): boolean {
  return barred_prefixes.some((prefix) => number.replace('+', '').startsWith(prefix));
}

/** Whether the rules of the number's country forbid a call with one of these people on it. */
export function violatesAnchoring(
  { anchored_prefixes }: Settings,
  number: string | null,
  people: readonly string[],
): boolean {
  const isOf = (prefix: string, text: string): boolean => text.replace('+', '').startsWith(prefix);
  return anchored_prefixes.some(
    (prefix) => number !== null && isOf(prefix, number) && people.some((phone) => !isOf(prefix, phone)),
  );
}
