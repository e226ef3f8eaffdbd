import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import type { SignOnProvider } from '../queries.ts';
import { ProviderForm } from './ProviderForm.tsx';

interface ProviderDialogProps {
  /** Undefined: closed. */
  provider: SignOnProvider | 'new' | undefined;
  onClose(): void;
  /** It was made: its address is shown next. */
  onMade(provider: SignOnProvider): void;
}

/** Adds or changes a provider, and shows what the provider has to know. */
export function ProviderDialog({ provider, onClose, onMade }: ProviderDialogProps) {
  const known = provider === 'new' ? undefined : provider;
  return (
    <Modal
      opened={provider !== undefined}
      onClose={onClose}
      title={known ? known.name : 'Add a provider'}
      centered
      size="lg"
    >
      {provider !== undefined && (
        <Stack>
          {known ? (
            <Callback address={known.redirectUri} />
          ) : (
            <Text className="quiet">
              Register Herald there as a web application. The address that it has to send people back to is
              shown here as soon as the provider is saved.
            </Text>
          )}
          <ProviderForm
            key={known?.id ?? 'new'}
            provider={known}
            onCancel={onClose}
            onSaved={known ? onClose : onMade}
          />
        </Stack>
      )}
    </Modal>
  );
}

function Callback({ address }: { address: string }) {
  return (
    <Stack gap={4} align="flex-start">
      <Text size="sm" fw={500}>
        Callback address
      </Text>
      <Text size="sm" className="quiet">
        Enter it at the provider, exactly so. Some call it redirect URI.
      </Text>
      <Code block w="100%" className="shownOnce">
        {address}
      </Code>
      <Group>
        <CopyButton value={address}>
          {({ copied, copy }) => (
            <Button variant="default" size="xs" onClick={copy}>
              {copied ? 'Copied' : 'Copy the address'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}
