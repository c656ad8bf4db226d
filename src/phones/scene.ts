import { apiTime } from '../design/format.ts';
import { texts } from '../design/texts/index.ts';
import type { CallView, ClockView, InboxEntry, PhoneView, Session, SessionText, TextView } from './answers.ts';
import { ask, Refused, unlessRefused } from './ask.ts';
import { curlLine, type Account, type Request } from './curl.ts';
import { NUMBERS, ROLES, WITHHELD, type People, type Role } from './people.ts';
import { mayText, startOf } from './text-session.ts';

const POLL_EVERY_MS = 1000;
const KEPT_SESSION = 'masking.phones.session';
const KEPT_PEOPLE = 'masking.phones.people';
const SHOWN_CALLBACKS = 50;

export interface Told {
  /** What was done, in the page's words. */
  name: string;
  commands: readonly string[];
  /** Null while it is under way and when it went well. */
  failure: { words: string; requestId: string | null } | null;
}

export interface State {
  /** `asking` until it is known whether the demo account may be used. */
  account: Account | 'asking' | null;
  link: 'live' | 'polling' | 'lost';
  lostSince: Date | null;
  session: Session | null;
  people: People;
  /** Whose phone called without showing its number. */
  withheldBy: Role | null;
  phones: Readonly<Record<Role, PhoneView | null>>;
  withheld: PhoneView | null;
  /** The newest. */
  call: CallView | null;
  callbacks: readonly InboxEntry[];
  /** Over the session's number, the oldest first. */
  texts: readonly TextView[];
  sessionTexts: readonly SessionText[];
  clock: (ClockView & { heardAt: number }) | null;
  told: Told | null;
  /** What came of the last deed that needs a sentence; it stays while others are done. */
  outcome: { name: string; words: string } | null;
}

const EMPTY: State = {
  account: 'asking',
  link: 'polling',
  lostSince: null,
  session: null,
  people: (JSON.parse(sessionStorage.getItem(KEPT_PEOPLE) ?? 'null') as People | null) ?? NUMBERS,
  withheldBy: null,
  phones: { first: null, second: null, stranger: null },
  withheld: null,
  call: null,
  callbacks: [],
  texts: [],
  sessionTexts: [],
  clock: null,
  told: null,
  outcome: null,
};

/** All that the page shows, read anew whenever the service says that something has changed, and every second where it cannot say so. */
export class Scene {
  private state = EMPTY;
  private readonly listeners = new Set<() => void>();
  private isReading = false;
  private isStale = false;
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Calls of before this page's session are nobody's business. */
  private sessionUuid = sessionStorage.getItem(KEPT_SESSION);

  readonly get = (): State => this.state;

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Until the answer is called. */
  open(): () => void {
    void this.findAccount().then(() => this.refresh());
    this.source = new EventSource('./simulator/control/events');
    this.source.addEventListener('change', () => void this.refresh());
    this.source.addEventListener('open', () => {
      this.set({ link: 'live', lostSince: null });
      void this.refresh();
    });
    this.source.addEventListener('error', () => this.set({ link: this.state.lostSince === null ? 'polling' : 'lost' }));
    this.timer = setInterval(() => {
      // Where a proxy keeps events back, and while a session runs out, which is no event of the simulator's.
      if (this.state.link !== 'live' || this.isSessionOver()) void this.refresh();
    }, POLL_EVERY_MS);
    return () => {
      this.source?.close();
      clearInterval(this.timer);
    };
  }

  /** Throws what the service refuses the account with: it is asked for nothing but a session's place in a list. */
  async useAccount(typed: Account): Promise<void> {
    const account: Account = { ...typed, isOwn: true };
    const path = `/v1/Account/${encodeURIComponent(account.auth_id)}/Masking/Session/?limit=1`;
    await ask({ method: 'GET', path }, account);
    this.set({ account });
    void this.refresh();
  }

  get account(): Account | null {
    return this.state.account === 'asking' ? null : this.state.account;
  }

  sessionPath(uuid = ''): string {
    return `/v1/Account/${this.account?.auth_id ?? ''}/Masking/Session/${uuid === '' ? '' : `${uuid}/`}`;
  }

  /** Follows this session of these people from now on, or none. */
  follow(session: Session | null, people: People = NUMBERS): void {
    this.sessionUuid = session?.session_uuid ?? null;
    sessionStorage.setItem(KEPT_PEOPLE, JSON.stringify(people));
    if (session === null) sessionStorage.removeItem(KEPT_SESSION);
    else sessionStorage.setItem(KEPT_SESSION, session.session_uuid);
    this.set({ session, people, withheldBy: null, call: null, callbacks: [], texts: [], sessionTexts: [] });
  }

  withhold(role: Role | null): void {
    this.set({ withheldBy: role });
  }

  /** Does something by requests, keeps them as commands and says what came of it; a refusal is told, not thrown. */
  async do(name: string, work: (send: Send) => Promise<string | null>): Promise<boolean> {
    const commands: string[] = [];
    const send: Send = async (request, isOnlyTried = false) => {
      if (request.path.startsWith('/v1/') && this.account === null) throw new Error(texts.phones.account.needed);
      const command = curlLine(request, this.account);
      if (!isOnlyTried) commands.push(command);
      const answer = await ask<never>(request, this.account);
      if (isOnlyTried) commands.push(command);
      return answer;
    };
    try {
      const outcome = await work(send);
      this.set({
        told: { name, commands, failure: null },
        ...(outcome !== null && { outcome: { name, words: outcome } }),
      });
      return true;
    } catch (error) {
      this.set({ told: { name, commands, failure: failureOf(error) } });
      // Its token was changed meanwhile: it is asked for again.
      if (error instanceof Refused && error.status === 401 && this.account?.isOwn) this.set({ account: null });
      return false;
    } finally {
      await this.refresh();
    }
  }

