/** Words of every page. */
export const shared = {
  brand: 'Masking',
  skip: 'Skip to the content',
  simulator: 'Simulator',
  simulatorTitle: 'No call is real: a simulator plays Plivo',
  plivo: 'Plivo',
  inProduction: 'The simulator plays Plivo in production: no call that is made here reaches anybody.',
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
