export type HangupSource = 'Caller' | 'Callee' | 'Plivo' | 'Carrier' | 'API Request' | 'Answer XML' | 'Error';
export type EndStatus = 'completed' | 'busy' | 'failed' | 'cancel' | 'no-answer';

/** Why a leg ended, in all the words that Plivo has for it. */
export interface Ending {
  code: number;
  name: string;
  cause: string;
  source: HangupSource;
  /** `DialStatus` of a B leg, `CallStatus` of an outbound A leg. */
  status: EndStatus;
}

const NAMES = {
  1000: 'Canceled',
  2000: 'Invalid Destination Address',
  2010: 'Destination Out Of Service',
  2020: 'Endpoint Not Registered',
  2050: 'Destination Prefix Barred',
  2060: 'Loop Detected',
  2070: 'Violates Media Anchoring',
  3010: 'Busy Line',
  3020: 'Rejected',
  3030: 'Unknown Caller ID',
  4000: 'Normal Hangup',
  4010: 'End Of XML Instructions',
  5000: 'Network Error',
  5010: 'Internal Error',
  6000: 'Scheduled Hangup',
  6010: 'Ring Timeout Reached',
  7011: 'Error Reaching Answer URL',
  7012: 'Error Reaching Action URL',
  7014: 'Error Reaching Redirect URL',
  7022: 'Invalid Action URL',
  7024: 'Invalid Redirect URL',
  7032: 'Invalid Method For Action URL',
  7034: 'Invalid Method For Redirect URL',
  8011: 'Invalid Answer XML',
  8012: 'Invalid Action XML',
  8014: 'Invalid Redirect XML',
  9000: 'Lost Race',
  9110: 'Confirm Key Challenge Failed',
} as const;

export type HangupCode = keyof typeof NAMES;

function ending(code: HangupCode, cause: string, source: HangupSource, status: EndStatus): Ending {
  return { code, name: NAMES[code], cause, source, status };
}

export function hungUpBy(source: 'Caller' | 'Callee' | 'API Request' | 'Answer XML'): Ending {
  return ending(4000, 'NORMAL_CLEARING', source, 'completed');
}

export function cancelledBy(source: HangupSource): Ending {
  return ending(1000, 'ORIGINATOR_CANCEL', source, 'cancel');
}

/** The application could not be reached, or what it answered cannot be run. */
export function applicationError(code: HangupCode): Ending {
  return ending(code, 'NORMAL_CLEARING', 'Error', 'completed');
}

export const END_OF_XML = ending(4010, 'NORMAL_CLEARING', 'Plivo', 'completed');
export const RING_TIMEOUT = ending(6010, 'NO_ANSWER', 'Plivo', 'no-answer');
export const TIME_LIMIT = ending(6000, 'ALLOTTED_TIMEOUT', 'Plivo', 'completed');
export const LOST_RACE = ending(9000, 'LOSE_RACE', 'Plivo', 'cancel');
export const UNKNOWN_CALLER_ID = ending(3030, 'CALL_REJECTED', 'Plivo', 'failed');
export const LOOP = ending(2060, 'CALL_REJECTED', 'Plivo', 'failed');
export const BARRED = ending(2050, 'CALL_REJECTED', 'Plivo', 'failed');
export const NOT_ANCHORED = ending(2070, 'CALL_REJECTED', 'Plivo', 'failed');
export const NOT_CONFIRMED = ending(9110, 'NO_ANSWER', 'Plivo', 'no-answer');
export const INVALID_DESTINATION = ending(2000, 'INVALID_NUMBER_FORMAT', 'Plivo', 'failed');
export const OUT_OF_SERVICE = ending(2010, 'DESTINATION_OUT_OF_ORDER', 'Carrier', 'failed');
export const NOT_REGISTERED = ending(2020, 'USER_NOT_REGISTERED', 'Plivo', 'failed');
export const INTERNAL_ERROR = ending(5010, 'NORMAL_TEMPORARY_FAILURE', 'Error', 'failed');

export const PHONE_REFUSALS = {
  decline: ending(3020, 'CALL_REJECTED', 'Callee', 'busy'),
  busy: ending(3010, 'USER_BUSY', 'Carrier', 'busy'),
  unreachable: ending(5000, 'NETWORK_OUT_OF_ORDER', 'Carrier', 'failed'),
} as const;

/** `Hangup` before the call was answered turns the caller away unbilled. */
export const XML_REFUSALS = {
  rejected: ending(3020, 'CALL_REJECTED', 'Answer XML', 'failed'),
  busy: ending(3010, 'USER_BUSY', 'Answer XML', 'busy'),
} as const;
