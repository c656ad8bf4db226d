import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachService, type Service } from './support/service.js';
import { FakeClock } from './support/ground.js';
import { plivoSdkAt } from './support/plivo-sdk.js';
describeOnEachService('probe', (start) => {
  let service: Service;
  beforeAll(async () => { service = await start({ clock: new FakeClock() }); });
  it('x', async () => {
    await service.addNumbers(['12025550000']);
    const { sessions, sent } = plivoSdkAt(service.baseUrl, service);
    const made = await sessions.createMaskingSession('+14155550001', '+14155550002', {});
    console.log(made, sent);
    await sessions.getMaskingSession(made.sessionUuid!);
    await sessions.updateMaskingSession(made.sessionUuid!, {sessionExpiry: 600});
    for (const f of ['createdTimeEquals','createdTimeLessThan','createdTimeGreaterThan','createdTimeLessOrEqual','createdTimeGreaterOrEqual','created_time__gt','created_time__gte', 'created_time', 'expiryTimeEquals','expiry_time__lte', 'subAccount', 'sessionDuration', 'virtualNumber'])
      try { await sessions.listMaskingSession({ [f]: '2026-01-05 10:00:00' }) } catch (e) { console.log(f, e) }
    for (const f of ['durationEquals','durationLessThan','durationGreaterThan','durationLessOrEqual','durationGreaterOrEqual','duration__lt'])
      await sessions.listMaskingSession({ [f]: 600 })
    await sessions.deleteMaskingSession(made.sessionUuid!);
    await sessions.deleteMaskingSession(made.sessionUuid!).catch(e => console.log(e));
    await sessions.listMaskingSession().then(e => console.log(e, e.response!.objects));
    console.log(sent);
    expect(1).toBe(1);
  });
});
