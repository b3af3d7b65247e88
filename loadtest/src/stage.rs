//! What a run needs on the server: agents, their tokens and call links. It is taken away again at the end.

use crate::{
    api::{Api, Link},
    http::HttpError,
    limits::SET_UP_AT_ONCE,
    plan::{Plan, Route},
};
use futures_util::stream::{self, StreamExt as _};

/// Why a run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A request failed.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Calls would wait for ever.
    #[error(
        "the default queue does not assign calls to agents by itself; turn its automatic assignment on, or set \
         calls.route = \"agent\""
    )]
    NoAssignment,
}

/// An agent of the run.
#[derive(Debug, Clone)]
pub(crate) struct StagedAgent {
    pub(crate) id: String,
    pub(crate) token: String,
    number: u32,
    /// The link to this agent, where calls go to agents.
    link: Option<Link>,
}

/// What was set up.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    pub(crate) agents: Vec<StagedAgent>,
    queue: Option<String>,
    /// The link to the contact center, where calls go to its queue.
    link: Option<Link>,
}

impl Stage {
    /// Sets everything up. What was set up before a failure is taken away again.
    pub(crate) async fn set_up(api: &Api, plan: &Plan) -> Result<Self, StageError> {
        let mut stage = Self::default();
        match stage.build(api, plan).await {
            Ok(()) => Ok(stage),
            Err(error) => {
                stage.take_down(api).await;
                Err(error)
            }
        }
    }

    async fn build(&mut self, api: &Api, plan: &Plan) -> Result<(), StageError> {
        if plan.calls.route == Route::Queue {
            let (queue, assigns) = api.default_queue().await?;
            if !assigns {
                return Err(StageError::NoAssignment);
            }
            self.queue = Some(queue);
            self.link = Some(api.create_link(None).await?);
        }
        let mut left = api.left_agents().await?.into_iter();
        let wanted: Vec<(u32, Option<String>)> = (0..plan.calls.at_once).map(|number| (number, left.next())).collect();
        let queue = self.queue.as_deref();
        let mut made =
            stream::iter(wanted).map(|(number, known)| prepare(api, number, known, queue)).buffered(SET_UP_AT_ONCE);
        let mut failed = None;
        while let Some(agent) = made.next().await {
            match agent {
                Ok(agent) => self.agents.push(agent),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// The link that a call goes by whose agent is kept free at this index.
    pub(crate) fn link(&self, agent: usize) -> &Link {
        let own = self.agents[agent].link.as_ref();
        own.or(self.link.as_ref()).expect("there is a link to the contact center or one to each agent")
    }

    /// Takes everything away that can be; what cannot is told on stderr.
    pub(crate) async fn take_down(self, api: &Api) {
        let queue = self.queue.as_deref();
        let removals = self.agents.iter().map(|agent| retire(api, agent, queue));
        let outcomes: Vec<_> = stream::iter(removals).buffer_unordered(SET_UP_AT_ONCE).collect().await;
        let mut failed: Vec<HttpError> = outcomes.into_iter().filter_map(Result::err).collect();
        if let Some(link) = &self.link {
            failed.extend(api.delete_link(&link.id).await.err());
        }
        if let Some(first) = failed.first() {
            eprintln!("loadtest: {} things could not be taken away from the server again: {first}", failed.len());
        }
    }
}

async fn prepare(api: &Api, number: u32, known: Option<String>, queue: Option<&str>) -> Result<StagedAgent, HttpError> {
    let id = match known {
        Some(id) => {
            api.enable_agent(&id, number, true).await?;
            id
        }
        None => api.create_agent(number).await?,
    };
    let link = match queue {
        Some(queue) => {
            api.link_queue(&id, queue).await?;
            None
        }
        None => Some(api.create_link(Some(&id)).await?),
    };
    let token = api.agent_token(&id).await?;
    Ok(StagedAgent { id, token, number, link })
}

/// Agents cannot be deleted; one that is disabled does nothing, and the next run takes it again.
async fn retire(api: &Api, agent: &StagedAgent, queue: Option<&str>) -> Result<(), HttpError> {
    if let Some(link) = &agent.link {
        api.delete_link(&link.id).await?;
    }
    if let Some(queue) = queue {
        api.unlink_queue(&agent.id, queue).await?;
    }
    api.enable_agent(&agent.id, agent.number, false).await
}
