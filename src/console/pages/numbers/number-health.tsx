import { numbers } from '../../../design/texts/console/numbers.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { countText, Fact, FactList, percentText } from '../../parts/facts.tsx';
import { Meant } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import { useHealth } from '../../parts/use-health.ts';
import type { Health, Pooled } from './number-words.tsx';

const { detail: words, health } = numbers;

/** Whether calls over this number do worse than over its neighbours. */
export function NumberHealth({ number: { number, account } }: { number: Pooled }) {
  const all = useHealth([account]);
  const found = all?.get(number);
  return (
    <Section title={words.healthTitle}>
      {all === undefined && <Skeleton lines={3} />}
      {all !== undefined && found === undefined && <p className="small soft">{words.noHealth}</p>}
      {found !== undefined && <Found found={found} />}
    </Section>
  );
}

function Found({ found }: { found: Health }) {
  const { calls, answered, answer_rate: rate, short_calls: short, refusals, rests_on: rests } = found;
  const refused = Object.values(refusals).reduce((all, count) => all + count, 0);
  return (
    <>
      <FactList>
        <Fact name={words.calls}>{countText(calls)}</Fact>
        <Fact name={words.answered}>
          {countText(answered)} {rate !== null && <span className="soft">{percentText(rate)}</span>}
        </Fact>
        <Fact name={words.short}>{countText(short)}</Fact>
        <Fact name={words.refused}>{countText(refused)}</Fact>
      </FactList>
      {found.suspect === null && (
        <p className="small soft">{words.few(countText(rests.calls), countText(rests.others))}</p>
      )}
      {found.suspect === false && <Meant kind="connected">{words.well}</Meant>}
      {found.suspect === true && (
        <div className="small">
          <p className="suspect">{words.suspect(found.because === null ? '' : health.because[found.because])}</p>
          <p>{words.suspectTodo}</p>
        </div>
      )}
    </>
  );
}
