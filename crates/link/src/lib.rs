//! Connections between roles that are processes of their own.
//!
//! The only place that knows QUIC. A [`Node`] is a role with its certificate; it [`dial`]s others or lets them in by a
//! [`Listener`]. Either way there is a [`Line`] to the other role: connections one after the other, each begun with
//! [`wire::link::Hello`] on both sides. On a line one talks with [`control`], or sends and receives taps.
//!
//! Both sides verify each other by TLS: a certificate must be of the common authority and carry the name of the role
//! that it speaks for.
//!
//! Nothing here waits for another role: what is sent is kept within bounds and follows when the role is back.

mod certs;
mod control;
mod dial;
mod error;
mod files;
mod frame;
mod identity;
pub mod limits;
mod line;
mod listen;
mod memory;
mod node;
mod taps;

pub use certs::{CertsError, MadeFile, YEARS, make as make_certs};
pub use control::{Control, ControlSettings, WhenFull, control};
pub use dial::{Address, NotAddress, dial};
pub use error::{LinkError, ListenError};
pub use files::{FileError, Files, OpenFile, OpenedFile, ReadAt, RemoteFile};
pub use identity::{CertificateFiles, IdentityError};
pub use line::{Line, LinkState};
pub use listen::{Listener, Listening};
pub use node::Node;
pub use taps::{TapSender, receive_taps, send_taps};
