import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { ValidationStep } from "../../shared/api/contract/keys.ts";
import { toSizeText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";

const words = texts.setup.validation.details;
const useStyles = makeStyles({
  names: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: "anywhere" },
});

type Details = NonNullable<ValidationStep["details"]>;

/** What a step of the validation has found. */
export function StepDetails({ details }: { readonly details: Details }): ReactNode {
  const { unusable = 0, file, sizeInBytes, isWhole } = details;
  return (
    <>
      {unusable > 0 && <Text>{words.unusable(unusable)}</Text>}
      <Names heading={words.takes} names={details.firstNames} />
      <Names heading={words.leaves} names={details.otherNames} />
      {file !== undefined && (
        <Text>
          {words.tried(file)} {sizeInBytes !== undefined && `(${toSizeText(sizeInBytes)})`}
        </Text>
      )}
      {isWhole === false && <Text>{words.beginning}</Text>}
    </>
  );
}

function Names({ heading, names = [] }: { readonly heading: string; readonly names: readonly string[] | undefined }) {
  const styles = useStyles();
  if (names.length === 0) return null;
  return (
    <div>
      <Text>{heading}</Text>
      <ul className={styles.names}>
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </div>
  );
}
