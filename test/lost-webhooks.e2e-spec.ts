import { beforeAll, expect, it } from '@jest/globals';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '+14155550123';
const RAVI = '+14155550124';
const RING_SECONDS = 30;

interface Webhook {
  kind: string;
  outcome: string;
  params: Record<string, string>;
}

interface CallView {
  call_uuid: string;
  webhooks: Webhook[];
}

interface SessionView {
  session_uuid: string;
  virtual_number: string;
  status: string;
  total_call_count: number;
  total_call_amount: number;
  total_call_billed_duration: number;
  interaction: Record<string, unknown>[] | null;
}

interface LegRow {
  side: string;
  role: string | null;
  started_at: number | null;
  answered_at: number | null;
  ended_at: number | null;
  duration: number | null;
  [column: string]: unknown;
}

/** What became of a call: its webhooks, and what is told and stored of it in the end. */
interface Outcome {
  webhooks: Webhook[];
  state: State;
}

interface State {
  session: Record<string, unknown>;
  interactions: Record<string, unknown>[];
  legs: Record<string, unknown>[];
}

/** How people behave in a call; `call` starts it and gives its uuid. */
interface Story {
  name: string;
  settings?: Record<string, unknown>;
  phones?: [number: string, behaviour: string, afterSeconds?: number][];
  caller: 'first' | 'second' | 'request';
  /** Seconds that pass, and who does what then. */
  steps?: [seconds: number, number: string, action: 'hangup' | null][];
}

const FILES = {
  first_party_play_url: 'https://files.example/first.mp3',
  second_party_play_url: 'https://files.example/second.mp3',
};
const talks: Story['steps'] = [
  [3, RAVI, null],
  [70, RAVI, 'hangup'],
];

const STORIES: Story[] = [
  { name: 'the called party hangs up', caller: 'first', phones: [[RAVI, 'answer', 2]], steps: talks },
  {
    name: 'the caller hangs up',
    caller: 'second',
    phones: [[ASHA, 'answer', 2]],
    steps: [
      [3, RAVI, null],
      [70, RAVI, 'hangup'],
    ],
  },
  {
    name: 'files are played to both',
    caller: 'first',
    settings: FILES,
    phones: [[RAVI, 'answer', 2]],
    steps: [[3, RAVI, null], ...talks],
  },
  { name: 'the called party is busy', caller: 'first', phones: [[RAVI, 'busy']] },
  { name: 'the called party declines', caller: 'first', phones: [[RAVI, 'decline', 4]], steps: [[5, RAVI, null]] },
  { name: 'nobody answers', caller: 'first', phones: [[RAVI, 'no-answer']], steps: [[RING_SECONDS + 1, RAVI, null]] },
  { name: 'the caller gives up', caller: 'first', phones: [[RAVI, 'no-answer']], steps: [[5, ASHA, 'hangup']] },
  {
    name: 'a requested call is answered by both',
    caller: 'request',
    phones: [
      [ASHA, 'answer', 2],
      [RAVI, 'answer', 2],
    ],
    steps: [[3, ASHA, null], ...talks],
  },
  {
    name: 'a requested call that the first party does not answer',
    caller: 'request',
    phones: [[ASHA, 'no-answer']],
    steps: [[RING_SECONDS + 1, ASHA, null]],
  },
  {
    name: 'a requested call that the first party declines',
    caller: 'request',
    phones: [[ASHA, 'decline', 3]],
    steps: [[4, ASHA, null]],
  },
  {
    name: 'a requested call to a busy second party',
    caller: 'request',
    phones: [
      [ASHA, 'answer', 2],
      [RAVI, 'busy'],
    ],
    steps: [[3, ASHA, null]],
  },
];

/**
 * Facts that no call record holds, so that nothing can bring them back, and that nobody is told: the textual cause beside the code, the status word of
 * the hang-up, and whether the two could hear each other.
 */
const ONLY_IN_WEBHOOKS = ['hangup_cause', 'call_status', 'is_connected'];
/** A lost question is a call that Plivo could not be told what to do with: it is over before anybody is dialled. */
const QUESTIONS = new Set(['answer']);
/** Plivo waits for what the dial action answers, and without one ends the caller's leg itself, with this cause. */
const ERROR_REACHING_ACTION_URL = 7012;
/** Reconciliation has repaired a call within this of its end. */
const REPAIR_MINUTES = 16;

