import { ApiPropertyOptional } from '@nestjs/swagger';
import type { TextOptOut } from '../../number-pool/index.js';
import { authId, instant, orNull, pageSchema, shape, text, uuid, word } from '../../platform/openapi/schemas.js';
import { PageQuery } from '../page.dto.js';
import { AccountAuthId, IfGiven, isoText, PastedNumber } from '../values.dto.js';
import { IN_ANY_SPELLING } from '../reading/read-party.js';

export class OptOutsQuery extends PageQuery {
  @IfGiven()
  @AccountAuthId()
  account?: string;

  @ApiPropertyOptional({ description: `Beside an account: who said it, ${IN_ANY_SPELLING}` })
  @IfGiven()
  @PastedNumber()
  party?: string;

  @ApiPropertyOptional({ description: 'From which no texts are wanted, in any spelling.' })
  @IfGiven()
  @PastedNumber()
  virtual_number?: string;
}

export function shownOptOut({ id, accountId, virtualNumber, campaignId, source, at, createdAt }: TextOptOut) {
  return {
    id,
    account: accountId,
    virtual_number: `+${virtualNumber}`,
    campaign_id: campaignId,
    source,
    said_at: isoText(at),
    noted_at: isoText(createdAt),
  };
}

export const OPT_OUT = shape<ReturnType<typeof shownOptOut>>('OptOut', () => ({
  id: uuid('Of the entry.'),
  account: authId('Of the account.'),
  virtual_number: text('From which no texts are wanted.', '+14155550100'),
  campaign_id: orNull(text('Of the number: it holds for all numbers of it. Null where it has none.', 'CXXXXXX')),
  source: word('plivo: what it has understood; word: what we have; refusal: its code 200 on a text of ours.', [
    'plivo',
    'word',
    'refusal',
  ]),
  said_at: instant('When it was written; until that is known, when it came.'),
  noted_at: instant('When it came.'),
}));
export const OPT_OUTS_PAGE = pageSchema('OptOuts', OPT_OUT);
