import { Switch, type SwitchProps, Tooltip } from '@mantine/core';

interface ReasonSwitchProps extends Omit<SwitchProps, 'onChange' | 'disabled'> {
  checked: boolean;
  /** Why it cannot be used now; it can when this is undefined. */
  whyNot: string | undefined;
  onTurned(isOn: boolean): void;
}

/** A switch that says why it cannot be used; it can have the focus all the same. */
export function ReasonSwitch({ whyNot, onTurned, className, ...rest }: ReasonSwitchProps) {
  const isLocked = whyNot !== undefined;
  return (
    <Tooltip label={whyNot} disabled={!isLocked} multiline maw={320} refProp="rootRef">
      <Switch
        {...rest}
        aria-disabled={isLocked}
        aria-description={whyNot}
        className={`${className ?? ''} ${isLocked ? 'locked' : ''}`.trim()}
        onChange={(event) => {
          if (!isLocked) onTurned(event.currentTarget.checked);
        }}
      />
    </Tooltip>
  );
}
