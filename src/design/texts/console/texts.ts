/** Words of a session's texts. */
export const texts = {
  title: 'Texts',
  when: 'Came',
  who: 'Written by',
  state: 'What became of it',
  cost: 'Cost',
  nobody: 'not known',
  more: (shown: number) => `The newest ${shown}; GET /admin/messages has all.`,
  states: {
    waiting: 'waits for Plivo’s record',
    refused: 'refused',
    heard: 'said to us',
    pending: 'taken',
    unknown: 'not known whether Plivo has it',
    unconfirmed: 'never confirmed',
    rejected: 'rejected by Plivo',
    accepted: 'taken by Plivo',
    sent: 'sent',
    delivered: 'delivered',
    undelivered: 'undelivered',
    failed: 'failed',
  },
};
