/**
 * Every endpoint of the API below `/api/v1`: method and path. Data without code, so that the page can have it too; what goes
 * in and comes out is in contract/, by the same names.
 */
export const endpoints = {
  /** Who asks, and what they may do. */
  readMe: "GET /me",
  /** Version, outbound address, clock. */
  readSystem: "GET /system",
  readOpenApi: "GET /openapi.json",

  listConnectors: "GET /connectors",
  readConnector: "GET /connectors/{name}",
  changeConnector: "PATCH /connectors/{name}",
  deleteConnector: "DELETE /connectors/{name}",
  pauseConnector: "POST /connectors/{name}/pause",
  resumeConnector: "POST /connectors/{name}/resume",
  fetchConnector: "POST /connectors/{name}/fetch",

  /** A draft is a connector that is being set up: its name is taken, its secrets and mapping are kept under it. */
  checkName: "GET /names/{name}",
  listDrafts: "GET /drafts",
  createDraft: "POST /drafts",
  readDraft: "GET /drafts/{name}",
  changeDraft: "PATCH /drafts/{name}",
  deleteDraft: "DELETE /drafts/{name}",
  finishDraft: "POST /drafts/{name}/finish",

  /** Of a connector or of a draft, here and below. No endpoint ever returns a secret. */
  listSecrets: "GET /connectors/{name}/secrets",
  setPassword: "PUT /connectors/{name}/secrets/sftp-password",
  generateSshKey: "POST /connectors/{name}/ssh-keys/generate",
  uploadSshKey: "POST /connectors/{name}/ssh-keys/upload",
  switchSshKey: "POST /connectors/{name}/ssh-keys/switch",
  downloadSshKey: "GET /connectors/{name}/ssh-keys/{which}.pub",
  generatePgpKey: "POST /connectors/{name}/pgp-keys/generate",
  uploadPgpKey: "POST /connectors/{name}/pgp-keys/upload",
  downloadPgpKey: "GET /connectors/{name}/pgp-keys/{number}.asc",
  validateConnection: "POST /connectors/{name}/validation",

  readMapping: "GET /connectors/{name}/mapping",
  downloadMapping: "GET /connectors/{name}/mapping.csv",
  downloadMappingTemplate: "GET /mapping-template.csv",
  checkMapping: "POST /connectors/{name}/mapping/check",
  replaceMapping: "PUT /connectors/{name}/mapping",
  testPerson: "POST /connectors/{name}/mapping/test",
  /** Whose chats are imported when it is not everybody's. */
  readHoldList: "GET /connectors/{name}/hold-list",
  downloadHoldList: "GET /connectors/{name}/hold-list.csv",
  checkHoldList: "POST /connectors/{name}/hold-list/check",
  replaceHoldList: "PUT /connectors/{name}/hold-list",

  listDrops: "GET /drops",
  readDrop: "GET /drops/{drop}",
  readGeneration: "GET /drops/{drop}/generations/{gen}",
  downloadTable: "GET /drops/{drop}/generations/{gen}/{kind}.csv",
  listMailboxes: "GET /drops/{drop}/generations/{gen}/mailboxes",
  listItems: "GET /drops/{drop}/generations/{gen}/items",
  listUnmapped: "GET /drops/{drop}/generations/{gen}/unmapped",
  releaseDrop: "POST /drops/{drop}/release",
  reprocessDrop: "POST /drops/{drop}/reprocess",
  restartDrop: "POST /drops/{drop}/restart",
  redriveDrop: "POST /drops/{drop}/redrive",
  listDead: "GET /dead",
  redriveDead: "POST /dead/redrive",
  /** The text is in the body: in a URL a person's address would get into logs. */
  search: "POST /search",

  listAudit: "GET /audit",
  downloadAudit: "GET /audit.csv",
} as const;

/** Name of an endpoint. */
export type EndpointName = keyof typeof endpoints;
