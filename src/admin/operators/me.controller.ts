import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { MayAsk, REVEALING, ROLES, type Role } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { Documented } from '../../platform/openapi/documented.js';
import { flag, shape, text, word } from '../../platform/openapi/schemas.js';

const ME = shape<{ name: string; role: Role; is_number_shown: boolean }>('Me', () => ({
  name: text('As the audit says it.', 'ann@example.com'),
  role: word('What it may ask.', ROLES),
  is_number_shown: flag('Whether whole numbers of parties are shown to this role with reveal=true.'),
}));

@Controller('admin/me')
@UseGuards(AdminGuard)
export class MeController {
  constructor(private readonly guard: AdminGuard) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @Documented({
    summary: 'Whose token this is',
    operationId: 'getMe',
    answers: { 200: ['Its operator.', ME] },
  })
  async show(@Req() request: FastifyRequest) {
    const { name, role } = await this.guard.admit(request);
    return { name, role, is_number_shown: REVEALING.includes(role) };
  }
}
