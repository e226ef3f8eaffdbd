import { Link } from '@tanstack/react-router';
import type { Connection, PsaKind } from '../../../api/types.ts';
import type { WizardStep } from '../../routes.ts';
import { isComplete, stepLabels, stepsOf } from '../steps.ts';
import { lineOf } from './stepLines.ts';
import { useMappingFacts } from './useMappingFacts.ts';

interface StepListProps {
  connection: Connection;
  kind: PsaKind;
  current: WizardStep;
}

/** The steps with their state, and one line of what is set; each can be opened at any time (req 108). */
export function StepList({ connection, kind, current }: StepListProps) {
  const facts = useMappingFacts(connection, kind);
  return (
    <nav aria-label="Steps">
      <ol className="wizardSteps">
        {stepsOf(connection).map((step, at) => {
          const isDone = isComplete(connection, step);
          return (
            <li key={step}>
              <Link
                to="/settings/psa/$connectionId"
                params={{ connectionId: connection.id }}
                search={{ step }}
                className={step === current ? 'step here' : 'step'}
                {...(step === current && { 'aria-current': 'step' })}
              >
                <span className={isDone ? 'stepMark done' : 'stepMark'} aria-hidden="true">
                  {isDone ? '✓' : at + 1}
                </span>
                <span className="stepText">
                  <span className="stepName">
                    {stepLabels[step]}
                    <span className="unseen">{isDone ? ', complete' : ', not complete'}</span>
                  </span>
                  <span className="stepLine" dir="auto">
                    {lineOf(connection, kind, step, facts)}
                  </span>
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
