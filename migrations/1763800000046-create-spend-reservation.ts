import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable } from './ddl.js';

export class CreateSpendReservation1763800000046 implements MigrationInterface {
  readonly name = 'CreateSpendReservation1763800000046';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'spend_reservation', {
      columns: {
        holder: 'varchar(36)',
        account_id: 'varchar(20)',
        day: 'instant',
        amount: 'micros',
      },
      primary: ['holder'],
      index: { spend_reservation_day: ['day'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'spend_reservation');
  }
}
