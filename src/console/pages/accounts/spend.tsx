import { accounts } from '../../../design/texts/console/accounts.ts';
import { Chip } from '../../../design/small-parts.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { countText, Fact, FactList, Money } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Section } from '../../parts/page.tsx';
import type { AnswerAt } from '../../reach/answers.ts';
import { useOne } from '../../parts/use-one.ts';

const { spend: words } = accounts;

/** How near an account is to its daily caps. */
export function Spend({ accountId }: { accountId: string }) {
  const { body, error, again } = useOne(`/accounts/${accountId}/spend`, {}, ['call']);
  return (
    <Section title={words.title} end={body && <span className="soft small">{words.day(body.day)}</span>}>
      {body === undefined && error === null && <Skeleton lines={2} />}
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body?.cap_reached && (
        <p>
          <Chip kind="failed">{words.reached}</Chip>
        </p>
      )}
      {body !== undefined && (
        <FactList>
          <Fact name={words.money}>
            <Spent spend={body} />
          </Fact>
          <Fact name={words.calls}>
            <Counted count={body.requested_calls} cap={body.daily_requested_calls} />
          </Fact>
          <Fact name={words.phones}>
            <Counted count={body.destinations} cap={body.daily_destinations} />
          </Fact>
        </FactList>
      )}
    </Section>
  );
}

/** Before there is a cap nothing is counted: that is no nought. */
function Spent({ spend: { spent, daily_spend_cap: cap, reserved } }: { spend: AnswerAt<`/accounts/${string}/spend`> }) {
  if (spent === null && cap === null) return <span className="soft">{words.notCounted}</span>;
  return (
    <>
      <Money amount={spent ?? '0'} />{' '}
      <span className="soft">
        {cap === null ? words.noCap : words.of(cap)}
        {reserved !== null && Number(reserved) > 0 && `; ${words.reserved(reserved)}`}
      </span>
    </>
  );
}

function Counted({ count, cap }: { count: number; cap: number }) {
  if (cap === 0) return <span className="soft">{words.notCounted}</span>;
  return (
    <>
      {countText(count)} <span className="soft">{words.of(countText(cap))}</span>
    </>
  );
}
