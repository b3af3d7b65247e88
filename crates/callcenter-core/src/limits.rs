//! Every bound of the core, by name.

use std::time::Duration;

/// Agents of one account.
pub const MAX_AGENTS: usize = 100_000;
/// Working hours of one account.
pub const MAX_WORKING_HOURS: usize = 1_000;
/// Holidays within one of them.
pub const MAX_HOLIDAYS: usize = 500;
/// Routing rules of one account.
pub const MAX_RULES: usize = 1_000;
/// Characters of a rule's expression as JSON text.
pub const MAX_EXPRESSION: usize = 4_000;
/// Statuses that one account names itself.
pub const MAX_STATUSES: usize = 100;
/// Queues of one account that are not deleted.
pub const MAX_QUEUES: usize = 1_000;
/// Queues that one agent serves.
pub const MAX_QUEUES_PER_AGENT: usize = 200;
/// Calls of one account that have not ended.
pub const MAX_LIVE_CALLS: usize = 10_000;
/// Call links of one account.
pub const MAX_LINKS: usize = 100_000;
/// Link configurations of one account.
pub const MAX_LINK_CONFIGS: usize = 1_000;
/// Conversations of one account that are not closed.
pub const MAX_OPEN_CONVERSATIONS: usize = 1_000_000;
/// Tags of one account.
pub const MAX_TAGS: usize = 10_000;
/// Tags that one conversation carries.
pub const MAX_TAGS_PER_CONVERSATION: usize = 100;
/// Closed conversations of which is remembered that they are closed rather than unknown.
pub const CLOSED_CONVERSATIONS_KEPT: usize = 4_096;
/// Finished recording files that are still known, for a repeated fact or for the screen file that belongs to them.
pub const FINISHED_SEGMENTS_KEPT: usize = 4_096;

/// Characters in names and free references.
pub const MAX_NAME: usize = 255;
/// Characters in a conversation's topic.
pub const MAX_TOPIC: usize = 1_000;
/// Characters in a conversation's summary.
pub const MAX_SUMMARY: usize = 4_000;
/// Characters in a note.
pub const MAX_NOTE: usize = 4_000;
/// Characters in a tag's name.
pub const MAX_TAG_NAME: usize = 100;
/// Bytes of a conversation's free values as JSON text.
pub const MAX_METADATA: usize = 16 * 1024;
/// Characters of custom data as JSON text.
pub const MAX_CUSTOM_DATA: usize = 920;
/// Fewest and most characters in an identity.
pub const IDENTITY_LENGTH: std::ops::RangeInclusive<usize> = 3..=64;
/// Bytes of a link configuration's body as JSON text.
pub const MAX_LINK_CONFIG_BODY: usize = 64 * 1024;
/// Seconds of a ring time-out.
pub const RING_SECONDS: std::ops::RangeInclusive<u32> = 3..=60;
/// Most days for which a queue remembers who handled a customer.
pub const MAX_STICKY_DAYS: u32 = 3_650;
/// Conversations that an agent can have at once.
pub const CAPACITY: std::ops::RangeInclusive<u32> = 1..=1_000;
/// Longest wrap-up in seconds, extensions included.
pub const MAX_WRAP_UP_SECONDS: u32 = 3_600;

/// Waiting strategies of one account.
pub const MAX_WAITING_STRATEGIES: usize = 1_000;
/// Away messages of one account: one for each of its working hours.
pub const MAX_AWAY_MESSAGES: usize = 1_000;
/// Hold configurations of one account.
pub const MAX_HOLD_CONFIGS: usize = 1_000;
/// Characters in a hold configuration's name.
pub const MAX_HOLD_CONFIG_NAME: usize = 128;
/// Queues that one hold configuration names.
pub const MAX_HOLD_CONFIG_QUEUES: usize = 200;
/// Prompts that the settings of one account name; an announcement of the place counts once for each.
pub const MAX_PROMPTS: usize = 2_000;
/// Senders or queues that one waiting strategy names.
pub const MAX_STRATEGY_CONDITIONS: usize = 200;
/// Characters in a waiting strategy's name.
pub const MAX_STRATEGY_NAME: usize = 128;
/// Characters in a text to be spoken.
pub const MAX_SPOKEN_TEXT: usize = 1_400;
/// How fast speech may be, in thousandths of the voice's own rate.
pub const RATE_PERMILLE: std::ops::RangeInclusive<u32> = 500..=2_000;
/// Longest wait, and longest interval between announcements.
pub const MAX_WAIT: Duration = Duration::from_hours(24);
/// Places in the queue that announcements name; who is further behind hears one once they are nearer.
pub const ANNOUNCED_POSITIONS: u32 = 30;

/// When the only agent who could take a call has just passed it over, it rings there again after this pause.
pub const RING_AGAIN_PAUSE: Duration = Duration::from_secs(5);
/// Working hours are looked at that often at least, whatever they say.
pub const HOURS_LOOK: Duration = Duration::from_secs(10 * 60);
/// A file of which the recorder has reported nothing for so long after its end counts as failed.
pub const RECORDER_ANSWER: Duration = Duration::from_secs(30 * 60);
