import { Crypto } from '../dist/src/platform/crypto/crypto.js';
import { SessionRecords } from '../dist/src/sessions/session-record.js';
import { newSettings } from '../dist/src/sessions/session-settings.js';
import { ACCOUNT, poolNumber } from './requests.mjs';

// What a database of S live sessions holds, as the service itself would have written it: each session has a customer of its own as first party, ten in
// a row have one driver as second, and session i is on number i modulo 1,000, so that a driver's ten are on ten numbers. Made from the number of the
// session alone, so that no rows are kept.

export const NUMBERS = 1000;
const SESSIONS_PER_DRIVER = 10;
const EXPIRY_SECONDS = 86_400;
const HOUR_MS = 3_600_000;
/** The sessions were opened within this time. */
const SPAN_MS = HOUR_MS;
/** A key for the service and for the rows; random, as the service refuses what is not. */
export const ENCRYPTION_KEY = 'w1hEoQm3D2vDq0p3ZK9kq4n7mN8fJ0yTgXbV6sRcL5U=';

/** Neither are those of `parties()`, with whom the rounds open sessions. */
const customer = (i) => `1917${String(i).padStart(7, '0')}`;
const driver = (i) => `1212${String(Math.floor(i / SESSIONS_PER_DRIVER)).padStart(7, '0')}`;

const SETTINGS = JSON.stringify(
  newSettings(
    { session_expiry: EXPIRY_SECONDS },
    { zeroExpiry: 'default', defaultCallTimeLimitSeconds: 3600, defaultRingTimeoutSeconds: 120 },
  ),
);
const records = new SessionRecords(new Crypto(Buffer.from(ENCRYPTION_KEY, 'base64')));

/** The tables that are filled, and whatever each row of them has the same. Columns of later migrations have their defaults or are made by these. */
export const TABLES = {
  virtual_number: {
    columns: ['id', 'number', 'created_at'],
    constants: {
      account_id: ACCOUNT.authId,
      calling_code: '1',
      country: 'US',
      alias: '',
      status: 'active',
      is_synced: 0,
    },
  },
  masking_session: {
    // As the rows below have them.
    columns:
      'id parties first_index second_index pair_index virtual_number_id virtual_number created_at modified_at expires_at'.split(
        ' ',
      ),
    constants: { account_id: ACCOUNT.authId, status: 'active', settings: SETTINGS },
  },
  number_assignment: {
    columns: ['virtual_number_id', 'party_index', 'session_id', 'role', 'free_after'],
    constants: {},
  },
  session_stat: {
    columns: ['session_id', 'hour', 'virtual_number'],
    constants: { account_id: ACCOUNT.authId, sessions: 1, ...nothing() },
  },
  call_stat: {
    columns: ['virtual_number', 'hour', 'sessions'],
    constants: { account_id: ACCOUNT.authId, shard: 0, ...nothing() },
  },
};

function nothing() {
  return { calls: 0, connected: 0, talk_seconds: 0, billed_seconds: 0, amount: 0, fees: 0 };
}

/** The rows of `sessions` sessions opened until `now`, table by table and each table in the order of its primary key. */
export function scaleRows(sessions, now) {
  const createdAt = (i) => now - SPAN_MS + Math.floor((i * SPAN_MS) / sessions);
  const idOf = (i) => idAt(createdAt(i), i);
  // The one thing that is kept: a hash costs more than its text.
  const indexes = { first: [], second: [] };
  const customerIndex = (i) => (indexes.first[i] ??= records.partyIndex(ACCOUNT.authId, customer(i)));
  const driverIndex = (i) =>
    (indexes.second[Math.floor(i / SESSIONS_PER_DRIVER)] ??= records.partyIndex(ACCOUNT.authId, driver(i)));
  const one = (i) => ({
    id: idOf(i),
    customer: customer(i),
    virtualNumber: poolNumber(i % NUMBERS),
    createdAt: createdAt(i),
    expiresAt: createdAt(i) + EXPIRY_SECONDS * 1000,
  });

  return {
    /** As the load generator knows a session: the customer calls. */
    sessionOf: (i) => ({ id: idOf(i), second: customer(i), virtualNumber: poolNumber(i % NUMBERS) }),
    driverOf: driver,
    *virtual_number() {
      for (let n = 0; n < NUMBERS; n++) yield [n + 1, poolNumber(n), now - 2 * SPAN_MS];
    },
    *masking_session() {
      for (let i = 0; i < sessions; i++) {
        const session = one(i);
        const owner = { id: session.id, accountId: ACCOUNT.authId, subaccountId: null };
        const parties = { first: session.customer, second: driver(i), firstPin: null, secondPin: null };
        yield [
          session.id,
          records.sealParties({ ...owner, parties }),
          customerIndex(i),
          driverIndex(i),
          records.pairIndex({ ...owner, parties }),
          (i % NUMBERS) + 1,
          session.virtualNumber,
          session.createdAt,
          session.createdAt,
          session.expiresAt,
        ];
      }
    },
    *number_assignment() {
      for (let n = 0; n < NUMBERS; n++) {
        const held = [];
        for (let i = n; i < sessions; i += NUMBERS) {
          const { id, expiresAt } = one(i);
          held.push([n + 1, customerIndex(i), id, 'first', expiresAt]);
          held.push([n + 1, driverIndex(i), id, 'second', expiresAt]);
        }
        yield* held.sort(([, left], [, right]) => (left < right ? -1 : 1));
      }
    },
    *session_stat() {
      for (let i = 0; i < sessions; i++) yield [idOf(i), hourOf(createdAt(i)), poolNumber(i % NUMBERS)];
    },
    *call_stat() {
      const sums = new Map();
      for (let i = 0; i < sessions; i++)
        for (const number of [poolNumber(i % NUMBERS), '']) {
          const key = `${number} ${hourOf(createdAt(i))}`;
          sums.set(key, (sums.get(key) ?? 0) + 1);
        }
      for (const [key, count] of sums) {
        const [number, hour] = key.split(' ');
        yield [number, Number(hour), count];
      }
    },
  };
}

function hourOf(instant) {
  return instant - (instant % HOUR_MS);
}

/** A UUID v7 that grows with the time and with the session's number. */
function idAt(instant, i) {
  const time = instant.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${i.toString(16).padStart(12, '0')}`;
}
