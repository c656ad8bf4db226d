import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from './audit.js';
import { PageQuery, pageOf, startOf } from '../page.dto.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject, instant, pageSchema, shape, text, uuid } from '../../platform/openapi/schemas.js';

function shownAudit({ id, at, operator, actor, action, target, details, requestId }: ListedEntry) {
  return {
    id,
    at: new Date(at).toISOString(),
    actor: operator ?? actor,
    action,
    target,
    details: JSON.parse(details) as unknown,
    request_id: requestId,
  };
}

type ListedEntry = Awaited<ReturnType<Audit['list']>>[number];

const AUDIT_PAGE = pageSchema(
  'AuditEntries',
  shape<ReturnType<typeof shownAudit>>('AuditEntry', () => ({
    id: uuid('Of the entry; grows with time.'),
    at: instant('When it was done.'),
    actor: text('The name of the operator.', 'ann@example.com'),
    action: text('What was done.', 'operator.added'),
    target: text('To what.', '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
    details: anyObject('What else is worth knowing of this action.', { role: 'viewer' }),
    request_id: text('Id of the request.', '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  })),
);

@Controller('admin/audit')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @MayAsk('viewer', 'support')
  @ShowsVirtualNumbers('target')
  @Documented({
    summary: 'What operators changed, and whose whole numbers they saw, newest first',
    operationId: 'listAudit',
    answers: { 200: ['A page of entries.', AUDIT_PAGE] },
  })
  async list(@Query() query: PageQuery) {
    const found = await this.audit.list({ before: startOf(query), limit: query.limit + 1 });
    return pageOf(found, query, {
      keyOf: (entry) => entry.id,
      show: shownAudit,
    });
  }
}
