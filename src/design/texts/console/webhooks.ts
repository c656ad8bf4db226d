/** Words of the refused webhooks. */
export const webhooks = {
  title: 'Refused webhooks',
  lead: 'What Plivo, or somebody who is not Plivo, sent and we did not believe. A call whose webhooks are refused reaches nobody.',
  filters: { account: 'Account' },
  counted: (count: string) => `${count} times`,
  once: 'once',
  last: 'last',
  todo: 'What to do',
  reasons: {
    'wrong-signature': {
      name: 'Wrong signature',
      why: 'Signed with another token, over another URL than ours, or changed on the way.',
      todo: [
        'Compare the URL below with the one at Plivo: scheme, host, port and path must be equal to the letter. It is made of PUBLIC_URL.',
        'Does a proxy change path or query? Then the signature no longer fits.',
        'Was the Auth Token changed at Plivo? Tell it here: PUT /admin/accounts/…/plivo-token.',
      ],
    },
    'no-signature': {
      name: 'No signature',
      why: 'Plivo signs each webhook. What is not signed is mostly not of Plivo.',
      todo: [
        'A few are scanners and need nothing.',
        'Many at the time of calls: a proxy strips the headers X-Plivo-Signature-V3 and its nonce. Let them through.',
      ],
    },
    'v2-only': {
      name: 'Signed in the old way alone',
      why: 'Signature V2 covers neither query nor body, so anybody could change them.',
      todo: [
        'Let the headers X-Plivo-Signature-V3 and X-Plivo-Signature-V3-Nonce through your proxy.',
        'For callee sounds alone UNSIGNED_CALLEE_SOUND=take helps, where Plivo does not sign those: docs/plivo-uncertainties.md.',
      ],
    },
    'unknown-account': {
      name: 'Unknown account',
      why: 'The path names an Auth ID that is not registered here.',
      todo: ['Register the account, or correct the URL in the application at Plivo.'],
    },
    'nonce-reused': {
      name: 'Sent a second time',
      why: 'Its signature was used before, with other content. Plivo’s own repeats are taken and not listed here.',
      todo: [
        'Single ones need nothing. Many of them: somebody plays back what they have seen. Tell whoever runs the proxy.',
      ],
    },
    'repeated-parameter': {
      name: 'A parameter twice',
      why: 'Which of the two values is meant cannot be said.',
      todo: ['Look whether a proxy or the URL at Plivo adds parameters that Plivo sends itself.'],
    },
  },
  columns: { at: 'Last', path: 'Path', url: 'The signature had to be over', account: 'Account', count: 'Times' },
  noAccount: 'none',
  scope: 'The last 200 of each account, equal ones of a minute counted together.',
  empty: {
    what: 'Nothing was refused.',
    why: 'Each webhook that came was signed by Plivo’s token and over our URL. If calls still reach nobody, none came: look whether the number’s application at Plivo leads here.',
    filtered: 'Nothing was refused of this account.',
    numbers: 'Where the numbers lead',
  },
};
