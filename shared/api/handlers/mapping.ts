import { toHoldListCsv } from "../../map/hold-list.ts";
import { toMappingCsv } from "../../map/mapping-csv.ts";
import { holdListKind, mappingKind } from "../../pipeline/people-file.ts";
import { mappingRoutes } from "../contract/mapping.ts";
import { toOperations } from "../operation.ts";
import { ApiProblem } from "../problem.ts";
import type { HandlersFor } from "../request.ts";
import { isAutomatic, peopleOf } from "./mapping-choices.ts";
import { checkFile, readFileState, replaceAlone, toDownload } from "./people-files.ts";
import { requireSubject, type SetupDeps } from "./setup-deps.ts";
import { testPerson } from "./test-person.ts";

const handlers: HandlersFor<typeof mappingRoutes, SetupDeps> = {
  readMapping: async (deps, { params: { name } }) => {
    const subject = await requireSubject(deps.blobs, name);
    const { etag, ...state } = await readFileState(deps, mappingKind, name);
    return { etag, body: { isAutomatic: isAutomatic(subject), ...state } };
  },
  downloadMapping: async (deps, { params: { name } }) => {
    await requireSubject(deps.blobs, name);
    const found = await toDownload(deps, mappingKind, name);
    if (found === undefined) throw new ApiProblem("not-found", "There is no mapping. The template is an empty one.");
    return found;
  },
  downloadMappingTemplate: async () => ({ file: { name: "mapping-template.csv", content: toMappingCsv([]) } }),
  checkMapping: async (deps, request) => {
    const { name } = request.params;
    await requireSubject(deps.blobs, name);
    return { body: await checkFile(deps, mappingKind, name, request) };
  },
  replaceMapping: async (deps, request) => await replaceAlone(deps, mappingKind, request),
  testPerson,
  readHoldList: async (deps, { params: { name } }) => {
    const subject = await requireSubject(deps.blobs, name);
    const { etag, ...state } = await readFileState(deps, holdListKind, name);
    return { etag, body: { people: peopleOf(subject), ...state } };
  },
  downloadHoldList: async (deps, { params: { name } }) => {
    await requireSubject(deps.blobs, name);
    const found = await toDownload(deps, holdListKind, name);
    return found ?? { file: { name: `${name}-hold-list.csv`, content: toHoldListCsv([]) } };
  },
  checkHoldList: async (deps, request) => {
    const { name } = request.params;
    await requireSubject(deps.blobs, name);
    return { body: await checkFile(deps, holdListKind, name, request) };
  },
  replaceHoldList: async (deps, request) => await replaceAlone(deps, holdListKind, request),
};

/** The endpoints about who gets what. */
export const mappingOperations = toOperations(mappingRoutes, handlers);
