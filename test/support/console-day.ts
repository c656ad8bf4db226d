/** What a console is told in pictures: a day that is the same on every machine. */
export const NOW = Date.parse('2026-11-27T14:02:11Z');

const ACCOUNT = 'MAMASKINGEXAMPLE0000';
const VIA = '+14155550100';
const iso = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1000).toISOString();
const uuid = (kind: string, place: number): string => `01a2294b-7e80-74b3-${kind}-${String(place).padStart(12, '0')}`;

const STORIES = [
  [null, 'in progress: the other party has answered', 0],
  ['connected', 'connected, talked 42 s', 42],
  ['refused', 'refused: the caller is not registered for this number', 0],
  ['busy', 'not connected: the other party was busy', 0],
  ['connected', 'connected, talked 188 s', 188],
  ['no-answer', 'not connected: the other party did not answer in time', 0],
  ['connected', 'connected, talked 71 s', 71],
  ['declined', 'not connected: the other party declined the call', 0],
  ['failed', 'not connected: the other party could not be reached (the network failed)', 0],
  ['abandoned', 'not connected: the call was given up before the other party answered', 0],
] as const;

function leg(side: 'A' | 'B', role: string, began: number, talked: number, isOver: boolean) {
  const answered = talked > 0 ? iso(began - 12) : null;
  return {
    call_uuid: uuid(side === 'A' ? 'aaaa' : 'bbbb', began),
    side,
    role,
    status: isOver ? 'completed' : 'in-progress',
    cause_code: isOver ? 4000 : null,
    cause: isOver ? 'somebody hung up' : null,
    started_at: iso(side === 'A' ? began : began - 2),
    answered_at: answered,
    ended_at: isOver ? iso(began - 12 - talked) : null,
    duration_seconds: isOver ? talked : null,
    billed_seconds: isOver ? Math.ceil(talked / 60) * 60 : null,
    cost: isOver ? (talked > 0 ? '0.0085' : '0') : null,
  };
}

function call(place: number) {
  const [outcome, reason, talked] = STORIES[place % STORIES.length] ?? STORIES[1];
  const began = 31 + place * 437;
  const isOver = outcome !== null;
  const isDialled = outcome !== 'refused';
  return {
    call_id: uuid('cccc', place),
    account: ACCOUNT,
    session_uuid: isDialled ? uuid('dddd', place) : null,
    virtual_number: VIA,
    kind: 'inbound',
    direction: 'inbound',
    caller: place % 3 === 1 ? '+4420•••0958' : `+1415•••${String(123 + place).padStart(4, '0')}`,
    dialled: isDialled ? `+1628•••${String(200 + place).padStart(4, '0')}` : null,
    decision: isDialled ? 'connect' : 'refuse',
    outcome,
    reason,
    started_at: iso(began),
    ended_at: isOver ? iso(began - 12 - talked) : null,
    legs: isDialled
      ? [
          leg('A', 'first', began, isOver ? talked : 19, isOver),
          leg('B', 'second', began, isOver ? talked : 19, isOver),
        ]
      : [],
    provider_amount: isOver ? (talked > 0 ? '0.017' : '0') : null,
    fees: isOver ? '0' : null,
    amount: isOver ? (talked > 0 ? '0.017' : '0') : null,
    currency: 'USD',
  };
}

function session(place: number) {
  const opened = 31 + 120 + place * 1311;
  const isLive = place < 3;
  return {
    session_uuid: uuid('dddd', place),
    account: ACCOUNT,
    status: place === 0 ? 'in-progress' : isLive ? 'active' : 'expired',
    first_party: `+1415•••${String(123 + place).padStart(4, '0')}`,
    second_party: `+1628•••${String(200 + place).padStart(4, '0')}`,
    virtual_number: VIA,
    created_time: iso(opened),
    modified_time: iso(opened),
    expiry_time: iso(opened - 3600),
    last_interaction_time: place === 0 ? null : iso(opened - 300),
    interaction: place === 0 ? null : [{}],
    total_session_amount: place === 0 ? '0' : '0.017',
    total_call_amount: place === 0 ? '0' : '0.017',
    currency: 'USD',
    session_expiry: 3600,
    call_time_limit: 3600,
    ring_timeout: 120,
    record: false,
    is_pin_authentication_required: false,
    force_pin_authentication: false,
    pin_retry: null,
    initiate_call_to_first_party: false,
    create_session_with_single_party: false,
    virtual_number_cooloff_period: 0,
    callback_url: 'https://shop.example/masking',
    callback_method: 'POST',
    recording_callback_url: null,
  };
}

function timeline(place: number) {
  const { created_time: at, expiry_time: ends } = session(place);
  const began = Date.parse(call(place).started_at);
  const after = (seconds: number): string => new Date(began + seconds * 1000).toISOString();
  const of = { call_id: call(place).call_id };
  return [
    { at, what: 'the session was opened' },
    {
      at: after(0),
      what: 'the first party called; the second party was dialled',
      why: 'the caller is a party of a live session on this number',
      ...of,
    },
    { at: after(12), what: 'the second party answered', ...of },
    { at: after(54), what: 'the leg of the caller ended', why: 'somebody hung up', ...of },
    { at: ends, what: 'the session will expire' },
  ];
}

