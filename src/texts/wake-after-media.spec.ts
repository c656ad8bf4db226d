import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, party, usNumbers } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import { newRandomId } from '../platform/ids.js';
import { ProviderBusy } from '../plivo/index.js';
import { MediaSettled } from '../text-media/index.js';

const [NUMBER = ''] = usNumbers(1);

describeOnEachDatabase('a text whose pictures have come to their end', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });

  it('is sent at once, and nobody else than who wrote in its lane; one that is gone wakes nobody', async () => {
    const { clock, plivo, world } = await beginTexts(database, [NUMBER]);
    await world.sessions.open({ first_party: party(1), second_party: party(2), messaging: true });
    plivo.mishap = () => new ProviderBusy(30);
    for (const [from, words] of [
      [party(1), 'mine'],
      [party(2), 'theirs'],
    ] as const) {
      const told = textTold(from, NUMBER, words);
      await world.receiveText.run(verifiedText(told), told);
    }
    await world.jobs.runDue();
    plivo.mishap = () => null;
    clock.advance(1000);
    const settled = (forwardId: string): Promise<void> =>
      database.transaction((tx) => world.sessions.events.publish(tx, new MediaSettled(ACCOUNT, forwardId)));

    await settled(newRandomId());
    expect([await world.jobs.runDue(), plivo.sent]).toEqual([0, []]);
    const [mine] = await database.read((manager) =>
      manager.query<{ id: string }[]>("SELECT id FROM text_forward WHERE sender_role = 'first'"),
    );
    await settled(mine?.id ?? '');
    await world.jobs.runDue();
    expect(plivo.sent.map(({ text }) => text)).toEqual(['mine']);
  });
});
