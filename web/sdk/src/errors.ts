import type { CallError } from "./wire.ts";

const ids = {
  NORMAL_HANGUP: 10000,
  ANSWERED_ELSEWHERE: 10001,
  DEVICE_FORBIDDEN: 10100,
  DEVICE_NOT_FOUND: 10101,
  DEVICE_UNAVAILABLE: 10102,
  MEDIA_ERROR: 10103,
  NO_ANSWER: 10200,
  CANCELLED: 10202,
  REJECTED: 10203,
  UNAUTHENTICATED: 10302,
  INVALID_REQUEST: 10306,
  REQUEST_TIMEOUT: 10307,
  NETWORK_ERROR: 10308,
  FEATURE_UNAVAILABLE: 10311,
} as const;

export type ErrorName = keyof typeof ids;

export function callError(name: ErrorName, description: string, action = ""): CallError {
  return { id: ids[name], name, description, action };
}

/** What SDK methods reject with: `code` says which of the public API's codes it is and what to do. */
export class SwitchroomError extends Error {
  readonly code: CallError;

  constructor(code: CallError) {
    super(code.action === "" ? code.description : `${code.description} ${code.action}`);
    this.name = "SwitchroomError";
    this.code = code;
  }
}

export function asCallError(error: unknown): CallError {
  if (error instanceof SwitchroomError) return error.code;
  return callError("MEDIA_ERROR", error instanceof Error ? error.message : String(error));
}

/** Explains why a microphone, camera or screen could not be opened. */
export function deviceError(error: unknown): SwitchroomError {
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return new SwitchroomError(
        callError(
          "DEVICE_FORBIDDEN",
          "Permission to use camera and/or microphone denied",
          "Allow it in the browser's site settings and try again.",
        ),
      );
    case "NotFoundError":
    case "OverconstrainedError":
      return new SwitchroomError(
        callError("DEVICE_NOT_FOUND", "No such microphone or camera was found.", "Plug one in and try again."),
      );
    case "NotReadableError":
    case "AbortError":
      return new SwitchroomError(
        callError(
          "DEVICE_UNAVAILABLE",
          "The microphone or camera does not start.",
          "Close other programs that use it and try again.",
        ),
      );
    default:
      return new SwitchroomError(callError("MEDIA_ERROR", error instanceof Error ? error.message : String(error)));
  }
}
