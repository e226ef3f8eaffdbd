/** Keys that work on every page: `/` goes to the search field. Lists add their own (parts/listKeys.ts). */
import { useHotkeys } from '@mantine/hooks';

export function useGlobalKeys(): void {
  useHotkeys([
    [
      '/',
      (event) => {
        const field = document.querySelector<HTMLInputElement>('input[type="search"]');
        if (!field) return;
        event.preventDefault();
        field.focus();
        field.select();
      },
    ],
  ]);
}
