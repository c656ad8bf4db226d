import { IsOptional, IsString, Length, Matches } from 'class-validator';

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
