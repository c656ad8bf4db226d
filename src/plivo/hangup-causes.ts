/** How a leg ended, in Plivo's vocabulary. */
export type LegStatus = 'completed' | 'busy' | 'no-answer' | 'failed' | 'timeout' | 'cancel';

export interface LegOutcome {
  /** Whether this leg was ever picked up; such a leg is `completed`, whatever ended it. */
  wasAnswered: boolean;
  hangupCauseCode: number | null;
  /** The older, textual cause, used where the code says nothing. */
  hangupCause: string | null;
  callStatus: string | null;
}

interface Cause {
  name: string;
  /** What it means for a leg that nobody had answered. */
  status: LegStatus;
  words: string;
}

const CAUSES = new Map<number, Cause>(
  (
    [
      [1000, 'Canceled', 'cancel', 'the caller gave up before it was answered'],
      [1010, 'Canceled (Out Of Credits)', 'failed', 'the Plivo account is out of credit'],
      [1020, 'Canceled (Simultaneous dial limit reached)', 'failed', 'too many numbers were dialled at once'],
      [2000, 'Invalid Destination Address', 'failed', 'the dialled number is not valid'],
      [2010, 'Destination Out Of Service', 'failed', 'the dialled number is out of service'],
      [2020, 'Endpoint Not Registered', 'failed', 'the dialled endpoint is not registered'],
      [2030, 'Destination Country Barred', 'failed', 'the account may not call this country'],
      [2040, 'Destination Number Barred', 'failed', 'the account may not call this number'],
      [2050, 'Destination Prefix Barred', 'failed', 'the account may not call this range of numbers'],
      [2060, 'Loop Detected', 'failed', 'the call would have dialled itself'],
      [2070, 'Violates Media Anchoring', 'failed', 'the rules of the country forbid carrying this call'],
      [3000, 'No Answer', 'no-answer', 'nobody answered'],
      [3010, 'Busy Line', 'busy', 'the line was busy'],
      [3020, 'Rejected', 'busy', 'the call was declined'],
      [3030, 'Unknown Caller ID', 'failed', 'the caller id is not a number of the account'],
      [3040, 'Forbidden', 'failed', 'the carrier does not allow this call'],
      [3050, 'Unallocated number', 'failed', 'the dialled number does not exist'],
      [3070, 'Request timeout', 'failed', 'the carrier did not respond'],
      [3080, 'Internal server error from carrier', 'failed', 'the carrier had an internal error'],
      [3090, 'Network congestion from carrier', 'failed', 'the carrier was congested'],
      [3100, 'Busy everywhere', 'busy', 'every line of the called party was busy'],
      [3110, 'Declined', 'busy', 'the call was declined'],
      [3120, 'User does not exist anywhere', 'failed', 'the called party does not exist'],
      [3130, 'Spam block', 'failed', 'the call was blocked as spam'],
      [3140, 'DNO Caller ID', 'failed', 'the caller id is on a do-not-originate list'],
      [4000, 'Normal Hangup', 'cancel', 'somebody hung up'],
      [4010, 'End Of XML Instructions', 'failed', 'the instructions for the call ended'],
      [4020, 'Multiparty Call Ended', 'failed', 'the conference ended'],
      [4030, 'Kicked Out Of Multiparty Call', 'failed', 'the party was removed from the conference'],
      [4240, 'sip_auth_failed', 'failed', 'the SIP credentials were refused'],
      [4250, 'sip_auth_timeout', 'failed', 'the SIP credentials were not checked in time'],
      [5000, 'Network Error', 'failed', 'the network failed'],
      [5010, 'Internal Error', 'failed', 'Plivo had an internal error'],
      [5020, 'Routing Error', 'failed', 'Plivo found no route'],
      [5030, 'Concurrency Limit Breached', 'failed', 'the account had too many calls at once'],
      [6000, 'Scheduled Hangup', 'cancel', 'the time limit was reached'],
      [6010, 'Ring Timeout Reached', 'timeout', 'it rang until the ring time was over'],
      [6020, 'Media Timeout', 'failed', 'no sound was transmitted for a minute'],
      [7011, 'Error Reaching Answer URL', 'failed', 'Plivo could not reach our answer URL'],
      [7012, 'Error Reaching Action URL', 'failed', 'Plivo could not reach our action URL'],
      [7013, 'Error Reaching Transfer URL', 'failed', 'Plivo could not reach our transfer URL'],
      [7014, 'Error Reaching Redirect URL', 'failed', 'Plivo could not reach our redirect URL'],
      [7022, 'Invalid Action URL', 'failed', 'our action URL was not valid'],
      [7023, 'Invalid Transfer URL', 'failed', 'our transfer URL was not valid'],
      [7024, 'Invalid Redirect URL', 'failed', 'our redirect URL was not valid'],
      [7032, 'Invalid Method For Action URL', 'failed', 'the method of our action URL was not valid'],
      [7033, 'Invalid Method For Transfer URL', 'failed', 'the method of our transfer URL was not valid'],
      [7034, 'Invalid Method For Redirect URL', 'failed', 'the method of our redirect URL was not valid'],
      [8011, 'Invalid Answer XML', 'failed', 'our answer was not valid XML'],
      [8012, 'Invalid Action XML', 'failed', 'our action answer was not valid XML'],
      [8013, 'Invalid Transfer XML', 'failed', 'our transfer answer was not valid XML'],
      [8014, 'Invalid Redirect XML', 'failed', 'our redirect answer was not valid XML'],
      [9000, 'Lost Race', 'cancel', 'another phone answered first'],
      [9100, 'Machine Detected', 'failed', 'an answering machine picked up'],
      [9110, 'Confirm Key Challenge Failed', 'no-answer', 'the called party did not confirm the call'],
    ] as const
  ).map(([code, name, status, words]) => [code, { name, status, words }]),
);

