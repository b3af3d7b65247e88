//! Who may do what: one table. A route cannot be registered without an [`Operation`], and an operation without a
//! rule does not compile.

use model::Role;

/// Everything that can be asked of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say what the table rules")]
pub enum Operation {
    SignIn,
    ReadSession,
    SignOut,
    IssueAccessToken,
    MintWebRtcToken,
    ReadUserActivity,
    ListAgents,
    CreateAgent,
    ReadAgent,
    UpdateAgent,
    SetAgentStatus,
    AgentHeartbeat,
    LinkAgentQueue,
    UnlinkAgentQueue,
    ListAgentConversations,
    ListWorkingHours,
    CreateWorkingHours,
    ReadWorkingHours,
    ReplaceWorkingHours,
    PatchWorkingHours,
    DeleteWorkingHours,
    ReadWorkingHoursStatus,
    AddHoliday,
    DeleteHoliday,
    ReadRouting,
    ReplaceRouting,
    DeleteRouting,
    ListAgentStatuses,
    CreateAgentStatus,
    ReadAgentStatus,
    UpdateAgentStatus,
    DeleteAgentStatus,
    ReadAgentCapacity,
    SetAgentCapacity,
    ReadCapacityConfig,
    SetCapacityConfig,
    ListQueues,
    CreateQueue,
    ReadQueue,
    UpdateQueue,
    DeleteQueue,
    ListConversations,
    CreateConversation,
    ReadConversation,
    ReplaceConversation,
    PatchConversation,
    AssignConversation,
    UnassignConversation,
    RouteConversation,
    SimulateRouting,
    ListLinkedConversations,
    ReadMetadata,
    SetMetadata,
    PatchMetadata,
    DeleteMetadata,
    ListTags,
    CreateTag,
    DeleteTag,
    AddConversationTag,
    RemoveConversationTag,
    ListNotes,
    AddNote,
    ReadNote,
    ReadTimeline,
    CreateOutboundConversation,
    HoldCall,
    ResumeCall,
    TransferToAgent,
    TransferToQueue,
    ListTransferAgents,
    ListTransferQueues,
    ListRecordings,
    DownloadRecording,
    DeleteRecording,
    ListRecordingMetadata,
    DownloadRecordingFile,
    ListCallRecordings,
    ReadCallRecordings,
    DeleteCallRecordings,
    DownloadCallRecording,
    DeleteCallRecordingFile,
    ListWebRtcRecordings,
    DeleteWebRtcRecording,
    DownloadWebRtcRecording,
    ListLinkRecordings,
    DeleteLinkRecording,
    DownloadLinkRecording,
    PauseRecording,
    ResumeRecording,
    ReadWrapUpConfig,
    SetWrapUpConfig,
    ExtendWrapUp,
    ClearWrapUp,
    ReadAgentConfig,
    SetAgentWrapUp,
    ReadCallTimeouts,
    SetCallTimeouts,
    ResetCallTimeouts,
    ListWaitingStrategies,
    CreateWaitingStrategy,
    ReadWaitingStrategy,
    ReplaceWaitingStrategy,
    DeleteWaitingStrategy,
    ListHoldConfigs,
    CreateHoldConfig,
    ReadHoldConfig,
    ReplaceHoldConfig,
    DeleteHoldConfig,
    ReadTransferStrategy,
    SetTransferStrategy,
    ReadAccountRecordingConfig,
    CreateAccountRecordingConfig,
    SetAccountRecordingConfig,
    ListAgentRecordingConfigs,
    ReadAgentRecordingConfig,
    CreateAgentRecordingConfig,
    SetAgentRecordingConfig,
    ReadAwayAudioMessage,
    SetAwayAudioMessage,
    DeleteAwayAudioMessage,
    ReadTtsPlaceholders,
    ListVoices,
    ListAudioFiles,
    UploadAudioFile,
    ReadAudioFile,
    PlayAudioFile,
    DeleteAudioFile,
    ListLinks,
    CreateLink,
    ReadLink,
    DeleteLink,
    ListLinkConfigs,
    CreateLinkConfig,
    ReadLinkConfig,
    ReplaceLinkConfig,
    PatchLinkConfig,
    DeleteLinkConfig,
    OpenLinkAsGuest,
    ListLinkImages,
    UploadLinkImage,
    ReadLinkImage,
    DeleteLinkImage,
    ShowLinkImage,
    ListSubdomains,
    CreateSubdomain,
    DeleteSubdomain,
    ListWebhooks,
    CreateWebhook,
    ReadWebhook,
    UpdateWebhook,
    DeleteWebhook,
    ReplayWebhook,
    RotateWebhookSecret,
    ListApiKeys,
    CreateApiKey,
    DeleteApiKey,
    ListUsers,
    CreateUser,
    ReadUser,
    UpdateUser,
    DeleteUser,
    ResetPassword,
}

