import type { ComponentType } from 'react';
import type { IconName } from '../design/icons.tsx';
import { frame } from '../design/texts/console/frame.ts';
import type { Role } from './reach/answers.ts';

/** A page of the console. */
export interface Place {
  /** Behind the `#/`, and the name of its folder in `pages/`. */
  path: keyof typeof frame.pages;
  icon: IconName;
  group: keyof typeof frame.groups;
  /** `g` and this letter lead there. */
  letter: string;
  /** Who sees it, beside admin. */
  roles: readonly Role[];
  /** The page itself, in a file of its own: what nobody opens is not loaded. */
  load: () => Promise<{ default: ComponentType }>;
}

const READERS: readonly Role[] = ['viewer', 'support'];
const ALL: readonly Role[] = ['viewer', 'support', 'finance'];

/** Every page, in the order of the side bar. The first four that somebody may see are in the bar at the bottom of a phone. */
export const PLACES: readonly Place[] = [
  {
    path: 'overview',
    icon: 'overview',
    group: 'watch',
    letter: 'o',
    roles: ALL,
    load: () => import('./pages/overview/overview.tsx'),
  },
  {
    path: 'calls',
    icon: 'calls',
    group: 'watch',
    letter: 'c',
    roles: ALL,
    load: () => import('./pages/calls/calls.tsx'),
  },
  {
    path: 'sessions',
    icon: 'sessions',
    group: 'watch',
    letter: 's',
    roles: READERS,
    load: () => import('./pages/sessions/sessions.tsx'),
  },
  {
    path: 'numbers',
    icon: 'numbers',
    group: 'watch',
    letter: 'n',
    roles: READERS,
    load: () => import('./pages/numbers/numbers.tsx'),
  },
  {
    path: 'pool',
    icon: 'pool',
    group: 'watch',
    letter: 'h',
    roles: READERS,
    load: () => import('./pages/pool/pool.tsx'),
  },
  {
    path: 'callbacks',
    icon: 'callbacks',
    group: 'watch',
    letter: 'b',
    roles: READERS,
    load: () => import('./pages/callbacks/callbacks.tsx'),
  },
  {
    path: 'recordings',
    icon: 'recordings',
    group: 'watch',
    letter: 'r',
    roles: READERS,
    load: () => import('./pages/recordings/recordings.tsx'),
  },
  {
    path: 'costs',
    icon: 'costs',
    group: 'money',
    letter: 'm',
    roles: ALL,
    load: () => import('./pages/costs/costs.tsx'),
  },
  {
    path: 'webhooks',
    icon: 'webhooks',
    group: 'run',
    letter: 'w',
    roles: READERS,
    load: () => import('./pages/webhooks/webhooks.tsx'),
  },
  {
    path: 'receivers',
    icon: 'receivers',
    group: 'run',
    letter: 'v',
    roles: READERS,
    load: () => import('./pages/receivers/receivers.tsx'),
  },
  {
    path: 'jobs',
    icon: 'jobs',
    group: 'run',
    letter: 'j',
    roles: READERS,
    load: () => import('./pages/jobs/jobs.tsx'),
  },
  {
    path: 'people',
    icon: 'people',
    group: 'people',
    letter: 'p',
    roles: ['support'],
    load: () => import('./pages/people/people.tsx'),
  },
  {
    path: 'opt-outs',
    icon: 'optOuts',
    group: 'people',
    letter: 'x',
    roles: READERS,
    load: () => import('./pages/opt-outs/opt-outs.tsx'),
  },
  {
    path: 'accounts',
    icon: 'accounts',
    group: 'run',
    letter: 'a',
    roles: READERS,
    load: () => import('./pages/accounts/accounts.tsx'),
  },
  {
    path: 'alerts',
    icon: 'alerts',
    group: 'run',
    letter: 'l',
    roles: READERS,
    load: () => import('./pages/alerts/alerts.tsx'),
  },
  {
    path: 'operators',
    icon: 'operators',
    group: 'run',
    letter: 't',
    roles: READERS,
    load: () => import('./pages/operators/operators.tsx'),
  },
  {
    path: 'audit',
    icon: 'audit',
    group: 'run',
    letter: 'u',
    roles: READERS,
    load: () => import('./pages/audit/audit.tsx'),
  },
  {
    path: 'system',
    icon: 'system',
    group: 'run',
    letter: 'y',
    roles: READERS,
    load: () => import('./pages/system/system.tsx'),
  },
];

export function titleOf({ path }: Pick<Place, 'path'>): string {
  return frame.pages[path];
}
