import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { CodeInput, noCode } from '../parts/CodeInput.tsx';
import { CopyId } from '../parts/CopyId.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { QrCode } from './QrCode.tsx';

interface ScanStepProps {
  /** otpauth://… as the server made it. */
  uri: string;
  error: unknown;
  isPending: boolean;
  onCode(code: string): void;
}

/** The secret as a picture for the phone and as text, and the field for the first code. */
export function ScanStep({ uri, error, isPending, onCode }: ScanStepProps) {
  const [code, setCode] = useState(noCode);
  const secret = URL.parse(uri)?.searchParams.get('secret') ?? '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onCode(code.text);
      }}
    >
      <Stack gap="sm">
        {error != null && <ProblemAlert error={error} title="Not set up yet" />}
        <Group gap="lg" align="flex-start">
          <QrCode text={uri} label="QR code for the authenticator app" />
          <Stack gap="xs" flex={1} miw={220}>
            <Text>1. Open an authenticator app on your phone and scan the picture.</Text>
            <Text size="sm" className="quiet" component="div">
              Without a camera, type this secret there: <CopyId id={secret} label="secret" />
            </Text>
            <Text>2. Type the code that the app shows.</Text>
            <CodeInput value={code} onChange={setCode} isOfApp />
            <Group>
              <Button type="submit" loading={isPending}>
                Set up
              </Button>
            </Group>
          </Stack>
        </Group>
      </Stack>
    </form>
  );
}
