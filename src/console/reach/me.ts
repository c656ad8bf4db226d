import { useQuery } from '@tanstack/react-query';
import { ask } from './ask.ts';

export type Role = 'viewer' | 'support' | 'finance' | 'admin';

export interface Me {
  name: string;
  role: Role;
  /** Whether this role may see whole numbers, with a reason. */
  is_number_shown: boolean;
}

/** Who looks at the console. Inside the frame somebody always does. */
export function useMe(): Me | undefined {
  return useQuery({ queryKey: ['me'], queryFn: () => ask<Me>('/me'), staleTime: Infinity }).data;
}

/** `admin` may all. */
export function mayDo(me: Me | undefined, roles: readonly Role[]): boolean {
  return me !== undefined && (me.role === 'admin' || roles.includes(me.role));
}
