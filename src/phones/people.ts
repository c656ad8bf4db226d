export const ROLES = ['first', 'second', 'stranger'] as const;
export type Role = (typeof ROLES)[number];

export type People = Readonly<Record<Role, string>>;

/** Numbers kept free for fiction, in three countries, so that nobody takes one for another at a glance. */
export const NUMBERS: People = {
  first: '14155550123',
  second: '442079460958',
  stranger: '61491570156',
};

export const SESSION_BODY = { first_party: `+${NUMBERS.first}`, second_party: `+${NUMBERS.second}` } as const;

/** One phone as it was registered, and as some networks show it. */
export const SPELLINGS = { registered: '5491166773399', shown: '541166773399' } as const;

/** As a network tells a caller who withholds the number. */
export const WITHHELD = 'anonymous';

export const PINS = { first: '1234', second: '5678' } as const;
