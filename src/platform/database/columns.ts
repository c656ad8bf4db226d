// Column shapes that SQLite, MySQL and MariaDB share. Instants are bigint milliseconds since 1970 (UTC): the same value, order and arithmetic
// on all three, without a time zone on the way. MySQL hands bigints out as text through TypeORM, SQLite as numbers: the transformer settles it.
const asNumber = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? null : Number(value)),
};
const asBoolean = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? null : Boolean(value)),
};

export const nullable = { nullable: true } as const;

export const instant = () => ({ type: 'bigint', transformer: asNumber }) as const;
/** Integer millionths of the account's currency. */
export const micros = () => ({ type: 'bigint', transformer: asNumber }) as const;
/** Whole numbers that outgrow an int: seconds summed up, bytes. */
export const large = () => ({ type: 'bigint', transformer: asNumber }) as const;
export const flag = () => ({ type: 'boolean', transformer: asBoolean }) as const;
export const id = () => ({ type: 'varchar', length: 36 }) as const;
export const authId = () => ({ type: 'varchar', length: 20 }) as const;
/** A keyed index (see crypto.ts): 22 characters of base64url. */
export const keyedIndex = () => ({ type: 'varchar', length: 22 }) as const;
export const word = (length: number) => ({ type: 'varchar', length }) as const;
