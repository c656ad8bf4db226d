import { Chip } from '../../../design/small-parts.tsx';
import { accounts as words } from '../../../design/texts/console/accounts.ts';

export function Status({ status }: { status: 'active' | 'disabled' }) {
  return <Chip kind={status === 'active' ? 'connected' : 'failed'}>{words.status[status]}</Chip>;
}