const CALLS = Array.from({ length: 60 }, (_, place) => call(place));
const SESSIONS = Array.from({ length: 40 }, (_, place) => session(place));
const page = (items: readonly object[]) => ({ items, next_cursor: null });

const HOUR_MS = 3_600_000;
const TODAY = Math.floor(NOW / (24 * HOUR_MS)) * 24 * HOUR_MS;
const isWithin = (at: string, from: number, span: number): boolean =>
  Date.parse(at) >= from && Date.parse(at) < from + span;
const isConnected = ({ outcome }: { outcome: string | null }): boolean => outcome === 'connected';

function outcomes() {
  const words = STORIES.flatMap(([outcome]) => outcome ?? []);
  const hours = Array.from({ length: 24 }, (_, place) => TODAY + place * HOUR_MS).filter((hour) => hour <= NOW);
  const rows = hours.map((hour) => {
    const calls = CALLS.filter(({ started_at: at }) => isWithin(at, hour, HOUR_MS));
    const counts = words.map((word) => [word, calls.filter(({ outcome }) => outcome === word).length]);
    return { hour: new Date(hour).toISOString(), outcomes: Object.fromEntries(counts) as Record<string, number> };
  });
  return page(rows);
}

function stats(query: URLSearchParams) {
  const isByHour = query.get('group_by') === 'hour';
  const step = isByHour ? 3_600_000 : 86_400_000;
  const last = Math.floor(NOW / step) * step;
  const rows = Array.from({ length: isByHour ? 20 : 13 }, (_, place) => {
    const from = last - place * step;
    const key = new Date(from).toISOString();
    // Of today it says what its calls say, who do not begin before six; before it anything.
    const ofToday = CALLS.filter(({ outcome, started_at: at }) => outcome !== null && isWithin(at, from, step));
    const calls = from < TODAY ? 6 + ((place * 7) % 11) : ofToday.length;
    return {
      key: isByHour ? key : key.slice(0, 10),
      calls,
      connected: from < TODAY ? Math.floor(calls * 0.7) : ofToday.filter(isConnected).length,
      minutes: calls * 1.5,
      amount: String(calls * 0.0425),
      currency: 'USD',
    };
  });
  return page(rows);
}

const POOL = [
  {
    account: ACCOUNT,
    subaccount: null,
    country: 'GB',
    numbers: 4,
    available: 4,
    live_sessions: 3,
    numbers_needed: 2,
    headroom: 2,
    refusals_24h: 0,
  },
  {
    account: ACCOUNT,
    subaccount: null,
    country: 'US',
    numbers: 12,
    available: 12,
    live_sessions: 18,
    numbers_needed: 11,
    headroom: 1,
    refusals_24h: 0,
  },
];

/** The answer to a request of the admin API; null where the day has none. */
export function answerOf(url: URL): object | null {
  const path = url.pathname.replace(/^.*\/admin/, '');
  const { searchParams: query } = url;
  const [, list, id] = path.split('/');
  if (path === '/me') return { name: 'ann@example.com', role: 'support', is_number_shown: true, login: null };
  if (path === '/stats') return stats(query);
  if (path === '/stats/outcomes') return outcomes();
  if (path === '/pool') return page(POOL);
  if (path === '/receivers')
    return page([{ id: uuid('eeee', 1), account: ACCOUNT, origin: 'https://shop.example', status: 'failing' }]);
  if (path === '/webhooks/refused') return { items: [] };
  if (path === '/search')
    return {
      read_as: '+1415•••0123, a number of US',
      people: [{ account: ACCOUNT, number: '+1415•••0123', sessions: 1, calls: 2, last_seen: iso(31) }],
      sessions: SESSIONS.slice(0, 1),
      calls: CALLS.slice(0, 3),
      numbers: [],
    };
  if (path === '/sessions/count') {
    const wanted = query.get('status');
    return { sessions: SESSIONS.filter(({ status }) => (wanted ?? status) === status).length, is_all: true };
  }
  if (list === 'calls')
    return id === undefined ? page(matching(CALLS, query)) : (CALLS.find((one) => one.call_id === id) ?? null);
  if (list === 'sessions') {
    const place = SESSIONS.findIndex((one) => one.session_uuid === id);
    return id === undefined
      ? page(SESSIONS.filter(({ status }) => (query.get('status') ?? status) === status))
      : { ...session(place), renewals: 0, timeline: timeline(place) };
  }
  return page([]);
}

function matching(calls: typeof CALLS, query: URLSearchParams): typeof CALLS {
  return calls.filter(({ outcome }) => (query.get('outcome') ?? outcome) === outcome);
}
