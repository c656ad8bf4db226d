/** Words of `/`. */
export const start = {
  title: 'Number masking runs here',
  lead: 'Two people talk by phone through a virtual number. Neither learns the number of the other.',
  runs: 'What runs here',
  facts: {
    carrier: 'Calls are carried by',
    simulator: 'a simulator of Plivo: no call is real, nothing is billed',
    plivo: 'Plivo',
    version: 'Version',
    health: 'Health',
  },
  health: {
    asking: 'asking…',
    ok: 'well: the database answers, and what is due is done',
    noWorker: 'serving, but no process does what is due: start one with ROLE=all or ROLE=worker',
    unwell: (why: string) => `not ready: ${why}`,
    away: 'the service does not answer',
  },
  healthMore: 'All checks',
  begin: 'See a masked call',
  beginText:
    'Three phones in the browser. Create a session, call, and watch the second phone ring with the virtual number.',
  openPhones: 'Open the phones',
  create: 'Create a session from a terminal',
  createText: {
    demo: 'This line holds the token of the demo account that the first start made up. It works as it stands.',
    own: 'Put your account in: export PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN in this shell first.',
  },
  curl: 'the curl line',
  ways: 'Ways on',
  links: {
    phones: ['The phones', 'Make a call with the mouse, see our XML, the webhooks, the callbacks and the session.'],
    console: ['The console', 'Every call and why it failed, sessions, numbers, money; with an operator’s token.'],
    docs: ['The API', 'Every request, with its parameters and refusals; try them out in the page.'],
    sdk: ['Files for the official SDKs', 'Seven languages: send their masking requests here, and only these.'],
    metrics: ['Metrics', 'For Prometheus.'],
  },
} as const;
