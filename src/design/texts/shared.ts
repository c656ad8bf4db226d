/** Words of every page. */
export const shared = {
  brand: 'Masking',
  skip: 'Skip to the content',
  simulator: 'Simulator',
  simulatorTitle: 'No call is real: a simulator plays Plivo',
  plivo: 'Plivo',
  banners: {
    production: 'The simulator plays Plivo in production: no call that is made here reaches anybody.',
    database: (since: string) =>
      `The database has not answered since ${since}. Calls are refused with an announcement until it is back, nothing can be looked up or changed; calls that are on go on.`,
    away: (since: string) => `The service has not answered since ${since}. What is shown is what it said last.`,
    plivo: (since: string) =>
      `Plivo has not answered since ${since}. To connect a call nothing is asked of it; recordings, prices and the list of numbers wait until it is back.`,
    worker: (_since: string) => 'No process does what is due: callbacks wait. Start one with ROLE=all or ROLE=worker.',
  },
  pages: { start: 'Start', phones: 'Phones', docs: 'API' },
  navigation: 'Pages',
  copy: (what: string) => `Copy ${what}`,
  copied: 'Copied',
  copyFailed: 'Your browser did not let this page copy. Select the text and copy it by hand.',
  theme: { label: 'Theme', system: 'System', light: 'Light', dark: 'Dark' },
  close: 'Close',
  withheld: 'number withheld',
  utc: (text: string) => `${text} UTC`,
};
