import type { Database } from '../../src/platform/database/database.js';
import { DomainError } from '../../src/platform/errors.js';
import type { SessionRecord } from '../../src/sessions/index.js';
import { Chance } from '../simulation/chance.js';
import { givenSpelling, Phones, phoneOf } from '../simulation/phones.js';
import { Timeline } from '../simulation/timeline.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock } from '../support/ground.js';
import { clearTexts } from '../support/text-world.js';
import { turnTextsOn } from '../support/texts.js';
import { TextBooks } from './books.js';
import { TextNetwork } from './network.js';
import { TextOracle, type Pair } from './oracle.js';
import { productOn, TextProcess, type TextProduct } from './processes.js';
import type { TextFault, TextReport } from './report.js';

const ACCOUNT_ROW =
  "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'Some', 'x', 'sealed', 0)";
const PROCESSES = 2;
/** Of each step of a process. */
const DEADLINESS = 0.0008;

/** One small world of people who text: a few numbers, some hours. Its seed makes its choices. */
export class TextWorld {
  readonly clock = new FakeClock();
  readonly timeline = new Timeline(this.clock);
  readonly chance: Chance;
  readonly phones: Phones;
  readonly oracle = new TextOracle(this);
  readonly network = new TextNetwork(this);
  /** Whether Plivo obeys STOP by itself, and counts its reports. */
  readonly obeysWords: boolean;
  readonly countsReports: boolean;
  readonly notices: Record<string, string>;
  readonly deadliness = DEADLINESS;
  private processes: TextProcess[] = [];
  /** Customers' side: it is not killed, so that the oracle knows what they have. */
  private readonly office: TextProduct;
  private readonly busy = new Set<TextProcess>();
  private written = 0;

  constructor(
    private readonly database: Database,
    readonly report: TextReport,
    readonly seed: number,
    private readonly wanted: number,
    private readonly sabotage: (product: TextProduct) => void,
  ) {
    this.chance = new Chance(seed);
    this.phones = new Phones(this.chance);
    this.obeysWords = this.chance.is(0.5);
    this.countsReports = this.chance.is(0.7);
    this.notices = this.chance.is(0.5) ? { failed: 'Your text was not delivered.' } : {};
    this.office = productOn(database, this, {});
  }

  get now(): number {
    return this.clock.now();
  }

  readonly fault = (fault: TextFault, detail: string): void =>
    this.report.fault(fault, `${detail} (world ${this.seed}, second ${Math.floor((this.now - START) / 1000)})`);

  crashed(error: unknown): void {
    this.fault(
      'crash',
      error instanceof Error ? `${error.name} ${error.message} ${error.stack ?? ''}`.slice(0, 300) : 'what is no error',
    );
  }

  /** Any of those that run. */
  process(chance: Chance): TextProcess {
    return chance.pick(this.processes);
  }

  bury(dead: TextProcess): void {
    this.report.kills += 1;
    this.processes = this.processes.filter((one) => one !== dead);
    this.start();
  }

  async run(): Promise<void> {
    await this.prepare();
    for (let made = 0; made < 8; made += 1) await this.open();
    this.timeline.in(0, () => this.step());
    this.timeline.in(500, () => this.work());
    while (!this.isDone) await this.timeline.runUntil(this.now + 10_000);
    await this.settle();
    await new TextBooks(this, this.database, this.office).run();
  }

  private async prepare(): Promise<void> {
    await clearSessions(this.database);
    await clearTexts(this.database);
    await this.database.transaction((tx) => tx.query(ACCOUNT_ROW, [ACCOUNT]));
    await addNumbers(this.database, this.phones.numbers);
    await this.database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await turnTextsOn(this.database, ACCOUNT, { message_fee: '0.001', text_notices: this.notices });
    for (let made = 0; made < PROCESSES; made += 1) this.start();
  }

  private start(): void {
    const process = new TextProcess(this, this.database, this.network.api);
    this.sabotage(process.product);
    this.processes.push(process);
  }

  private get isDone(): boolean {
    return this.written >= this.wanted;
  }

  private async step(): Promise<void> {
    if (this.isDone) return;
    const { chance } = this;
    const act = chance.weighted<() => unknown>([
      [() => this.someoneWrites(), 80],
      [() => this.burst(), 2],
      [() => this.open(), 9],
      [() => this.update(), 4],
      [() => this.end(), 2],
      [() => this.renew(), 3],
    ]);
    await act();
    this.timeline.in(chance.between(0, 6000), () => this.step());
  }

  /** Jobs, and what the scheduler does, by one of the processes at odd times. */
  private async work(): Promise<void> {
    const { chance } = this;
    const process = this.process(chance);
    // Time goes on while a process waits for Plivo; it is not asked again meanwhile.
    if (!this.busy.has(process)) {
      this.busy.add(process);
      const { product } = process;
      await process.while(product.jobs.runDue());
      if (chance.is(0.02)) await process.while(product.priceTexts.enqueue());
      if (chance.is(0.02)) await process.while(product.sweepTexts.enqueue());
      this.busy.delete(process);
    }
    if (chance.is(0.05)) await this.office.sessions.expireDue.run();
    if (!this.isDone) this.timeline.in(chance.between(200, 5000), () => this.work());
  }

