/** Core Tools set it too (StartHostAction), so it says nothing. */
const saysNothing = "WEBSITE_HOSTNAME";

/** App Service, Flex Consumption and Container Apps name themselves so, and give an app its identity by these. */
const ofThePlatform = ["WEBSITE_", "CONTAINER_APP_", "IDENTITY_", "MSI_"] as const;

/**
 * Whether nothing says that this is Azure. What is for a laptop alone (a role for whoever calls, sites on the machine itself)
 * hangs on it, so one mark of the platform's is enough for "no".
 */
export function isLaptop(environment: Readonly<Record<string, string | undefined>>): boolean {
  return !Object.keys(environment).some(
    (name) => name !== saysNothing && ofThePlatform.some((mark) => name.startsWith(mark)),
  );
}
