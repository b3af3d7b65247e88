use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::limits::MAX_NOTE;
use crate::row::{NoteKind, NoteRow, RowChange};
use model::{AgentId, ConversationId, NoteId};

impl CallCenter {
    pub(crate) fn add_note(
        &mut self,
        conversation: ConversationId,
        agent: Option<AgentId>,
        (kind, content): (NoteKind, String),
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.conversations.known(conversation)?;
        if let Some(agent) = agent {
            self.known_agent(agent)?;
        }
        if content.trim().is_empty() {
            return Err(check::invalid("content", "must not be blank"));
        }
        check::at_most("content", &content, MAX_NOTE)?;
        let row = NoteRow {
            id: NoteId(turn.ids.next_id()),
            conversation,
            agent,
            kind,
            content,
            created_at: turn.now.wall,
            updated_at: turn.now.wall,
        };
        self.outbox.save(RowChange::Note(row.clone()));
        self.log(turn, Some(conversation), None, Event::NoteAdded { note: row.id, agent });
        self.conversation_changed(conversation);
        Ok(Reply::Note(Box::new(row)))
    }
}
