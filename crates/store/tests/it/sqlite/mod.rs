//! On a file.

#[path = "../access.rs"]
mod access;
#[path = "../audio_files.rs"]
mod audio_files;
mod disk;
#[path = "../durability.rs"]
mod durability;
#[path = "../idempotent.rs"]
mod idempotent;
#[path = "../link_images.rs"]
mod link_images;
mod migration;
mod place;
#[path = "../queries.rs"]
mod queries;
#[path = "../recordings.rs"]
mod recordings;
#[path = "../rows.rs"]
mod rows;
#[path = "../subdomains.rs"]
mod subdomains;
#[path = "../support.rs"]
mod support;
