import { expectDone, type AskSimulator, type Credentials } from './ask-simulator.js';
import { STRANGER, type PlannedCall, type PlannedSession } from './plan-day.js';

export interface PlayedDay {
  sessions: number;
  /** For which the pool had no number. */
  sessions_refused: number;
  calls: number;
  calls_connected: number;
  advanced_seconds: number;
}

interface Deed {
  at: number;
  do: () => Promise<void>;
}

/** What a phone does by itself where nobody talks. */
const BEHAVIOUR = {
  talk: 'answer',
  'no-answer': 'no-answer',
  busy: 'busy',
  decline: 'decline',
  abandon: 'manual',
} as const;
/** Longer than any ring time: what is not answered is over by then. */
const UNANSWERED_SECONDS = 150;

/** Makes a planned day happen, one thing after the other; the simulator's clock moves along. */
export async function playDay(
  ask: AskSimulator,
  credentials: Credentials,
  { day, seconds }: { day: readonly PlannedSession[]; seconds: number },
  progress: (played: PlayedDay) => void,
): Promise<PlayedDay> {
  const played: PlayedDay = { sessions: 0, sessions_refused: 0, calls: 0, calls_connected: 0, advanced_seconds: 0 };
  const advance = async (by: number): Promise<void> => {
    if (by <= 0) return;
    expectDone('moving the clock', await ask.control('POST', '/clock', { advance_seconds: by }));
    played.advanced_seconds += by;
  };

  const open = async (session: PlannedSession, deeds: Deed[]): Promise<void> => {
    const answer = await ask.sessions(credentials, 'POST', '', {
      first_party: session.courier,
      second_party: session.customer,
      session_expiry: session.expirySeconds,
    });
    // Of a pool that is too small, or a courier who is somebody's second party too: such days happen.
    if (answer.status === 400) {
      played.sessions_refused += 1;
      return;
    }
    const { virtual_number: number } = expectDone('a session', answer);
    played.sessions += 1;
    deeds.push(...session.calls.map((call) => ({ at: call.at, do: () => place(session, call, String(number)) })));
  };

  const place = async (session: PlannedSession, call: PlannedCall, to: string): Promise<void> => {
    const from = call.who === 'stranger' ? STRANGER : session[call.who];
    const other = call.who === 'courier' ? session.customer : session.courier;
    const phone = { behaviour: BEHAVIOUR[call.ends], after_seconds: call.ringSeconds };
    expectDone('a phone', await ask.control('PUT', `/phones/${other.slice(1)}`, phone));
    const { call_uuid: uuid } = expectDone('a call', await ask.control('POST', '/calls', { from, to }));
    played.calls += 1;
    if (!(await reached(String(uuid), 'ringing'))) return;
    await advance(call.ends === 'talk' || call.ends === 'abandon' ? call.ringSeconds + 1 : UNANSWERED_SECONDS);
    if (call.ends === 'talk' && (await reached(String(uuid), 'bridged'))) {
      played.calls_connected += 1;
      await advance(call.talkSeconds);
    }
    // Who is in no call any more, as after a refusal, need not hang up.
    if (call.ends === 'talk' || call.ends === 'abandon') await ask.control('POST', `/phones/${from.slice(1)}/hangup`);
    await reached(String(uuid), 'settled');
  };

  const reached = async (uuid: string, milestone: string): Promise<boolean> =>
    (await ask.control('GET', `/calls/${uuid}?wait_for=${milestone}&timeout=10`)).status === 200;

  const deeds: Deed[] = day.map((session) => ({ at: session.at, do: () => open(session, deeds) }));
  while (deeds.length > 0) {
    deeds.sort((one, other) => one.at - other.at);
    const next = deeds.shift();
    if (next === undefined) break;
    await advance(next.at - played.advanced_seconds);
    await next.do();
    progress(played);
  }
  await advance(seconds - played.advanced_seconds);
  return played;
}
