import { many } from '../language.ts';

/** Words around the console's pages. */
export const frame = {
  title: (page: string) => `${page} – Masking`,
  pages: {
    overview: 'Overview',
    calls: 'Calls',
    sessions: 'Sessions',
    numbers: 'Numbers',
    pool: 'Pool health',
    callbacks: 'Callbacks',
    receivers: 'Receivers',
    recordings: 'Recordings',
    costs: 'Costs',
    people: 'People',
    'opt-outs': 'No texts (STOP)',
    webhooks: 'Refused webhooks',
    jobs: 'Jobs',
    audit: 'Audit',
    operators: 'Operators',
    accounts: 'Accounts',
    alerts: 'Alerts',
    system: 'System',
  },
  groups: { watch: 'Watch', money: 'Money', people: 'People', run: 'Run' },
  more: 'More',
  navigation: 'Pages of the console',
  search: {
    button: 'Search: number, session, call',
    short: 'Search',
    title: 'Search',
    field: 'Number, id, or last four digits',
    hint: 'A number in any spelling, its last 4 or more digits, a virtual number, or the id of a session or a call.',
    searching: 'Searching…',
    readAs: (words: string) => `Read as ${words}`,
    none: 'Nothing was found.',
    noneNext:
      'Did they call from another phone? Then look for the number that they dialled, and for refused calls on it.',
    groups: { people: 'People', calls: 'Calls', sessions: 'Sessions', numbers: 'Numbers of the pool' },
    status: { active: 'active', 'in-progress': 'call in progress', expired: 'ended' },
    counts: (sessions: number, calls: number) =>
      `${many(sessions, 'session', 'sessions')}, ${many(calls, 'call', 'calls')}`,
  },
  zone: { label: 'Times', local: 'Local', utc: 'UTC' },
  theme: 'Theme',
  signOut: 'Sign out',
  stillSignedIn: 'The service did not answer. You are still signed in.',
  you: (name: string, role: string) => (name === role ? name : `${name}, ${role}`),
  live: { live: 'live', polling: 'every 5 s', title: 'How lists learn that something has changed' },
  keys: {
    title: 'Keys',
    lead: 'Letters do nothing while you type in a field.',
    single: 'Letters alone do something',
    list: [
      ['/', 'search'],
      ['g then a letter', 'go to a page'],
      ['j k', 'down and up in a list'],
      ['Enter', 'open'],
      ['Esc', 'close, or back to the list'],
      ['?', 'this list'],
    ],
    go: 'Go to',
    button: 'Keys',
  },
  signIn: {
    title: 'Sign in',
    lead: 'The console is for operators. Sign in with your operator token; the admin token was printed when the service started for the first time.',
    over: 'Your sign-in is over: nobody used it for 30 minutes, 12 hours have passed, or your token was changed. Sign in, and you are back where you were.',
    notDone: 'What you were about to do has not been done.',
    token: 'Token',
    go: 'Sign in',
    notKept:
      'The token is right, but your browser kept no sign-in: this service is set up for https. Open the console by its https address, or on the machine itself as localhost.',
    wrong: 'This token opens nothing. Is it whole, and of this installation?',
  },
  notFound: {
    title: 'There is no such page',
    text: 'The link may be of another version.',
  },
  notYours: (role: string, others: readonly string[]) =>
    `Your role, ${role}, does not see this page. ${
      others.length === 1
        ? `It is for the role ${others.join('')}`
        : `It is for the roles ${others.slice(0, -1).join(', ')} and ${others.slice(-1).join('')}`
    }.`,
  toOverview: 'To the overview',
};
