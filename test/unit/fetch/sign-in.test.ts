import assert from "node:assert/strict";
import { test } from "node:test";
import { toSignIn } from "../../../shared/fetch/sign-in.ts";

const password = "correct horse";

/** What is answered to these questions of a server that asks for the password by questions. */
function answersTo(...questions: { prompt: string; echo?: boolean }[]): string[] {
  const signIn = toSignIn({ user: "ACME01", password });
  signIn(null, null);
  const way = signIn(["keyboard-interactive"], false);
  let answers: string[] = [];
  if (way !== false && way.type === "keyboard-interactive") {
    way.prompt("", "", "", questions, (given) => {
      answers = given;
    });
  }
  return answers;
}

test("the password is the answer to one hidden question", () => {
  assert.deepEqual(answersTo({ prompt: "Password:", echo: false }), [password]);
});

test("to a question whose answer would be shown, and to several questions, the password is not told", () => {
  assert.deepEqual(answersTo({ prompt: "Your name:", echo: true }), [""]);
  assert.deepEqual(answersTo({ prompt: "Password:", echo: false }, { prompt: "Code:", echo: false }), ["", ""]);
});
