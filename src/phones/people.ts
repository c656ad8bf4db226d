export const ROLES = ['first', 'second', 'stranger'] as const;
export type Role = (typeof ROLES)[number];

export type People = Readonly<Record<Role, string>>;

/** Numbers kept free for fiction, in three countries, so that nobody takes one for another at a glance. Texts from the USA reach all of them. */
export const NUMBERS: People = {
  first: '14155550123',
  second: '33639980158',
  stranger: '61491570156',
};

export const SESSION_BODY = bodyOf(NUMBERS);

export function bodyOf({ first, second }: People): { first_party: string; second_party: string } {
  return { first_party: `+${first}`, second_party: `+${second}` };
}

const MOST_PEOPLE = 77;

/** Two people of whom none of these sessions knows: for 15 minutes after its end a session with texts keeps its number from its own people. */
export function freshPeople(known: readonly { first_party: string }[]): People {
  const taken = new Set(known.map(({ first_party: party }) => party.replace('+', '')));
  const people = Array.from({ length: MOST_PEOPLE }, (_, place) => ({
    ...NUMBERS,
    first: String(Number(NUMBERS.first) + place),
    second: String(Number(NUMBERS.second) + place),
  }));
  return people.find(({ first }) => !taken.has(first)) ?? NUMBERS;
}

/** One phone as it was registered, and as some networks show it. */
export const SPELLINGS = { registered: '5491166773399', shown: '541166773399' } as const;

/** As a network tells a caller who withholds the number. */
export const WITHHELD = 'anonymous';

export const PINS = { first: '1234', second: '5678' } as const;
