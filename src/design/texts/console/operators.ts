/** Words of the operators. */
export const operators = {
  title: 'Operators',
  lead: 'Who may use this console and the admin API. Give everybody a token of their own: the audit then says who did what, and one can be taken away without the others.',
  one: (name: string) => `the operator ${name}`,
  columns: { name: 'Name', role: 'Role', used: 'Last used', since: 'Since', token: 'Former token', deeds: 'Do' },
  roles: {
    viewer: 'viewer: reads',
    support: 'support: reads, ends, replays, sees numbers',
    finance: 'finance: figures and calls, no people',
    admin: 'admin: everything',
  },
  never: 'never',
  ofSettings: 'ADMIN_TOKEN: change the setting and restart',
  opensUntil: 'opens until',
  alone: {
    what: 'Only ADMIN_TOKEN opens this installation.',
    why: 'Whoever has it may do everything, and the audit calls all of them “admin”. Add an operator for each person and program.',
  },
  add: {
    name: 'Add an operator',
    lead: 'The token is shown once, in the next step.',
    field: 'Name',
    hint: 'As the audit will say it, such as ann@example.com. No phone numbers.',
    role: 'Role',
    made: (name: string) => `${name} signs in with this token, or sends it as bearer token:`,
    token: 'the token',
    lost: 'If it gets lost, rotate it: the operator keeps its name and role.',
  },
  rotate: {
    name: 'Rotate',
    title: (name: string) => `Rotate the token of ${name}`,
    lead: 'A new token is made and shown once. Whoever is signed in with the old one has to sign in again.',
    overlap: 'The old token opens for',
    overlaps: [
      ['0', 'no longer, as of now'],
      ['3600', 'one more hour'],
      ['86400', 'one more day'],
      ['604800', 'one more week'],
    ] as const,
    hint: 'Programs that use it need time to be set up anew. If it was seen by somebody, choose none.',
    lost: 'Put it where the old one stands.',
  },
  remove: {
    name: 'Remove',
    consequence: (name: string) =>
      `${name} is signed out everywhere and its tokens open nothing any more. This cannot be undone; a new operator of the same name gets a new token. What it did stays in the audit.`,
    done: (name: string) => `${name} was removed.`,
  },
};
