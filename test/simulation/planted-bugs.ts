import { FindRoute } from '../../src/sessions/find-route.js';
import { PIN_ASSIGNMENTS } from '../../src/number-pool/index.js';
import { SESSIONS } from '../../src/sessions/session.entity.js';
import { selection } from '../../src/platform/database/rows.js';
import type { Clock } from '../../src/platform/clock.js';
import type { Database } from '../../src/platform/database/database.js';
import { otherRole } from './model.js';
import type { Fault } from './report.js';
import type { Product } from './world.js';

export interface PlantedBug {
  name: string;
  /** As what it must show. */
  shows: Fault;
  plant: (product: Product, database: Database) => void;
}

/** Wrapped around the real use cases; nothing in the product knows of them. */
export const PLANTED_BUGS: PlantedBug[] = [
  {
    name: 'a party is taken for the other one',
    // It would be put through to itself, which is refused: the wrong answer shows.
    shows: 'wrong answer',
    plant: ({ sessions: { findRoute } }) => {
      const run = findRoute.at.bind(findRoute);
      findRoute.at = async (...asked) => {
        const route = await run(...asked);
        return route && { ...route, role: otherRole(route.role) };
      };
    },
  },
  {
    name: 'a PIN gives the role of the other party',
    shows: 'wrong connection',
    plant: ({ sessions: { findStrangers } }) => {
      const byPin = findStrangers.byPin.bind(findStrangers);
      findStrangers.byPin = async (...asked) => {
        const seat = await byPin(...asked);
        return seat && { ...seat, role: otherRole(seat.role) };
      };
    },
  },
  {
    name: 'two spellings of a phone are two people',
    shows: 'wrong lending',
    plant: ({ sessions: { records, crypto } }) => {
      records.partyIndex = (accountId, number) => (number === null ? null : crypto.index(accountId, 'party', number));
    },
  },
  {
    name: 'one of two people with like numbers is taken for the other',
    shows: 'wrong connection',
    plant: ({ sessions: { records, crypto } }) => {
      records.partyIndex = (accountId, number) =>
        number === null ? null : crypto.index(accountId, 'party', number.slice(0, -1));
    },
  },
  {
    name: 'nobody looks whether the session has expired',
    shows: 'wrong connection',
    plant: (product, database) => {
      const { findRoute, records } = product.sessions;
      const neverLate = { now: () => 0 } as unknown as Clock;
      const unchecked = new FindRoute(database, neverLate, records);
      findRoute.at = unchecked.at.bind(unchecked);
      changeSeatFacts(product, () => ({ isLive: true }));
    },
  },
  {
    name: 'a session that was busy once is thought busy for ever',
    shows: 'stuck session',
    plant: (product) => {
      const wasBusy = new Set<string>();
      changeSeatFacts(product, (facts, sessionId) => {
        if (facts.isBusy) wasBusy.add(sessionId);
        return { isBusy: wasBusy.has(sessionId) };
      });
    },
  },
  {
    name: 'nobody looks whether the session is busy',
    shows: 'two conversations',
    plant: (product) => changeSeatFacts(product, () => ({ isBusy: false })),
  },
  {
    name: 'a PIN of another number is taken',
    shows: 'wrong connection',
    plant: ({ sessions: { findStrangers, records, clock } }) => {
      findStrangers.byPin = async (tx, accountId, _number, pin) => {
        const [found] = await CLAIM.read(
          tx,
          `FROM pin_assignment p JOIN masking_session s ON s.id = p.session_id
           WHERE p.pin_index = ? AND s.status = 'active' AND s.expires_at > ? ORDER BY s.created_at LIMIT 1`,
          [records.pinIndex(accountId, pin), clock.now()],
        );
        if (!found) return null;
        const { role, ...row } = found;
        return { session: records.fromRow(row), role };
      };
    },
  },
  {
    name: 'typing a PIN ends a digit before the longest one does',
    shows: 'wrong answer',
    plant: ({ answerCall }) => {
      const run = answerCall.run.bind(answerCall);
      answerCall.run = async (...asked) =>
        (await run(...asked)).replace(/numDigits="(\d+)"/, (_, most) => `numDigits="${Number(most) - 1}"`);
    },
  },
  {
    name: 'the caller is shown to the called party',
    shows: 'leak',
    plant: ({ answerCall }) => {
      const run = answerCall.run.bind(answerCall);
      answerCall.run = async (webhook, asked, isAwaited) => {
        const xml = await run(webhook, asked, isAwaited);
        const caller = asked.from.replaceAll(/\D/g, '');
        return xml.replaceAll(/caller(Id|Name)="[^"]*"/g, `caller$1="+${caller}"`);
      };
    },
  },
];

const CLAIM = selection({ ...SESSIONS.fields('s'), ...PIN_ASSIGNMENTS.pick(['role'], 'p') });

interface SeatFacts {
  isBusy: boolean;
  isLive: boolean;
}

function changeSeatFacts(
  { answerCall }: Product,
  changed: (facts: SeatFacts, sessionId: string) => Partial<SeatFacts>,
): void {
  const readSeat = answerCall['readSeat'];
  const run = readSeat.run.bind(readSeat);
  readSeat.run = async (...asked) => {
    const facts = await run(...asked);
    return { ...facts, ...changed(facts, asked[1].id) };
  };
}
