use crate::{
    database::Store,
    error::Error,
    limits,
    page::{Page, PageRequest, SegmentOrder, Sortable},
    queries::select::{Conditions, start},
    records::{Reader, word_of},
};
use callcenter_core::row::SegmentRow;
use model::{
    AccountId, AgentId, CallDirection, CallId, ConversationId, LegId, LinkConfigId, LinkId, ParticipantType, QueueId,
    RecordingMedia, SegmentId,
};

/// Which recording files to list, of those that are not being written any more; `None` and an empty list ask for nothing.
/// Ranges include both ends.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SegmentFilter {
    /// Of this segment.
    pub id: Option<SegmentId>,
    /// Shared screens, or what is none.
    pub screen: Option<bool>,
    /// Of this conversation.
    pub conversation: Option<ConversationId>,
    /// Of this call.
    pub call: Option<CallId>,
    /// Of this leg.
    pub leg: Option<LegId>,
    /// Of this agent.
    pub agent: Option<AgentId>,
    /// Of calls in this direction.
    pub direction: Option<CallDirection>,
    /// With one of these names.
    pub file_names: Vec<String>,
    /// Of the agent or customer with this id.
    pub participant: Option<String>,
    /// Of who has this identity.
    pub identity: Option<String>,
    /// Of who has this name.
    pub display_name: Option<String>,
    /// Of customers, or of agents.
    pub participant_type: Option<ParticipantType>,
    /// With this in it.
    pub media: Option<RecordingMedia>,
    /// Deleted by who has this name.
    pub deleted_by: Option<String>,
    /// Of calls that this agent had before.
    pub transferred_from: Option<AgentId>,
    /// Of calls that this agent got after.
    pub transferred_to: Option<AgentId>,
    /// Of calls that were this queue's before.
    pub transferred_from_queue: Option<QueueId>,
    /// Of calls that this queue got after.
    pub transferred_to_queue: Option<QueueId>,
    /// Length in seconds, rounded.
    pub seconds: Span,
    /// Begun, milliseconds UTC.
    pub began: Span,
    /// Over, milliseconds UTC.
    pub ended: Span,
    /// Deleted, milliseconds UTC.
    pub deleted: Span,
    /// Of calls with a party of this identity.
    pub party: Option<String>,
    /// Of calls that were begun so.
    pub entrance: Option<Entrance>,
}

/// How a call was begun by its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// Without a link.
    Direct,
    /// By a link.
    Link {
        /// By this one.
        link: Option<LinkId>,
        /// By one with this configuration.
        config: Option<LinkConfigId>,
        /// By one that leads to the contact center (`CONVERSATIONS`) or to an agent (`WEBRTC`).
        destination: Option<&'static str>,
        /// By one that leads to this identity.
        identity: Option<String>,
    },
}

/// Files that are told of together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// Those of a leg.
    Leg,
    /// Those of a call.
    Call,
}

impl Together {
    const fn column(self) -> &'static str {
        match self {
            Self::Leg => "leg",
            Self::Call => "call",
        }
    }

    /// Which files are meant: a merged one is of no leg.
    const fn condition(self) -> &'static str {
        match self {
            Self::Leg => "composed IS NULL",
            Self::Call => "TRUE",
        }
    }
}

/// In which order such files come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TogetherOrder {
    /// By when the first began.
    #[default]
    Began,
    /// By when the last was over.
    Ended,
}

impl Sortable for TogetherOrder {
    const ALL: &'static [Self] = &[Self::Began, Self::Ended];
    fn name(self) -> &'static str {
        match self {
            Self::Began => "START_TIME",
            Self::Ended => "END_TIME",
        }
    }
    fn column(self) -> &'static str {
        match self {
            Self::Began => "MIN(began_at)",
            Self::Ended => "MAX(began_at + COALESCE(duration_ms, 0))",
        }
    }
}

/// From the least to the greatest number, both included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The least.
    pub from: Option<i64>,
    /// The greatest.
    pub to: Option<i64>,
}

