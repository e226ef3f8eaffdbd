import { useSession, whyNot } from '../api/session.ts';
import type { Organization } from '../api/types.ts';
import { ReasonSwitch } from '../parts/ReasonSwitch.tsx';
import { type SwitchName, switchLabels } from './differences.ts';
import { useDelivery } from './useDelivery.ts';

interface DeliverySwitchProps {
  organization: Organization;
  name: SwitchName;
  /** Stands below its label. Without it the label is only read aloud, for tables that have it at their head. */
  description?: string;
  /** Why it is turned, for the audit. */
  reason?: string;
  onDone?(): void;
}

/** One switch of an organization: one click turns it. The finer ones are pale while the first one is off. */
export function DeliverySwitch({ organization, name, description, reason, onDone }: DeliverySwitchProps) {
  const { role } = useSession();
  const { turn, isPending, turning } = useDelivery();
  const { delivery } = organization;
  const isOverruled = name !== 'enabled' && !delivery.enabled;
  const label = switchLabels[name];
  return (
    <ReasonSwitch
      size="sm"
      {...(description ? { label, description } : { 'aria-label': `${label} for ${organization.name}` })}
      className={isOverruled ? 'overruled' : ''}
      checked={isPending && turning ? turning.isOn : delivery[name]}
      whyNot={whyNot(role, 'admin')}
      onTurned={(isOn) => turn({ organization, name, isOn, reason }, { onSuccess: () => onDone?.() })}
    />
  );
}