  async refresh(): Promise<void> {
    this.isStale = true;
    if (this.isReading) return;
    this.isReading = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        await this.read();
      }
    } finally {
      this.isReading = false;
    }
  }

  private async read(): Promise<void> {
    try {
      const uuid = this.sessionUuid;
      const [first, second, stranger, withheld] = await Promise.all(
        [...ROLES.map((role) => this.state.people[role]), WITHHELD].map((number) =>
          control<PhoneView>(`/phones/${number}`),
        ),
      );
      const [clock, call, session, carried, sessionTexts, callbacks] = await Promise.all([
        control<ClockView>('/clock'),
        this.newestCall(),
        this.readSession(uuid),
        this.carriedTexts(),
        this.textsOfSession(uuid),
        this.callbacksOf(uuid),
      ]);
      if (uuid !== this.sessionUuid) return;
      // Calls and texts were asked for of the session that was known before.
      if (session?.session_uuid !== this.state.session?.session_uuid) this.isStale = true;
      this.set({
        phones: { first: first ?? null, second: second ?? null, stranger: stranger ?? null },
        withheld: withheld ?? null,
        clock: { ...clock, heardAt: performance.now() },
        call,
        session,
        texts: carried,
        sessionTexts,
        callbacks,
        lostSince: null,
        ...(this.state.link === 'lost' && { link: 'polling' as const }),
      });
    } catch {
      this.set({ link: 'lost', lostSince: this.state.lostSince ?? new Date() });
    }
  }

  /** Of the session's number: what else is called here belongs to another page or program. */
  private async newestCall(): Promise<CallView | null> {
    const number = this.state.session?.virtual_number.replace('+', '');
    if (number === undefined) return null;
    const { items } = await control<{ items: Pick<CallView, 'call_uuid' | 'to' | 'started_at'>[] }>('/calls');
    const created = String(this.state.session?.['created_time'] ?? '').slice(0, 19);
    const newest = items.find(
      ({ to, started_at: at }) => to.replace('+', '') === number && at.slice(0, 19).replace('T', ' ') >= created,
    );
    return newest === undefined ? null : control<CallView>(`/calls/${newest.call_uuid}`);
  }

  private async carriedTexts(): Promise<TextView[]> {
    const { session } = this.state;
    if (session === null || !mayText(this.state)) return [];
    const { items } = await control<{ items: TextView[] }>(`/texts?number=${session.virtual_number.replace('+', '')}`);
    return items.filter(({ at }) => at >= startOf(this.state)).toReversed();
  }

  private async callbacksOf(uuid: string | null): Promise<readonly InboxEntry[]> {
    if (uuid === null) return [];
    const { items } = await control<{ items: InboxEntry[] }>(`/inbox?session=${uuid}&limit=${SHOWN_CALLBACKS}`);
    return items.toReversed();
  }

  private async textsOfSession(uuid: string | null): Promise<readonly SessionText[]> {
    if (uuid === null || this.account === null || !mayText(this.state)) return [];
    const path = `${this.sessionPath(uuid)}Message/`;
    const asked = ask<{ objects: SessionText[] }>({ method: 'GET', path }, this.account);
    const { objects } = await unlessRefused(asked, { objects: [...this.state.sessionTexts] });
    return objects;
  }

  private async readSession(uuid: string | null): Promise<Session | null> {
    if (uuid === null || this.account === null) return this.state.session;
    try {
      const { response } = await ask<{ response: Session }>(
        { method: 'GET', path: this.sessionPath(uuid) },
        this.account,
      );
      return response;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 404 || error.status === 401) this.follow(null);
      return error.status === 404 || error.status === 401 ? null : this.state.session;
    }
  }

  private async findAccount(): Promise<void> {
    try {
      this.set({ account: await control<Account>('/demo-account') });
    } catch {
      this.set({ account: null });
    }
  }

  private isSessionOver(): boolean {
    return this.state.session?.status === 'active' && secondsLeft(this.state) === 0;
  }

  private set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** What is only tried is no command to be shown where it is refused: something else is done then. */
export type Send = <Body>(request: Request, isOnlyTried?: boolean) => Promise<Body>;

function control<Body>(path: string): Promise<Body> {
  return ask<Body>({ method: 'GET', path: `/simulator/control${path}` }, null);
}

function failureOf(error: unknown): Told['failure'] {
  if (error instanceof Refused) return { words: error.message, requestId: error.requestId };
  return { words: error instanceof Error ? error.message : String(error), requestId: null };
}

/** By the service's clock, which may be ahead of this browser's. */
export function nowOf({ clock }: State): number | null {
  return clock === null ? null : Date.parse(clock.now) + (performance.now() - clock.heardAt);
}

/** Null where there is no session; 0 where it is over. */
export function secondsLeft(state: State): number | null {
  const now = nowOf(state);
  if (state.session === null || now === null) return null;
  if (state.session.status === 'expired') return 0;
  const end = apiTime(state.session.expiry_time);
  return end === null ? null : Math.max(0, Math.ceil((end.getTime() - now) / 1000));
}
