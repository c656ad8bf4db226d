import { IsString, Length } from 'class-validator';
import type { E164 } from '../../telephony/phone.js';
import { NumberInAnySpelling } from '../values.dto.js';

export class RouteQuery {
  @NumberInAnySpelling()
  virtual_number!: E164;

  /** Whatever the caller's phone shows, such as `anonymous`; empty for nothing. */
  @IsString()
  @Length(0, 200)
  caller!: string;
}
