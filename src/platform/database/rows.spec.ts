import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { flag, instant, micros, nullable, word } from './columns.js';
import { isDuplicate } from './database.js';
import { type New, number, numberOrNull, type Row, selection, tableOf, text } from './rows.js';

@Entity('parcel')
class Parcel {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ ...word(20), name: 'parcel_label' }) label!: string;
  @Column({ ...word(20), ...nullable, name: 'given_to' }) givenTo!: string | null;
  @Column({ ...instant(), name: 'sent_at' }) sentAt!: number;
  @Column({ ...instant(), ...nullable, name: 'lost_at' }) lostAt!: number | null;
  @Column({ ...micros(), ...nullable }) fee!: number | null;
  @Column({ ...flag(), name: 'is_fragile' }) isFragile!: boolean;
}

@Entity('depot')
class Depot {
  @PrimaryGeneratedColumn() id!: number;
  @Column(word(20)) label!: string;
}

const PARCELS = tableOf<Parcel, 'id'>(Parcel);
const DEPOTS = tableOf<Depot, 'id'>(Depot);
const WHOLE = selection(PARCELS.fields());

/** Milliseconds of the year 9999, far above what 32 bits hold. */
const FAR = 253_402_300_799_000;

function parcel(label: string, facts: Partial<New<Parcel, 'id'>> = {}): New<Parcel, 'id'> {
  return { label, sentAt: FAR, isFragile: false, ...facts };
}

