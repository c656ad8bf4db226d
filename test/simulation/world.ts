import { REFUSAL_KEYS } from '../../src/accounts/index.js';
import { CalleeSound } from '../../src/call-routing/answer/callee-sound.js';
import { RECONCILE } from '../../src/call-routing/facts/ask-for-records.js';
import { PLACE_CALL } from '../../src/call-routing/requested/ring-first-party.js';
import type { FindCalls, PlaceCall } from '../../src/plivo/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { Park, Defer } from '../../src/platform/jobs/jobs.js';
import { callsOn } from '../support/calls.js';
import { addNumbers, FakeClock } from '../support/ground.js';
import { Books } from './books.js';
import { CallRecords } from './call-records.js';
import { Callee } from './callee.js';
import { Chance } from './chance.js';
import { Customers } from './customers.js';
import { REFUSED } from './heard-answer.js';
import { isLive, otherRole, roleOf, type ModelSession } from './model.js';
import { Network } from './network.js';
import { Oracle } from './oracle.js';
import { Phones } from './phones.js';
import type { Fault, Report } from './report.js';
import { Ringer } from './ringer.js';
import { Timeline } from './timeline.js';
import { Webhooks } from './webhooks.js';

export type Product = ReturnType<typeof productOn>;

/** The real use cases, with Plivo's REST API in memory. */
function productOn(database: Database, clock: FakeClock, plivo: unknown) {
  const calls = callsOn(database, { clock, plivo });
  return { ...calls, calleeSound: new CalleeSound(database, calls.sessions.findSessionById) };
}

/** One small world: a few numbers, some people, some hours. Its seed tells all that happens in it. */
export class World {
  readonly clock = new FakeClock();
  readonly timeline = new Timeline(this.clock);
  readonly chance: Chance;
  readonly phones: Phones;
  readonly oracle: Oracle;
  readonly webhooks = new Webhooks(this);
  readonly network = new Network(this);
  readonly callee = new Callee(this);
  readonly records = new CallRecords(this);
  readonly ringer = new Ringer(this);
  readonly customers = new Customers(this);
  readonly product: Product;
  private readonly callsBefore: number;

  constructor(
    private readonly database: Database,
    readonly report: Report,
    readonly seed: number,
    private readonly callsWanted: number,
    private readonly shouldStop: () => boolean,
  ) {
    this.callsBefore = report.calls;
    this.chance = new Chance(seed);
    this.phones = new Phones(this.chance);
    this.oracle = new Oracle(
      () => this.now,
      (fault, detail) => this.fault(fault, detail),
      this.phones.real,
    );
    this.product = productOn(database, this.clock, {
      placeCall: (_: unknown, order: PlaceCall) => this.ringer.placeCall(order),
      getCall: (_: unknown, uuid: string) => this.records.get(uuid),
      findCalls: (_: unknown, filter: FindCalls) => this.records.find(filter),
    });
    this.takeOverJobs();
    this.takeOverSettings();
  }

  get now(): number {
    return this.clock.now();
  }

  fault(fault: Fault, detail: string): void {
    this.report.fault(fault, `${detail} (world ${this.seed}, minute ${Math.floor((this.now - START) / 60_000)})`);
  }

  async run(): Promise<void> {
    await addNumbers(this.database, this.phones.numbers);
    for (let made = 0; made < 6; made++) await this.customers.open();
    this.timeline.in(0, () => this.step());
    this.timeline.in(1000, () => this.tick());
    await this.timeline.runOut();
    if (!this.shouldStop()) await this.settle();
  }

  /** Calls at the last millisecond of a session, at its end and at the first one after. */
  visitBoundary(session: ModelSession): void {
    if (!this.chance.is(0.3) || session.expirySeconds > 3600) return;
    const at = session.expiresAt + this.chance.pick([-1, 0, 1]);
    const caller = session.parties.first ?? session.parties.second;
    this.timeline.at(at, () => this.network.dial(caller, session.number));
  }

  private get isDone(): boolean {
    return this.report.calls - this.callsBefore >= this.callsWanted || this.shouldStop();
  }

  private async step(): Promise<void> {
    if (this.isDone) return;
    const { chance, customers } = this;
    const act = chance.weighted<() => unknown>([
      [() => this.someoneCalls(), 68],
      [() => this.manyCall(), 4],
      [() => customers.open(), 14],
      [() => customers.renew(), 4],
      [() => customers.update(), 5],
      [() => customers.end(), 2],
      [() => this.forbidCountry(), 1],
    ]);
    await act();
    this.timeline.in(chance.between(0, 18_000), () => this.step());
  }

  /** Comes late and at odd times: a session is dead at its instant, tick or not. */
  private async tick(): Promise<void> {
    if (this.isDone) return;
    await this.product.sessions.expireDue.run();
    this.timeline.in(this.chance.between(500, 120_000), () => this.tick());
  }

