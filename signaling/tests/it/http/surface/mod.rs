//! The public API's operations, asked of a running server in good and in bad ways.
//!
//! A group of operations is a JSON file and a line in [`GROUPS`]. Its `paths` (beginnings of path patterns, less
//! `except`) say which operations it must list; `given` makes what they need and names it; `operations` are asked in
//! their order, first in every wrong way that follows from the description, then as they stand; `refused` are requests
//! that are good but for the state of things. `{name}` in paths, queries and bodies stands for a thing that is given.
//! What is known to differ stands in `differs`, with the reason.

mod bad;
mod group;
mod schema;
mod walk;

use super::client::Client;
use crate::support::House;
use group::Group;
use schema::Description;
use walk::Walk;

const GROUPS: [(&str, &str); 2] =
    [("conversations", include_str!("conversations.json")), ("team", include_str!("team.json"))];

#[tokio::test]
async fn the_public_api_answers_as_its_description_says() {
    let description = Description::read();
    let mut faults = Vec::new();
    for (name, text) in GROUPS {
        let house = House::open().await;
        let group = Group::read(name, text);
        let mut walk = Walk::begin(Client::of(&house), &house, &description, &group).await;
        walk.all().await;
        faults.extend(walk.into_faults().into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
