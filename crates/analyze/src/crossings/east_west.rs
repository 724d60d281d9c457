//! Who talks with whom inside the network, by service, the unusual first: what few hosts do, between machines that serve
//! nobody else. Names what administrators use, and attackers.

use super::{By, Crossing, Groups, Look, Survey, kinds, spoken, to_many};
use crate::answers::plural;
use crate::environment::{Host, HostId, Role};
use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::facts::{Cell as Value, MessageTable};
use weir_dissect::flow::Flow;
use weir_dissect::{Facts, Transport};
use weir_model::FlowId;

/// Hosts on a side of the matrix.
pub const MATRIX: usize = 20;
/// Clients of a service told apart, to say how common it is.
const USERS: usize = 4_096;

/// Pipes and interfaces by which one machine has another do something, with what they are for.
const ADMIN: &[(&str, &str)] = &[
    ("svcctl", "services (PsExec and the like)"),
    ("psexesvc", "PsExec"),
    ("atsvc", "scheduled tasks"),
    ("itaskschedulerservice", "scheduled tasks"),
    ("winreg", "registry"),
    ("samr", "accounts"),
    ("lsarpc", "policies"),
    ("drsuapi", "directory replication (DCSync)"),
    ("iwbem", "WMI"),
    ("eventlog", "event logs"),
    ("remoteregistry", "registry"),
];

/// Two hosts in the matrix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Place of the client among the hosts.
    pub client: usize,
    /// Place of the server.
    pub server: usize,
    /// Conversations.
    pub flows: u64,
    /// Services used, those of administrators first.
    pub services: Vec<String>,
    /// One of them is an administrator's.
    pub admin: bool,
    /// Hosts that use the rarest of them, anywhere inside.
    pub users: u64,
}

/// See the module.
#[derive(Default)]
pub struct EastWest {
    groups: Groups<(HostId, HostId, u16, Transport)>,
    users: HashMap<(u16, Transport), BTreeSet<HostId>, FixedState>,
    hosts: BTreeSet<HostId>,
}

impl Survey for EastWest {
    fn flow(&mut self, look: &Look<'_>, chain: usize, _: &Facts, f: &Flow) {
        let (from, to) = (f.client.0, f.server.0);
        if to_many(from)
            || to_many(to)
            || !look.ours(chain, from, f.begun)
            || !look.ours(chain, to, f.begun)
        {
            return;
        }
        let host = |ip| look.env.at(chain, ip, f.begun);
        let (Some(client), Some(server)) = (host(from), host(to)) else {
            return;
        };
        if client == server {
            return;
        }
        self.hosts.extend([client, server]);
        let users = self.users.entry((f.server.1, f.transport)).or_default();
        if users.len() < USERS {
            users.insert(client);
        }
        let new = || {
            let (kind, by) = match kinds::kind(f, None) {
                Some((kind, by)) => (kind.title, by),
                None => (
                    // What speaks NetBIOS on these ports is there for the shares it carries.
                    match spoken(f) {
                        Some("nbss") if matches!(f.server.1, 139 | 445) => "smb",
                        name => name.unwrap_or("unknown"),
                    },
                    if f.protocol.is_some() {
                        By::Content
                    } else {
                        By::Port
                    },
                ),
            };
            Crossing::new(kind, by, f, [Some(client), Some(server)])
        };
        self.groups
            .add((client, server, f.server.1, f.transport), f, new);
    }
}

/// Serves others, as far as was seen.
fn serves(host: &Host) -> bool {
    [
        Role::Server,
        Role::Resolver,
        Role::DhcpServer,
        Role::Proxy,
        Role::Gateway,
    ]
    .iter()
    .any(|r| host.is(*r))
}

/// A pair with what makes it usual or not.
#[derive(Clone, PartialEq, Debug)]
pub struct Pair {
    /// Who, whom, how much.
    pub row: Crossing,
    /// The server serves no other: two workstations, as far as was seen.
    pub peers: bool,
    /// An administrator's protocol, share or pipe.
    pub admin: bool,
    /// Hosts that use a service on this port, anywhere.
    pub users: u64,
}

/// What is inside, for the page.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Inside {
    /// The unusual first.
    pub pairs: Vec<Pair>,
    /// Hosts of the matrix, those in most pairs first.
    pub hosts: Vec<HostId>,
    /// What stands in it, by client and server.
    pub cells: Vec<Cell>,
    /// Hosts that talk inside, in the matrix or not.
    pub of_hosts: usize,
    /// What there is to know.
    pub says: Vec<String>,
}

