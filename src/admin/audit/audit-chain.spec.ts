import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { FakeClock, testConfig } from '../../../test/support/ground.js';
import { DAY_MS } from '../../platform/clock.js';
import type { Database } from '../../platform/database/database.js';
import type { Scheduler } from '../../scheduler/scheduler.js';
import { Audit } from './audit.js';
import { VerifyAudit } from './audit-chain.js';
import { PurgeAudit } from './purge-audit.js';

describeOnEachDatabase('the chain of the audit', (open) => {
  let database: Database;
  let audit: Audit;
  let verify: VerifyAudit;
  const clock = new FakeClock();

  beforeAll(async () => {
    ({ database } = await open());
    audit = new Audit(database, clock);
    verify = new VerifyAudit(database);
  });

  const record = (target: string) =>
    database.transaction((tx) => audit.record(tx, { action: 'number.added', target }, { id: 'request' }));
  const after = async (sql: string, parameters: unknown[]) => {
    await database.transaction((tx) => tx.query(sql, parameters));
    return verify.run();
  };

  it('is whole when empty, and does not fork when twenty write at once', async () => {
    expect(await verify.run()).toEqual({ entries: 0, brokenAt: null });
    await Promise.all(Array.from({ length: 20 }, (_, index) => record(`t${index}`)));
    expect(await verify.run()).toEqual({ entries: 20, brokenAt: null });
  });

  it('is broken where an entry was changed, removed or the end cut off', async () => {
    expect(await after('UPDATE audit_entry SET target = ? WHERE position = 7', ['other'])).toMatchObject({
      brokenAt: 7,
    });
    const [row] = await database.read((manager) =>
      manager.query<{ id: string }[]>('SELECT id FROM audit_entry WHERE position = 5'),
    );
    expect(await after('DELETE FROM audit_entry WHERE id = ?', [row?.id])).toMatchObject({ brokenAt: 5 });
  });

  it('can be followed from where the purge has forgotten what was before', async () => {
    const fresh = await open();
    const log = new Audit(fresh.database, clock);
    const write = () =>
      fresh.database.transaction((tx) => log.record(tx, { action: 'job.retried', target: 't' }, { id: 'r' }));
    for (let index = 0; index < 3; index += 1) await write();
    clock.advance(40 * DAY_MS);
    await write();
    const scheduler = { add: () => undefined } as unknown as Scheduler;
    const purge = new PurgeAudit(fresh.database, clock, testConfig({ AUDIT_RETENTION_DAYS: '30' }), scheduler);
    expect(await purge.run()).toBe(3);
    expect(await new VerifyAudit(fresh.database).run()).toEqual({ entries: 1, brokenAt: null });
    await write();
    expect(await new VerifyAudit(fresh.database).run()).toEqual({ entries: 2, brokenAt: null });
    await fresh.database.transaction((tx) => tx.query('DELETE FROM audit_entry WHERE position = 5'));
    expect(await new VerifyAudit(fresh.database).run()).toMatchObject({ brokenAt: 5 });
  });
});
