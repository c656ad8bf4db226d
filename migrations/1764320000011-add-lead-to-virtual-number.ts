import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operators are told why a number's calls or hang-ups do not come here, and a listing is doubted for its applications apart from its numbers. */
export class AddLeadToVirtualNumber1764320000011 implements MigrationInterface {
  readonly name = 'AddLeadToVirtualNumber1764320000011';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('virtual_number', 'leads_to')))
      await runner.query('ALTER TABLE virtual_number ADD COLUMN leads_to varchar(20) NULL');
    if (!(await runner.hasColumn('doubted_listing', 'reason')))
      await runner.query("ALTER TABLE doubted_listing ADD COLUMN reason varchar(12) NOT NULL DEFAULT 'numbers'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE doubted_listing DROP COLUMN reason');
    await runner.query('ALTER TABLE virtual_number DROP COLUMN leads_to');
  }
}
