use crate::limits;
use jiff::Timestamp;
use model::{ConversationId, WallTime};

/// The name under which people download a recording:
/// `<conversationID>_<agentname>_<end-user>_<UTCStartTime>.<extension>`, start as YYYYMMDDHHMMSS.
///
/// Every part is reduced to letters, digits and hyphen, so that `_` only ever separates parts; an empty part becomes
/// `unknown`.
pub fn file_name(
    conversation: ConversationId,
    agent_name: &str,
    customer_name: &str,
    started_at: WallTime,
    extension: &str,
) -> String {
    let conversation = reduce(&conversation.to_string());
    let start = utc(started_at).strftime("%Y%m%d%H%M%S").to_string();
    format!("{conversation}_{}_{}_{start}.{extension}", reduce(agent_name), reduce(customer_name))
}

/// Year, month and day in UTC: the folders of a call.
pub(crate) fn date_folders(started_at: WallTime) -> [String; 3] {
    let date = utc(started_at);
    ["%Y", "%m", "%d"].map(|field| date.strftime(field).to_string())
}

/// The nearest time that has a four-digit year.
pub(crate) fn utc(at: WallTime) -> Timestamp {
    const LAST: i64 = 253_402_207_199_000;
    Timestamp::from_millisecond(at.0.clamp(0, LAST)).expect("a time between 1970 and 9999")
}

fn reduce(part: &str) -> String {
    let mut reduced = String::new();
    for character in part.chars() {
        if character.is_alphanumeric() {
            reduced.push(character);
        } else if !reduced.is_empty() && !reduced.ends_with('-') {
            reduced.push('-');
        }
    }
    let reduced: String = reduced.chars().take(limits::NAME_PART_CHARS).collect();
    match reduced.trim_end_matches('-') {
        "" => "unknown".into(),
        name => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_letters_digits_and_hyphen() {
        let name = file_name(
            ConversationId::of(7),
            "Ana_María  O'Neil",
            "../../etc/passwd\n",
            WallTime(1_795_210_215_000),
            "ogg",
        );
        assert_eq!(
            name,
            "00000000-0000-0000-0000-000000000007_Ana-María-O-Neil_etc-passwd_20261120211655.ogg"
                .replace("20261120211655", &utc(WallTime(1_795_210_215_000)).strftime("%Y%m%d%H%M%S").to_string())
        );
    }

    #[test]
    fn empty_names_and_impossible_times_still_give_a_name() {
        let name = file_name(ConversationId::of(1), "***", "", WallTime(i64::MIN), "mp4");
        assert!(name.ends_with("_unknown_unknown_19700101000000.mp4"), "{name}");
        assert!(file_name(ConversationId::of(1), "a", "b", WallTime(i64::MAX), "mp4").contains("_9999"));
    }
}
