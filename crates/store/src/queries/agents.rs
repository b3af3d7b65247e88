use super::select::bounded;
use crate::{
    database::{Connection, Store, query},
    error::Error,
    page::{AgentOrder, NamedOrder, Page, PageRequest},
    records::{Reader, word_of},
};
use callcenter_core::row::{AgentRow, QueueRow, StatusRow};
use model::{AccountId, AgentId, AgentStatus, QueueId, Role, StatusId, WallTime};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Which agents to list; empty lists and `None` ask for nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AgentFilter {
    /// These agents.
    pub ids: Vec<AgentId>,
    /// Agents that serve one of these queues.
    pub queues: Vec<QueueId>,
    /// Part of the display name, in any case.
    pub display_name: Option<String>,
    /// The whole mail address.
    pub email: Option<String>,
    /// What the agent set.
    pub status: Option<AgentStatus>,
    /// The role.
    pub role: Option<Role>,
    /// Enabled or disabled ones.
    pub enabled: Option<bool>,
    /// Made after then.
    pub created_after: Option<WallTime>,
    /// Made before then.
    pub created_before: Option<WallTime>,
    /// Changed after then.
    pub updated_after: Option<WallTime>,
    /// Changed before then.
    pub updated_before: Option<WallTime>,
}

/// Which queues to list. Deleted ones are never listed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueFilter {
    /// These queues.
    pub ids: Vec<QueueId>,
    /// Queues that this agent serves.
    pub agent: Option<AgentId>,
    /// Part of the name, in any case.
    pub name: Option<String>,
}

impl Store {
    /// A page of agents.
    pub async fn agents(
        &self,
        account: AccountId,
        filter: &AgentFilter,
        page: PageRequest<AgentOrder>,
    ) -> Result<Page<AgentRow>, Error> {
        bounded(&[filter.ids.len(), filter.queues.len()])?;
        let mut found: Page<AgentRow> = self
            .page(account, page, |q| {
                q.one_of("id", &filter.ids)
                    .within("id", "agent FROM agent_queues WHERE account = agents.account AND queue", &filter.queues)
                    .contains_if("display_name", filter.display_name.as_deref())
                    .is_if("email", filter.email.as_ref())
                    .is_if("status", filter.status.as_ref().map(word_of))
                    .is_if("role", filter.role.as_ref().map(word_of))
                    .truth_if("enabled", filter.enabled)
                    .between("created_at", filter.created_after, filter.created_before)
                    .between("updated_at", filter.updated_after, filter.updated_before);
            })
            .await?;
        let mut queues = queues_of_agents(&mut self.readers.acquire().await?, account, None).await?;
        for agent in &mut found.items {
            agent.queues = queues.remove(&agent.id).unwrap_or_default();
        }
        Ok(found)
    }

    /// One agent.
    pub async fn agent(&self, account: AccountId, id: AgentId) -> Result<Option<AgentRow>, Error> {
        let Some(mut agent) = self
            .one::<AgentRow>(account, |q| {
                q.is("id", id);
            })
            .await?
        else {
            return Ok(None);
        };
        let mut queues = queues_of_agents(&mut self.readers.acquire().await?, account, Some(id)).await?;
        agent.queues = queues.remove(&id).unwrap_or_default();
        Ok(Some(agent))
    }

    /// One of the statuses that the account has named itself.
    pub async fn agent_status(&self, account: AccountId, id: StatusId) -> Result<Option<StatusRow>, Error> {
        self.one(account, |q| {
            q.is("id", id);
        })
        .await
    }

    /// A page of queues that are not deleted.
    pub async fn queues(
        &self,
        account: AccountId,
        filter: &QueueFilter,
        page: PageRequest<NamedOrder>,
    ) -> Result<Page<QueueRow>, Error> {
        bounded(&[filter.ids.len()])?;
        let agents: Vec<AgentId> = filter.agent.into_iter().collect();
        self.page(account, page, |q| {
            q.fixed("deleted_at IS NULL")
                .one_of("id", &filter.ids)
                .within("id", "queue FROM agent_queues WHERE account = queues.account AND agent", &agents)
                .contains_if("name", filter.name.as_deref());
        })
        .await
    }

    /// One queue, deleted or not.
    pub async fn queue(&self, account: AccountId, id: QueueId) -> Result<Option<QueueRow>, Error> {
        self.one(account, |q| {
            q.is("id", id);
        })
        .await
    }
}

/// The queues of all agents, or of one.
pub(crate) async fn queues_of_agents(
    from: &mut Connection,
    account: AccountId,
    agent: Option<AgentId>,
) -> Result<BTreeMap<AgentId, Vec<QueueId>>, Error> {
    let one = if agent.is_some() { "AND agent = $2" } else { "" };
    let sql = format!("SELECT agent, queue FROM agent_queues WHERE account = $1 {one} ORDER BY agent, position");
    let mut select = query(AssertSqlSafe(sql)).bind(account.to_string());
    if let Some(agent) = agent {
        select = select.bind(agent.to_string());
    }
    let mut queues: BTreeMap<AgentId, Vec<QueueId>> = BTreeMap::new();
    for row in &select.fetch_all(from).await? {
        let row = Reader(row);
        queues.entry(row.id("agent")?).or_default().push(row.id("queue")?);
    }
    Ok(queues)
}
