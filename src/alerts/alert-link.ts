import type { Config } from '../platform/settings/config.js';
import { TEST_ALERT, type Alert } from './alert.js';

/** As the console spells its addresses (src/console/address.ts). */
const PLACES: Record<Alert['type'], (alert: Alert) => string> = {
  'pool.low': ({ account, data }) => `numbers?${query({ country: String(data['country']), account: String(account) })}`,
  'pin.attack': ({ data }) => `sessions/${String(data['session'])}`,
  'receiver.paused': ({ data }) => `receivers/${String(data['receiver'])}`,
  'spend.cap': ({ account }) => `accounts/${String(account)}`,
  'webhooks.refused': ({ account }) => `webhooks?${query({ account: account ?? 'unknown' })}`,
  'job.parked': ({ data }) => `jobs/${String(data['job'])}`,
  'plivo.unreachable': () => 'system',
  'recount.different': () => 'costs',
  [TEST_ALERT]: () => 'alerts',
};

/**
 * Where in the console an alert is looked into: a whole address where the console is below PUBLIC_URL, and its path where operators have a listener of
 * their own (OPERATORS_PORT), whose address from outside this service does not know.
 */
export function linkOf(
  alert: Alert,
  { publicUrl, operators }: Pick<Config['http'], 'publicUrl' | 'operators'>,
): string {
  return `${operators === null ? publicUrl : ''}/console#/${PLACES[alert.type](alert)}`;
}

function query(filters: Record<string, string>): string {
  return new URLSearchParams(filters).toString();
}
