import { Button } from '@mantine/core';

interface RowButtonProps {
  /** The verb; the same in every row. */
  children: string;
  /** The whole sentence for those who do not see the row: "Remove Ana". */
  label: string;
  isBusy?: boolean;
  onClick(): void;
}

/** What one can do with one row of a list: quiet, for there is one in every row. */
export function RowButton({ children, label, isBusy = false, onClick }: RowButtonProps) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      fw={500}
      loading={isBusy}
      onClick={onClick}
      aria-label={label}
    >
      {children}
    </Button>
  );
}
