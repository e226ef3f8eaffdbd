import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

interface ActionButtonProps extends ButtonProps {
  /** Why it cannot be used now: shown on hover and focus, and read aloud. */
  whyNot?: string | undefined;
  onClick?: (() => void) | undefined;
  /** `submit` sends the form that it stands in. */
  type?: 'button' | 'submit';
  children: ReactNode;
}

/** A button that says why it cannot be used: it keeps the focus, and only a press does nothing. */
export function ActionButton({ whyNot, onClick, ...rest }: ActionButtonProps) {
  if (whyNot === undefined) return <Button {...rest} {...(onClick && { onClick })} />;
  return (
    <Tooltip label={whyNot} events={{ hover: true, focus: true, touch: true }} multiline maw={320}>
      <Button
        {...rest}
        data-disabled
        aria-disabled
        aria-description={whyNot}
        onClick={(event) => event.preventDefault()}
      />
    </Tooltip>
  );
}
