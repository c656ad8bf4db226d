import { many } from '../language.ts';

/** Words of the overview. */
export const overview = {
  title: 'Overview',
  tiles: {
    now: 'Calls now',
    nowUnder: (sessions: string) => `of ${sessions} live sessions`,
    today: 'Calls today',
    rate: (percent: string) => `${percent} connected`,
    none: 'none yet',
    texts: 'Texts today',
    delivered: (count: string) => `${count} delivered`,
    cost: 'Cost today',
    minutes: (minutes: string) => `${minutes} min talked`,
    pool: 'Numbers to spare',
    poolUnder: (country: string, of: string) => `in ${country}, of ${of}`,
    poolUnknown: 'not counted yet',
    poolNone: 'no numbers',
    callbacks: 'Callbacks given up',
    callbacksUnder: (pending: string) => `${pending} on their way`,
    atLeast: (count: string) => `${count}+`,
    unknown: 'not known',
  },
  hours: {
    title: 'Calls per hour',
    axis: 'of the last 24 hours',
    connected: 'connected',
    others: 'not connected',
  },
  outcomeHours: {
    title: 'Outcomes by the hour',
    axis: 'of today’s calls, by when they came',
  },
  days: {
    title: 'Cost per day',
    axis: (currency: string) => `of the last 14 days, ${currency}`,
    cost: 'Cost',
  },
  outcomes: {
    title: 'Today’s calls',
    outcome: 'Outcome',
    count: 'Calls',
    why: 'Mostly',
    all: 'All of today',
    none: 'No call has ended today.',
  },
  pool: {
    title: 'Number pool',
    country: 'Country',
    numbers: 'Numbers',
    needed: 'Needed',
    spare: 'To spare',
    live: 'Live sessions',
    refused: 'Refused, 24 h',
    state: 'State',
    enough: 'enough',
    tight: 'nearly full',
    short: 'too few',
    unknown: 'not counted yet',
    all: 'All numbers',
    empty: 'No numbers yet.',
    emptyWhy:
      'Sessions are lent a number of the pool. Numbers come from your Plivo account, or by POST /admin/numbers.',
    explain: 'Needed: so that no session is refused, by the busiest parties of now.',
  },
  look: {
    title: 'Needs a look',
    notAll: 'Not everything could be asked: more may need a look.',
    nothing: 'Nothing needs a look.',
    nothingWhy: 'No number is short, no callback and no job is given up, no webhook is refused.',
    atLeast: (words: string) => `At least ${words}`,
    parked: (count: number) =>
      `${many(count, 'callback is', 'callbacks are')} given up: the receiver did not take what we tell it.`,
    receivers: (count: number, origin: string) =>
      count === 1 ? `A receiver fails: ${origin}.` : `${count} receivers fail, such as ${origin}.`,
    jobs: (count: number) => `${many(count, 'job is', 'jobs are')} given up.`,
    webhooks: (count: number) =>
      `${many(count, 'webhook was', 'webhooks were')} refused within the last day: Plivo’s calls may not reach us.`,
    pool: (country: string) => `Sessions are refused for want of numbers in ${country}.`,
  },
};
