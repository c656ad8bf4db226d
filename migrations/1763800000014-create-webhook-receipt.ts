import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateWebhookReceipt1763800000014 implements MigrationInterface {
  readonly name = 'CreateWebhookReceipt1763800000014';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'webhook_receipt', {
      columns: { account_id: 'varchar(20)', nonce: 'varchar(64)', content_hash: 'varchar(43)', received_at: 'instant' },
      primary: ['account_id', 'nonce'],
      index: { webhook_receipt_received: ['received_at'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'webhook_receipt');
  }
}
