import { beforeAll, expect, it } from '@jest/globals';
import { Database } from '../src/platform/database/database.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { PriceTexts, SweepTexts } from '../src/texts/index.js';
import { describeOnEachService, type Service } from './support/service.js';
import { texters, turnTextsOn } from './support/texts.js';

type Row = Record<string, unknown>;

interface Pair {
  ana: string;
  ravi: string;
  number: string;
}

/** What goes wrong once; `null` is the undisturbed run. */
type Mishap =
  | { webhook: number; fate: 'lost' | 'duplicated' | 'late' | 'unreached' | 'unanswered' }
  | { request: string; skip: number; fault: object }
  | null;

interface End {
  texts: string[];
  arrived: { ana: string[]; ravi: string[] };
  told: string[];
  totals: Row;
  /** What Plivo charges, less what is counted here; in micro-units. */
  unbilled: number;
}

interface Webhook {
  kind: string;
  outcome: string;
  params: Record<string, string>;
}

interface Played {
  end: End;
  webhooks: Webhook[];
  /** How many of each kind. */
  requests: (readonly [kind: string, count: number])[];
}

type Write = (from: string, to: string, text: string) => Promise<void>;

interface Story {
  name: string;
  /** Seconds between texts: as long as whatever has gone wrong with one is to be over before the next. */
  gap: number[];
  play: (pair: Pair, write: Write) => Promise<void>;
}

const STORIES: Story[] = [
  {
    name: 'one each way, and a long one',
    gap: [1],
    play: async ({ ana, ravi, number }, write) => {
      await write(ana, number, 'where are you?');
      await write(ravi, number, 'wörter und Zeilen '.repeat(100));
      await write(ana, number, 'ok');
    },
  },
  {
    name: 'STOP, HELP and START',
    gap: [6, 56, 124, 60, 200],
    play: async ({ ana, ravi, number }, write) => {
      await write(ravi, number, 'STOP');
      await write(ana, number, 'hello?');
      await write(ravi, number, 'HELP');
      await write(ravi, number, 'START');
      await write(ana, number, 'hello again');
    },
  },
];
const NOT_DELIVERED = 'Your text was not delivered.';
const FATES = ['lost', 'duplicated', 'late', 'unreached', 'unanswered'] as const;
const BEFORE = [{ status: 500 }, { reset: true }];
const AFTER = [{ status: 500, after_effect: true }, { reset: true, after_effect: true }, { status: 429 }];
/** Until every webhook has been repeated, every list looked at and every record read. */
const RECONCILED_SECONDS = [21, 45, 125, 430, 700, 22_000, 66_000];
/** Of what can go wrong with each only some is tried, another with each, unless all is asked for: it takes minutes. */
const IS_WHOLE = process.env['EVERY_MISHAP'] === '1';

