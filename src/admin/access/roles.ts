import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** viewer reads; support also ends sessions, replays, retries and reveals; finance reads figures and calls, never people; admin all. */
export const ROLES = ['viewer', 'support', 'finance', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who may see whole numbers with `?reveal=true`, and hear recordings. */
export const REVEALING: readonly Role[] = ['support', 'admin'];

/** Where the guard finds who may ask a route. */
export const MAY_ASK = 'admin.may-ask';

/** Who may ask this route, beside admin. Every route of /admin says so: one that does not is open to nobody. */
export const MayAsk = (...roles: Role[]) => {
  const all = ROLES.filter((role) => role === 'admin' || roles.includes(role));
  return applyDecorators(SetMetadata(MAY_ASK, all), ApiExtension('x-roles', all));
};

/** Where the guard finds which members of a route's answer hold virtual numbers. */
export const VIRTUAL_NUMBERS = 'admin.virtual-numbers';

/** The members, beside `virtual_number`, in which this route shows numbers of the pool: those are not masked. */
export const ShowsVirtualNumbers = (...members: string[]) => SetMetadata(VIRTUAL_NUMBERS, members);

/** Where the guard finds that a route is a stream, which a page opens anew by itself: asking for it is no use of a login. */
export const IS_STREAM = 'admin.is-stream';
export const IsStream = () => SetMetadata(IS_STREAM, true);

/** Where the guard finds that a route knows accounts that are there no more, or names for none, and refuses others itself. */
export const KNOWS_ACCOUNTS = 'admin.knows-accounts';
export const KnowsAccounts = () => SetMetadata(KNOWS_ACCOUNTS, true);
