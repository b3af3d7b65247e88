//! A house in which calls run.

use crate::calls::{Talk, talk_with};
use crate::support::{House, Page};
use std::collections::BTreeMap;

/// What must stay open for calls to run.
pub(super) struct Pages {
    _talks: [Talk; 2],
    _free: Page,
}

/// Two calls (`conversationId` of `agentId`, `secondConversationId` of `secondAgentId`), and an agent who is free
/// (`freeAgentId`). All serve the default queue.
pub(super) async fn begin(house: &mut House) -> (BTreeMap<String, String>, Option<Pages>) {
    let mut things = BTreeMap::new();
    let mut talks = Vec::new();
    for (name, agent, conversation) in
        [("Ada", "agentId", "conversationId"), ("Bea", "secondAgentId", "secondConversationId")]
    {
        let id = house.agent(name).await;
        let talk = talk_with(house, id, name).await;
        let call = talk.started.call;
        let found = house.center().query(move |core, _| core.call(call).map(|call| call.conversation)).await;
        let found = found.expect("the account runs").expect("a live call");
        things.insert(agent.to_owned(), id.to_string());
        things.insert(conversation.to_owned(), found.to_string());
        talks.push(talk);
    }
    let free = house.agent("Cid").await;
    things.insert("freeAgentId".to_owned(), free.to_string());
    let Ok(talks) = <[Talk; 2]>::try_from(talks) else { unreachable!("two calls were begun") };
    (things, Some(Pages { _talks: talks, _free: house.agent_page(free).await }))
}
