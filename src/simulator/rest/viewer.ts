import type { FastifyRequest } from 'fastify';
import type { Simulator } from '../simulator.js';
import { RestRefusal } from './rest-errors.js';

/** Whose credentials a request of the REST API has. */
export interface Viewer {
  authId: string;
  /** Null for the main account. */
  subaccount: string | null;
}

/** Whom RestAuth has let in. */
export function viewerOf({ viewer }: FastifyRequest): Viewer {
  if (!viewer) throw new RestRefusal(401, 'Authentication failed.');
  return viewer;
}

/** Numbers and applications: the account sees all, a subaccount its own. */
export function seesProperty(viewer: Viewer, { subaccount }: { subaccount: string | null }): boolean {
  return viewer.subaccount === null || viewer.subaccount === subaccount;
}

/** Calls and recordings: a subaccount's are its own; the account sees them where it asks for that subaccount's, and else only where the settings say so. */
export function seesCalls(
  { account, settings }: Simulator,
  viewer: Viewer,
  { subaccount }: { subaccount: string | null },
  asked?: string,
): boolean {
  const keeper = account.keeperOf(subaccount);
  if (viewer.subaccount !== null) return keeper === viewer.subaccount;
  return keeper === null || asked === keeper || settings.main_reaches_subaccounts;
}
