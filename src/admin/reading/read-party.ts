import { Injectable } from '@nestjs/common';
import { InvalidRequest } from '../../platform/errors.js';
import type { E164 } from '../../telephony/phone.js';
import { digitsOf } from '../../telephony/read-pasted.js';
import { FEWEST_DIGITS, LookBack, WITH_TRUNK } from './look-back.js';
import { ReadNumber } from './read-number.js';

/** How descriptions of `party` end. */
export const IN_ANY_SPELLING = 'in any spelling, or by its last four to six digits where one person alone has them.';

/** Reads who is meant by `party`: a number in any spelling, as `ReadNumber` does, or its last four to six digits where one person alone has them. */
@Injectable()
export class ReadParty {
  constructor(
    private readonly readNumber: ReadNumber,
    private readonly lookBack: LookBack,
  ) {}

  /** Undefined for what was not given. Nobody is guessed: of two people with these digits both are refused. */
  async run(text: string | undefined, accountId?: string): Promise<E164 | undefined> {
    const digits = digitsOf(text ?? '') ?? '';
    const isEnding = digits.length >= FEWEST_DIGITS && digits.length < WITH_TRUNK;
    if (text === undefined || !isEnding) return this.readNumber.run('party', text, accountId);
    const { readings } = await this.readNumber.all(text, accountId);
    if (readings.length > 0) return this.readNumber.run('party', text, accountId);
    const { people, among } = await this.lookBack.people(digits, accountId);
    const [person, ...others] = people;
    if (person !== undefined && others.length === 0) return person;
    const found = person === undefined ? 'nobody' : `${people.length} people`;
    const words = `${found} among ${among} with a number that ends so`;
    throw new InvalidRequest(`party: ${words}: expected the whole number with its country code`, { param: 'party' });
  }
}
