import { optOuts } from '../../../design/texts/console/opt-outs.ts';
import { go } from '../../address.ts';
import { api } from '../../api.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { Exact, Fact, FactList, Id, PoolNumber } from '../../parts/facts.tsx';
import { groupedNumber } from '../../../design/format.ts';
import { Failure } from '../../parts/failure.tsx';
import { Detail } from '../../parts/page.tsx';
import { tell } from '../../parts/toasts.tsx';
import { useOne } from '../../parts/use-one.ts';

const { detail: words, undo, source } = optOuts;
/** To be typed: which number's, for of the person nothing is known that could be. */
const LAST_DIGITS = 4;

export function OptOutDetail({ id, onRemoved }: { id: string; onRemoved: () => void }) {
  const { body, error, again } = useOne(`/opt-outs/${id}`, {}, ['session']);
  if (body === undefined)
    return (
      <Detail title={error === null ? <Skeleton lines={1} /> : optOuts.title}>
        {error === null ? <Skeleton lines={6} /> : <Failure error={error} what={optOuts.title} onAgain={again} />}
      </Detail>
    );
  const { virtual_number: number, campaign_id: campaign } = body;
  return (
    <Detail
      title={words.title(groupedNumber(number))}
      actions={
        <ConfirmedDeed
          name={undo.name}
          consequence={
            <>
              <p>{undo.consequence(number)}</p>
              <p>{undo.blocked}</p>
            </>
          }
          typed={number.slice(-LAST_DIGITS)}
          roles={[]}
          run={async () => {
            await api('delete', '/admin/opt-outs/{id}', { path: { id } });
            tell(undo.done(number));
            onRemoved();
            go({ page: 'opt-outs' });
          }}
        />
      }
    >
      <FactList>
        <Fact name={words.said}>
          <Exact at={body.said_at} />
        </Fact>
        <Fact name={words.noted}>
          <Exact at={body.noted_at} />
        </Fact>
        <Fact name={words.number}>
          <PoolNumber number={number} isCopied />
        </Fact>
        <Fact name={words.campaign}>{campaign === null ? words.noCampaign : words.every(campaign)}</Fact>
        <Fact name={words.source}>{source[body.source]}</Fact>
        <Fact name={words.account}>
          <Id id={body.account} what={words.account} />
        </Fact>
        <Fact name={words.id}>
          <Id id={body.id} what={words.id} />
        </Fact>
      </FactList>
    </Detail>
  );
}
