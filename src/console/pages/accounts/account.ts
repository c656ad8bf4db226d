import type { Answer } from '../../api.ts';

export type Account = Answer<'get', '/admin/accounts'>['items'][number];
