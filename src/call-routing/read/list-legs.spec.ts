import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, sessionsOn } from '../../../test/support/ground.js';
import type { Database } from '../../platform/database/database.js';
import { ListLegs, type LegSearch } from './list-legs.js';

const SUB = 'SASUBSUBSUBSUBSUB000';
const OTHER = 'SAOTHEROTHEROTHER000';
const DAY = 86_400_000;

describeOnEachDatabase('the list of legs', (open, kind) => {
  let database: Database;
  let statements: { sql: string; parameters: unknown[] }[];
  const now = Date.UTC(2026, 0, 5);
  const search = (more: Partial<LegSearch> = {}): LegSearch => ({
    endedAt: { from: now - 7 * DAY, until: now },
    limit: 20,
    offset: 0,
    ...more,
  });

  beforeAll(async () => {
    ({ database } = await open());
    await database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO masked_call (id, account_id, session_id, kind, a_leg_uuid, pin_attempts, decision, reason, answer, created_at)
         VALUES ('other', ?, 'other', 'inbound', 'leg-000', 0, 'connect', 'party', '', 0)`,
        [ACCOUNT],
      );
      for (let index = 0; index < 300; index += 1) {
        const subaccount = index % 100 === 0 ? SUB : index % 3 === 0 ? OTHER : null;
        await tx.query(
          `INSERT INTO call_leg (account_id, leg_uuid, call_id, session_id, subaccount_id, side, is_answered, is_connected, is_ended, ended_at)
           VALUES (?, ?, 'some', 'some', ?, 'A', 0, 0, 1, ?)`,
          [ACCOUNT, `leg-${String(index).padStart(3, '0')}`, subaccount, now - index * 60_000 - 1],
        );
      }
      // As of a party that was linked to its session while it typed its PIN, which was wrong.
      await tx.query(
        `INSERT INTO call_leg (account_id, leg_uuid, subaccount_id, side, is_answered, is_connected, is_ended, ended_at)
         VALUES (?, 'leg-nobodys', ?, 'A', 1, 0, 1, ?)`,
        [ACCOUNT, SUB, now - 2],
      );
    });
    if (kind === 'mysql') await database.transaction((tx) => tx.query('ANALYZE TABLE call_leg'));
  });

  /** What is asked of the database while a list is made; its legs have no calls here, so none is shown. */
  async function ask(subaccountId: string | null, more: Partial<LegSearch> = {}): Promise<number> {
    statements = [];
    const watched = Object.create(database) as Database;
    watched.browse = (work) =>
      database.browse((manager) => {
        const watching = Object.create(manager) as typeof manager;
        watching.query = ((sql: string, parameters: unknown[] = []) => {
          statements.push({ sql, parameters });
          return manager.query(sql, parameters);
        }) as typeof manager.query;
        return work(watching);
      });
    const { findSession } = sessionsOn(database);
    const { total } = await new ListLegs(watched, findSession).run({ accountId: ACCOUNT, subaccountId }, search(more));
    return total;
  }

  /** How each statement that looks for legs would find them. */
  async function plans(): Promise<string[]> {
    const legs = statements.filter(({ sql }) => sql.includes('ended_at') && sql.includes('call_leg l'));
    expect(legs).toHaveLength(2);
    return Promise.all(
      legs.map(async ({ sql, parameters }) => {
        const plan = await database.read((manager) =>
          manager.query<Record<string, unknown>[]>(
            `EXPLAIN ${kind === 'sqlite' ? 'QUERY PLAN ' : ''}${sql}`,
            parameters,
          ),
        );
        return JSON.stringify(plan);
      }),
    );
  }

  it('of a subaccount reads that one’s legs only, by their index, in whatever direction', async () => {
    for (const direction of [undefined, 'inbound', 'outbound'] as const) {
      await ask(SUB, { direction });
      for (const plan of await plans()) {
        expect(plan).toContain('call_leg_subaccount');
        expect(plan).not.toMatch(/TEMP B-TREE|filesort/);
      }
    }
    expect(await ask(SUB)).toBe(3);
  });

  it('of what one call has dialled reads the legs of that call', async () => {
    for (const owner of [null, SUB]) {
      await ask(owner, { parentCallUuid: 'leg-000' });
      for (const plan of await plans()) expect(plan).toContain('call_leg_call');
    }
  });

  it('of an account has those of its subaccounts too', async () => {
    expect(await ask(null)).toBe(300);
    expect(await ask(OTHER, { endedAt: { from: now - 30 * 60_000, until: now } })).toBe(9);
    expect(await ask('SANOBODYNOBODY000000')).toBe(0);
  });
});
