import { createHash, randomBytes } from 'node:crypto';
import { AllocateNumber, PoolRefusals } from '../../src/number-pool/index.js';
import { CreateSessionPipe, UpdateSessionPipe } from '../../src/sessions/session-body.pipe.js';
import { ReadTextTotals } from '../../src/sessions/text-totals.js';
import { SessionRecords, type SessionRecord } from '../../src/sessions/session-record.js';
import { EndSession } from '../../src/sessions/end-session.js';
import { ExpireDueSessions } from '../../src/sessions/expire-due-sessions.js';
import { FindRoute } from '../../src/sessions/find-route.js';
import { FindStrangers } from '../../src/sessions/find-strangers.js';
import { FindSession, FindSessionById } from '../../src/sessions/find-session.js';
import { OpenSession } from '../../src/sessions/open-session.js';
import { UpdateSession } from '../../src/sessions/update-session.js';
import { Clock } from '../../src/platform/clock.js';
import { readConfig, type Config } from '../../src/platform/settings/config.js';
import { Crypto } from '../../src/platform/crypto/crypto.js';
import type { Database, Tx } from '../../src/platform/database/database.js';
import { Events } from '../../src/platform/events/events.js';
import { EVERY_COUNTRY } from '../../src/telephony/destinations.js';
import { createLogger } from '../../src/platform/logging/logger.js';
import { describeNumber, type E164 } from '../../src/telephony/phone.js';

export const ACCOUNT = 'MATESTTESTTESTTEST00';
export const OWNER = { accountId: ACCOUNT, subaccountId: null };

export function testConfig(settings: Record<string, string> = {}): Config {
  return readConfig({ LOG_LEVEL: 'silent', ...settings }, false);
}

/** A clock that stands still until a test moves it. */
export class FakeClock extends Clock {
  private instant = Date.UTC(2026, 0, 5, 10, 0, 0);

  override now(): number {
    return this.instant;
  }

  override wall(): number {
    return this.instant;
  }

  override advance(milliseconds: number): void {
    this.instant += milliseconds;
  }
}

/** The sessions module's use cases on a real database, wired by hand; `key` lets two of them share a database as two processes do. */
export function sessionsOn(
  database: Database,
  clock: Clock = new FakeClock(),
  key = randomBytes(32),
  settings: Record<string, string> = {},
) {
  const config = testConfig(settings);
  // What sessions with texts ask for; others do not look at it.
  const texts = 'on' as const;
  const crypto = new Crypto(key);
  const events = new Events();
  const records = new SessionRecords(crypto, database);
  const openSession = new OpenSession(
    clock,
    config,
    events,
    records,
    new AllocateNumber(database, events),
    new PoolRefusals(database, clock, events, createLogger({ level: 'silent', format: 'json' })),
  );
  const textTotals = new ReadTextTotals();
  const updateSession = new UpdateSession(clock, config, events, records);
  const endSession = new EndSession(clock, events, records);
  const createPipe = new CreateSessionPipe(config);
  const updatePipe = new UpdateSessionPipe(config);
  const openIn = (tx: Tx, body: Record<string, unknown>, fee = '0'): Promise<SessionRecord> =>
    openSession.run(tx, OWNER, createPipe.transform(body), { ...EVERY_COUNTRY, session_fee: fee, texts });
  return {
    config,
    clock,
    crypto,
    events,
    records,
    expireDue: new ExpireDueSessions(database, clock, events),
    findRoute: new FindRoute(database, clock, records),
    findStrangers: new FindStrangers(clock, records),
    findSessionById: new FindSessionById(records),
    findSession: new FindSession(database, clock, config, records, textTotals),
    textTotals,
    open: (body: Record<string, unknown>, fee = '0'): Promise<SessionRecord> =>
      database.transaction((tx) => openIn(tx, body, fee)),
    openIn,
    update: (id: string, body: Record<string, unknown>): Promise<SessionRecord> =>
      database.transaction((tx) =>
        updateSession.run(tx, OWNER, id, updatePipe.transform(body), { ...EVERY_COUNTRY, texts }),
      ),
    end: (id: string): Promise<void> => database.transaction((tx) => endSession.run(tx, OWNER, id)),
    endIn: (tx: Tx, id: string): Promise<void> => endSession.run(tx, OWNER, id),
  };
}

/** Accounts that are there from the beginning, each Plivo's under its own name. */
export async function addAccounts(database: Database, ids: string[]): Promise<void> {
  await database.transaction(async (tx) => {
    for (const id of ids)
      await tx.query(
        'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
        [id, 'Some', id, 'sealed', 0],
      );
  });
}

/** Numbers for the pool, in this order. */
export async function addNumbers(
  database: Database,
  numbers: string[],
  subaccountId: string | null = null,
): Promise<void> {
  await database.transaction(async (tx) => {
    for (const number of numbers) {
      const { callingCode, country } = describeNumber(number as E164);
      await tx.query(
        `INSERT INTO virtual_number (account_id, subaccount_id, number, calling_code, country, alias, status, is_synced, created_at)
         VALUES (?, ?, ?, ?, ?, '', 'active', 0, 0)`,
        [ACCOUNT, subaccountId, number, callingCode, country],
      );
    }
  });
}

export const usNumbers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(12025550000 + index));
export const party = (index: number): string => `+${14155550000 + index}`;

const FILLED = [
  'masking_session',
  'session_fold',
  'session_count',
  'number_assignment',
  'pin_assignment',
  'interaction',
  'virtual_number',
  'callback',
  'callback_attempt',
  'callback_stream',
  'failing_receiver',
  'masked_call',
  'call_leg',
  'webhook_receipt',
  'account_setting',
  'account_spend',
  'spend_reservation',
  'daily_count',
  'daily_destination',
  'account',
  'call_answer',
  'pin_failure',
  'pin_gate',
  'call_request',
  'text_message',
  'text_forward',
  'text_notice',
  'text_tally',
  'call_tally',
  'call_stat',
  'session_stat',
  'stat_recount',
  'job',
];
/** Most facts leave most of them empty: to delete from each took longer than many a fact. */
const WHICH_ARE_FILLED = `SELECT ${FILLED.map((table) => `EXISTS (SELECT 1 FROM ${table}) AS ${table}`).join(', ')}`;

/** Empties what the sessions tests fill. */
export async function clearSessions(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    const [are] = await tx.query<Record<string, unknown>[]>(WHICH_ARE_FILLED);
    for (const table of FILLED) if (Number(are?.[table]) === 1) await tx.query(`DELETE FROM ${table}`);
  });
}

/** The leg that a conversation in progress has. */
export function addLeg(tx: Tx, { id, sessionId, legUuid }: { id: string; sessionId: string; legUuid: string }) {
  return tx.query(
    `INSERT INTO call_leg (account_id, leg_uuid, call_id, session_id, side, is_answered, is_connected, is_ended)
     VALUES (?, ?, ?, ?, 'A', 0, 0, 0)`,
    [ACCOUNT, legUuid, id, sessionId],
  );
}

/** SHA-256 as 43 characters of base64url. */
export function digest(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('base64url');
}

type AnyEvent = Parameters<Events['subscribe']>[0];

/** What is announced from now on of these kinds, in its order. */
export function announced(events: Events, kinds: readonly unknown[]): object[] {
  const told: object[] = [];
  for (const kind of kinds) events.subscribe(kind as AnyEvent, async (_tx, one) => void told.push(one as object));
  return told;
}