describeOnEachService('losing, doubling and delaying any one webhook or answer of a text', (start) => {
  let service: Service;
  let database: Database;
  let people = 0;
  const phones = texters(() => service);

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
    database = service.app.get(Database);
    await turnTextsOn(database, service.authId, { text_notices: { failed: 'Your text was not delivered.' } });
    service.clock.advance(6000);
    expect((await service.admin('POST', `/numbers/sync?account=${service.authId}`)).status).toBe(200);
  });

  const rows = (sql: string, parameters: unknown[] = []): Promise<Row[]> =>
    database.read((manager) => manager.query(sql, parameters));

  /** Everything that is due has been done, by whichever worker. */
  async function quiet(): Promise<void> {
    const jobs = service.app.get(Jobs);
    for (;;) {
      await phones.advance(0);
      const runs = await jobs.runDue();
      const busy = await rows('SELECT 1 FROM job WHERE lease IS NOT NULL LIMIT 1');
      if (runs === 0 && busy.length === 0) return;
    }
  }

  async function open(): Promise<Pair & { uuid: string }> {
    const [ana, ravi] = [`+1415555${1000 + people}`, `+1415555${1001 + people}`];
    people += 2;
    const body = { first_party: ana, second_party: ravi, messaging: true, session_expiry: 7200 };
    const { text, body: answer } = await service.sessions<{ session: Record<string, string> }>('POST', '', body);
    if (!answer.session) throw new Error(text);
    return { ana, ravi, uuid: answer.session['session_uuid'] ?? '', number: answer.session['virtual_number'] ?? '' };
  }

  async function play({ play: act, gap }: Story, mishap: Mishap): Promise<Played> {
    await phones.control('POST', '/reset');
    await phones.control('DELETE', '/faults');
    await phones.control('PUT', '/settings', { text_carrier_rate: '0.003' });
    const pair = await open();
    await quiet();
    const before = await requestsAtPlivo();
    if (mishap !== null) await phones.control('POST', '/faults', faultsOf(mishap));
    await act(pair, async (from, to, text) => {
      await phones.write(from, to, text);
      await quiet();
      for (const seconds of gap) {
        await phones.advance(seconds);
        await quiet();
      }
    });
    for (const seconds of RECONCILED_SECONDS) {
      await phones.advance(seconds);
      await service.app.get(SweepTexts, { strict: false }).enqueue();
      await service.app.get(PriceTexts, { strict: false }).enqueue();
      await quiet();
    }
    const webhooks = (await phones.messages()).flatMap(({ webhooks: all }) => all as Webhook[]);
    const after = await requestsAtPlivo();
    const requests = ['POST Message', 'GET Message/:uuid'].map(
      (kind) => [kind, (after[kind] ?? 0) - (before[kind] ?? 0)] as const,
    );
    return { end: await endOf(pair), webhooks, requests };
  }

  const requestsAtPlivo = async (): Promise<Record<string, number>> =>
    (await phones.control<{ by_kind: Record<string, number> }>('GET', '/api-requests')).by_kind;

  async function endOf({ uuid, ana, ravi }: Pair & { uuid: string }): Promise<End> {
    const { body: list } = await service.sessions<{ objects: Row[] }>('GET', `/${uuid}/Message/`);
    const { body: one } = await service.sessions<{ response: Row }>('GET', `/${uuid}`);
    const { body: told } = await service.admin<{ items: Row[] }>('GET', `/callbacks?session=${uuid}&limit=200`);
    const bill = await phones.control<Record<string, number>>('GET', '/bill');
    const total = Math.round(Number(one.response['total_message_amount']) * 1e6);
    const names = ['total_message_count', 'total_message_units', 'total_message_amount', 'messaging_blocked'];
    return {
      texts: list.objects
        .map(({ direction, units, state, reason, error_code: code, amount, forward_message_uuids: uuids }) =>
          JSON.stringify({ direction, units, state, reason, code, amount, parts: (uuids as string[]).length }),
        )
        .toSorted(),
      arrived: { ana: await wordsAt(ana), ravi: await wordsAt(ravi) },
      told: told.items
        .filter(({ stream }) => stream === 'message')
        .map(({ event }) => String(event))
        .toSorted(),
      totals: Object.fromEntries(names.map((name) => [name, one.response[name]])),
      unbilled: Number(bill['message_micros']) - total,
    };
  }

  const wordsAt = async (phone: string): Promise<string[]> =>
    (await phones.arrived(phone)).map(({ text }) => text).toSorted();

  it.each(STORIES.map((story) => [story.name, story] as const))(
    'comes to the undisturbed end, or to a clear one: %s',
    async (_name, story) => {
      const { end, webhooks, requests } = await play(story, null);
      expect(end.unbilled).toBe(0);
      const problems: string[] = [];
      const note = (mishap: NonNullable<Mishap>, found: string[]): void =>
        void problems.push(...found.map((problem) => `${JSON.stringify(mishap)}: ${problem}`));

      for (let webhook = 1; webhook <= webhooks.length; webhook += IS_WHOLE ? 1 : 3) {
        for (const fate of some(FATES, webhook)) {
          const played = await play(story, { webhook, fate });
          const isLateTold = fate === 'late' || fate === 'unreached';
          note({ webhook, fate }, fate === 'lost' ? afterLoss(end, played) : differences(end, played.end, isLateTold));
        }
      }
      for (const [request, count] of requests)
        for (let skip = 0; skip < (IS_WHOLE ? count : 1); skip += 1) {
          const isRead = request !== 'POST Message';
          for (const fault of some(BEFORE, skip)) {
            const { end: other } = await play(story, { request, skip, fault });
            note({ request, skip, fault }, isRead ? differences(end, other) : afterNothingWasSent(end, other));
          }
          for (const fault of isRead ? [] : some(AFTER, skip))
            note({ request, skip, fault }, differences(end, (await play(story, { request, skip, fault })).end));
        }
      expect(webhooks.length).toBeGreaterThan(8);
      expect(end.texts.filter((text) => /pending|unknown|waiting/.test(text))).toEqual([]);
      expect(problems).toEqual([]);
    },
    IS_WHOLE ? 3_600_000 : 300_000,
  );
});

