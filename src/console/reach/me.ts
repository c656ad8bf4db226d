import { useQuery } from '@tanstack/react-query';
import { parts } from '../../design/texts/console/parts.ts';
import type { Me, Role } from './answers.ts';
import { ask } from './ask.ts';

/** Who looks at the console. Inside the frame somebody always does. */
export function useMe(): Me | undefined {
  return useQuery({ queryKey: ['me'], queryFn: () => ask<Me>('/me'), staleTime: Infinity }).data;
}

/** What somebody is told who may not do what these roles may; null for who may. */
export function refusalFor(me: Me | undefined, roles: readonly Role[]): string | null {
  return mayDo(me, roles) ? null : parts.needsRole([...roles, 'admin']);
}

/** `admin` may all. */
export function mayDo(me: Me | undefined, roles: readonly Role[]): boolean {
  return me !== undefined && (me.role === 'admin' || roles.includes(me.role));
}
