import type { Database } from '../../src/platform/database/database.js';
import { simulatedPlivo } from './simulated-plivo.js';
import type { Service } from './service.js';

/** As an operator does by the account's settings, in place of what they were. */
export async function turnTextsOn(database: Database, accountId: string, more: object = {}): Promise<void> {
  const value = JSON.stringify({ texts: 'on', ...more });
  await database.transaction(async (tx) => {
    await tx.query('DELETE FROM account_setting WHERE account_id = ?', [accountId]);
    await tx.query('INSERT INTO account_setting (account_id, value, updated_at) VALUES (?, ?, 0)', [accountId, value]);
  });
}

/** A session with texts, and the number over which its people write to each other. */
export async function openWithTexts(
  service: Pick<Service, 'sessions'>,
  people: { first_party: string; second_party: string },
  more: object = {},
): Promise<{ uuid: string; number: string }> {
  const wanted = { messaging: true, session_expiry: 3600, ...people, ...more };
  const { status, text, body } = await service.sessions<{ session: Record<string, string> }>('POST', '', wanted);
  if (status !== 201) throw new Error(text);
  return { uuid: body.session['session_uuid'] ?? '', number: body.session['virtual_number'] ?? '' };
}

export interface ArrivedText {
  at: string;
  from: string;
  text: string;
  message_uuid: string;
}

/** People who write to each other at the simulator's phones. */
export function texters(service: () => Pick<Service, 'request'>) {
  const plivo = simulatedPlivo(service);
  const digits = (number: string): string => number.replace('+', '');
  return {
    ...plivo,
    write: async (from: string, to: string, text: string, more: object = {}): Promise<string> => {
      const body = { from: digits(from), to: digits(to), text, ...more };
      return (await plivo.control<{ message_uuid: string }>('POST', '/texts', body)).message_uuid;
    },
    /** Waits until so many have arrived; all that have. */
    arrived: async (number: string, count = 0): Promise<ArrivedText[]> =>
      (await plivo.control<{ items: ArrivedText[] }>('GET', `/texts/${digits(number)}?count=${count}&timeout=15`))
        .items,
    messages: async (): Promise<Record<string, unknown>[]> =>
      (await plivo.control<{ items: Record<string, unknown>[] }>('GET', '/texts')).items,
  };
}
