import { randomBytes } from 'node:crypto';

/** Names this process in leases and in the table of processes; each start makes a new one. 16 characters. */
export const PROCESS_ID = randomBytes(8).toString('hex');

let leases = 0;

/** A name for one claim: no other claim has it, and it tells whose it is. At most 36 characters. */
export function newLease(): string {
  leases += 1;
  return `${PROCESS_ID}:${leases.toString(36)}`;
}

/** The process that made the lease; null of leases of a version that did not name it. */
export function holderOf(lease: string): string | null {
  const end = lease.indexOf(':');
  return end < 0 ? null : lease.slice(0, end);
}

/** What the lease of each claim of this process is LIKE. */
export function leasesOf(holder: string): string {
  return `${holder}:%`;
}
