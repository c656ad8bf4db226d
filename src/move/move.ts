import type { Clock } from '../platform/clock.js';
import { CommandFailure } from '../platform/command-failure.js';
import type { Connections } from '../platform/database/connections.js';
import { newId } from '../platform/ids.js';
import { compareTable } from './compare-tables.js';
import { copyTable, keyFrom } from './copy-table.js';
import { movedTables, unlike, type MovedTable } from './moved-tables.js';
import { MysqlTarget } from './mysql-target.js';
import { refuseTarget } from './refuse-target.js';
import { SqliteSource } from './sqlite-source.js';
import { readMove, type MoveRow } from './why-moved.js';
import { whyStopped } from './why-stopped.js';

export interface MoveOrder {
  /** Opened to read the file; whoever calls holds it as a service would. */
  source: Connections;
  file: string;
  target: Connections;
  /** Brings the target's schema up to this version. */
  migrate: () => Promise<void>;
  /** In words, without users and passwords. */
  from: string;
  to: string;
  clock: Clock;
  signal: AbortSignal;
  tell: (what: string, done: number, total: number) => void;
}

export interface Moved {
  to: string;
  /** Rows of each table, every one of them compared. */
  rows: Record<string, number>;
}

interface Room {
  order: MoveOrder;
  source: SqliteSource;
  target: MysqlTarget;
  tables: MovedTable[];
  moveId: string;
}

/**
 * Copies every row of the file into the server's empty database, in batches with the progress beside them, then reads all back and compares. Only then
 * is the file marked as left, and after it the server's database as arrived, so that at no instant both can be served. Run again it goes on.
 */
export async function move(order: MoveOrder): Promise<Moved> {
  const tables = movedTables(order.source);
  const left = await readMove(order.source.manager);
  if (left !== null && left.place !== order.to)
    throw new CommandFailure(
      `the database is being moved, or was, to ${left.place}: go on there, or run masking move --undo first`,
    );
  const arrived = await readMove(order.target.manager);
  await refuseTarget(order.target, { tables, arrived, left });
  const source = new SqliteSource(order.file);
  let target: MysqlTarget | null = null;
  try {
    refuseUnlike('SQLite', unlike(tables, source.columns()));
    await order.migrate();
    target = await MysqlTarget.connect(order.target);
    refuseUnlike('the target', unlike(tables, await target.columns()));
    const moveId = left?.moveId ?? newId();
    const room: Room = { order, source, target, tables, moveId };
    await begin(room, { left, arrived });
    return await carry(room);
  } catch (error) {
    throw whyStopped(error, order.signal);
  } finally {
    target?.close();
    source.close();
  }
}

/** The file may be served again, as it was when it was moved. */
export function undoMove(file: string): void {
  const source = new SqliteSource(file);
  try {
    source.run('DELETE FROM database_move');
  } finally {
    source.close();
  }
}

/** First the file says that it is leaving: from here on no service starts on it. */
async function begin(
  { order, source, target, moveId }: Room,
  { left, arrived }: { left: MoveRow | null; arrived: MoveRow | null },
): Promise<void> {
  const insert = 'INSERT INTO database_move (id, role, move_id, place, begun_at) VALUES (1, ?, ?, ?, ?)';
  const now = order.clock.wall();
  if (left === null) source.run(insert, ['leaving', moveId, order.to, now]);
  if (arrived !== null) return;
  // What the migrations put there.
  await target.run('DELETE FROM audit_chain');
  await target.run(insert, ['arriving', moveId, order.from, now]);
  await target.commit();
}

async function carry(room: Room): Promise<Moved> {
  const { order, source, target, tables } = room;
  source.hold();
  const counts = new Map(tables.map((table) => [table.name, source.count(table)]));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  await copyAll(room, { counts, total });

  const rows: Record<string, number> = {};
  let compared = 0;
  for (const table of tables)
    rows[table.name] = await compareTable(room, table, () => {
      compared += 1;
      if (compared % 100 === 0) order.signal.throwIfAborted();
      order.tell(`comparing ${table.name}`, compared, total);
    });

  source.run("UPDATE database_move SET role = 'left', ended_at = ?", [order.clock.wall()]);
  source.release();
  await target.run("UPDATE database_move SET role = 'arrived', ended_at = ?", [order.clock.wall()]);
  await target.commit();
  return { to: order.to, rows };
}

/** From where the last run was stopped. */
async function copyAll(
  { order, source, target, tables }: Room,
  { counts, total }: { counts: ReadonlyMap<string, number>; total: number },
): Promise<void> {
  const [progress] = (await target.run('SELECT table_name, after_key FROM database_move')) as [
    string | null,
    string | null,
  ][];
  const [reached, after] = progress ?? [null, null];
  let done = 0;
  for (const table of tables) {
    if (reached !== null && table.name < reached) {
      done += counts.get(table.name) ?? 0;
      continue;
    }
    const key = table.name === reached && after !== null ? keyFrom(table, after) : null;
    if (key !== null) done += source.countUpTo(table, key);
    await copyTable({ source, target }, table, {
      after: key,
      onRows: (count) => {
        order.signal.throwIfAborted();
        done += count;
        order.tell(`copying ${table.name}`, done, total);
      },
    });
    if (table.counted !== null)
      await target.run(`ALTER TABLE \`${table.name}\` AUTO_INCREMENT = ${source.nextNumber(table)}`);
  }
}

function refuseUnlike(where: string, names: readonly string[]): void {
  if (names.length > 0)
    throw new CommandFailure(
      `${where} has other tables than this version: ${names.slice(0, 5).join(', ')}. Nothing was moved`,
    );
}
