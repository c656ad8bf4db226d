/** Words of the pool's health. */
export const pool = {
  title: 'Pool health',
  lead: 'A number carries any number of sessions, but never two of the same phone. So what runs out is not numbers but numbers that a busy phone does not use yet.',
  now: {
    title: 'Now',
    columns: {
      country: 'Pool',
      state: 'State',
      available: 'Numbers',
      needed: 'Needed',
      headroom: 'Headroom',
      first: 'Busiest first party',
      second: 'Busiest second party',
      live: 'Live sessions',
      refused: 'Refused in 24 h',
    },
    states: { short: 'too few', tight: 'tight', enough: 'enough', unknown: 'not counted yet' },
    explain:
      'Needed: live sessions of the busiest first party and of the busiest second party, less one. With so many no session is refused. Headroom: numbers less needed.',
    asOf: 'Counted',
    more: (count: string) => `Add ${count} or more numbers.`,
    empty: 'No pool yet.',
    emptyWhy: 'Once there are numbers, here is how many of each country are needed.',
    toNumbers: 'To the numbers',
  },
  suspects: {
    title: 'Suspect numbers',
    none: 'No number does worse than its neighbours, beyond chance.',
    because: {
      'answer-rate': (part: string) => `answered ${part} of its calls, less than its neighbours`,
      'short-calls': (count: string) => `${count} calls over within 6 s, more than its neighbours`,
    },
  },
  forecast: {
    title: 'Will it do?',
    axis: 'numbers needed at the peak of each day, UTC',
    series: 'numbers needed',
    full: (day: string, country: string) => `${country}: on ${day} the numbers will not do.`,
    lasts: (country: string) => `${country}: no day can be named on which the numbers will not do.`,
    early: (country: string) => `${country}: too early to say.`,
    has: (count: string) => `The pool has ${count} now.`,
    reasons: {
      'no trend': 'The peaks do not rise.',
      'not within 90 days': 'The peaks rise, but the numbers do for the next 90 days.',
    } as Readonly<Record<string, string>>,
    days: (have: string, need: string) =>
      `It takes ${need} days to say; so far there ${have === '1' ? 'is one' : `are ${have}`}.`,
    noPeaks: 'A chart of the daily peaks follows after two days.',
    account: (id: string) => `of ${id}`,
    assumed:
      'It is assumed that what rose goes on rising. A customer who begins tomorrow is in no peak: plan for them below.',
  },
  plan: {
    title: 'Plan',
    lead: 'How many numbers does it take?',
    first: 'Most live sessions of one first party',
    second: 'Most live sessions of one second party',
    example: 'A driver with ten deliveries at a time, whose customers have five drivers at a time: 10 and 5.',
    needed: (count: string) => `${count} numbers in each country never refuse a session.`,
    none: 'No sessions need no numbers.',
    missing: (name: string, count: string) => `${name} lacks ${count}.`,
    enough: (name: string) => `${name} has enough.`,
  },
};
