import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { subaccountNames, type Owner } from '../accounts/index.js';
import { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { countFrom } from '../platform/http/resource-list.js';
import { numberingOf } from '../telephony/destination-table.js';
import { parseCaller } from '../telephony/phone.js';
import { NUMBERS, type VirtualNumber } from './virtual-number.entity.js';
import { apiId, flag, orNull, shape, text, word, type Members } from '../platform/openapi/schemas.js';

export interface NumberSearch {
  /** First digits, country code included. */
  startsWith?: string | undefined;
  alias?: string | undefined;
  limit: number;
  offset: number;
}

const ROWS = selection(NUMBERS.fields());
const COUNTRIES = new Intl.DisplayNames(['en'], { type: 'region' });

/** An account's numbers as Plivo shows those it rents out: in the order in which they are lent, without those that Plivo has no more. A subaccount is shown its own only. */
@Injectable()
export class ShowNumbers {
  constructor(private readonly database: Database) {}

  run(owner: Owner, { startsWith, alias, limit, offset }: NumberSearch) {
    return this.database.browse(async (manager) => {
      const { sql, parameters } = ownedBy(owner);
      const conditions = [sql];
      if (startsWith !== undefined) {
        conditions.push('number LIKE ?');
        // What is no digit is in no number, and would have a meaning of its own in a pattern.
        parameters.push(/^\+?\d{1,15}$/.test(startsWith) ? `${startsWith.replace('+', '')}%` : '');
      }
      if (alias !== undefined) {
        conditions.push('alias = ?');
        parameters.push(alias);
      }
      const from = `FROM virtual_number WHERE ${conditions.join(' AND ')}`;
      const total = await countFrom(manager, from, parameters, offset);
      const rows = await ROWS.read(manager, `${from} ORDER BY id LIMIT ? OFFSET ?`, [...parameters, limit, offset]);
      return { total, numbers: await shown(manager, rows, owner) };
    });
  }

  /** Refuses a number that is not the owner's, and text that is none. */
  one(owner: Owner, spelt: string) {
    return this.database.browse(async (manager) => {
      const { sql, parameters } = ownedBy(owner);
      const rows = await ROWS.read(manager, `FROM virtual_number WHERE ${sql} AND number = ?`, [
        ...parameters,
        parseCaller(spelt) ?? '',
      ]);
      const [number] = await shown(manager, rows, owner);
      if (!number) throw new NotFound();
      return number;
    });
  }
}

function ownedBy({ accountId, subaccountId }: Owner): { sql: string; parameters: unknown[] } {
  const account = 'account_id = ? AND missing_since IS NULL';
  return subaccountId === null
    ? { sql: account, parameters: [accountId] }
    : { sql: `${account} AND subaccount_id = ?`, parameters: [accountId, subaccountId] };
}

async function shown(manager: EntityManager, rows: VirtualNumber[], owner: Owner) {
  const names = await subaccountNames(
    manager,
    rows.flatMap(({ subaccountId }) => subaccountId ?? []),
  );
  return rows.map((row) => numberResource(row, names.get(row.subaccountId ?? '') ?? null, owner));
}

/** What only Plivo knows is empty, and prices are 0: here nothing is charged for having a number. */
function numberResource(row: VirtualNumber, subaccountName: string | null, { accountId, subaccountId }: Owner) {
  return {
    active: row.status === 'active',
    added_on: new Date(row.createdAt).toISOString().slice(0, 10),
    alias: row.alias,
    application: null,
    carrier: 'Plivo',
    city: '',
    cnam_lookup: 'disabled',
    compliance_application_id: null,
    compliance_status: null,
    country: row.country,
    mms_enabled: row.hasMms,
    mms_rate: '0.00000',
    monthly_rental_rate: '0.00000',
    number: row.number,
    number_type: numberType(row.number),
    region: row.country === '' ? '' : (COUNTRIES.of(row.country) ?? '').toUpperCase(),
    renewal_date: null,
    resource_uri: `/v1/Account/${subaccountId ?? accountId}/Number/${row.number}/`,
    sms_enabled: row.texts !== null && row.texts !== 'no',
    sms_rate: '0.00000',
    sub_account: row.subaccountId,
    sub_account_name: subaccountName,
    tendlc_campaign_id: row.campaignId,
    tendlc_registration_status: null,
    toll_free_sms_verification: null,
    toll_free_sms_verification_id: null,
    toll_free_sms_verification_order_status: null,
    voice_enabled: true,
    voice_rate: '0.00000',
  };
}

/** In words that all official SDKs know; North America's plan does not tell landlines from mobiles. */
function numberType(number: string): 'local' | 'mobile' | 'tollfree' {
  const types = numberingOf(number)?.readings.flatMap(({ holders }) => holders.map(({ type }) => type)) ?? [];
  if (types.includes('TOLL_FREE')) return 'tollfree';
  return types.length > 0 && types.every((type) => type === 'MOBILE') ? 'mobile' : 'local';
}

type NumberResource = ReturnType<typeof numberResource>;

const none = () => ({ type: 'null', description: 'Always null.', example: null });
const free = () => text('Always 0: here nothing is charged for having a number.', '0.00000');
const empty = () => text('Always empty.', '');
const members = (): Members<NumberResource> => ({
  active: flag('Whether it is lent to new sessions.', true),
  added_on: text('UTC.', '2026-11-29'),
  alias: text('Chosen by operators.', 'support line'),
  application: none(),
  carrier: text('Always the same.', 'Plivo'),
  city: empty(),
  cnam_lookup: text('Always the same.', 'disabled'),
  compliance_application_id: none(),
  compliance_status: none(),
  country: text('ISO 3166 alpha-2.', 'US'),
  mms_enabled: flag('Whether it can receive pictures, by the last listing.'),
  mms_rate: free(),
  monthly_rental_rate: free(),
  number: text('Digits.', '14155550100'),
  number_type: word('As its numbering plan says.', ['local', 'mobile', 'tollfree']),
  region: text('The country.', 'UNITED STATES'),
  renewal_date: none(),
  resource_uri: text('Its path.', '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Number/14155550100/'),
  sms_enabled: flag('Whether it can receive texts, by the last listing.'),
  sms_rate: free(),
  sub_account: orNull(text('Auth ID.', 'SAXXXXXXXXXXXXXXXXXX')),
  sub_account_name: orNull(text('Of the subaccount.', 'Riders')),
  tendlc_campaign_id: orNull(text('The campaign that it sends texts for.', 'CXXXXXX')),
  tendlc_registration_status: none(),
  toll_free_sms_verification: none(),
  toll_free_sms_verification_id: none(),
  toll_free_sms_verification_order_status: none(),
  voice_enabled: flag('Always true.', true),
  voice_rate: free(),
});

export const NUMBER_RESOURCE = shape<NumberResource>('NumberResource', members);
export const READ_NUMBER = shape<NumberResource & { api_id: string }>('ReadNumber', () => ({
  api_id: apiId(),
  ...members(),
}));