describeOnEachService('losing any one webhook of a call', (start) => {
  let service: Service;

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
  });

  const { act, advance, call, control, prepare, ringing, settled } = simulatedPlivo(() => service);
  /** Where the lost webhook has ended the call already, there is nothing to do or to wait for. */
  const ifStillOn = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);

  async function play(story: Story, loseNth: number | null): Promise<Outcome> {
    await control('POST', '/reset');
    for (const [number, behaviour, after_seconds = 0] of story.phones ?? [])
      await prepare(number, { behaviour, after_seconds });
    if (loseNth !== null) await control('POST', '/faults', { lose_nth: { kind: 'any', n: loseNth } });

    const session = await open(story);
    const uuid = await begin(story, session);
    for (const [seconds, number, action] of story.steps ?? []) {
      await advance(seconds);
      if (action !== null) await ifStillOn(act(number, action));
    }
    const { webhooks } = await settled<CallView>(uuid);
    await repair();

    const outcome = { webhooks, state: await stateOf(session, uuid) };
    await service.sessions('DELETE', `/${session.session_uuid}/`);
    return outcome;
  }

  async function open(story: Story): Promise<SessionView> {
    const made = await service.sessions<SessionView>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      ring_timeout: RING_SECONDS,
      call_time_limit: 3600,
      session_expiry: 86_400,
      initiate_call_to_first_party: story.caller === 'request',
      ...story.settings,
    });
    expect(made.status).toBe(201);
    return made.body;
  }

  async function begin(story: Story, session: SessionView): Promise<string> {
    if (story.caller !== 'request') {
      const from = story.caller === 'first' ? ASHA : RAVI;
      return call(from, session.virtual_number);
    }
    const [line] = (await ringing<{ ringing: { call_uuid: string }[] }>(ASHA)).ringing;
    if (line === undefined) throw new Error('expected the first party to be rung');
    return line.call_uuid;
  }

  async function repair(): Promise<void> {
    for (let minute = 0; minute < REPAIR_MINUTES; minute += 2) {
      await advance(120);
      await service.app.get(Jobs).runDue();
    }
  }

  async function stateOf(session: SessionView, callUuid: string): Promise<State> {
    const { response } = (await service.sessions<{ response: SessionView }>('GET', `/${session.session_uuid}/`)).body;
    const legs: LegRow[] = await service.dataSource.query(
      `SELECT l.* FROM call_leg l WHERE l.leg_uuid = ? OR l.call_id IN (SELECT id FROM masked_call WHERE a_leg_uuid = ?) ORDER BY l.side`,
      [callUuid, callUuid],
    );
    return {
      session: {
        status: response.status,
        total_call_count: response.total_call_count,
        total_call_amount: response.total_call_amount,
        total_call_billed_duration: response.total_call_billed_duration,
      },
      interactions: (response.interaction ?? []).map((one) => ({
        ...one,
        first_party_resource_url: isKnown(one['first_party_resource_url']),
        second_party_resource_url: isKnown(one['second_party_resource_url']),
        start_time: isKnown(one['start_time']),
        end_time: isKnown(one['end_time']),
        seconds: (Date.parse(apiTime(one['end_time'])) - Date.parse(apiTime(one['start_time']))) / 1000,
      })),
      legs: legs.map(comparable),
    };
  }

  it.each(STORIES.map((story) => [story.name, story] as const))(
    'changes nothing in the end: %s',
    async (_name, story) => {
      const quiet = await play(story, null);
      const differences: string[] = [];
      for (const [index, lost] of quiet.webhooks.entries()) {
        const name = nameOf(lost);
        const { webhooks, state } = await play(story, index + 1);
        const missing = webhooks.filter(({ outcome }) => outcome === 'lost').map(nameOf);
        if (missing.join() !== name) differences.push(`${name}: lost ${missing.join() || 'nothing'} instead`);
        else if (QUESTIONS.has(lost.kind))
          differences.push(...afterLostQuestion(story, state).map((text) => `${name}: ${text}`));
        else {
          const expected = lost.kind === 'dial-action' ? afterLostAction(story, quiet.state, state) : quiet.state;
          differences.push(...differencesBetween(expected, state).map((text) => `${name}: ${text}`));
        }
      }

      expect(quiet.webhooks.length).toBeGreaterThanOrEqual(2);
      expect(differences).toEqual([]);
    },
    120_000,
  );
});