impl SegmentFilter {
    fn conditions(&self, account: AccountId, q: &mut Conditions<'_>) {
        if let Some(party) = &self.party {
            q.among("call", "call FROM legs WHERE account", account, |q| {
                q.is("identity", party);
            });
        }
        if let Some(entrance) = &self.entrance {
            entrance.conditions(account, q);
        }
        q.fixed("state <> 'RECORDING'")
            .is_if("id", self.id)
            .truth_if("screen", self.screen)
            .is_if("conversation", self.conversation)
            .is_if("call", self.call)
            .is_if("leg", self.leg)
            .is_if("agent", self.agent)
            .is_if("direction", self.direction.as_ref().map(word_of))
            .one_of("file_name", &self.file_names)
            .is_if("participant_id", self.participant.as_ref())
            .is_if("identity", self.identity.as_ref())
            .is_if("display_name", self.display_name.as_ref())
            .is_if("participant", self.participant_type.as_ref().map(word_of))
            .is_if("media", self.media.as_ref().map(word_of))
            .is_if("deleted_by", self.deleted_by.as_ref())
            .is_if("transferred_from", self.transferred_from)
            .is_if("transferred_to", self.transferred_to)
            .is_if("transferred_from_queue", self.transferred_from_queue)
            .is_if("transferred_to_queue", self.transferred_to_queue)
            .spans("(duration_ms + 500) / 1000", self.seconds)
            .spans("began_at", self.began)
            .spans("began_at + COALESCE(duration_ms, 0)", self.ended)
            .spans("deleted_at", self.deleted);
    }
}

impl Entrance {
    fn conditions(&self, account: AccountId, q: &mut Conditions<'_>) {
        match self {
            Self::Direct => q.among("call", "id FROM calls WHERE account", account, |q| {
                q.fixed("link IS NULL");
            }),
            Self::Link { link, config, destination, identity } => {
                q.among("call", "id FROM calls WHERE account", account, |q| {
                    q.fixed("link IS NOT NULL").is_if("link", *link);
                    if config.is_some() || destination.is_some() || identity.is_some() {
                        q.among("link", "id FROM links WHERE account", account, |q| {
                            q.is_if("config", *config)
                                .is_if("destination_type", *destination)
                                .is_if("destination_identity", identity.as_ref());
                        });
                    }
                })
            }
        };
    }
}

impl Store {
    /// A page of legs or calls that have such files, by their ids.
    pub async fn recorded(
        &self,
        account: AccountId,
        together: Together,
        filter: &SegmentFilter,
        page: PageRequest<TogetherOrder>,
    ) -> Result<Page<String>, Error> {
        let conditions = |q: &mut Conditions<'_>| {
            q.fixed(together.condition());
            filter.conditions(account, q);
        };
        let column = together.column();
        let count = format!("SELECT COUNT(DISTINCT {column}) AS total FROM segments");
        let counting = start(account, &count, &conditions).build();
        let total = Reader(&counting.fetch_one(&self.readers).await?).count("total")?;
        let mut query = start(account, &format!("SELECT {column} FROM segments"), &conditions);
        let direction = page.order.direction.sql();
        let by = page.order.by.column();
        query.push(format_args!(" GROUP BY {column} ORDER BY {by} {direction}, {column} {direction}"));
        query.push(" LIMIT ").push_bind(page.rows()).push(" OFFSET ").push_bind(page.offset());
        let rows = query.build().fetch_all(&self.readers).await?;
        let items = rows.iter().map(|row| Reader(row).text(column)).collect::<Result<_, _>>()?;
        Ok(Page { items, total })
    }

    /// The files of these legs or calls that are not being written any more, in the order of their segments.
    pub async fn segments_together(
        &self,
        account: AccountId,
        together: Together,
        ids: &[String],
    ) -> Result<Vec<SegmentRow>, Error> {
        let mut rows = Vec::new();
        // A leg that lost its engine often has many files, but not as many as a page has rows.
        for some in ids.chunks(limits::TOGETHER_AT_ONCE) {
            let found = self.some(account, |q| {
                q.fixed("state <> 'RECORDING'").fixed(together.condition()).one_of(together.column(), some);
            });
            rows.extend(found.await?);
        }
        Ok(rows)
    }

    /// A page of recording files.
    pub async fn segments(
        &self,
        account: AccountId,
        filter: &SegmentFilter,
        page: PageRequest<SegmentOrder>,
    ) -> Result<Page<SegmentRow>, Error> {
        self.page(account, page, |q| filter.conditions(account, q)).await
    }

    /// The files of a segment: its voice and camera, and its shared screen if there was one.
    pub async fn segment(&self, account: AccountId, id: SegmentId) -> Result<Vec<SegmentRow>, Error> {
        self.some(account, |q| {
            q.is("id", id);
        })
        .await
    }

    /// All files of a conversation, in the order of their segments.
    pub async fn segments_of(
        &self,
        account: AccountId,
        conversation: ConversationId,
    ) -> Result<Vec<SegmentRow>, Error> {
        self.some(account, |q| {
            q.is("conversation", conversation);
        })
        .await
    }
}
