import { Button } from "@fluentui/react-components";
import { Component, type ReactNode } from "react";
import { Empty } from "../parts/states.tsx";
import { texts } from "../texts.ts";

interface Props {
  readonly children: ReactNode;
}

/** Shows that the page itself has a fault instead of going blank. React tells the console what it was. */
export class Boundary extends Component<Props, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    const { states } = texts;
    return (
      <Empty title={states.broken} action={<Button onClick={() => location.reload()}>{states.reload}</Button>}>
        {states.brokenWhat}
      </Empty>
    );
  }
}
