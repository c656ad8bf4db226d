import type { SessionRecord } from '../../src/sessions/session-record.js';
import { DomainError } from '../../src/platform/errors.js';
import { callingCode, isPlainlyFree, refusalCode, whyNot, type Want } from './lending-rules.js';
import { isLive, type ModelSession, type Role } from './model.js';
import { isOnePhone } from './phones.js';
import { Wishes, type Body } from './wishes.js';
import type { World } from './world.js';

/** Those who use the API: they open, renew, change and end sessions, in every way that the reference knows. */
export class Customers {
  private readonly wishes: Wishes;

  constructor(private readonly world: World) {
    this.wishes = new Wishes(world);
  }

  async open(): Promise<void> {
    await this.create(this.wishes.newSession());
  }

  /** The same ordered pair again: the live session, renewed. */
  async renew(): Promise<void> {
    const { chance, oracle } = this.world;
    const pairs = oracle.live().filter(({ parties }) => parties.first !== null && parties.second !== null);
    if (pairs.length === 0) return;
    const { parties } = chance.pick(pairs);
    await this.create(this.wishes.renewal(parties));
  }

  async update(): Promise<void> {
    const { chance } = this.world;
    const session = this.someSession();
    if (!session) return;
    const role = chance.pick(['first', 'second'] as const);
    const body = this.wishes.change(session, role);
    const now = this.world.now;
    const expected = this.whyNoUpdate(session, role, body);
    try {
      const record = await this.world.product.sessions.update(session.id, body);
      if (expected.must !== null) this.world.fault('wrong lending', `update went through: ${expected.must}`);
      this.world.report.operation('update');
      this.moveParty(session, role, body, now);
      this.change(session, body, now);
      this.check(session, record);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.world.report.operation(`update refused ${error.code}`);
      if (expected.must === null && !expected.may) this.world.fault('wrong lending', `update refused: ${error.code}`);
    }
  }

  async end(): Promise<void> {
    const session = this.someSession();
    if (!session) return;
    const wasLive = isLive(session, this.world.now);
    try {
      await this.world.product.sessions.end(session.id);
      if (!wasLive) this.world.fault('wrong answer', 'an ended session was ended again');
      this.world.report.operation('delete');
      session.deletedAt = this.world.now;
    } catch (error) {
      if (!(error instanceof DomainError) || wasLive) throw error;
    }
  }

  private async create(body: Body): Promise<void> {
    const { world } = this;
    const { oracle, now } = world;
    const renewed = oracle
      .live()
      .find(
        ({ parties }) =>
          isOnePhone(parties.first, digits(body['first_party'])) &&
          isOnePhone(parties.second, digits(body['second_party'])),
      );
    try {
      const record = await world.product.sessions.open(body);
      if (renewed && record.id !== renewed.id) world.fault('wrong lending', 'a live pair got a second session');
      const session = renewed ?? this.adopt(record, body);
      if (renewed) this.renewed(renewed, body, now);
      world.report.operation(renewed ? 'renewal' : 'create');
      this.check(session, record);
      world.ringer.adoptRequests(session, body['initiate_call_to_first_party'] === true);
      world.visitBoundary(session);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      world.report.operation(`create refused ${error.code}`);
      const code = refusalCode(world.phones.numbers, wantOf(body), (number) => oracle.on(number), now);
      if (error.code !== code || renewed) world.fault('wrong lending', `create: ${error.code} for ${code}`);
      const free = world.phones.numbers.filter((number) => isPlainlyFree(number, wantOf(body), oracle.on(number), now));
      if (free.length > 0) world.fault('wrong lending', `exhausted while ${free.join()} would do`);
    }
  }

  private adopt(record: SessionRecord, body: Body): ModelSession {
    const { oracle, now } = this.world;
    const want = { ...wantOf(body), pins: [record.parties.firstPin, record.parties.secondPin].filter(isText) };
    const problem = whyNot(record.virtualNumber, want, oracle.on(record.virtualNumber), now);
    if (problem !== null) this.world.fault('wrong lending', problem);
    const session: ModelSession = {
      id: record.id,
      number: record.virtualNumber,
      parties: { first: digits(body['first_party']), second: digits(body['second_party']) },
      pins: { first: record.parties.firstPin, second: record.parties.secondPin },
      isPinOn: body['is_pin_authentication_required'] === true,
      isForced: body['force_pin_authentication'] === true,
      retries: Number(body['pin_retry'] ?? 1),
      prompt: text(body['pin_prompt_play']),
      wrongPlay: text(body['incorrect_pin_play']),
      isSingle: body['create_session_with_single_party'] === true,
      isOpen: want.isOpen,
      unknownPlay: text(body['unknown_caller_play']),
      plays: { first: '', second: '' },
      ringSeconds: 120,
      limitSeconds: 3600,
      cooloffSeconds: Number(body['virtual_number_cooloff_period'] ?? 0),
      expirySeconds: 3600,
      expiresAt: 0,
      deletedAt: null,
      lastCaller: null,
      talks: [],
      requests: [],
      left: [],
    };
    this.change(session, { session_expiry: 3600, ...body }, now);
    oracle.add(session);
    return session;
  }

