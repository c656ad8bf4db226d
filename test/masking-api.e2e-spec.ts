import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachService, type Service } from './support/service.js';
import { FakeClock } from './support/ground.js';
describeOnEachService('probe', (start) => {
  let service: Service;
  beforeAll(async () => {
    service = await start({ clock: new FakeClock() });
  });
  it('x', async () => {
    console.log(service.routes);
    await service.addNumbers(['12025550000']);
    const made = await service.sessions('POST', '/', { first_party: '+14155550001', second_party: '14155550002' });
    console.log(made.status, made.text, made.headers);
    console.log(service.logs().slice(0, 3000));
    expect(1).toBe(1);
  });
});