describeOnEachDatabase('rows', (open, kind) => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await open();
    const id = kind === 'sqlite' ? 'INTEGER PRIMARY KEY AUTOINCREMENT' : 'INT PRIMARY KEY AUTO_INCREMENT';
    await test.dataSource.query(
      `CREATE TABLE parcel (id ${id}, parcel_label VARCHAR(20) NOT NULL UNIQUE, given_to VARCHAR(20), sent_at BIGINT NOT NULL, lost_at BIGINT,
         fee BIGINT, is_fragile BOOLEAN NOT NULL)`,
    );
    await test.dataSource.query(`CREATE TABLE depot (id ${id}, label VARCHAR(20) NOT NULL)`);
  });

  beforeEach(async () => {
    await test.dataSource.query('DELETE FROM parcel');
    await test.dataSource.query('DELETE FROM depot');
  });

  const add = (...rows: New<Parcel, 'id'>[]) => test.database.transaction((tx) => PARCELS.insert(tx, rows));
  const all = () => test.database.read((manager) => WHOLE.read(manager, 'FROM parcel ORDER BY parcel_label'));

  it('go in and come out under the names of the entity and in its types', async () => {
    await add(parcel('a', { givenTo: 'Ann', lostAt: FAR + 1, fee: -5, isFragile: true }));
    expect(await all()).toEqual([
      {
        id: expect.any(Number),
        label: 'a',
        givenTo: 'Ann',
        sentAt: FAR,
        lostAt: FAR + 1,
        fee: -5,
        isFragile: true,
      },
    ]);
  });

  it('hold null where a column was left out, for each row by itself', async () => {
    await add(parcel('a'), parcel('b', { fee: 7 }), parcel('c', { givenTo: 'Cem' }));
    expect((await all()).map(({ label, givenTo, lostAt, fee }) => ({ label, givenTo, lostAt, fee }))).toEqual([
      { label: 'a', givenTo: null, lostAt: null, fee: null },
      { label: 'b', givenTo: null, lostAt: null, fee: 7 },
      { label: 'c', givenTo: 'Cem', lostAt: null, fee: null },
    ]);
  });

  it('go in together in one statement, or not at all', async () => {
    await expect(add(parcel('a'), parcel('b'), parcel('a'))).rejects.toThrow();
    expect(await all()).toEqual([]);
    await add();
    expect(await all()).toEqual([]);
  });

  it('are numbered by the database where the entity says so', async () => {
    await add(parcel('a'), parcel('b'));
    const [a, b] = await all();
    expect(b?.id).toBeGreaterThan(a?.id ?? Number.NaN);
  });

  it('take what stands behind the values', async () => {
    await add(parcel('a', { fee: 1 }));
    const tail =
      kind === 'sqlite'
        ? 'ON CONFLICT (parcel_label) DO UPDATE SET fee = fee + excluded.fee'
        : 'ON DUPLICATE KEY UPDATE fee = fee + VALUES(fee)';
    await test.database.transaction((tx) => PARCELS.insert(tx, parcel('a', { fee: 2 }), tail));
    expect(await all()).toMatchObject([{ label: 'a', fee: 3 }]);
  });

  it('are refused as a duplicate when a key is taken', async () => {
    await add(parcel('a'));
    const error: unknown = await add(parcel('a')).catch((failure: unknown) => failure);
    expect(isDuplicate(error)).toBe(true);
  });

  it('say how many of them an update touched, those that were so before included', async () => {
    await add(parcel('a'), parcel('b', { givenTo: 'Bo' }), parcel('c'));
    const touched = await test.database.transaction((tx) =>
      PARCELS.update(
        tx,
        { givenTo: 'Bo', isFragile: true },
        'WHERE parcel_label <> ?',
        ['c'],
        test.database.byPrimaryKey,
      ),
    );
    expect(touched).toBe(2);
    expect((await all()).map(({ givenTo, isFragile }) => [givenTo, isFragile])).toEqual([
      ['Bo', true],
      ['Bo', true],
      [null, false],
    ]);
    const again = await test.database.transaction((tx) =>
      PARCELS.update(tx, { givenTo: 'Bo' }, 'WHERE parcel_label = ?', ['a']),
    );
    expect(again).toBe(1);
  });

  it('of two tables keep their own columns in a join', async () => {
    await add(parcel('a'));
    await test.database.transaction((tx) => DEPOTS.insert(tx, [{ label: 'north' }, { label: 'south' }]));
    const joined = selection({ ...PARCELS.pick(['label', 'sentAt'], 'p'), depot: DEPOTS.pick(['label'], 'd').label });
    const rows = await test.database.read((manager) =>
      joined.read(manager, 'FROM parcel p JOIN depot d ON d.label > ? ORDER BY d.label', ['o']),
    );
    expect(rows).toEqual([{ label: 'a', sentAt: FAR, depot: 'south' }]);
  });

  it('are counted and summed in numbers', async () => {
    const figures = selection({
      label: text('MIN(parcel_label)'),
      parcels: number('COUNT(*)'),
      fees: number('SUM(fee)'),
      mean: numberOrNull('AVG(fee)'),
    });
    const read = (rest: string) => test.database.read((manager) => figures.read(manager, rest));
    await add(parcel('a', { fee: 2 }), parcel('b', { fee: FAR }), parcel('c'));

    expect(await read('FROM parcel')).toEqual([{ label: 'a', parcels: 3, fees: FAR + 2, mean: (FAR + 2) / 2 }]);
    expect(await read("FROM parcel WHERE parcel_label = 'c'")).toEqual([
      { label: 'c', parcels: 1, fees: 0, mean: null },
    ]);
  });

  it('are refused under a name that is no column, before the database is asked', async () => {
    const wrong = { ...parcel('a'), colour: 'red' };
    await expect(test.database.transaction((tx) => PARCELS.insert(tx, wrong))).rejects.toThrow(
      'parcel has no column for colour',
    );
    const change = { sent_at: 1 } as Partial<Parcel>;
    await expect(test.database.transaction(async (tx) => PARCELS.update(tx, change, 'WHERE 1 = 1'))).rejects.toThrow(
      'parcel has no column for sent_at',
    );
  });
});

describe('a table', () => {
  it('has no column that its entity does not name', () => {
    expect(() => PARCELS.pick(['lable' as 'label'])).toThrow('parcel has no column for lable');
  });

  it('is refused of a class that is no entity', () => {
    class Stranger {}
    expect(() => tableOf(Stranger)).toThrow('Stranger is no entity with a table name');
  });

  it('types its rows by the entity', () => {
    const row: Row<ReturnType<typeof PARCELS.fields>> | null = null as Parcel | null;
    // @ts-expect-error -- a column that may not be null must be given
    const wrong: New<Parcel, 'id'> = { label: 'a', isFragile: false };
    expect([row, wrong]).toBeDefined();
  });
});
