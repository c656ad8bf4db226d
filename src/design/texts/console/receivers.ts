/** Words of the receivers that fail. */
export const receivers = {
  title: 'Receivers',
  lead: 'Customers’ servers none of whose answers has been good since some instant. After five days of that a server is paused: its callbacks are given up without a try until somebody resumes it.',
  columns: { origin: 'Server', status: 'Status', since: 'Failing since', last: 'Tried last', account: 'Account' },
  status: { failing: 'failing, still tried', paused: 'paused' },
  row: (origin: string, status: string) => `${origin}, ${status}`,
  filters: { status: 'Status', failing: 'failing', paused: 'paused' },
  empty: {
    what: 'No receiver fails.',
    why: 'Each server that was sent a callback has taken the last one, or has not been sent any yet.',
    callbacks: 'To the callbacks',
    filtered: 'Without it every receiver is shown that fails or is paused.',
  },
  well: 'This receiver does not fail',
  wellWhy: 'It has been resumed, or has taken a callback since: then it leaves this list.',
  back: 'To all receivers',
  detail: {
    since: 'Failing since',
    last: 'Tried last',
    paused: 'Paused since',
    account: 'Account',
    id: 'Receiver',
    pausedWhat: 'Nothing is sent to it',
    pausedWhy: (count: string) =>
      `Since it was paused, ${count} callbacks of its account were given up. Write to the customer; when their server is well, send those again: that also ends the pause.`,
    pausedUnknown:
      'Write to the customer; when their server is well, send again what was given up: that also ends the pause.',
    failingWhat: 'It is still tried',
    failingWhy:
      'Each callback has ten attempts within 24 hours. After five days without one good answer the receiver is paused.',
    resume: 'Resume, send nothing again',
    resumeConsequence:
      'It is tried again from the next callback on. What was given up stays so until somebody sends it again. If it fails on, it is paused again after five days.',
    resumeSaid: 'It is tried again.',
    replay: 'Resume and send again',
    replayCount: (count: string, since: string) =>
      `This sends the ${count} callbacks again that were made since ${since} for this account and given up, and tries the receiver again.`,
    others: 'Where the account has other receivers, what was given up for those in that time is sent too.',
    replaySaid: 'It is tried again, and what was given up is being sent.',
    toParked: 'Look at what was given up',
  },
};
