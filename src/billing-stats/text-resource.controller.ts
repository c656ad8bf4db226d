import { Controller, Get, Param, Query, Req, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccountGuard, principalOf } from '../accounts/index.js';
import { FindTexts } from '../texts/index.js';
import { listMeta, readList } from '../platform/http/resource-list.js';
import { Documented } from '../platform/openapi/documented.js';
import { LIST_PARAMETERS, resourcePage } from '../platform/openapi/schemas.js';
import { ReadTextMoney } from './read-text-money.js';
import { KEPT_TEXT, messageResource, READ_MESSAGE, TEXT_OF_SESSION, textOfSession } from './text-resource.js';

/** Texts of masking sessions: each of both legs in the shape of Plivo's message records, and a list for each session. */
@ApiTags('Texts')
@Controller('v1/Account/:authId')
@UseGuards(AccountGuard)
export class TextResourceController {
  constructor(
    private readonly findTexts: FindTexts,
    private readonly textMoney: ReadTextMoney,
  ) {}

  @Get('Masking/Session/:uuid/Message')
  @Documented({
    summary: 'List the texts of a session, the newest first',
    operationId: 'listTextsOfSession',
    query: LIST_PARAMETERS,
    answers: { 200: ['A page of them.', resourcePage('TextsOfSession', TEXT_OF_SESSION)] },
  })
  async list(@Req() request: FastifyRequest, @Param('uuid') uuid: string, @Query() query: Record<string, unknown>) {
    const asked = readList(query, []);
    const owner = principalOf(request);
    const sessionId = uuid.toLowerCase();
    const { total, texts } = await this.findTexts.ofSession(owner, sessionId, asked);
    const money = await this.textMoney.run(texts.map(({ text }) => text.id));
    const path = `${accountPath(owner)}Masking/Session/${sessionId}/Message/`;
    return {
      api_id: request.id,
      ...asked.ignored,
      meta: listMeta(path, asked, total),
      objects: texts.map((found, place) =>
        textOfSession(found, money[place] ?? { units: 0, providerAmount: 0, fees: 0 }),
      ),
    };
  }

  @Get('Masking/Session/:uuid/Message/:messageUuid/Text')
  @Documented({
    summary: 'Read the words of a text while they are kept',
    operationId: 'getTextOfSession',
    description: "As long as the account's `text_retention_days` say; 404 after that, and for what was not passed on.",
    answers: { 200: ['The words.', KEPT_TEXT] },
  })
  async words(@Req() request: FastifyRequest, @Param('uuid') uuid: string, @Param('messageUuid') messageUuid: string) {
    const text = await this.findTexts.words(principalOf(request), uuid.toLowerCase(), messageUuid);
    return { api_id: request.id, message_uuid: messageUuid, text };
  }

  @Get('Message/:uuid')
  @Documented({
    summary: 'Read one leg of a text of a masking session',
    operationId: 'getMessage',
    answers: { 200: ['The leg.', READ_MESSAGE] },
  })
  async get(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const owner = principalOf(request);
    const leg = await this.findTexts.leg(owner, uuid);
    return { api_id: request.id, ...messageResource(leg, `${accountPath(owner)}Message/${uuid}/`) };
  }
}

function accountPath({ accountId, subaccountId }: { accountId: string; subaccountId: string | null }): string {
  return `/v1/Account/${subaccountId ?? accountId}/`;
}
