//! From the engine's statistics to what pages show.

use crate::{
    directory::{Directory, LegEntry},
    hub::{Hub, Seat},
};
use wire::{browser::ServerMessage, engine::LegStats};

/// Tells each page of its leg's quality; agents also of the other party's.
pub(super) fn tell(stats: &[LegStats], directory: &Directory, hub: &Hub) {
    let known: Vec<(&LegStats, LegEntry)> =
        stats.iter().filter_map(|leg| Some((leg, directory.leg(leg.leg)?))).collect();
    for (own, entry) in &known {
        let other = known.iter().find(|(leg, at)| at.call == entry.call && leg.leg != own.leg);
        let remote = match entry.seat {
            Seat::Agent(_) => other.map(|(leg, _)| leg.quality),
            Seat::Customer(_) => None,
        };
        let message = ServerMessage::Quality { leg: own.leg, own: own.quality, remote };
        hub.tell(entry.account, &entry.seat, message);
    }
}