/**
 * Codes that tell of the set-up rather than of people: no credit, barred or forbidden destinations, a caller ID that is not ours, too many calls, our
 * URLs and documents, and a confirmation that we never ask for.
 */
const OF_SET_UP = new Set([1010, 2030, 2040, 2050, 2070, 3030, 3140, 5030, 9110]);

export function isOfSetUp(code: number): boolean {
  return CAUSES.has(code) && (OF_SET_UP.has(code) || (code >= 7000 && code < 9000));
}

const TEXT_CAUSES = new Map<string, LegStatus>([
  ['USER_BUSY', 'busy'],
  ['CALL_REJECTED', 'busy'],
  ['NO_ANSWER', 'no-answer'],
  ['NO_USER_RESPONSE', 'no-answer'],
  ['ORIGINATOR_CANCEL', 'cancel'],
  ['NORMAL_CLEARING', 'cancel'],
  ['ALLOTTED_TIMEOUT', 'cancel'],
  ['LOSE_RACE', 'cancel'],
]);

const CALL_STATUSES = new Map<string, LegStatus>(
  (['busy', 'no-answer', 'failed', 'timeout', 'cancel'] as const).map((status) => [status, status]),
);

/** Every code of which that is said. */
export const CAUSES_OF_SET_UP: readonly number[] = [...CAUSES.keys()].filter(isOfSetUp);

/** Plivo's name of a code; `Unknown` for 0 and for codes that did not exist when the table was made. */
export function hangupCauseName(code: number | null): string {
  return CAUSES.get(code ?? 0)?.name ?? 'Unknown';
}

/** The cause for an operator, to stand after "ended because". */
export function hangupCauseInWords(code: number | null): string {
  return CAUSES.get(code ?? 0)?.words ?? 'Plivo did not say why';
}

/** The code decides, then the textual cause, then the call's own status; a leg of which nothing is known has failed. */
export function legStatus({ wasAnswered, hangupCauseCode, hangupCause, callStatus }: LegOutcome): LegStatus {
  if (wasAnswered) return 'completed';
  return (
    CAUSES.get(hangupCauseCode ?? 0)?.status ??
    TEXT_CAUSES.get(hangupCause ?? '') ??
    CALL_STATUSES.get(callStatus ?? '') ??
    'failed'
  );
}
