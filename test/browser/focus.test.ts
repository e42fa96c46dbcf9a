import { test } from "node:test";
import { closed } from "./support/day.ts";
import { openPortalWorld } from "./support/portal-world.ts";

test("by keyboard alone: a question that is left by Escape gives the focus back to the button that asked it", async () => {
  await using world = await openPortalWorld();
  await using opened = await world.open();
  const { page } = opened;
  await opened.goto(`/drops/${closed.drop}`);
  const button = page.getByRole("button", { name: "Reprocess", exact: true });
  await button.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.locator("button:focus", { hasText: "Reprocess" }).waitFor({ timeout: 3000 });
});
