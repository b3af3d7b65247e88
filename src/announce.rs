//! What a start prints: where things are, and how to sign in.

use media_engine::EngineHandle;
use model::Role;
use serde_json::json;
use signaling::{
    Server,
    demo::{Demo, SignIn},
};
use std::path::Path;

/// Prints for people, and with `as_json` once more as one line for programs.
pub(crate) fn print(server: &Server, engine: &EngineHandle, data: &Path, demo: Option<&Demo>, as_json: bool) {
    let addresses =
        |addresses: Vec<std::net::SocketAddr>| addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
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
    println!(
        "  Media       UDP and TCP on {}, announced as {}",
        addresses(engine.local_addrs()),
        addresses(engine.announced())
    );
    println!("  Data        {}", data.display());
    println!("\nPress Ctrl+C to stop.");
    if as_json {
        let logins = demo.map(|demo| demo.sign_ins.iter().map(login).collect::<Vec<_>>());
        let line = json!({
            "console": console,
            "docs": docs,
            "metrics": metrics,
            "admin": format!("http://{}/", server.admin),
            "media": addresses(engine.local_addrs()),
            "call_link": demo.map(|demo| &demo.call_link),
            "api_key": demo.map(|demo| &demo.api_key),
            "logins": logins,
        });
        println!("{line}");
    }
}

fn role(sign_in: &SignIn) -> &'static str {
    match sign_in.role {
        Role::Agent => "agent",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    }
}

fn login(sign_in: &SignIn) -> serde_json::Value {
    json!({
        "role": role(sign_in),
        "username": sign_in.name,
        "password": sign_in.password,
        "displayName": sign_in.display_name,
        "agentId": sign_in.agent.map(|agent| agent.to_string()),
    })
}
