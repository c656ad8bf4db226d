import { Resolver, lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';

/** All addresses of a name; rejects when there are none. */
export type ResolveName = (name: string) => Promise<LookupAddress[]>;

/** What does not answer at all; a name of a slow server may take twice that. */
const QUERY_TIMEOUT_MS = 2000;
const NO_SUCH_ADDRESS = new Set(['ENODATA', 'ENOTFOUND']);

/**
 * Asks the DNS servers of this machine, A and AAAA. Not through getaddrinfo: that occupies one of four threads of the process for as
 * long as a name server stays silent, so four names of one unfriendly server would hold up every file and every other name. The
 * hosts file and search domains have no part in a public name.
 */
export function publicResolver(): ResolveName {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: 2 });
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer, index) =>
      answer.status === 'rejected' ? [] : answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })),
    );
    if (addresses.length > 0) return addresses;
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    throw reasons.find((reason) => !NO_SUCH_ADDRESS.has(codeOf(reason))) ?? reasons[0] ?? new Error('no address');
  };
}

/** As the operating system resolves: with the hosts file and the names of containers, for deployments that trust their customers' URLs. */
export function systemResolver(): ResolveName {
  return (name) => lookup(name, { all: true });
}

function codeOf(reason: unknown): string {
  return `${(reason as NodeJS.ErrnoException | undefined)?.code}`;
}
