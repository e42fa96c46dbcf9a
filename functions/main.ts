import { app } from "@azure/functions";
import { registerFunctions } from "./registrations.ts";
import { createWiring } from "./wiring.ts";

registerFunctions(app, process.env, createWiring(process.env));