  private someoneWrites(): void {
    const { chance, phones, oracle } = this;
    const live = oracle.live();
    const who = chance.weighted([
      ['party', live.length > 0 ? 78 : 0],
      ['former', oracle.pairs.length > 0 ? 9 : 0],
      ['stranger', 6],
      ['nobody', 3],
      ['own', 1],
    ] as const);
    if (who === 'party') this.writeAsParty(chance.pick(live));
    else if (who === 'former') this.writeAsParty(chance.pick(oracle.pairs.slice(-15)));
    else {
      const from = { stranger: chance.pick(phones.strangers), nobody: null, own: chance.pick(phones.numbers) }[who];
      this.write(from, chance.pick(phones.numbers), this.words());
    }
  }

  /** One person, several texts in a moment: their order counts, and some are too many. */
  private burst(): void {
    const live = this.oracle.live();
    if (live.length === 0) return;
    const pair = this.chance.pick(live);
    for (let more = this.chance.pick([3, 3, 5, 35]); more > 0; more -= 1) this.writeAsParty(pair);
  }

  writeAsParty({ people, number }: Pair): void {
    const known = people.filter((one) => one !== null);
    this.write(phoneOf(this.chance.pick(known)), number, this.words());
  }

  private write(from: string | null, number: string, text: string): void {
    this.report.texts += 1;
    this.oracle.wrote(this.network.write(from, number, text));
  }

  /** Every word is known again: nobody else writes it, and nobody twice. */
  private words(): string {
    const { chance } = this;
    this.written += 1;
    const kind = chance.weighted([
      ['short', 70],
      ['long', 12],
      ['parts', 4],
      ['empty', 1],
      ['stop', 4],
      ['start', 4],
      ['help', 2],
    ] as const);
    if (kind === 'stop') return chance.pick(['STOP', 'stop', ' Stop ']);
    if (kind === 'start') return chance.pick(['START', 'start']);
    if (kind === 'help') return 'HELP';
    if (kind === 'empty') return ' ';
    const count = { short: 1, long: chance.between(10, 60), parts: chance.between(180, 420) }[kind];
    const mark = chance.pick(['', '', '€', 'ж', '👋']);
    return Array.from({ length: count }, (_, place) => `#${this.written}#${place}${mark}`).join(
      chance.pick([' ', '\n']),
    );
  }

  private async open(): Promise<void> {
    const { chance, phones } = this;
    const isSingle = chance.is(0.1);
    const body = {
      first_party: `+${givenSpelling(chance.pick(phones.parties), chance)}`,
      ...(isSingle ? { create_session_with_single_party: true } : {}),
      ...(isSingle ? {} : { second_party: `+${givenSpelling(chance.pick(phones.parties), chance)}` }),
      ...(chance.is(0.9) ? { messaging: true } : {}),
      session_expiry: chance.pick([60, 120, 600, 600, 3600]),
    };
    await this.orRefused(this.office.sessions.open(body));
  }

  private async renew(): Promise<void> {
    const live = this.oracle.live();
    if (live.length === 0) return;
    const { people, hasTexts } = this.chance.pick(live);
    if (people[1] === null) return;
    const [first_party, second_party] = people.map((one) => `+${one}`);
    await this.orRefused(
      this.office.sessions.open({ first_party, second_party, messaging: hasTexts, session_expiry: 600 }),
    );
  }

  private async update(): Promise<void> {
    const live = this.oracle.live();
    if (live.length === 0) return;
    const { chance, phones } = this;
    const { sessionId } = chance.pick(live);
    const change = chance.weighted<object>([
      [{ second_party: `+${givenSpelling(chance.pick(phones.parties), chance)}` }, 4],
      [{ messaging: chance.is(0.6) }, 2],
      [{ session_expiry: chance.pick([60, 900]) }, 2],
    ]);
    await this.orRefused(this.office.sessions.update(sessionId, change as Record<string, unknown>));
  }

  private async end(): Promise<void> {
    const live = this.oracle.live();
    if (live.length === 0) return;
    const { sessionId } = this.chance.pick(live);
    await this.office.sessions.end(sessionId).then(
      () => this.oracle.ended(sessionId),
      () => undefined,
    );
  }

  /** Refusals are the service's to make. */
  private async orRefused(work: Promise<SessionRecord>): Promise<void> {
    const session = await work.catch((error: unknown) => {
      if (error instanceof DomainError) return null;
      throw error;
    });
    if (session !== null) this.oracle.opened(session);
  }

  /** Faults off; then everything that is still to be heard, found out and priced. */
  private async settle(): Promise<void> {
    this.network.areFaultsOn = false;
    const pass = async (seconds: number): Promise<void> => {
      await this.timeline.runUntil(this.now + seconds * 1000);
      const { product } = this.process(this.chance);
      await product.priceTexts.enqueue();
      await product.sweepTexts.enqueue();
      await product.jobs.runDue();
    };
    for (let seconds = 0; seconds < 1500; seconds += 15) await pass(15);
    for (const seconds of [3600, 3 * 3600, 10 * 3600, 12 * 3600, 3600]) await pass(seconds);
    for (let more = 0; more < 400 && (await this.unpriced()); more += 1) await pass(10);
  }

  private async unpriced(): Promise<boolean> {
    for (const table of ['text_message', 'text_forward', 'text_notice']) {
      const due = `SELECT 1 FROM ${table} WHERE price_at <= ? LIMIT 1`;
      const rows = await this.database.read<unknown[]>((manager) => manager.query(due, [this.now]));
      if (rows.length > 0) return true;
    }
    return false;
  }
}

const START = new FakeClock().now();
