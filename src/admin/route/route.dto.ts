import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { PastedNumber } from '../values.dto.js';

export class RouteQuery {
  @ApiProperty({ description: 'The number that is called, in any spelling.' })
  @PastedNumber()
  virtual_number!: string;

  @ApiProperty({
    maxLength: 200,
    description:
      "A number in any spelling, or what else the caller's phone shows, such as anonymous; empty for nothing.",
  })
  @IsString()
  @Length(0, 200)
  caller!: string;
}
