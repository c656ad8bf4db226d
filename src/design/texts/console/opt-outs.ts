/** Words of who wants no texts. */
export const optOuts = {
  title: 'No texts (STOP)',
  lead: 'Who texts STOP to a number is not written to from it any more, nor from other numbers of its campaign, until they text START. Calls go on. Their own numbers are kept nowhere: look for one below, beside its account.',
  columns: {
    when: 'Said',
    number: 'Wants no texts from',
    campaign: 'Campaign',
    source: 'Known by',
    account: 'Account',
  },
  source: { plivo: 'Plivo, which understood it', word: 'the word that was texted', refusal: 'Plivo refusing our text' },
  row: (number: string) => `the wish of somebody who is not written to from ${number}`,
  filters: {
    account: 'Account',
    party: 'Person',
    partyExample: 'A number, with its account',
    number: 'Virtual number',
  },
  empty: {
    what: 'Nobody is silent here.',
    why: 'Entries come when somebody texts STOP to a virtual number, and go when they text START. Texts are passed on for accounts whose settings say so.',
    accounts: 'To the accounts',
    filtered: 'Nobody by these filters has asked not to be written to.',
  },
  detail: {
    title: (number: string) => `No texts from ${number}`,
    said: 'Said',
    noted: 'Noted',
    number: 'Virtual number',
    campaign: 'Campaign',
    every: (campaign: string) => `${campaign}: holds for all of its numbers`,
    noCampaign: 'none: holds for this number alone',
    source: 'Known by',
    account: 'Account',
    id: 'Entry',
  },
  undo: {
    name: 'Write to them again',
    consequence: (number: string) =>
      `Texts from ${number} reach this person again. Only where they have asked for it by another way than START: who said STOP and is written to may complain, and Plivo may close the number.`,
    blocked:
      'What Plivo blocks stays blocked until they text START themselves: its next refusal brings this entry back.',
    done: (number: string) => `Texts from ${number} go to them again.`,
  },
};