impl EastWest {
    /// Everything inside.
    #[must_use]
    pub fn finish(self, look: &Look<'_>) -> Inside {
        let remarks = remarks(look.input);
        let mut pairs: Vec<Pair> = Vec::new();
        let flows: u64 = self.groups.rows.values().map(|r| r.flows).sum();
        for ((client, server, port, transport), mut row) in self.groups.rows {
            let ends = [client, server].map(|id| look.env.host(id));
            let peers = ends[1].is_some_and(|h| !serves(h));
            let used = remarks
                .get(&(row.client, row.server))
                .filter(|_| matches!(port, 445 | 139 | 135) || port >= 1024);
            let mut admin = kinds::ALL.iter().any(|k| k.remote && k.title == row.kind);
            for (text, is_admin) in used.into_iter().flatten() {
                let smb = matches!(row.kind, "smb" | "smb2" | "nbss" | "dcerpc");
                if smb {
                    admin |= *is_admin;
                    row.say(text.clone());
                }
            }
            let users = self
                .users
                .get(&(port, transport))
                .map_or(0, |u| u.len() as u64);
            pairs.push(Pair {
                row,
                peers,
                admin,
                users,
            });
        }
        pairs.sort_by(|a, b| {
            (!a.admin, !a.peers, a.row.answered == 0, a.users)
                .cmp(&(!b.admin, !b.peers, b.row.answered == 0, b.users))
                .then_with(|| {
                    (a.row.first, a.row.client, a.row.server, a.row.port).cmp(&(
                        b.row.first,
                        b.row.client,
                        b.row.server,
                        b.row.port,
                    ))
                })
        });
        let (hosts, cells) = matrix(&pairs);
        let says = vec![format!(
            "{} of {} inside. Seen is only what passes the place of the capture: two hosts on one switch may talk unseen.",
            plural(flows, "conversation"),
            plural(self.hosts.len() as u64, "host")
        )];
        Inside {
            hosts,
            cells,
            of_hosts: self.hosts.len(),
            says,
            pairs,
        }
    }
}

fn matrix(pairs: &[Pair]) -> (Vec<HostId>, Vec<Cell>) {
    let ends = |p: &Pair| p.row.client_host.zip(p.row.server_host);
    let mut weight: BTreeMap<HostId, (u64, u64)> = BTreeMap::new();
    for p in pairs {
        for id in ends(p).into_iter().flat_map(|(a, b)| [a, b]) {
            let slot = weight.entry(id).or_default();
            // A host of an administrator's pair stands in the matrix before one that only talks much.
            slot.0 += u64::from(p.admin);
            slot.1 += 1;
        }
    }
    let mut hosts: Vec<(HostId, (u64, u64))> = weight.into_iter().collect();
    hosts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let hosts: Vec<HostId> = hosts.into_iter().take(MATRIX).map(|(id, _)| id).collect();
    let place = |id: HostId| hosts.iter().position(|h| *h == id);
    let mut cells: BTreeMap<(usize, usize), Cell> = BTreeMap::new();
    for p in pairs {
        let Some((client, server)) = ends(p).and_then(|(a, b)| Some((place(a)?, place(b)?))) else {
            continue;
        };
        let cell = cells.entry((client, server)).or_insert(Cell {
            client,
            server,
            flows: 0,
            services: Vec::new(),
            admin: false,
            users: p.users,
        });
        cell.users = cell.users.min(p.users);
        cell.flows += p.row.flows;
        cell.admin |= p.admin;
        let service = format!("{} {}/{}", p.row.kind, p.row.port, p.row.transport.name());
        if !cell.services.contains(&service) {
            cell.services.push(service);
        }
    }
    (hosts, cells.into_values().collect())
}

type Remarks = BTreeMap<(std::net::IpAddr, std::net::IpAddr), BTreeSet<(String, bool)>>;

/// Shares of administrators and pipes that were used, by client and server.
fn remarks(input: &Input<'_>) -> Remarks {
    let mut out = Remarks::new();
    for c in &input.chains {
        for table in c.facts.messages.tables() {
            let wanted: &[&str] = match table.protocol().info.name {
                "smb" | "smb2" => &["path", "name"],
                "dcerpc" => &["endpoint"],
                _ => continue,
            };
            let columns: Vec<usize> = wanted.iter().filter_map(|w| column(table, w)).collect();
            for n in 0..table.len() {
                let Some(f) = table
                    .meta(n)
                    .and_then(|m| m.flow)
                    .and_then(|id: FlowId| c.facts.flow(id))
                else {
                    continue;
                };
                for at in &columns {
                    if let Value::Text(text) = table.cell(n, *at)
                        && let Some(remark) = remark(&text)
                    {
                        let slot = out.entry((f.client.0, f.server.0)).or_default();
                        if slot.len() < super::SAYS {
                            slot.insert(remark);
                        }
                    }
                }
            }
        }
    }
    out
}

fn column(table: &dyn MessageTable, name: &str) -> Option<usize> {
    table.columns().iter().position(|c| c.name == name)
}

/// What a share or a pipe is for, where only administrators use it.
fn remark(text: &str) -> Option<(String, bool)> {
    let last = text
        .rsplit(['\\', '/'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if last == "admin$"
        || (last.len() == 2
            && last.ends_with('$')
            && last.starts_with(|c: char| c.is_ascii_alphabetic()))
    {
        return Some((format!("share {}", last.to_ascii_uppercase()), true));
    }
    let (name, what) = ADMIN.iter().find(|(name, _)| last.starts_with(name))?;
    Some((format!("{name}: {what}"), true))
}
