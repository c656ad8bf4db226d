/** Words of the page about what runs. */
export const system = {
  title: 'System',
  runs: 'What runs here',
  facts: {
    version: 'Version',
    node: 'Node',
    database: 'Database',
    provider: 'Calls are carried by',
    role: 'This process',
    migrations: 'Migrations',
  },
  commit: (commit: string) => `commit ${commit}`,
  providers: { plivo: 'Plivo', simulator: 'a simulator of Plivo: no call is real' },
  roles: {
    all: 'serves requests and does what is due',
    api: 'serves requests; another one does what is due',
    worker: 'does what is due',
  },
  done: (count: string) => `${count} done`,
  pending: (count: string) => `${count} wait`,
  pendingNext: 'Run “npm run migrate”, or start with MIGRATE=auto:',
  processes: 'Processes',
  processesLead: 'Those that were seen on this database within the last minute.',
  columns: { host: 'Where', role: 'Does', version: 'Version', node: 'Node', started: 'Started', seen: 'Seen' },
  here: (host: string, pid: number) => `${host}, process ${pid}`,
  noProcess: {
    what: 'No process was seen within the last minute.',
    why: 'They say every few seconds that they live. The database may not take writes: look at /readyz.',
  },
  checks: 'Checks',
  checksLead: 'What “masking doctor” looks at.',
  allWell: 'Nothing was found.',
  found: (count: number) => (count === 1 ? 'One thing was found' : `${count} things were found`),
  states: { ok: 'well', warning: 'look at it', failed: 'does not work', skipped: 'not looked at' } as Readonly<
    Record<string, string>
  >,
  lookAgain: 'Look again',
  remedy: 'What to do:',
} as const;
