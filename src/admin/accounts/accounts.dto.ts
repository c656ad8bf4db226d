import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min, ValidateIf } from 'class-validator';
import { RETENTION_DAYS } from '../../accounts/index.js';

/** Visible text of one line. */
const NAME = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*[^\p{Cc}\p{Cf}\s][^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

export class NewAccount {
  /** Chosen by us when left out. */
  @IsOptional()
  @Matches(/^MA[A-Z0-9]{18}$/, { message: 'auth_id must be 20 characters: MA and 18 capital letters or digits' })
  auth_id?: string;

  @IsString()
  @Length(1, 100)
  @Matches(NAME, { message: 'name must be one line of text' })
  name!: string;

  @Matches(/^[A-Za-z0-9]{1,64}$/, { message: 'plivo_auth_id must be 1 to 64 letters or digits' })
  plivo_auth_id!: string;

  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'plivo_auth_token must be 1 to 200 printable characters' })
  plivo_auth_token!: string;
}

export class AccountChange {
  @ValidateIf((_body, value) => value !== undefined)
  @IsString()
  @Length(1, 100)
  @Matches(NAME, { message: 'name must be one line of text' })
  name?: string;

  /** `disabled`: its tokens open nothing (401), its numbers are no longer synced; calls of its live sessions go on. */
  @ValidateIf((_body, value) => value !== undefined)
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  /** Days for which sessions are kept after their end, 1 to 3650; null: as RETENTION_DAYS says. Shorter than before deletes at once what is older. */
  @IsOptional()
  @IsInt()
  @Min(RETENTION_DAYS.min)
  @Max(RETENTION_DAYS.max)
  retention_days?: number | null;
}

export class NewSubaccount {
  /** Of a subaccount that exists at Plivo; chosen by us when left out. */
  @IsOptional()
  @Matches(/^SA[A-Z0-9]{18}$/, { message: 'auth_id must be 20 characters: SA and 18 capital letters or digits' })
  auth_id?: string;

  /** Its token at Plivo, with which its programs are let in; left out: one is issued, and Plivo is asked with the account's. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'plivo_auth_token must be 1 to 200 printable characters' })
  plivo_auth_token?: string;

  @IsString()
  @Length(1, 100)
  @Matches(NAME, { message: 'name must be one line of text' })
  name!: string;
}

export class NewPlivoToken {
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'plivo_auth_token must be 1 to 200 printable characters' })
  plivo_auth_token!: string;
}
