import type { SecretFacts } from "../../shared/api/contract/keys.ts";
import { useResource } from "../use-resource.ts";

/** What a connector or draft keeps in the vault, as far as the page may know. */
export interface SecretsView {
  readonly items: readonly SecretFacts[] | undefined;
  /** Version of what is there, for a change that overwrites. */
  readonly etag: string | undefined;
  /** Reads them again; also tells the form, whose missing fields they decide. */
  readonly changed: () => void;
}

/** Reads which secrets there are. @param onChanged called when one was stored here */
export function useSecrets(
  name: string,
  onChanged: () => void,
): SecretsView & { readonly resource: ReturnType<typeof useList> } {
  const resource = useList(name);
  const changed = (): void => {
    resource.reload();
    onChanged();
  };
  return { items: resource.data?.items, etag: resource.etag, changed, resource };
}

function useList(name: string) {
  return useResource("listSecrets", { params: { name } });
}

/** The one of a kind that is used today; of one that is not needed, the newest. */
export function currentOf(
  items: readonly SecretFacts[] | undefined,
  kind: SecretFacts["kind"],
): SecretFacts | undefined {
  const there = items?.filter((one) => one.kind === kind && one.isSet);
  return there?.find(({ isCurrent }) => isCurrent) ?? there?.[0];
}
