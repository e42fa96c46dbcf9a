import type { ReactNode } from "react";
import type { GenerationView } from "../../shared/api/contract/generations.ts";
import { Empty } from "../parts/states.tsx";
import { texts } from "../texts.ts";

/** A record that the report is made of cannot be read: which, and what is wrong with it. */
export function NoReport({ unreadable }: Pick<GenerationView, "unreadable">): ReactNode {
  return (
    <Empty title={texts.drop.noReport}>
      {unreadable.map(({ record, problem }) => (
        <div key={record}>
          {record}: {problem}
        </div>
      ))}
    </Empty>
  );
}
