import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database, isDuplicate, type Tx } from '../../platform/database/database.js';
import { selection, type Selected } from '../../platform/database/rows.js';
import { NotFound } from '../../platform/errors.js';
import { newId, newSecret } from '../../platform/ids.js';
import { ConsoleLogins } from '../access/console-logins.js';
import { hashOf, KnownOperators, THE_ADMIN } from '../access/known-operators.js';
import { OPERATORS } from '../access/operator.entity.js';
import type { Role } from '../access/roles.js';
import { OperatorExists, OperatorOfSettings, TooManyOperators } from './operators.errors.js';

/** With the admin they make one page of the longest list. */
const MOST = 199;

const SHOWN = selection(OPERATORS.pick(['id', 'name', 'role', 'formerUntil', 'createdAt', 'lastUsedAt']));
const STORED = selection(OPERATORS.pick(['id', 'name', 'role', 'tokenHash', 'formerHash']));

export type ListedOperator = Selected<typeof SHOWN>;
type StoredOperator = Selected<typeof STORED>;

/** Who may ask /admin: tokens are told when they are made, and kept as hashes. */
@Injectable()
export class Operators {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly known: KnownOperators,
    private readonly logins: ConsoleLogins,
  ) {}

  /** In the order of their ids, which grow with time. */
  list(): Promise<ListedOperator[]> {
    return this.database.read((manager) => SHOWN.read(manager, `FROM operator ORDER BY id LIMIT ${MOST}`));
  }

  /** Refuses a name that is taken, or that people would take for one that is; `admin` always is. */
  async add(tx: Tx, { name, role }: { name: string; role: Role }): Promise<{ id: string; token: string }> {
    const others = await SHOWN.read(tx, 'FROM operator ORDER BY id');
    if ([THE_ADMIN, ...others].some((other) => readAs(other.name) === readAs(name))) throw new OperatorExists();
    if (others.length >= MOST) throw new TooManyOperators();
    const [id, token] = [newId(), newSecret()];
    const tokenHash = hashOf(token);
    try {
      await OPERATORS.insert(tx, { id, name, role, tokenHash, createdAt: this.clock.now() });
    } catch (error) {
      if (isDuplicate(error)) throw new OperatorExists();
      throw error;
    }
    this.known.distrust([tokenHash]);
    return { id, token };
  }

  /** A new token; the one until now opens for `overlapSeconds` more, the one before that no longer. Who is logged in at the console logs in anew. */
  async rotate(
    tx: Tx,
    operatorId: string,
    overlapSeconds: number,
  ): Promise<{ name: string; role: Role; token: string; formerUntil: number | null }> {
    const { id, name, role, tokenHash, formerHash } = await this.locked(tx, operatorId);
    const token = newSecret();
    const formerUntil = overlapSeconds === 0 ? null : this.clock.now() + overlapSeconds * 1000;
    const former = { formerHash: formerUntil === null ? null : tokenHash, formerUntil };
    await OPERATORS.update(tx, { tokenHash: hashOf(token), ...former }, 'WHERE id = ?', [id]);
    await this.logins.closeAllOf(tx, id);
    this.known.distrust([tokenHash, formerHash, hashOf(token)]);
    return { name, role, token, formerUntil };
  }

  /** Both tokens and every login at the console end: in this process at once, in others within 5 s. */
  async remove(tx: Tx, operatorId: string): Promise<StoredOperator> {
    const operator = await this.locked(tx, operatorId);
    await tx.query('DELETE FROM operator WHERE id = ?', [operator.id]);
    await this.logins.closeAllOf(tx, operator.id);
    this.known.distrust([operator.tokenHash, operator.formerHash]);
    return operator;
  }

  private async locked(tx: Tx, operatorId: string): Promise<StoredOperator> {
    if (operatorId === THE_ADMIN.id) throw new OperatorOfSettings();
    const [found] = await STORED.read(tx, `FROM operator WHERE id = ? ${this.database.forUpdate}`, [operatorId]);
    if (!found) throw new NotFound('no operator has this id');
    return found;
  }
}

/** Letters that look the same are: capital or small, composed or not, of full width or half. */
function readAs(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
