//! What a start prints: where things are, and how to sign in.

use media_engine::EngineHandle;
use model::Role;
use serde_json::{Value, json};
use signaling::{
    Server,
    demo::{Demo, SignIn},
};
use std::{net::SocketAddr, path::Path};
use store::Location;

/// Where media is taken, and what pages are told of it.
pub(crate) struct Media {
    local: String,
    announced: String,
    turn: Option<SocketAddr>,
}

impl Media {
    /// Of a running engine.
    pub(crate) fn of(engine: &EngineHandle) -> Self {
        Self { local: list(&engine.local_addrs()), announced: list(&engine.announced()), turn: engine.turn() }
    }

    fn print(&self) {
        println!("  Media       UDP and TCP on {}, announced as {}", self.local, self.announced);
        if let Some(turn) = self.turn {
            println!("  TURN        UDP on {turn}");
        }
    }
}

fn list(addresses: &[SocketAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Where what must last is.
pub(crate) struct Kept<'a> {
    pub(crate) data: &'a Path,
    pub(crate) database: &'a Location,
}

/// Of a process with pages, for people, and with `as_json` once more as one line for programs.
pub(crate) fn print_server(server: &Server, media: Option<Media>, kept: Kept<'_>, demo: Option<&Demo>, as_json: bool) {
    let console = format!("{}/", server.base_url);
    let docs = format!("{}/docs", server.base_url);
    let metrics = format!("http://{}/metrics", server.admin);
    println!("\nSwitchroom {} is running.\n", env!("CARGO_PKG_VERSION"));
    println!("  Console     {console}");
    if let Some(demo) = demo {
        for sign_in in &demo.sign_ins {
            println!("              {:<11} {} / {}", role(sign_in), sign_in.name, sign_in.password);
        }
        println!("  Call link   {}", demo.call_link);
        println!("  API key     {}", demo.api_key);
    }
    println!("  API docs    {docs}");
    println!("  Metrics     {metrics}");
    if let Some(media) = &media {
        media.print();
    }
    println!("  Data        {}", kept.data.display());
    println!("  Database    {}", kept.database);
    println!("\nPress Ctrl+C to stop.");
    if as_json {
        let logins = demo.map(|demo| demo.sign_ins.iter().map(login).collect::<Vec<_>>());
        let line = json!({
            "console": console,
            "docs": docs,
            "metrics": metrics,
            "admin": format!("http://{}/", server.admin),
            "media": media.as_ref().map(|media| &media.local),
            "turn": media.as_ref().and_then(|media| media.turn),
            "call_link": demo.map(|demo| &demo.call_link),
            "api_key": demo.map(|demo| &demo.api_key),
            "logins": logins,
        });
        println!("{line}");
    }
}

/// Of a role that runs apart.
pub(crate) fn print_role(role: &str, link: SocketAddr, admin: SocketAddr, media: Option<Media>, as_json: bool) {
    println!("\nSwitchroom {} {role} is running.\n", env!("CARGO_PKG_VERSION"));
    println!("  Link        UDP on {link}");
    println!("  Metrics     http://{admin}/metrics");
    if let Some(media) = &media {
        media.print();
    }
    println!("\nPress Ctrl+C to stop.");
    if as_json {
        let turn = media.as_ref().and_then(|media| media.turn);
        let media = media.map(|media| media.local);
        let metrics = format!("http://{admin}/metrics");
        println!(
            "{}",
            json!({
                "role": role,
                "link": link,
                "admin": format!("http://{admin}/"),
                "metrics": metrics,
                "media": media,
                "turn": turn,
            })
        );
    }
}

fn role(sign_in: &SignIn) -> &'static str {
    match sign_in.role {
        Role::Agent => "agent",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    }
}

fn login(sign_in: &SignIn) -> Value {
    json!({
        "role": role(sign_in),
        "username": sign_in.name,
        "password": sign_in.password,
        "displayName": sign_in.display_name,
        "agentId": sign_in.agent.map(|agent| agent.to_string()),
    })
}
