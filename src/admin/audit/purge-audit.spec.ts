import { expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { FakeClock, testConfig } from '../../../test/support/ground.js';
import { DAY_MS } from '../../platform/clock.js';
import type { Scheduler, Task } from '../../scheduler/scheduler.js';
import { Audit } from './audit.js';
import { PurgeAudit } from './purge-audit.js';

describeOnEachDatabase('the purge of the audit', (open) => {
  it('keeps every entry for as long as the setting says, to the millisecond, and is done hourly', async () => {
    const { database } = await open();
    const clock = new FakeClock();
    const audit = new Audit(database, clock);
    const tasks: Task[] = [];
    const scheduler = { add: (task: Task) => void tasks.push(task) } as Scheduler;
    const purge = new PurgeAudit(database, clock, testConfig({ AUDIT_RETENTION_DAYS: '30' }), scheduler);
    purge.onModuleInit();
    expect(tasks).toMatchObject([{ name: 'audit.purge', everySeconds: 3600, scope: 'one-process' }]);
    const record = (target: string) =>
      database.transaction((tx) => audit.record(tx, { action: 'number.added', target }, { id: 'request' }));
    const targets = async () => (await audit.list({ limit: 100 })).map(({ target }) => target);

    for (let index = 0; index < 45; index += 1) await record('old');
    clock.advance(1);
    await record('young');
    clock.advance(30 * DAY_MS - 2);
    expect([await purge.run(), (await targets()).length]).toEqual([0, 46]);
    clock.advance(1);
    expect([await purge.run(), await targets()]).toEqual([45, ['young']]);
    clock.advance(1);
    expect([await tasks[0]?.run(), await targets()]).toEqual([1, []]);
  });
});
