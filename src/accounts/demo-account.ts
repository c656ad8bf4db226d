import type { Config } from '../platform/settings/config.js';

/** The account that the simulator calls for when no credentials are set. */
export const DEMO_AUTH_ID = 'MADEMODEMODEMODEMO00';

/** Whether it is what a trial left behind: beside real calls it opens nothing, for its token has stood on a terminal and its numbers are fictional. */
export function isLeftOver(accountId: string, { provider }: Pick<Config, 'provider'>): boolean {
  return accountId === DEMO_AUTH_ID && provider.kind === 'plivo' && provider.firstAccount?.authId !== DEMO_AUTH_ID;
}