/// What an API key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// `conversations:read`
    Read,
    /// `conversations:manage`, which includes reading.
    Manage,
}

impl Scope {
    /// Name in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "conversations:read",
            Self::Manage => "conversations:manage",
        }
    }

    /// Whether a key with these scopes may.
    pub fn is_in(self, scopes: &[String]) -> bool {
        let has = |scope: Self| scopes.iter().any(|name| name == scope.name());
        has(Self::Manage) || (self == Self::Read && has(Self::Read))
    }
}

/// Whose things a person reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nobody's.
    No,
    /// Their own as an agent: where the path names an agent it must be that one, otherwise the handler narrows.
    Own,
    /// The whole account's.
    All,
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anybody, signed in or not.
    Public,
    /// Those who have shown who they are.
    Known {
        /// What an API key needs; `None`: not with an API key.
        key: Option<Scope>,
        /// A person who is an agent.
        agent: Reach,
        /// A person who is a supervisor.
        supervisor: Reach,
        /// A person who is an admin.
        admin: Reach,
    },
}

impl Rule {
    /// What people of that role reach.
    pub const fn reach(self, role: Role) -> Reach {
        match self {
            Self::Public => Reach::All,
            Self::Known { agent, supervisor, admin, .. } => match role {
                Role::Agent => agent,
                Role::Supervisor => supervisor,
                Role::Admin => admin,
            },
        }
    }
}

const fn known(key: Option<Scope>, agent: Reach, supervisor: Reach, admin: Reach) -> Rule {
    Rule::Known { key, agent, supervisor, admin }
}

