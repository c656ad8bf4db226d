import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import type { ShownStatus, VirtualNumberStatus } from '../../number-pool/index.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven } from '../values.dto.js';

const STATUSES: VirtualNumberStatus[] = ['active', 'draining', 'retired'];
const SHOWN_STATUSES: ShownStatus[] = [...STATUSES, 'elsewhere'];
const ONE_LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,100}$/u;
const ONE_LINE_MESSAGE = { message: 'alias must be one line of at most 100 characters' };

export class NewNumber {
  /** Auth ID. */
  @IsString()
  @Length(1, 20)
  account!: string;

  /** E.164, with or without `+`. */
  @IsString()
  @Length(1, 40)
  number!: string;

  /** Lent to this subaccount's sessions only. */
  @IsOptional()
  @IsString()
  @Length(0, 20)
  subaccount?: string | null;

  @IfGiven()
  @Matches(ONE_LINE, ONE_LINE_MESSAGE)
  alias?: string;
}

export class NumberChange {
  @IfGiven()
  @IsIn(STATUSES)
  status?: VirtualNumberStatus;

  /** Null or empty: back to the main account. */
  @IsOptional()
  @IsString()
  @Length(0, 20)
  subaccount?: string | null;

  @IfGiven()
  @Matches(ONE_LINE, ONE_LINE_MESSAGE)
  alias?: string;
}

export class NumbersQuery extends PageQuery {
  @IfGiven()
  @IsString()
  @Length(1, 20)
  account?: string;

  /** ISO 3166 alpha-2. */
  @IfGiven()
  @Matches(/^[A-Za-z]{2}$/, { message: 'country must be two letters' })
  country?: string;

  @IfGiven()
  @IsIn(SHOWN_STATUSES)
  status?: ShownStatus;
}

export class OneAccountQuery {
  @IsString()
  @Length(1, 20)
  account!: string;
}

export class PoolQuery {
  @IfGiven()
  @IsString()
  @Length(1, 20)
  account?: string;
}