  private someoneCalls(): void {
    const { chance, phones, oracle } = this;
    const live = oracle.live();
    const everyone = [...phones.parties, ...phones.strangers];
    const who = chance.weighted([
      ['party', live.length > 0 ? 62 : 0],
      ['visitor', live.length > 0 ? 20 : 0],
      ['former', 8],
      ['anybody', 8],
      ['withheld', 4],
    ] as const);
    const former = oracle.sessions.slice(-15);
    if (who === 'party') this.callAsParty(chance.pick(live));
    else if (who === 'former' && former.length > 0) this.callAsParty(chance.pick(former));
    else if (who === 'visitor')
      this.network.dial(chance.pick(everyone), chance.pick(live.filter(isVisited).concat(chance.pick(live))).number);
    else this.network.dial(who === 'withheld' ? null : chance.pick(everyone), chance.pick(phones.numbers));
  }

  /** Several at one session within seconds, strangers and parties alike. */
  private manyCall(): void {
    const { chance, phones, oracle } = this;
    const live = oracle.live();
    if (live.length === 0) return;
    const visited = live.filter(isVisited);
    const session = chance.pick(visited.length > 0 && chance.is(0.6) ? visited : live);
    const [stranger, party] = [chance.pick(phones.strangers), session.parties.first ?? session.parties.second];
    for (const caller of [stranger, chance.pick(phones.strangers), party]) {
      this.timeline.in(chance.between(0, 3) * 1000, () => this.network.dial(caller, session.number));
    }
    this.timeline.in(30_000, () => this.network.dial(party, session.number));
  }

  private callAsParty({ parties, number }: ModelSession): void {
    const known = [parties.first, parties.second].filter((party) => party !== null);
    this.network.dial(this.chance.pick(known), number);
  }

  /** The operator forbids a country for a while. */
  private forbidCountry(): void {
    this.oracle.allowedCodes = [this.chance.pick(['1', '1', '44'])];
    this.timeline.in(60_000, () => (this.oracle.allowedCodes = []));
  }

  /** Faults off, everything heard, all jobs run: then every party must get through, and the bills must be right. */
  private async settle(): Promise<void> {
    this.webhooks.areFaultsOn = false;
    this.oracle.allowedCodes = [];
    await this.timeline.runOut();
    for (const session of this.oracle.live()) {
      for (const party of [session.parties.first, session.parties.second]) {
        if (party === null || !isLive(session, this.now)) continue;
        if (session.parties[otherRole(roleOf(session, party) ?? 'first')] === null) continue;
        this.network.dial(party, session.number);
        await this.timeline.runOut();
      }
    }
    await new Books(this, this.database).run();
  }

  /** The list of jobs is this world's own, so that it decides when they run; they still run at least once. */
  private takeOverJobs(): void {
    const { product, timeline, chance } = this;
    product.jobs.enqueue = async (_tx, kind, payload, { runAt = this.now } = {}) => {
      const late = chance.between(0, 5000);
      const times = chance.is(0.03) ? 2 : 1;
      for (let time = 0; time < times; time++) {
        if (kind === PLACE_CALL) {
          const { requestId } = payload as { requestId: string };
          if (time === 0) this.ringer.wish(requestId);
          timeline.at(runAt + late + time, () => this.ringer.runJob(requestId));
        } else if (kind === RECONCILE) {
          const { callId } = payload as { callId: string };
          timeline.at(runAt + late + time, () => this.reconcile(callId));
        }
      }
      return true;
    };
  }

  private async reconcile(callId: string): Promise<void> {
    this.records.read.clear();
    try {
      await this.product.reconcileCall.run(callId);
      this.noteReconciled();
    } catch (error) {
      if (error instanceof Park) return this.fault('crash', 'a call was given up by reconciliation');
      const isLater = error instanceof Defer;
      if (isLater) this.noteReconciled();
      else if (!(error instanceof Error) || error.name !== 'ProviderUnavailable') throw error;
      this.timeline.in(isLater ? error.seconds * 1000 : 20_000, () => this.reconcile(callId));
    }
  }

  private noteReconciled(): void {
    for (const { talk } of this.records.read) if (talk) talk.isOverHeard = true;
    this.records.read.clear();
  }

  private takeOverSettings(): void {
    // The model has callers without a number, whatever the network shows in its place; explain-route.spec.ts tells them apart.
    const modelled = (key: string): string => (key === 'unreadable' ? 'withheld' : key);
    const refusals = Object.fromEntries(REFUSAL_KEYS.map((key) => [key, REFUSED + modelled(key)]));
    const countries: Record<string, string> = { '1': 'US', '44': 'GB' };
    this.product.settings.of = async () => ({
      language: 'en-US',
      refusals,
      recording_retention_days: 30,
      text_retention_days: 0,
      unrouted_url: null,
      texts: 'off',
      messaging_default: false,
      messaging_media: false,
      text_languages: [],
      text_notices: {},
      text_redaction: [],
      text_in_callbacks: false,
      daily_requested_calls: 0,
      daily_destinations: 0,
      session_fee: '0',
      minute_fee: '0',
      message_fee: '0',
      daily_spend_cap: null,
      max_rate_per_minute: null,
      max_rate_per_message: null,
      allowed_countries:
        this.oracle.allowedCodes.length === 0 ? null : this.oracle.allowedCodes.map((code) => countries[code] ?? ''),
    });
  }
}

const START = new FakeClock().now();

function isVisited({ isOpen, isPinOn }: ModelSession): boolean {
  return isOpen || isPinOn;
}
