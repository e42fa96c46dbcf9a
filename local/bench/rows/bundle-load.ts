import { pathToFileURL } from "node:url";
import { createAppRegistry, createCoreModule, installCoreModule } from "../../host/worker/core-module.ts";

/**
 * The entry of a process that loads an app as the worker does, and ends when its functions are registered:
 * `node bundle-load.ts <bundle>`. Without a bundle it is the empty process that the other is compared with.
 */
const [bundle] = process.argv.slice(2);
const registry = createAppRegistry();
installCoreModule(createCoreModule(registry, () => undefined));
if (bundle !== undefined) await import(pathToFileURL(bundle).href);
if (bundle !== undefined && registry.functions.size === 0) throw new Error("the bundle has registered no function");
console.log(registry.functions.size);
// What the app holds open is not waited for.
process.exit();
