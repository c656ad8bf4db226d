import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a subaccount has decided about texts of its sessions, where that is another thing than its account has. */
export class AddMessagingDefaultToSubaccount1796104000001 implements MigrationInterface {
  readonly name = 'AddMessagingDefaultToSubaccount1796104000001';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('subaccount', 'messaging_default')) return;
    const flag = runner.connection.options.type === 'better-sqlite3' ? 'boolean' : 'tinyint';
    await runner.query(`ALTER TABLE subaccount ADD COLUMN messaging_default ${flag}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE subaccount DROP COLUMN messaging_default');
  }
}
