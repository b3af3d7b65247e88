export { Call } from "./call.ts";
export { type CallEvents, type CallOptions, CallStatus } from "./call-types.ts";
export {
  type ConnectedUser,
  createSwitchroomRtc,
  SwitchroomRtc,
  type SwitchroomRtcEvents,
  type SwitchroomRtcOptions,
} from "./client.ts";
export { Emitter } from "./emitter.ts";
export { asCallError, SwitchroomError } from "./errors.ts";
export { IncomingCall } from "./incoming.ts";
export type { RunningTransfer } from "./interruption.ts";
export type { TokenReply, TokenSource } from "./link.ts";
export {
  type AudioSettings,
  type CameraOrientation,
  canShareScreen,
  openCamera,
  openMicrophone,
  type VideoSettings,
} from "./media.ts";
export { type MediaStats, NetworkQuality, networkQuality, sdkMos } from "./quality.ts";
export { intervalTicker, type Ticker } from "./ticker.ts";
export type {
  AgentState,
  AgentStatus,
  CallError,
  CallKind,
  EndedBy,
  LegQuality,
  MediaState,
  QueueName,
  Remote,
  RingEnd,
  Role,
  TransferFailure,
  TransferTarget,
  VoiceStatus,
  WrapUp,
} from "./wire.ts";
