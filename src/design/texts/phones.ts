import type { Duration } from '../format.ts';

/** Words of `/phones`. */
export const phones = {
  title: 'Phones',
  lead: 'Three phones, one virtual number. Nothing here leaves this machine.',
  roles: { first: 'First party', second: 'Second party', stranger: 'A stranger' },
  inSentence: { first: 'the first party', second: 'the second party', stranger: 'the stranger' },
  live: { live: 'Live', polling: 'Asking every second', lost: 'No answer' },
  lost: (since: string) =>
    `The service has not answered since ${since}. This page asks again every second; what is on the phones below is from before.`,
  sound: {
    on: 'Sound on',
    off: 'Sound off',
    title: 'Ring tones and spoken words by this browser. Captions stay either way.',
  },
  keys: 'Keys',

  guide: {
    title: 'Your first masked call',
    steps: ['Create a session', 'Call', 'Answer', 'Hang up', 'Read what your server was told'],
    actions: {
      create: 'Create a session',
      call: 'Call from the first party',
      answer: 'Answer on the second phone',
      hangUp: 'Hang up',
      read: 'Show what your server was told',
      again: 'Once more from the start',
    },
    hints: {
      create: 'The service lends the two people a virtual number for an hour.',
      call: 'The first party dials the virtual number, not the other person.',
      answer: 'Look at the second phone: it shows the virtual number. Then answer.',
      hangUp: 'They talk. Neither phone has ever seen the number of the other.',
      read: 'The service has told your server about each step.',
      done: 'That was a masked call, from dial to bill.',
    },
    done: 'done',
    now: 'now',
    next: 'Now with your Plivo account',
    nextText:
      'The same service, the same API. Start it with these settings and give your numbers an application that leads here; the simulator and this page are then gone.',
    nextCommand: 'PLIVO_AUTH_ID=… PLIVO_AUTH_TOKEN=… PUBLIC_URL=https://your.host npm start',
    nextSdk: 'Point your Plivo SDK here: a file for each of seven languages',
    nextName: 'the settings',
  },

  account: {
    title: 'Whose account?',
    text: 'This service was started with an account of its own, whose token it does not tell. The page keeps what you type in memory only.',
    id: 'Auth ID',
    token: 'Auth Token',
    use: 'Use it',
  },

  phone: {
    idle: 'Nothing going on',
    calls: (number: string) => `Calls ${number}`,
    routing: 'Plivo asks the service what to do…',
    hearsRinging: 'hears it ring',
    answered: 'connected to the service',
    incoming: 'is calling',
    shows: 'shows',
    talks: 'Talking',
    talksThrough: (number: string) => `with ${number}`,
    neverSent: (whose: string) => `The number of ${whose} was never sent.`,
    ended: 'Call ended',
    typePin: 'Type the PIN',
    typed: (count: number) => `${count} ${count === 1 ? 'digit' : 'digits'} typed`,
    call: 'Call',
    callMore: (whose: string) => ` the virtual number from the phone of ${whose}`,
    answer: 'Answer',

    decline: 'Decline',

    hangUp: 'Hang up',
    onPhone: (whose: string) => ` on the phone of ${whose}`,
    keypad: 'Keypad',
    keypadLabel: (whose: string) => `Keypad of ${whose}: digits, * and # may be typed`,
    captions: (whose: string) => `What ${whose} hears`,
    hearsNothing: 'Captions of what is heard appear here.',
    speaks: (text: string) => `“${text}”`,
    plays: (file: string) => `plays ${file}`,
    behaviour: 'When it rings',
    behaviours: {
      manual: 'waits for you',
      answer: 'answers by itself',
      decline: 'declines',
      busy: 'is busy',
      'no-answer': 'rings, nobody answers',
      unreachable: 'is switched off',
    },
    withhold: 'Withhold the number',
    needsSession: 'Create a session first: it has the number to call.',
  },

  /** Of a leg, by Plivo's code; others keep Plivo's own words. */
  endings: {
    1000: 'called off before it was answered',
    2000: 'no such number',
    2070: 'the country’s rules forbid it',
    3010: 'busy',
    3020: 'rejected',
    4000: 'hung up',
    4010: 'the service had nothing more to say',
    5000: 'not reachable',
    6000: 'time limit reached',
    6010: 'nobody answered',
    7011: 'Plivo could not reach the service',
  } as Record<number, string>,

  exchange: {
    title: 'Virtual number',
    none: 'No session yet',
    noneText: 'A session lends the two parties a number that they share.',
    endsIn: (left: Duration) => `Session ends in ${left}`,
    ended: 'Session over: the number is nobody’s again',
    copyNumber: 'the virtual number',
    goes: 'goes on',
    stops: 'stops here',
    waiting: 'What passes, and what does not',
    idle: 'Call from a phone: this shows which number goes where, and which stops.',
    nobody: 'No phone rings: the caller belongs to no session.',
    sentence: (caller: string, stops: string, callee: string, goes: string) =>
      `${caller} calls. ${stops} stops here. ${callee} is shown ${goes}.`,
    nothing: 'nothing',
  },

  said: {
    created: (number: string) => `A session is there. Its virtual number is ${number}.`,
    ringing: (who: string, number: string) => `The phone of ${who} rings and shows ${number}.`,
    talking: 'The two people are connected.',
    ended: (why: string) => `The call has ended: ${why}.`,
    callbacks: (count: number) => `Your server has been told ${count} ${count === 1 ? 'thing' : 'things'}.`,
  },

  deed: {
    last: 'The same from a terminal',
    none: 'What you do here appears as a curl line, to be pasted into a terminal or a test.',
    curl: 'the command',
    failed: (what: string) => `${what}: refused`,
    request: 'Request id',
    tryAgain: 'Nothing was changed.',
  },
};
