import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachService, type Service } from '../../../test/support/service.js';
import { Jobs, Park } from '../../platform/jobs/jobs.js';
import { Database } from '../../platform/database/database.js';

interface Shown {
  id: string;
  kind: string;
  status: string;
  attempts: number;
  last_error: string | null;
  next_run_at: string | null;
  parked_at: string | null;
}

describeOnEachService('jobs in the admin API', (start) => {
  let service: Service;
  let jobs: Jobs;
  let isMended = false;

  const listed = async (query = ''): Promise<{ items: Shown[]; next_cursor: string | null }> =>
    (await service.admin<{ items: Shown[]; next_cursor: string | null }>('GET', `/jobs?${query}`)).body;

  beforeAll(async () => {
    service = await start({ settings: { WORKER_POLL_MS: '60000' } });
    jobs = service.app.get(Jobs);
    jobs.handle('test.parked', { leaseSeconds: 30 }, async () => {
      if (!isMended) throw new Park('no way for +14155550123');
    });
    jobs.handle('test.later', { leaseSeconds: 30 }, async () => undefined);
    await service.app.get(Database).transaction(async (tx) => {
      // What the start has left to be done later, or is doing now.
      await tx.query("UPDATE party_reindex SET stage = 'done'");
      await tx.query('DELETE FROM job');
      await jobs.enqueue(tx, 'test.parked', { secret: 'not shown' });
      await jobs.enqueue(tx, 'test.later', {}, { runAt: service.clock.now() + 3_600_000 });
    });
    await jobs.runDue();
  });

  it('are listed by state, newest first, without what they are about', async () => {
    const parked = await service.admin('GET', '/jobs?status=parked');
    expect(parked.body).toMatchObject({
      items: [{ kind: 'test.parked', attempts: 1, last_error: 'Park: no way for +###########', next_run_at: null }],
      next_cursor: null,
    });
    expect(parked.text).not.toMatch(/not shown|1415/);
    expect((await listed('status=waiting')).items).toMatchObject([{ kind: 'test.later', parked_at: null }]);
    expect((await listed('status=running')).items).toEqual([]);

    const first = await listed('limit=1');
    const rest = await listed(`limit=1&cursor=${first.next_cursor}`);
    expect([first, rest].flatMap(({ items }) => items.map(({ kind }) => kind)).sort()).toEqual([
      'test.later',
      'test.parked',
    ]);
    expect((await service.admin('GET', '/jobs?status=lost')).status).toBe(400);
  });

  it('are run again on demand', async () => {
    isMended = true;
    const [parked] = (await listed('status=parked')).items;
    expect((await service.admin('GET', `/jobs/${parked?.id}`)).body).toEqual(parked);
    const answer = await service.admin('POST', `/jobs/${parked?.id}/retry`);
    expect([answer.status, answer.body]).toEqual([202, { id: parked?.id, status: 'waiting' }]);
    await jobs.runDue();
    expect((await listed('status=parked')).items).toEqual([]);
    expect((await service.admin('POST', `/jobs/${parked?.id}/retry`)).status).toBe(404);
    expect((await service.admin('GET', `/jobs/${parked?.id}`)).status).toBe(404);
    const { body } = await service.admin<{ items: unknown[] }>('GET', '/audit?limit=1');
    expect(body.items).toMatchObject([{ action: 'job.retried', target: parked?.id }]);
  });
});
