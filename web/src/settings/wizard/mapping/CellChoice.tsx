import { Select, type SelectProps, Text, UnstyledButton } from '@mantine/core';

interface CellTextProps {
  /** What stands in the cell. */
  words: string;
  /** What it is, for who does not see the head of the column; the words come behind it. */
  label: string;
  /** What a click is for. */
  hint: string;
  /** Nothing of its own was chosen. */
  isQuiet: boolean;
  whyNot: string | undefined;
  tabIndex: number;
  /** The focus comes back here from the choice. */
  takesFocus?: boolean;
  onOpen(): void;
}

/** What was chosen in a cell; a click opens the choice. */
export function CellText(props: CellTextProps) {
  const { words, label, hint, isQuiet, whyNot, tabIndex, takesFocus = false, onOpen } = props;
  return (
    <UnstyledButton
      tabIndex={tabIndex}
      autoFocus={takesFocus}
      className="mappingText"
      disabled={whyNot !== undefined}
      title={whyNot ?? hint}
      aria-label={label}
      onClick={onOpen}
    >
      <Text size="sm" truncate dir="auto" {...(isQuiet && { className: 'quiet' })}>
        {words}
      </Text>
    </UnstyledButton>
  );
}

interface CellSelectProps extends SelectProps {
  /** Of the list, in pixels: it may be wider than the cell. */
  listWidth: number;
  /** `isDone`: by Escape; else the focus has gone elsewhere. */
  onClose(isDone: boolean): void;
}

/** What there is to choose, open at once; keys typed in it are not meant for the row. */
export function CellSelect({ listWidth, onClose, ...rest }: CellSelectProps) {
  return (
    <Select
      size="xs"
      autoFocus
      searchable
      defaultDropdownOpened
      comboboxProps={{ width: listWidth, position: 'bottom-start' }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') onClose(true);
      }}
      onBlur={() => onClose(false)}
      {...rest}
    />
  );
}
