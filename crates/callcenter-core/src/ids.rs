use model::CommandId;
use uuid::Uuid;

/// The 62 random bits of a UUIDv7 that follow its variant (RFC 9562 §5.7).
const TAIL: u128 = (1 << 62) - 1;

/// Gives out the ids that a command needs: its own id with the random tail counted up, so that the same command with
/// the same id always makes the same ids.
#[derive(Debug, Clone)]
pub struct IdSource {
    command: u128,
    given: u128,
}

impl IdSource {
    /// Ids of this command.
    pub fn new(command: CommandId) -> Self {
        Self { command: command.0.as_u128(), given: 0 }
    }

    /// The next id.
    pub fn next_id(&mut self) -> Uuid {
        self.given += 1;
        let tail = (self.command & TAIL).wrapping_add(self.given) & TAIL;
        Uuid::from_u128((self.command & !TAIL) | tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_the_command_and_stay_uuid_v7() {
        let command = CommandId(Uuid::from_u128(0x0192_0000_0000_7abc_bfff_ffff_ffff_ffff));
        let mut ids = IdSource::new(command);
        let (first, second) = (ids.next_id(), ids.next_id());
        assert_eq!(first, IdSource::new(command).next_id());
        assert_ne!(first, second);
        for id in [first, second] {
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        }
    }
}
