import { ApiProperty } from '@nestjs/swagger';

import { PastedNumber, TextOf } from '../values.dto.js';

export class RouteQuery {
  @ApiProperty({ description: 'The number that is called, in any spelling.' })
  @PastedNumber()
  virtual_number!: string;

  @ApiProperty({
    description:
      "A number in any spelling, or what else the caller's phone shows, such as `anonymous`; empty for nothing.",
    example: '+14155550123',
  })
  @TextOf(0, 200)
  caller!: string;
}
