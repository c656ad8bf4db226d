import type { Config } from '../platform/settings/config.js';

/** Base of Plivo's REST API, without `/v1`. The simulator is a part of the service's process; it is asked over HTTP all the same. */
export function plivoBase({ provider, http }: Pick<Config, 'provider' | 'http'>): string {
  return provider.kind === 'plivo' ? provider.apiUrl : `http://127.0.0.1:${http.port}/simulator`;
}
