import { createRequire, enableCompileCache } from "node:module";

// The channel closes when the parent ends, however it ends: a killed parent must not leave a storage server behind
// that holds its ports and its folder.
process.once("disconnect", () => process.exit(0));

// Azurite loads about a thousand modules; their compiled code in Node's cache takes a third off its start.
enableCompileCache();

createRequire(import.meta.url)("azurite/dist/src/azurite.js");
