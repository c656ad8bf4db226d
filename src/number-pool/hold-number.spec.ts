import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import type { Database, Tx } from '../platform/database/database.js';
import { Contended } from '../platform/database/database.js';
import { claimForStrangers, claimParty } from './claim-number.js';
import { extendHold, releaseHold, releaseParty, releaseStrangers } from './hold-number.js';

const NOW = 1_000_000;
const LATER = NOW + 60_000;
const MUCH_LATER = NOW + 120_000;

describeOnEachDatabase('the hold of a session on its number', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    for (const table of ['number_assignment', 'pin_assignment']) await work((tx) => tx.query(`DELETE FROM ${table}`));
  });

  const work = <T>(run: (tx: Tx) => Promise<T>): Promise<T> => database.transaction(run);
  /** `number party session freeAfter`, and the role where it is not the first. */
  const party = (number: number, index: string, session: string, freeAfter = LATER, role = 'first') =>
    work((tx) =>
      tx.query('INSERT INTO number_assignment VALUES (?, ?, ?, ?, ?)', [number, index, session, role, freeAfter]),
    );
  const stranger = (number: number, index: string, session: string, freeAfter = LATER) =>
    work((tx) =>
      tx.query("INSERT INTO pin_assignment VALUES (?, ?, ?, 'first', ?, NULL)", [number, index, session, freeAfter]),
    );
  const read = async (table: string, column: string): Promise<string[]> => {
    const rows = await database.read<Record<string, string | number>[]>((manager) =>
      manager.query(`SELECT * FROM ${table} ORDER BY virtual_number_id, ${column}`),
    );
    return rows.map((row) =>
      [row.virtual_number_id, row[column], row.session_id, row.role, Number(row.free_after) - NOW].join(' '),
    );
  };
  const parties = () => read('number_assignment', 'party_index');
  const strangers = () => read('pin_assignment', 'pin_index');

  /** Two sessions share number 1; one of its people has another session on number 2. */
  const twoSessions = async (): Promise<void> => {
    await party(1, 'ann', 'one');
    await party(1, 'bob', 'one');
    await party(1, 'cid', 'two');
    await party(2, 'ann', 'three');
    await stranger(1, 'pin-of-ann', 'one');
    await stranger(1, '~one', 'one');
    await stranger(1, 'pin-of-cid', 'two');
    await stranger(2, 'pin-of-ann', 'three');
  };
  const ofOne = {
    sessionId: 'one',
    virtualNumberId: 1,
    partyIndexes: ['ann', 'bob'],
    strangerClaims: 1,
    isOpen: false,
    freeAfter: MUCH_LATER,
    now: NOW,
  };
  const extend = (hold: Partial<typeof ofOne> = {}): Promise<boolean> =>
    work((tx) => extendHold(tx, database, { ...ofOne, ...hold }));

  it('is extended for both parties, its PINs and its file for unknown callers, and for nobody else', async () => {
    await twoSessions();

    expect(await extend()).toBe(true);

    expect(await parties()).toEqual([
      '1 ann one first 120000',
      '1 bob one first 120000',
      '1 cid two first 60000',
      '2 ann three first 60000',
    ]);
    expect(await strangers()).toEqual([
      '1 pin-of-ann one first 120000',
      '1 pin-of-cid two first 60000',
      '1 ~one one first 120000',
      '2 pin-of-ann three first 60000',
    ]);
  });

  it('is not extended for a party that has left the session', async () => {
    await twoSessions();
    await party(1, 'dan', 'one', NOW);

    expect(await extend()).toBe(true);

    expect(await parties()).toContain('1 dan one first 0');
  });

  it('counts as lost when the place of one party has gone to another session, which keeps it', async () => {
    await twoSessions();
    await work((tx) => tx.query("UPDATE number_assignment SET session_id = 'four' WHERE party_index = 'bob'"));

    expect(await extend()).toBe(false);

    expect(await parties()).toContain('1 bob four first 60000');
  });

  it('counts as lost when one of its PINs has gone to another session, which keeps it', async () => {
    await twoSessions();
    await work((tx) => tx.query("UPDATE pin_assignment SET session_id = 'four' WHERE pin_index = 'pin-of-ann'"));

    expect(await extend()).toBe(false);

    expect(await strangers()).toContain('1 pin-of-ann four first 60000');
  });

  it.each([
    { isOpen: true, own: '*', other: 'pin-of-cid', title: 'an open one, when somebody is asked for a PIN there' },
    { isOpen: false, own: 'pin-of-ann', other: '*', title: 'one with PINs, when strangers reach somebody there' },
  ])('counts as lost of $title, and not once that is over', async ({ isOpen, own, other }) => {
    await party(1, 'ann', 'one');
    await stranger(1, own, 'one');
    await stranger(1, '~two', 'two');
    await stranger(1, other, 'two', NOW + 1);
    await stranger(2, other, 'three');
    const hold = { isOpen, partyIndexes: ['ann'] };

    expect(await extend(hold)).toBe(false);
    expect(await extend({ ...hold, now: NOW + 1 })).toBe(true);
  });

  it('ends for all its places at once, and for no other session', async () => {
    await twoSessions();

    await work((tx) => releaseHold(tx, 'one', NOW));

    expect(await parties()).toEqual([
      '1 ann one first 0',
      '1 bob one first 0',
      '1 cid two first 60000',
      '2 ann three first 60000',
    ]);
    expect(await strangers()).toEqual([
      '1 pin-of-ann one first 0',
      '1 pin-of-cid two first 60000',
      '1 ~one one first 0',
      '2 pin-of-ann three first 60000',
    ]);
  });

  it('is made no longer by its end, where a place is free before the cool-off would be over', async () => {
    await party(1, 'ann', 'one', NOW);
    await party(1, 'bob', 'one', MUCH_LATER);
    await stranger(1, 'pin-of-ann', 'one', NOW);
    await stranger(1, 'pin-of-bob', 'one', MUCH_LATER);

    await work((tx) => releaseHold(tx, 'one', LATER));

    expect(await parties()).toEqual(['1 ann one first 0', '1 bob one first 60000']);
    expect(await strangers()).toEqual(['1 pin-of-ann one first 0', '1 pin-of-bob one first 60000']);
  });

  it('no longer covers strangers once both parties are known, but the file for unknown callers it does', async () => {
    await stranger(1, '*', 'one');
    await stranger(1, '~one', 'one');
    await stranger(2, '*', 'two');

    await work((tx) => releaseStrangers(tx, 'one'));

    expect(await strangers()).toEqual(['1 ~one one first 60000', '2 * two first 60000']);
  });

  it('ends for one party alone when that party leaves the session', async () => {
    await twoSessions();

    await work((tx) => releaseParty(tx, 'one', 'ann', NOW));

    expect(await parties()).toEqual([
      '1 ann one first 0',
      '1 bob one first 60000',
      '1 cid two first 60000',
      '2 ann three first 60000',
    ]);
  });

  const joining = {
    virtualNumberId: 1,
    sessionId: 'one',
    index: 'dan',
    role: 'second',
    freeAfter: LATER,
    now: NOW,
  } as const;

  it('takes a party in that the number never had', async () => {
    await party(2, 'dan', 'three');

    expect(await work((tx) => claimParty(tx, joining))).toBe(true);

    expect(await parties()).toEqual(['1 dan one second 60000', '2 dan three first 60000']);
  });

  it('takes a party in whose former session lets it go at this very instant, and no sooner', async () => {
    await party(1, 'dan', 'two', NOW + 1);
    await party(1, 'eve', 'two', NOW);

    expect(await work((tx) => claimParty(tx, joining))).toBe(false);
    expect(await work((tx) => claimParty(tx, { ...joining, index: 'eve' }))).toBe(true);

    expect(await parties()).toEqual(['1 dan two first 1', '1 eve one second 60000']);
  });

  it('lets its own party change sides', async () => {
    await party(1, 'dan', 'one', MUCH_LATER);
    await party(1, 'bob', 'two');

    expect(await work((tx) => claimParty(tx, joining))).toBe(true);

    expect(await parties()).toEqual(['1 bob two first 60000', '1 dan one second 60000']);
  });

  const claim = (index: string) =>
    database.transaction(async (tx) => {
      const held = { sessionId: 'one', freeAfter: LATER, now: NOW };
      return claimForStrangers(tx, 1, { role: 'second', index }, held).catch((error: unknown) => error);
    });

  it('takes a PIN over at the instant at which its last session lets it go, on this number alone', async () => {
    await stranger(1, '1234', 'two', NOW);
    await stranger(1, '5678', 'two', NOW);
    await stranger(2, '1234', 'two', NOW);

    await claim('1234');

    expect(await strangers()).toEqual(['1 1234 one second 60000', '1 5678 two first 0', '2 1234 two first 0']);
  });

  it('starts over when another session still has the PIN', async () => {
    await stranger(1, '1234', 'two', NOW + 1);

    expect(await claim('1234')).toBeInstanceOf(Contended);

    expect(await strangers()).toEqual(['1 1234 two first 1']);
  });
});
