use crate::limits;

/// A page to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<F> {
    /// Counts from zero.
    pub page: u32,
    /// Rows of a page; cut to [`limits::PAGE_ROWS`].
    pub limit: u32,
    /// In which order.
    pub order: Order<F>,
}

impl<F: Default> Default for PageRequest<F> {
    fn default() -> Self {
        Self { page: 0, limit: 10, order: Order::default() }
    }
}

impl<F> PageRequest<F> {
    /// Rows of a page.
    pub(crate) fn rows(&self) -> i64 {
        i64::from(self.limit.min(limits::PAGE_ROWS))
    }
    /// Rows before the page.
    pub(crate) fn offset(&self) -> i64 {
        i64::from(self.page) * self.rows()
    }
}

/// Rows and how many there are in all.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The page's rows.
    pub items: Vec<T>,
    /// Rows of all pages.
    pub total: u64,
}

/// A field and a direction. Rows that are equal in the field follow each other by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order<F> {
    /// The field.
    pub by: F,
    /// The direction.
    pub direction: Direction,
}

impl<F: Sortable> Order<F> {
    /// Reads the public API's `field:asc` or `field:desc`; `None` when the field may not be sorted by.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, direction) = text.split_once(':')?;
        let direction = match direction {
            "asc" => Direction::Ascending,
            "desc" => Direction::Descending,
            _ => return None,
        };
        Some(Self { by: F::of_name(name)?, direction })
    }

    /// The public API's `field:asc` or `field:desc`.
    pub fn text(self) -> String {
        let direction = match self.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        format!("{}:{direction}", self.by.name())
    }
}

/// Direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Greatest first.
    Descending,
}

impl Direction {
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Ascending => "ASC",
            Self::Descending => "DESC",
        }
    }
}

/// The fields of a table that may be sorted by: a white list, since columns cannot be query parameters.
pub trait Sortable: Copy + Sized + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// Name in the public API.
    fn name(self) -> &'static str;
    /// The table's key, by which rows follow that are equal in the field.
    const TIE: &'static [&'static str] = &["id"];
    /// Column of the table, or an expression over them.
    fn column(self) -> &'static str;
    /// The field with that name in the public API.
    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}

/// Fields of agents to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AgentOrder {
    /// `id`
    #[default]
    Id,
    /// `displayName`
    DisplayName,
    /// `createdAt`
    CreatedAt,
    /// `updatedAt`
    UpdatedAt,
}

impl Sortable for AgentOrder {
    const ALL: &'static [Self] = &[Self::Id, Self::DisplayName, Self::CreatedAt, Self::UpdatedAt];
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::DisplayName => "displayName",
            Self::CreatedAt => "createdAt",
            Self::UpdatedAt => "updatedAt",
        }
    }
    fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::DisplayName => "display_name",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
        }
    }
}

/// Fields of queues and other things with a name to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NamedOrder {
    /// `id`
    #[default]
    Id,
    /// `name`
    Name,
    /// `createdAt`
    CreatedAt,
    /// `updatedAt`
    UpdatedAt,
}

impl Sortable for NamedOrder {
    const ALL: &'static [Self] = &[Self::Id, Self::Name, Self::CreatedAt, Self::UpdatedAt];
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::CreatedAt => "createdAt",
            Self::UpdatedAt => "updatedAt",
        }
    }
    fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
        }
    }
}

/// Fields of conversations to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConversationOrder {
    /// `id`
    #[default]
    Id,
    /// `createdAt`
    CreatedAt,
    /// `updatedAt`
    UpdatedAt,
    /// `closedAt`
    ClosedAt,
    /// `topic`
    Topic,
    /// `status`
    Status,
    /// `priority`, the most urgent first.
    Priority,
    /// `queueId`
    QueueId,
    /// `agentId`
    AgentId,
}

impl Sortable for ConversationOrder {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::CreatedAt,
        Self::UpdatedAt,
        Self::ClosedAt,
        Self::Topic,
        Self::Status,
        Self::Priority,
        Self::QueueId,
        Self::AgentId,
    ];
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::CreatedAt => "createdAt",
            Self::UpdatedAt => "updatedAt",
            Self::ClosedAt => "closedAt",
            Self::Topic => "topic",
            Self::Status => "status",
            Self::Priority => "priority",
            Self::QueueId => "queueId",
            Self::AgentId => "agentId",
        }
    }
    fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::ClosedAt => "closed_at",
            Self::Topic => "topic",
            Self::Status => "status",
            Self::Priority => "CASE priority WHEN 'URGENT' THEN 0 WHEN 'HIGH' THEN 1 WHEN 'NORMAL' THEN 2 ELSE 3 END",
            Self::QueueId => "queue",
            Self::AgentId => "agent",
        }
    }
}

/// Fields of notes to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoteOrder {
    /// `id`
    #[default]
    Id,
    /// `createdAt`
    CreatedAt,
    /// `updatedAt`
    UpdatedAt,
}

impl Sortable for NoteOrder {
    const ALL: &'static [Self] = &[Self::Id, Self::CreatedAt, Self::UpdatedAt];
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::CreatedAt => "createdAt",
            Self::UpdatedAt => "updatedAt",
        }
    }
    fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
        }
    }
}

/// Fields of tags to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TagOrder {
    /// `id`
    #[default]
    Id,
    /// `name`
    Name,
    /// `createdAt`
    CreatedAt,
    /// `updatedAt`
    UpdatedAt,
}

impl Sortable for TagOrder {
    const ALL: &'static [Self] = &[Self::Id, Self::Name, Self::CreatedAt, Self::UpdatedAt];
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::CreatedAt => "createdAt",
            Self::UpdatedAt => "updatedAt",
        }
    }
    fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
        }
    }
}

/// Fields of call links and their configurations to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CreatedOrder {
    /// `id`, which is the order of creation.
    #[default]
    Id,
    /// `createdAt`
    CreatedAt,
}

impl Sortable for CreatedOrder {
    const ALL: &'static [Self] = &[Self::Id, Self::CreatedAt];
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::CreatedAt => "createdAt",
        }
    }
    fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::CreatedAt => "created_at",
        }
    }
}

/// Fields of recording files to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SegmentOrder {
    /// `startedAt`: when it began.
    #[default]
    StartedAt,
    /// `duration`
    Duration,
    /// `deletedAt`
    DeletedAt,
    /// `filename`
    FileName,
    /// `participantName`
    ParticipantName,
    /// `recordingId`
    RecordingId,
}

impl Sortable for SegmentOrder {
    const ALL: &'static [Self] =
        &[Self::StartedAt, Self::Duration, Self::DeletedAt, Self::FileName, Self::ParticipantName, Self::RecordingId];
    const TIE: &'static [&'static str] = &["id", "screen"];
    fn name(self) -> &'static str {
        match self {
            Self::StartedAt => "startedAt",
            Self::Duration => "duration",
            Self::DeletedAt => "deletedAt",
            Self::FileName => "filename",
            Self::ParticipantName => "participantName",
            Self::RecordingId => "recordingId",
        }
    }
    // Databases disagree about where absent values go.
    fn column(self) -> &'static str {
        match self {
            Self::StartedAt => "began_at",
            Self::Duration => "COALESCE(duration_ms, -1)",
            Self::DeletedAt => "COALESCE(deleted_at, -1)",
            Self::FileName => "COALESCE(file_name, '')",
            Self::ParticipantName => "display_name",
            Self::RecordingId => "id",
        }
    }
}