function some<Item>(all: readonly Item[], turn: number): readonly Item[] {
  const item = all[turn % all.length];
  return IS_WHOLE || item === undefined ? all : [item];
}

function faultsOf(mishap: NonNullable<Mishap>): object {
  if ('webhook' in mishap) return { strike_nth: { kind: 'any', n: mishap.webhook, fate: mishap.fate } };
  return { api: { ...mishap.fault, only: [mishap.request], skip: mishap.skip, times: 1 } };
}

/** What an end has that the undisturbed one has not, and the other way round; of `SessionMessageForwarded` that came late nobody is told any more. */
function differences(quiet: End, other: End, isLateTold = false): string[] {
  const problems: string[] = [];
  const compare = (path: string, one: unknown, another: unknown): void => {
    const [left, right] = [JSON.stringify(one), JSON.stringify(another)];
    if (left !== right) problems.push(`${path} is ${right}, was ${left}`);
  };
  compare('texts', quiet.texts, other.texts);
  compare('arrived', quiet.arrived, other.arrived);
  compare('totals', quiet.totals, other.totals);
  compare('unbilled', 0, other.unbilled);
  const isEnd = (event: string): boolean => !isLateTold || event !== 'SessionMessageForwarded';
  compare('told', quiet.told.filter(isEnd), other.told.filter(isEnd));
  return problems;
}

/** Nothing happens twice, all is on the bill, and what has not come to its end is told as that. */
function isClear(quiet: End, other: End): string[] {
  const problems: string[] = [];
  for (const phone of ['ana', 'ravi'] as const) {
    const known = [...quiet.arrived[phone]];
    for (const text of other.arrived[phone]) {
      const place = known.indexOf(text);
      if (place >= 0) known.splice(place, 1);
      else if (text !== NOT_DELIVERED) problems.push(`${phone} got ${JSON.stringify(text.slice(0, 40))}`);
    }
  }
  if (other.texts.length !== quiet.texts.length) problems.push(`${other.texts.length} texts are known`);
  if (other.unbilled !== 0) problems.push(`${other.unbilled} micro-units are on no bill`);
  return problems;
}

function afterLoss(quiet: End, { end, webhooks }: Played): string[] {
  const lost = webhooks.filter(({ outcome }) => outcome === 'lost');
  const [only] = lost;
  if (lost.length !== 1 || !only) return [`${lost.length} were lost`];
  if (only.kind !== 'message') return differences(quiet, end, true);
  const unheard = end.texts.filter((text) => text.includes('"unheard"'));
  return [...isClear(quiet, end), ...(unheard.length === 1 ? [] : [`${unheard.length} are known to be unheard`])];
}

/** Nobody can know that: it looks as if Plivo had it and had not said so. */
function afterNothingWasSent(quiet: End, end: End): string[] {
  const [unconfirmed = '', ...more] = end.texts.filter((text) => text.includes('"unconfirmed"'));
  if (more.length > 0) return ['more than one is unconfirmed'];
  const isTold = end.told.includes('SessionMessageFailed') === (unconfirmed !== '');
  return [...isClear(quiet, end), ...(isTold ? [] : [`told ${end.told.join()}`])];
}
