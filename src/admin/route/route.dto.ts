import { IsString, Length } from 'class-validator';
import { PastedNumber } from '../values.dto.js';

export class RouteQuery {
  /** The number that is called, in any spelling. */
  @PastedNumber()
  virtual_number!: string;

  /** A number in any spelling, or what else the caller's phone shows, such as `anonymous`; empty for nothing. */
  @IsString()
  @Length(0, 200)
  caller!: string;
}
