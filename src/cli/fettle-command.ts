import { Command, Flags } from "@oclif/core";
import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import { EXIT, type ExitCode } from "../engine/exit-code.ts";
import { countText, diagnosticJson, formatDiagnostics } from "../report/diagnostics.ts";
import { failureDetails, failureHeadline } from "../report/failure-text.ts";
import { detectTheme, type Theme } from "../report/theme.ts";

/** The flag every command with output has. */
export const jsonFlag = Flags.boolean({ description: "print one JSON document on standard output" });

/** Exit codes, for help texts. */
export const EXIT_CODES = `Exit codes: 0 every target met what it required, or is optional and unavailable here; 1 a target was rejected or undecided; 2 the recipe or the command line is wrong; 3 a toolchain or its environment failed or is unavailable; 130 interrupted.`;

/** What all commands share: how they print and how they end. Commands turn flags into one call and its result into an exit code. */
export abstract class FettleCommand extends Command {
  protected get theme(): Theme {
    return detectTheme(process.stdout, process.env);
  }

  protected print(text: string): void {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  protected printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** Diagnostics for people, on standard error; warnings among them do not end anything. */
  protected tell(diagnostics: readonly Diagnostic[]): void {
    if (diagnostics.length > 0) process.stderr.write(`${formatDiagnostics(diagnostics, detectTheme(process.stderr, process.env))}\n`);
  }

  /** Prints why a command cannot go on (JSON on standard output, text on standard error) and ends it with the fitting code. @param code for faults */
  protected refuse(refusal: Refusal, json: boolean, code: ExitCode = EXIT.usage): never {
    if ("failure" in refusal) return this.fail(refusal.failure, json);
    const { diagnostics } = refusal;
    if (json) this.printJson({ ok: false, diagnostics: diagnostics.map(diagnosticJson) });
    else {
      this.tell(diagnostics);
      process.stderr.write(`${countText(diagnostics)}\n`);
    }
    return this.end(code);
  }

  protected fail(failure: Failure, json: boolean): never {
    if (json) this.printJson({ ok: false, failure });
    else {
      const details = failureDetails(failure).map(({ label, text }) => `  ${label}: ${text}\n`);
      process.stderr.write(`fettle: ${failureHeadline(failure)}\n${details.join("")}`);
    }
    return this.end(failure.reason === "interrupted" ? EXIT.interrupted : EXIT.failed);
  }

  protected end(code: ExitCode): never {
    return this.exit(code);
  }
}
