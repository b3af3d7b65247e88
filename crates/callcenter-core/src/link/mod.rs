//! Call links of the three types: one-time, time-frame, expiration (CLK-05); and the looks of their pages.

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::limits::{MAX_LINK_CONFIG_BODY, MAX_LINK_CONFIGS, MAX_LINKS, MAX_NAME};
use crate::row::{LinkConfigRow, LinkDestination, LinkHours, LinkRow, RowChange};
use model::{AgentId, LinkConfigId, LinkId, Now};

/// Whether a link can be used now, and if not which text its page shows (CLK-12..14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Calls can start.
    Active,
    /// It opens later.
    Inactive,
    /// Its time is over, or it was spent.
    Expired,
}

/// State of the link at this time.
pub(crate) fn state(link: &LinkRow, now: Now) -> LinkState {
    if now.wall >= link.end || (link.one_time && link.used_at.is_some()) {
        LinkState::Expired
    } else if now.wall < link.start || link.open_hours.as_ref().is_some_and(|hours| !hours.contains(now.wall)) {
        LinkState::Inactive
    } else {
        LinkState::Active
    }
}

impl CallCenter {
    pub(crate) fn create_link(&mut self, row: LinkRow, turn: &mut Turn) -> Result<Reply, CommandError> {
        check::room_for_one("MAX_LINKS", self.links.len(), MAX_LINKS)?;
        self.check_link(&row)?;
        if self.links.contains_key(&row.id) || self.link_by_hash.contains_key(&row.secret_hash) {
            return Err(CommandError::Conflict("this call link exists already".to_owned()));
        }
        self.log(turn, None, None, Event::LinkCreated { link: row.id });
        self.link_by_hash.insert(row.secret_hash.clone(), row.id);
        self.save_link(row);
        Ok(Reply::Done)
    }

    fn check_link(&self, row: &LinkRow) -> Result<(), CommandError> {
        if let Some(identity) = &row.identity {
            check::identity("identity", identity)?;
        }
        check::at_most("displayName", row.display_name.as_deref().unwrap_or_default(), MAX_NAME)?;
        check::custom_data("customData", &row.custom_data)?;
        if row.end <= row.start {
            return Err(check::invalid("validityWindow.endTime", "must be after startTime"));
        }
        if row.used_at.is_some() {
            return Err(check::invalid("usedAt", "a new link is not used"));
        }
        row.open_hours.as_ref().map_or(Ok(()), check_hours)?;
        if let Some(config) = row.config.filter(|config| !self.link_configs.contains_key(config)) {
            return Err(CommandError::UnknownLinkConfig(config));
        }
        if let Some(agent) = row.created_by {
            self.known_agent(agent)?;
        }
        self.destination_agent(&row.destination).map(|_| ())
    }

    /// The only agent who may be rung, if the link leads to one (CLK-04).
    pub(crate) fn destination_agent(&self, destination: &LinkDestination) -> Result<Option<AgentId>, CommandError> {
        let LinkDestination::Webrtc { identity, .. } = destination else { return Ok(None) };
        let agent: AgentId =
            identity.parse().map_err(|_| check::invalid("destination.identity", "is not the id of an agent"))?;
        self.known_agent(agent).map(|agent| Some(agent.row.id))
    }

    pub(crate) fn delete_link(&mut self, link: LinkId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let row = self.links.remove(&link).ok_or(CommandError::UnknownLink)?;
        self.link_by_hash.remove(&row.secret_hash);
        self.outbox.save(RowChange::LinkDeleted(link));
        self.log(turn, None, None, Event::LinkDeleted { link });
        Ok(Reply::Done)
    }

    /// A one-time link is spent once a call by it is established.
    pub(crate) fn spend_link(&mut self, link: LinkId, turn: &Turn) {
        let Some(mut row) = self.links.get(&link).cloned() else { return };
        if row.one_time && row.used_at.is_none() {
            row.used_at = Some(turn.now.wall);
            self.save_link(row);
            self.log(turn, None, None, Event::LinkUsed { link });
        }
    }

    fn save_link(&mut self, row: LinkRow) {
        self.outbox.save(RowChange::Link(row.clone()));
        self.links.insert(row.id, row);
    }

    pub(crate) fn put_link_config(&mut self, row: LinkConfigRow) -> Result<Reply, CommandError> {
        check::name("name", &row.name)?;
        if row.body.to_string().len() > MAX_LINK_CONFIG_BODY {
            return Err(check::invalid("body", format!("is longer than {MAX_LINK_CONFIG_BODY} bytes")));
        }
        if !self.link_configs.contains_key(&row.id) {
            check::room_for_one("MAX_LINK_CONFIGS", self.link_configs.len(), MAX_LINK_CONFIGS)?;
        }
        let others: Vec<LinkConfigRow> =
            self.link_configs.values().filter(|other| other.is_default && other.id != row.id).cloned().collect();
        if row.is_default {
            for other in others {
                self.save_link_config(LinkConfigRow { is_default: false, updated_at: row.updated_at, ..other });
            }
        }
        self.save_link_config(row);
        Ok(Reply::Done)
    }

    pub(crate) fn delete_link_config(&mut self, config: LinkConfigId) -> Result<Reply, CommandError> {
        self.link_configs.remove(&config).ok_or(CommandError::UnknownLinkConfig(config))?;
        let users: Vec<LinkRow> = self.links.values().filter(|link| link.config == Some(config)).cloned().collect();
        for link in users {
            self.save_link(LinkRow { config: None, ..link });
        }
        self.outbox.save(RowChange::LinkConfigDeleted(config));
        Ok(Reply::Done)
    }

    fn save_link_config(&mut self, row: LinkConfigRow) {
        self.outbox.save(RowChange::LinkConfig(row.clone()));
        self.link_configs.insert(row.id, row);
    }
}

fn check_hours(hours: &LinkHours) -> Result<(), CommandError> {
    const LAST_MINUTE: u32 = 24 * 60 - 1;
    check::in_range("validityWindow.acceptableHours.start", hours.start_minute.into(), 0..=LAST_MINUTE)?;
    check::in_range("validityWindow.acceptableHours.end", hours.end_minute.into(), 0..=LAST_MINUTE)?;
    hours.days.iter().try_for_each(|day| check::in_range("validityWindow.acceptableDays", (*day).into(), 0..=6))
}
