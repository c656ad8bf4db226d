import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, dropColumns } from './ddl.js';

export class AddCharges1763800000048 implements MigrationInterface {
  readonly name = 'AddCharges1763800000048';

  async up(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'masking_session', { fee: 'micros?' });
    await addColumns(runner, 'interaction', { own_amount: 'micros?' });
    await addColumns(runner, 'call_leg', { is_recorded: 'flag?' });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumns(runner, 'masking_session', ['fee']);
    await dropColumns(runner, 'interaction', ['own_amount']);
    await dropColumns(runner, 'call_leg', ['is_recorded']);
  }
}
