import { describe, expect, it } from '@jest/globals';
import { parseCaller, type E164 } from '../telephony/phone.js';
import { listingChanges, type ListedNumber } from './listing-changes.js';
import { VirtualNumber } from './virtual-number.entity.js';

const OWN = 'SAOWNOWNOWNOWNOWNOW0';
const FOREIGN = 'SAFOREIGNFOREIGNFOR0';
const own = new Set([OWN]);

const pooled = (row: Partial<VirtualNumber>): VirtualNumber =>
  Object.assign(new VirtualNumber(), {
    id: 1,
    number: '14155550100',
    subaccountId: null,
    alias: '',
    isSynced: true,
    isElsewhere: false,
    leadsTo: 'here',
    application: 'masking',
    missingSince: null,
    texts: 'no',
    hasMms: false,
    numberType: 'local',
    campaignId: null,
    ...row,
  });
const listed = (entry: Partial<ListedNumber> = {}): ListedNumber => ({
  number: parseCaller('14155550100') as E164,
  alias: null,
  subaccount: null,
  leadsTo: 'here',
  application: 'masking',
  texts: 'no',
  hasMms: false,
  type: 'local',
  campaignId: null,
  ...entry,
});
const NO_TEXTS = { texts: 'no', hasMms: false, numberType: 'local', campaignId: null };
const nothing = {
  joining: [],
  changing: [],
  leading: [],
  leavingIds: [],
  returningIds: [],
  foundIds: [],
  lostIds: [],
  missing: [],
};

describe('what a listing changes in the pool', () => {
  it('changes nothing where both agree', () => {
    expect(listingChanges([pooled({ alias: 'Desk' })], [listed({ alias: 'Desk' })], own)).toEqual(nothing);
  });

  it('brings unknown numbers, linked to subaccounts that we may not know', () => {
    expect(listingChanges([], [listed({ alias: 'a'.repeat(120), subaccount: FOREIGN })], own)).toEqual({
      ...nothing,
      joining: [
        {
          number: '14155550100',
          subaccountId: FOREIGN,
          alias: 'a'.repeat(100),
          isElsewhere: false,
          leadsTo: 'here',
          application: 'masking',
          ...NO_TEXTS,
        },
      ],
    });
  });

  it.each([
    ['a new alias', {}, { alias: 'Desk' }, { subaccountId: null, alias: 'Desk' }],
    ['a new link', {}, { subaccount: FOREIGN }, { subaccountId: FOREIGN, alias: '' }],
    [
      'a link in place of our own',
      { subaccountId: OWN },
      { subaccount: FOREIGN },
      { subaccountId: FOREIGN, alias: '' },
    ],
    ['a link taken away', { subaccountId: FOREIGN }, {}, { subaccountId: null, alias: '' }],
  ])('follows %s', (_, row, entry, linked) => {
    expect(listingChanges([pooled(row)], [listed(entry)], own)).toEqual({
      ...nothing,
      changing: [{ id: 1, ...linked }],
    });
  });

  it.each([
    ['away', false, 'elsewhere', true, { leavingIds: [1] }],
    ['back', true, 'hangup-missing', false, { returningIds: [1] }],
    ['hang-ups away', false, 'hangup-elsewhere', false, {}],
  ] as const)(
    'follows an application that leads %s, of a number added by hand too',
    (...[, before, leadsTo, isElsewhere, turned]) => {
      for (const isSynced of [true, false])
        expect(
          listingChanges(
            [pooled({ isSynced, isElsewhere: before, application: null })],
            [listed({ leadsTo, application: 'x'.repeat(120) })],
            own,
          ),
        ).toEqual({
          ...nothing,
          leading: [{ id: 1, isElsewhere, leadsTo, application: 'x'.repeat(100), ...NO_TEXTS }],
          ...turned,
        });
    },
  );

  it('follows hang-ups that begin or cease to come here', () => {
    const led = listed({ leadsTo: 'hangup-elsewhere' });
    expect(listingChanges([pooled({})], [led], own)).toEqual({
      ...nothing,
      leading: [{ id: 1, isElsewhere: false, leadsTo: 'hangup-elsewhere', application: 'masking', ...NO_TEXTS }],
    });
  });

  it('keeps a link to our own subaccount and an alias where Plivo has none', () => {
    expect(listingChanges([pooled({ subaccountId: OWN, alias: 'Desk' })], [listed()], own)).toEqual(nothing);
  });

  it('tells numbers that are gone, just now or before, from those that are back', () => {
    const pool = [
      pooled({ id: 1, number: '14155550100', missingSince: 5 }),
      pooled({ id: 2, number: '14155550101' }),
      pooled({ id: 3, number: '14155550102', missingSince: 5 }),
    ];

    expect(listingChanges(pool, [listed()], own)).toEqual({
      ...nothing,
      foundIds: [1],
      lostIds: [2],
      missing: ['+14155550101', '+14155550102'],
    });
  });

  it('leaves numbers added by hand alone', () => {
    const manual = pooled({ isSynced: false, alias: 'Mine' });

    expect(listingChanges([manual], [], own)).toEqual(nothing);
    expect(listingChanges([manual], [listed({ alias: 'Theirs', subaccount: FOREIGN })], own)).toEqual(nothing);
  });
});
