import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, usNumbers } from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import type { Route } from '../sessions/index.js';
import type { E164 } from '../telephony/phone.js';
import { passableMedia } from './passable-media.js';

const [NUMBER] = usNumbers(1) as [E164];
const [US, CANADIAN, GERMAN] = ['14155550101', '16135550102', '4915112345678'];
const MEDIA = ['https://media.example/1', 'https://media.example/2'];

describeOnEachDatabase('pictures that may be passed on', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [NUMBER]);
    await database.transaction((tx) => tx.query('UPDATE virtual_number SET has_mms = 1'));
  });

  const passable = (
    first: string | null,
    second: string | null,
    { role = 'first' as Route['role'], messaging_media: isOn = true, accountId = ACCOUNT, media = MEDIA } = {},
  ) =>
    database.transaction((tx) =>
      passableMedia(
        tx,
        { accountId, media },
        {
          settings: { messaging_media: isOn },
          virtualNumber: NUMBER,
          party: { session: { parties: { first, second } }, role } as Route,
        },
      ),
    );

  it.each([
    [US, CANADIAN, 'first', MEDIA],
    [CANADIAN, US, 'second', MEDIA],
    [GERMAN, US, 'first', MEDIA],
    [US, GERMAN, 'second', MEDIA],
    [GERMAN, US, 'second', []],
    [US, GERMAN, 'first', []],
    [US, null, 'first', []],
    [null, US, 'second', []],
  ] as const)('reach whom the text is for: between %s and %s, of the %s: %j', async (first, second, role, media) => {
    expect(await passable(first, second, { role })).toEqual(media);
  });

  it('are none where the account passes none on, where none came, and over the number of another account', async () => {
    expect(await passable(US, US, { messaging_media: false })).toEqual([]);
    expect(await passable(US, US, { media: [] })).toEqual([]);
    expect(await passable(US, US, { accountId: 'MAOTHEROTHEROTHER000' })).toEqual([]);
  });

  it('are none over a number that takes none, or of whom nobody knows for whom they are', async () => {
    const settings = { messaging_media: true };
    const party = { session: { parties: { first: US, second: US } }, role: 'first' } as Route;
    const asked = { accountId: ACCOUNT, media: MEDIA };
    await database.transaction(async (tx) => {
      expect(await passableMedia(tx, asked, { settings, virtualNumber: null, party })).toEqual([]);
      expect(await passableMedia(tx, asked, { settings, virtualNumber: NUMBER, party: null })).toEqual([]);
      await tx.query('UPDATE virtual_number SET has_mms = 0');
    });
    expect(await passable(US, US)).toEqual([]);
  });
});
