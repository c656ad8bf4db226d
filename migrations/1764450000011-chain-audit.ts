import { createHash } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const BATCH = 500;

type Row = Record<'id' | 'at' | 'actor' | 'operator' | 'action' | 'target' | 'details' | 'request_id', unknown>;

/** Each entry of the audit holds the hash of the one before; those of earlier versions are taken along in the order of their ids. */
export class ChainAudit1764450000011 implements MigrationInterface {
  readonly name = 'ChainAudit1764450000011';

  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    const end = isSqlite ? '' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
    await runner.query(`CREATE TABLE IF NOT EXISTS audit_chain (
      id ${isSqlite ? 'integer' : 'int'} NOT NULL PRIMARY KEY,
      head_position bigint NOT NULL,
      head_hash varchar(43) NOT NULL,
      anchor_position bigint NOT NULL,
      anchor_hash varchar(43) NOT NULL
    )${end}`);
    if (!(await runner.hasColumn('audit_entry', 'position')))
      await runner.query('ALTER TABLE audit_entry ADD COLUMN position bigint NULL');
    if (!(await runner.hasColumn('audit_entry', 'hash')))
      await runner.query('ALTER TABLE audit_entry ADD COLUMN hash varchar(43) NULL');
    const { position, hash } = await this.chain(runner);
    await runner.query('DELETE FROM audit_chain');
    await runner.query(
      "INSERT INTO audit_chain (id, head_position, head_hash, anchor_position, anchor_hash) VALUES (1, ?, ?, 0, '')",
      [position, hash],
    );
    const table = (await runner.getTable('audit_entry')) ?? { indices: [] };
    if (table.indices.some(({ name }) => name === 'audit_entry_position')) return;
    await runner.query('CREATE UNIQUE INDEX audit_entry_position ON audit_entry (position)');
  }

  async down(runner: QueryRunner): Promise<void> {
    const on = runner.connection.options.type === 'better-sqlite3' ? '' : ' ON audit_entry';
    await runner.query(`DROP INDEX audit_entry_position${on}`);
    await runner.query('ALTER TABLE audit_entry DROP COLUMN position');
    await runner.query('ALTER TABLE audit_entry DROP COLUMN hash');
    await runner.query('DROP TABLE audit_chain');
  }

  private async chain(runner: QueryRunner): Promise<{ position: number; hash: string }> {
    let [position, hash, after] = [0, '', ''];
    for (;;) {
      const rows = (await runner.query(
        `SELECT id, at, actor, operator, action, target, details, request_id FROM audit_entry WHERE id > ? ORDER BY id LIMIT ${BATCH}`,
        [after],
      )) as Row[];
      for (const row of rows) {
        position += 1;
        const { id, at, actor, operator, action, target, details, request_id: requestId } = row;
        const text = JSON.stringify([
          hash,
          position,
          id,
          Number(at),
          actor,
          operator,
          action,
          target,
          details,
          requestId,
        ]);
        hash = createHash('sha256').update(text).digest('base64url');
        await runner.query('UPDATE audit_entry SET position = ?, hash = ? WHERE id = ?', [position, hash, id]);
        after = String(id);
      }
      if (rows.length < BATCH) return { position, hash };
    }
  }
}