impl Operation {
    /// The table.
    pub const fn rule(self) -> Rule {
        use Operation::*;
        use Reach::{All, No, Own};
        const READ: Option<Scope> = Some(Scope::Read);
        const MANAGE: Option<Scope> = Some(Scope::Manage);
        match self {
            SignIn | IssueAccessToken | OpenLinkAsGuest | ShowLinkImage => Rule::Public,
            // A person's session and a page's token are nobody else's.
            ReadSession | SignOut => known(None, All, All, All),
            MintWebRtcToken => known(MANAGE, Own, Own, Own),
            // What an agent does for itself; team leads may step in.
            SetAgentStatus | ExtendWrapUp | ClearWrapUp => known(MANAGE, Own, All, All),
            AgentHeartbeat => known(MANAGE, Own, Own, Own),
            ReadAgent | ListAgentConversations | ReadAgentConfig | ReadAgentCapacity => known(READ, Own, All, All),
            // Conversations: an agent's own, the team's for its leads.
            ListConversations | ReadConversation | ListNotes | ReadNote | ReadTimeline | ListRecordings
            | DownloadRecording | SimulateRouting | ReadMetadata => known(READ, Own, All, All),
            ListLinkedConversations | ListRecordingMetadata | DownloadRecordingFile => known(READ, Own, All, All),
            ReplaceConversation | PatchConversation | AssignConversation | UnassignConversation | RouteConversation
            | SetMetadata | PatchMetadata | DeleteMetadata | AddConversationTag | AddNote => {
                known(MANAGE, Own, All, All)
            }
            RemoveConversationTag => known(MANAGE, Own, All, All),
            // Their calls likewise.
            CreateOutboundConversation => known(MANAGE, Own, All, All),
            PauseRecording | ResumeRecording => known(MANAGE, Own, All, All),
            HoldCall | ResumeCall | TransferToAgent | TransferToQueue => known(MANAGE, Own, All, All),
            ListTransferAgents => known(READ, Own, All, All),
            CreateConversation | CreateTag | DeleteTag => known(MANAGE, No, All, All),
            // Links: agents make links and manage those they made.
            ListLinks | ReadLink => known(READ, Own, All, All),
            CreateLink | DeleteLink => known(MANAGE, Own, All, All),
            // Reading the set-up.
            ListWorkingHours | ReadWorkingHours | ReadRouting | ListAgentStatuses | ReadAgentStatus
            | ReadCapacityConfig | ListQueues | ReadQueue | ListTransferQueues | ListTags | ReadWrapUpConfig
            | ReadCallTimeouts | ListLinkConfigs | ReadLinkConfig => known(READ, All, All, All),
            ReadWorkingHoursStatus => known(READ, All, All, All),
            ListLinkImages | ReadLinkImage | ListSubdomains => known(READ, All, All, All),
            ListAgents | ReadUserActivity => known(READ, No, All, All),
            // What callers hear: read and uploaded by those who set it up.
            ListWaitingStrategies => known(READ, No, All, All),
            ReadWaitingStrategy | ReadAwayAudioMessage | ReadTtsPlaceholders | ListVoices | ListAudioFiles
            | ReadAudioFile | PlayAudioFile => known(READ, No, All, All),
            ListHoldConfigs | ReadHoldConfig | ReadTransferStrategy => known(READ, No, All, All),
            // What is recorded.
            ReadAccountRecordingConfig | ListAgentRecordingConfigs | ReadAgentRecordingConfig => {
                known(READ, No, All, All)
            }
            CreateAccountRecordingConfig
            | SetAccountRecordingConfig
            | CreateAgentRecordingConfig
            | SetAgentRecordingConfig => known(MANAGE, No, No, All),
            // Agents hear their own and delete none.
            ListCallRecordings
            | ReadCallRecordings
            | DownloadCallRecording
            | ListWebRtcRecordings
            | DownloadWebRtcRecording
            | ListLinkRecordings
            | DownloadLinkRecording => known(READ, Own, All, All),
            DeleteRecording
            | DeleteCallRecordings
            | DeleteCallRecordingFile
            | DeleteWebRtcRecording
            | DeleteLinkRecording => known(MANAGE, No, All, All),
            UploadAudioFile | DeleteAudioFile => known(MANAGE, No, All, All),
            CreateWaitingStrategy
            | ReplaceWaitingStrategy
            | DeleteWaitingStrategy
            | SetAwayAudioMessage
            | DeleteAwayAudioMessage => known(MANAGE, No, No, All),
            // How call links look.
            UploadLinkImage | DeleteLinkImage | CreateSubdomain | DeleteSubdomain => known(MANAGE, No, No, All),
            CreateHoldConfig | ReplaceHoldConfig | DeleteHoldConfig | SetTransferStrategy => known(MANAGE, No, No, All),
            // Who gets in is for people to decide: a key could make itself more than it is.
            ListApiKeys | CreateApiKey | DeleteApiKey | ListUsers | CreateUser | ReadUser | UpdateUser | DeleteUser
            | ResetPassword => known(None, No, No, All),
            // What leaves the account.
            ListWebhooks | ReadWebhook => known(READ, No, No, All),
            CreateWebhook | UpdateWebhook | DeleteWebhook | ReplayWebhook | RotateWebhookSecret => {
                known(MANAGE, No, No, All)
            }
            // The team.
            LinkAgentQueue | UnlinkAgentQueue | SetAgentWrapUp | SetAgentCapacity => known(MANAGE, No, All, All),
            // Setting up the account.
            CreateAgent | UpdateAgent | CreateAgentStatus | UpdateAgentStatus | DeleteAgentStatus
            | CreateWorkingHours | ReplaceWorkingHours | PatchWorkingHours | DeleteWorkingHours | AddHoliday
            | DeleteHoliday | ReplaceRouting | DeleteRouting | SetCapacityConfig | CreateQueue | UpdateQueue
            | DeleteQueue | SetWrapUpConfig | SetCallTimeouts | ResetCallTimeouts | CreateLinkConfig
            | ReplaceLinkConfig | PatchLinkConfig | DeleteLinkConfig => known(MANAGE, No, No, All),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_in_managing_but_not_the_other_way_round() {
        let read = vec!["conversations:read".to_owned()];
        let manage = vec!["conversations:manage".to_owned()];
        assert!(Scope::Read.is_in(&read) && Scope::Read.is_in(&manage));
        assert!(Scope::Manage.is_in(&manage) && !Scope::Manage.is_in(&read));
        assert!(!Scope::Read.is_in(&[]) && !Scope::Read.is_in(&["something:else".to_owned()]));
    }
}
