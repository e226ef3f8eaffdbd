import { TextInput } from '@mantine/core';
import { QuietWay } from './QuietWay.tsx';

export interface Code {
  text: string;
  /** One of the backup codes, not of the app. */
  isBackup: boolean;
}

interface CodeInputProps {
  value: Code;
  onChange(code: Code): void;
  /** Backup codes are not offered. */
  isOfApp?: boolean;
}

export const noCode: Code = { text: '', isBackup: false };

/** A code of the authenticator app; or, for those without their phone, a backup code. */
export function CodeInput({ value: { text, isBackup }, onChange, isOfApp }: CodeInputProps) {
  return (
    <>
      <TextInput
        key={isBackup ? 'backup' : 'app'}
        label={isBackup ? 'Backup code' : 'Code'}
        description={
          isBackup
            ? 'One of the codes that you kept when you set up the second factor. Each works once.'
            : 'The six digits that your authenticator app shows now.'
        }
        autoComplete="one-time-code"
        inputMode={isBackup ? 'text' : 'numeric'}
        maxLength={isBackup ? 40 : 10}
        required
        withAsterisk={false}
        autoFocus
        data-autofocus
        value={text}
        onChange={(event) => onChange({ text: event.currentTarget.value, isBackup })}
      />
      {!isOfApp && (
        <QuietWay onClick={() => onChange({ text: '', isBackup: !isBackup })}>
          {isBackup ? 'Use a code of the app' : 'Use a backup code'}
        </QuietWay>
      )}
    </>
  );
}
