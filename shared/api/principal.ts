/** What somebody may do: "admin" includes "reader". */
export type Role = "admin" | "reader";

/** Who asks. */
export interface Principal {
  /** As the audit log has it: `entra:<object id>@<tenant id>` or `development:<role>`. */
  readonly id: string;
  /** For the page's corner only; never logged or stored. */
  readonly name: string | undefined;
  readonly role: Role;
}
