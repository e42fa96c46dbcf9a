// Plain JavaScript that any Node can read: it runs before everything that needs Node 22.18 or newer.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `This is Node ${process.versions.node}, and Node 22.18 or newer is needed.\n` +
      'npm scripts take the one that "npm ci" puts into node_modules; it is missing, perhaps because install scripts\n' +
      "are switched off. Run: npm ci --ignore-scripts=false",
  );
  process.exit(1);
}
