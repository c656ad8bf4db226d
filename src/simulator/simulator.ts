import { parseUrl } from '../platform/parse-url.js';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Clock } from '../platform/clock.js';
import { Account, type SimulatedNumber } from './calls/account.js';
import { CallBook } from './calls/call-book.js';
import type { Call } from './calls/call.js';
import { Phones } from './calls/phones.js';
import { Inbox } from './inbox/inbox.js';
import type { KeptAdvance } from './kept-advance.js';
import { RecordingBook } from './media/recording-book.js';
import { ApiRequests } from './rest/api-requests.js';
import { Activity } from './rules/activity.js';
import { Changes } from './rules/changes.js';
import { Faults } from './rules/faults.js';
import { DEFAULT_SETTINGS, type Settings } from './rules/settings.js';
import { Timers } from './rules/timers.js';
import { WebhookSender } from './webhooks/webhook-sender.js';
import type { TextWorld } from './texts/carry-text.js';
import { TextBook } from './texts/text-book.js';
import { runCall } from './xml/elements.js';

export interface SimulatorOptions {
  authId: string;
  authToken: string;
  /** Where calls go whose number has no application; may be empty until `configure` names it. */
  answerUrl: string;
  hangupUrl: string;
  /** Where messages go; nowhere when it is left out. */
  messageUrl?: string;
  clock: Clock;
  numbers: readonly SimulatedNumber[];
  /** Where this simulator's own media is served; recordings are made from the start then. Without it their address leads nowhere. */
  mediaUrl?: string;
  /** Tokens of subaccounts by Auth ID: they sign for the numbers of those and open the REST API for them; numbers of others are the main account's. */
  subaccountTokens?: Readonly<Record<string, string>>;
  /** Where it is reached besides localhost: the control API answers to this URL's host name too. */
  publicUrl?: string;
  /** Of the faults' chances. */
  seed?: number;
  /** Whether the account was made up at the first start: its token may be told to the pages that play with it. */
  isDemo?: boolean;
  /** Where moves of the clock outlast this process; without it they end with it. */
  keptAdvance?: KeptAdvance;
  /** Takes the database of the service that this runs in away, for so many milliseconds; without it there is none. */
  takeDatabaseAway?: (milliseconds: number) => void;
}

/** How long an advance of the clock waits for one webhook. */
const SETTLE_LIMIT_MS = 10_000;

/** A Plivo in memory: numbers, phones and calls. Meets the application over HTTP only, as Plivo does. */
@Injectable()
export class Simulator implements TextWorld, OnModuleDestroy {
  readonly authId: string;
  readonly authToken: string;
  /** As a URL parser spells them. */
  readonly hostNames: readonly string[];
  readonly isDemo: boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly changes = new Changes();
  readonly settings: Settings;
  readonly faults: Faults;
  readonly account: Account;
  readonly phones: Phones;
  readonly book: CallBook;
  readonly webhooks: WebhookSender;
  readonly apiRequests = new ApiRequests();
  readonly activity = new Activity();
  readonly inbox: Inbox;
  readonly recordings = new RecordingBook();
  readonly texts: TextBook;
  readonly takeDatabaseAway: SimulatorOptions['takeDatabaseAway'];
  private readonly urls: { answerUrl: string; hangupUrl: string; messageUrl: string };
  private readonly firstSettings: Readonly<Settings>;
  private readonly keptAdvance: KeptAdvance | null;

  constructor(options: SimulatorOptions) {
    this.authId = options.authId;
    this.authToken = options.authToken;
    const publicUrl = parseUrl(options.publicUrl ?? '');
    this.hostNames = publicUrl === null ? [] : [publicUrl.hostname];
    this.isDemo = options.isDemo ?? false;
    this.clock = options.clock;
    this.keptAdvance = options.keptAdvance ?? null;
    this.takeDatabaseAway = options.takeDatabaseAway;
    const { answerUrl, hangupUrl, messageUrl = '' } = options;
    this.urls = { answerUrl, hangupUrl, messageUrl };
    const { mediaUrl } = options;
    this.firstSettings = {
      ...DEFAULT_SETTINGS,
      ...(mediaUrl === undefined ? {} : { media_url: mediaUrl, recordings: 'on' }),
    };
    this.settings = { ...this.firstSettings };
    this.timers = new Timers(this.clock);
    this.faults = new Faults(options.seed ?? 1);
    this.account = new Account(options.numbers, this.urls, options.subaccountTokens);
    this.phones = new Phones(this.clock, this.timers, this.changes);
    this.book = new CallBook(this.clock, this.settings);
    this.texts = new TextBook(this.clock);
    this.webhooks = new WebhookSender(this, (subaccount) => this.tokensOf(subaccount));
    this.inbox = new Inbox(this, () => this.inboxKnows());
  }

  runCall(call: Call): Promise<void> {
    return runCall(this, call);
  }

  /** Changes where calls go: the public address may only be known once the listener is. */
  configure(urls: { answerUrl?: string; hangupUrl?: string; messageUrl?: string }): void {
    Object.assign(this.urls, urls);
    this.account.followDefaults();
  }

  /** Moves the clock, running what falls due in between, each at its own instant and with its webhooks, before the next. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.clock.now() + milliseconds;
    // First: who is killed on the way has stored nothing that is later than what is kept.
    if (milliseconds > 0) this.keptAdvance?.write(this.clock.aheadMs + milliseconds);
    for (;;) {
      await this.activity.settled(SETTLE_LIMIT_MS);
      const dueAt = this.timers.nextDueAt();
      if (dueAt === null || dueAt > target) break;
      this.clock.advance(Math.max(0, dueAt - this.clock.now()));
      this.timers.runNext();
    }
    this.clock.advance(Math.max(0, target - this.clock.now()));
    this.changes.notify();
  }

  /** Back to the first moment, except the clock, which never runs backwards. Live calls vanish without a webhook. */
  reset(): void {
    for (const call of this.book.calls.values()) call.isForgotten = true;
    for (const { hangUp } of this.book.live.values()) hangUp('API Request');
    this.timers.clear();
    void this.webhooks.abandon();
    this.faults.clear();
    this.apiRequests.clear();
    this.inbox.clear();
    this.inbox.liftAll();
    Object.assign(this.settings, this.firstSettings);
    this.recordings.clear();
    this.account.reset();
    this.phones.forgetAll();
    this.book.forgetAll();
    this.texts.forgetAll();
    this.changes.notify();
  }

  async close(): Promise<void> {
    this.timers.close();
    this.faults.clear();
    this.inbox.liftAll();
    this.changes.close();
    await this.webhooks.close();
  }

  onModuleDestroy(): Promise<void> {
    return this.close();
  }

  /** The public base is that of the answer URL: a proxy may have taken a prefix off the path that we see. */
  private inboxKnows() {
    const [base = ''] = this.urls.answerUrl.split('/plivo/', 1);
    const owners = [this.authToken, ...this.account.subaccounts.list().map(({ authToken }) => authToken)];
    return { main: this.authToken, owners, bases: base === '' ? [] : [base] };
  }

  private tokensOf(subaccount: string | null): { owner: string; main: string } {
    const own = this.account.subaccounts.get(subaccount ?? '');
    return { owner: own?.authToken ?? this.authToken, main: this.authToken };
  }
}