  private renewed(session: ModelSession, body: Body, now: number): void {
    this.change(session, { session_expiry: session.expirySeconds, ...body }, now);
    session.parties = { first: digits(body['first_party']), second: digits(body['second_party']) };
    if (body['unknown_caller_play'] !== undefined) session.unknownPlay = text(body['unknown_caller_play']);
    session.cooloffSeconds = Number(body['virtual_number_cooloff_period'] ?? session.cooloffSeconds);
  }

  private change(session: ModelSession, body: Body, now: number): void {
    const seconds = (name: string, otherwise: number): number => Number(body[name] ?? otherwise);
    session.ringSeconds = seconds('ring_timeout', session.ringSeconds);
    session.limitSeconds = seconds('call_time_limit', session.limitSeconds);
    for (const role of ['first', 'second'] as const) {
      const play = body[`${role}_party_play_url`];
      if (play !== undefined) session.plays[role] = text(play);
    }
    if (body['session_expiry'] === undefined) return;
    session.expirySeconds = Number(body['session_expiry']);
    session.expiresAt = now + session.expirySeconds * 1000;
  }

  private moveParty(session: ModelSession, role: Role, body: Body, now: number): void {
    const given = body[`${role}_party`];
    const before = session.parties[role];
    if (given === undefined || given === before) return;
    if (before !== null && !isOnePhone(before, text(given)))
      session.left.push({ party: before, freeAfter: now + session.cooloffSeconds * 1000 });
    session.parties[role] = text(given);
  }

  private whyNoUpdate(session: ModelSession, role: Role, body: Body): { must: string | null; may: boolean } {
    const { oracle, now } = this.world;
    if (!isLive(session, now)) return { must: 'the session has ended', may: true };
    const given = digits(body[`${role}_party`]);
    if (given === null || isOnePhone(given, session.parties[role])) return { must: null, may: false };
    const other = session.parties[role === 'first' ? 'second' : 'first'];
    if (isOnePhone(given, other)) return { must: 'both parties are one', may: true };
    const others = oracle.on(session.number).filter((each) => each !== session);
    const want = { parties: [given], pins: [], isOpen: false, callingCode: null };
    const problem = whyNot(session.number, want, others, now);
    const first = role === 'first' ? given : session.parties.first;
    const second = role === 'second' ? given : session.parties.second;
    const isTaken = oracle
      .live()
      .some(
        (each) => each !== session && isOnePhone(each.parties.first, first) && isOnePhone(each.parties.second, second),
      );
    if (isTaken && first !== null && second !== null) return { must: 'the pair has a session', may: true };
    return { must: problem, may: problem !== null };
  }

  /** The product must tell of the session what the model knows; above all no party that nobody named. */
  private check(session: ModelSession, record: SessionRecord): void {
    const isSame =
      record.parties.first === session.parties.first &&
      record.parties.second === session.parties.second &&
      record.virtualNumber === session.number &&
      record.expiresAt === session.expiresAt;
    if (!isSame) this.world.fault('wrong lending', `session ${session.id} is not what was asked for`);
  }

  private someSession(): ModelSession | null {
    const { chance, oracle } = this.world;
    const candidates = chance.is(0.9) ? oracle.live() : oracle.sessions.slice(-20);
    return candidates.length === 0 ? null : chance.pick(candidates);
  }
}

function wantOf(body: Body): Want {
  const isPinOn = body['is_pin_authentication_required'] === true;
  const pins = [body['first_party_pin'], body['second_party_pin']].filter(isText);
  const parties = [digits(body['first_party']), digits(body['second_party'])].filter(isText);
  const geographic = parties[0] ?? '';
  return {
    parties,
    // Generated ones are new to everybody, and are PINs all the same.
    pins: isPinOn && pins.length === 0 ? ['generated'] : pins,
    isOpen: parties.length === 1 && !isPinOn,
    callingCode: body['geomatch'] === false ? null : callingCode(geographic),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function text(value: unknown): string {
  return isText(value) ? value : '';
}

function digits(value: unknown): string | null {
  return isText(value) ? value.replace('+', '') : null;
}
