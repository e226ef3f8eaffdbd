import { Button, type ButtonProps, CloseButton, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RowPlace } from './MappingTable.tsx';

/** The last cell of a row: what can be done to it, or, while one chooses in it, the way out. */
export function RowActions({ place, children }: { place: RowPlace; children: ReactNode }) {
  const { whyNot, isOpen, onClose } = place;
  if (isOpen)
    return <CloseButton size="sm" aria-label="Close without a choice" onClick={() => onClose(true)} />;
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end" {...(whyNot && { title: whyNot })}>
      {children}
    </Group>
  );
}

interface RowButtonProps extends Pick<ButtonProps, 'color'> {
  place: RowPlace;
  /** With the name of the organization. */
  label: string;
  onClick(): void;
  children: string;
}

/** One thing that can be done to a row; reached by Tab while the row has the focus of the table. */
export function RowButton({ place, label, ...rest }: RowButtonProps) {
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      disabled={place.whyNot !== undefined}
      tabIndex={place.isActive ? 0 : -1}
      aria-label={label}
      {...rest}
    />
  );
}