/** Nobody was dialled, so the most there is to tell is the leg of a first party whom we rang and who picked up. */
function afterLostQuestion({ caller }: Story, { session, interactions, legs }: State): string[] {
  const problems: string[] = [];
  if (session['status'] !== 'active') problems.push(`the session is ${String(session['status'])}`);
  if (legs.some(({ side }) => side === 'B')) problems.push('somebody was dialled');
  if (caller !== 'request' && interactions.length > 0) problems.push('a conversation is told of');
  if (caller === 'request' && interactions.length !== 1)
    problems.push(`${interactions.length} interactions, 1 leg was rung and paid`);
  return problems;
}

/** The undisturbed end, but for how the caller's leg ended in truth. */
function afterLostAction({ caller }: Story, quiet: State, { legs }: State): State {
  const [a, ...others] = quiet.legs;
  const ended = legs[0]?.['hangup_cause_code'];
  const isOver = ended === ERROR_REACHING_ACTION_URL;
  if (!a || !isOver) return quiet;
  const { hangup_cause_name, hangup_source } = legs[0] ?? {};
  const status = caller === 'second' ? 'second_party_status' : 'first_party_status';
  return {
    ...quiet,
    interactions: quiet.interactions.map((one) => ({
      ...one,
      [status]: one[status] === 'completed' ? 'completed' : 'failed',
    })),
    legs: [{ ...a, hangup_cause_code: ended, hangup_cause_name, hangup_source }, ...others],
  };
}

function nameOf({ kind, params }: Webhook): string {
  return params['DialAction'] === undefined ? kind : `${kind} ${params['DialAction']}`;
}

/**
 * Two runs of a story begin at different instants, and its people act some milliseconds sooner or later: lengths in seconds may differ by one, and
 * the sum of two legs' by two. All else must be equal.
 */
function differencesBetween(quiet: State, other: State): string[] {
  const problems: string[] = [];
  const compare = (path: string, left: unknown, right: unknown): void => {
    const isLength = /(seconds|duration|_after)$/.test(path) && !path.includes('billed');
    const tolerated = path.startsWith('interaction') ? 2 : 1;
    if (isLength && typeof left === 'number' && typeof right === 'number' && Math.abs(left - right) <= tolerated)
      return;
    if (left !== null && right !== null && typeof left === 'object' && typeof right === 'object') {
      const names = new Set([...Object.keys(left), ...Object.keys(right)]);
      for (const name of names) {
        compare(`${path}.${name}`, (left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]);
      }
    } else if (left !== right) problems.push(`${path} is ${String(right)}, was ${String(left)}`);
  };
  compare('session', quiet.session, other.session);
  compare('interaction', quiet.interactions, other.interactions);
  compare('leg', quiet.legs, other.legs);
  return problems;
}

/** A leg without ids and instants of its run; instants become seconds after the leg's start. */
function comparable(leg: LegRow): Record<string, unknown> {
  const after = (instant: number | null): number | null =>
    instant === null || leg.started_at === null ? null : Math.round((Number(instant) - Number(leg.started_at)) / 1000);
  const columns = [
    'side',
    'role',
    'is_answered',
    'is_ended',
    'duration',
    'billed_duration',
    'amount',
    'hangup_cause_code',
    'hangup_cause_name',
    'hangup_source',
  ];
  return {
    ...Object.fromEntries(
      columns.filter((name) => !ONLY_IN_WEBHOOKS.includes(name)).map((name) => [name, plain(leg[name])]),
    ),
    belongs: leg['call_id'] !== null && leg['session_id'] !== null,
    started: leg.started_at !== null,
    answered_after: after(leg.answered_at),
    ended_after: after(leg.ended_at),
  };
}

function plain(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

function isKnown(value: unknown): boolean {
  return value !== null && value !== '';
}

function apiTime(text: unknown): string {
  return `${String(text).slice(0, 19).replace(' ', 'T')}Z`;
}
