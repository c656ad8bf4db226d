import {
  adminValidation,
  Audit,
  type AuditedWrite,
  ConsoleLogins,
  KnownOperators,
  NewOperator,
  Operators,
  shownOperator,
  SHOWN_ADMIN,
  type Role,
} from '../../admin/index.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import type { Ground } from '../../platform/platform.module.js';

export interface WithToken {
  id: string;
  name: string;
  role: string;
  /** Told this once. */
  token: string;
}

type Shown = ReturnType<typeof shownOperator> | typeof SHOWN_ADMIN;

/** As `GET /admin/operators` lists them. */
export async function listOperators(ground: Ground): Promise<{ items: Shown[] }> {
  const { operators } = roomOf(ground);
  const now = ground.clock.now();
  return { items: [...(await operators.list()).map((one) => shownOperator(one, now)), SHOWN_ADMIN] };
}

export async function addOperator(ground: Ground, asked: { name: string; role: string }): Promise<WithToken> {
  const { name, role } = (await adminValidation.transform(asked, { type: 'body', metatype: NewOperator })) as {
    name: string;
    role: Role;
  };
  return changed(ground, async ({ operators }, tx, audited) => {
    const { id, token } = await operators.add(tx, { name, role });
    await audited('operator.added', id, { name, role });
    return { id, name, role, token };
  });
}

/** `who`: an id or a name. */
export async function rotateOperator(
  ground: Ground,
  who: string,
  overlapSeconds: number,
): Promise<WithToken & { former_token_until: string | null }> {
  return changed(ground, async ({ operators }, tx, audited) => {
    const id = await idOf(operators, who);
    const { name, role, token, formerUntil } = await operators.rotate(tx, id, overlapSeconds);
    await audited('operator.rotated', id, { name, overlap_seconds: overlapSeconds });
    const until = formerUntil === null ? null : new Date(formerUntil).toISOString();
    return { id, name, role, token, former_token_until: until };
  });
}

export async function removeOperator(ground: Ground, who: string): Promise<{ id: string; name: string; role: string }> {
  return changed(ground, async ({ operators }, tx, audited) => {
    const { id, name, role } = await operators.remove(tx, await idOf(operators, who));
    await audited('operator.removed', id, { name, role });
    return { id, name, role };
  });
}

interface Room {
  database: Database;
  operators: Operators;
  audit: Audit;
}

function roomOf({ dataSource, clock, secrets, log }: Ground): Room {
  const database = new Database(dataSource);
  const known = new KnownOperators(database, clock, secrets, log);
  const logins = new ConsoleLogins(database, clock, secrets, known, log);
  return { database, operators: new Operators(database, clock, known, logins), audit: new Audit(database, clock) };
}

type Details = Record<string, string | number>;

/** Written into the audit as what the admin of the settings does: who can run this holds the database. */
function changed<Result>(
  ground: Ground,
  work: (
    room: Room,
    tx: Tx,
    audited: (action: AuditedWrite['action'], target: string, details: Details) => Promise<void>,
  ) => Promise<Result>,
): Promise<Result> {
  const room = roomOf(ground);
  return room.database.transaction((tx) =>
    work(room, tx, (action, target, details) =>
      room.audit.record(tx, { action, target, details: { ...details, by: 'command line' } }, { id: newId() }),
    ),
  );
}

async function idOf(operators: Operators, who: string): Promise<string> {
  if (who === SHOWN_ADMIN.name) return SHOWN_ADMIN.id;
  const found = (await operators.list()).find(({ id, name }) => id === who.toLowerCase() || name === who);
  if (!found) throw new NotFound('no operator has this id or name: see "masking operators list"');
  return found.id;
}
