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
  one(owner: Owner, text: string) {
    return this.database.browse(async (manager) => {
      const { sql, parameters } = ownedBy(owner);
      const rows = await ROWS.read(manager, `FROM virtual_number WHERE ${sql} AND number = ?`, [
        ...parameters,
        parseCaller(text) ?? '',
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
    mms_enabled: false,
    mms_rate: '0.00000',
    monthly_rental_rate: '0.00000',
    number: row.number,
    number_type: numberType(row.number),
    region: row.country === '' ? '' : (COUNTRIES.of(row.country) ?? '').toUpperCase(),
    renewal_date: null,
    resource_uri: `/v1/Account/${subaccountId ?? accountId}/Number/${row.number}/`,
    sms_enabled: false,
    sms_rate: '0.00000',
    sub_account: row.subaccountId,
    sub_account_name: subaccountName,
    tendlc_campaign_id: null,
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
