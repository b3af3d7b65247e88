use crate::call_center::CallCenter;
use crate::command::{CommandError, Reply};
use model::LegId;
use wire::browser::{LegPhase, MediaState, ServerMessage};

impl CallCenter {
    pub(crate) fn set_media(&mut self, leg: LegId, media: MediaState) -> Result<Reply, CommandError> {
        if self.live_leg(leg)?.row.phase == LegPhase::Ringing {
            return Err(CommandError::UnknownLeg(leg));
        }
        self.edit_leg(leg, |row| row.media = media);
        if let Some(other) = self.talking_to(leg) {
            self.tell_leg(other, ServerMessage::RemoteMedia { leg: other, media });
        }
        Ok(Reply::Done)
    }
}
