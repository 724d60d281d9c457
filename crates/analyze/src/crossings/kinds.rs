//! Protocols and services that let somebody work on another machine or carry one network through another, and by what
//! they are told: content first, then the name of the server, then the port.

use super::spoken;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;

/// By what a kind was told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum By {
    /// Its bytes were recognised.
    Content,
    /// The server's name is that of a service.
    Name,
    /// The port alone: anything may speak there.
    Port,
}

impl By {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Name => "name",
            Self::Port => "port",
        }
    }
}

/// One way to bridge.
#[derive(Debug)]
pub struct Kind {
    /// `Remote desktop (RDP)`.
    pub title: &'static str,
    /// Somebody works on the other machine, rather than carrying packets.
    pub remote: bool,
    protocols: &'static [&'static str],
    tcp: &'static [u16],
    udp: &'static [u16],
    /// Registered domains of the service.
    names: &'static [&'static str],
}

const NONE: Kind = Kind {
    title: "",
    remote: false,
    protocols: &[],
    tcp: &[],
    udp: &[],
    names: &[],
};

/// Every kind; the first that fits counts. Ports are those of the IANA registry, else those that the program's own
/// documentation names.
pub(super) static ALL: &[Kind] = &[
    Kind {
        title: "SSH",
        remote: true,
        protocols: &["ssh"],
        tcp: &[22],
        ..NONE
    },
    Kind {
        title: "Remote desktop (RDP)",
        remote: true,
        protocols: &["rdp", "tpkt", "cotp", "t125"],
        tcp: &[3389],
        udp: &[3389],
        ..NONE
    },
    Kind {
        title: "VNC",
        remote: true,
        protocols: &["vnc"],
        tcp: &[5900, 5901, 5902, 5903],
        ..NONE
    },
    Kind {
        title: "Telnet",
        remote: true,
        protocols: &["telnet"],
        tcp: &[23],
        ..NONE
    },
    Kind {
        title: "Windows Remote Management",
        remote: true,
        tcp: &[5985, 5986],
        ..NONE
    },
    Kind {
        title: "TeamViewer",
        remote: true,
        tcp: &[5938],
        udp: &[5938],
        names: &["teamviewer.com"],
        ..NONE
    },
    Kind {
        title: "AnyDesk",
        remote: true,
        tcp: &[7070],
        names: &["anydesk.com"],
        ..NONE
    },
    Kind {
        title: "Other remote control",
        remote: true,
        tcp: &[4899, 6568],
        names: &[
            "rustdesk.com",
            "logmein.com",
            "gotomypc.com",
            "splashtop.com",
            "screenconnect.com",
            "dwservice.net",
            "remotepc.com",
            "zohoassist.com",
            "islonline.net",
            "supremocontrol.com",
        ],
        ..NONE
    },
    Kind {
        title: "Tunnel service",
        names: &[
            "ngrok.io",
            "ngrok.com",
            "ngrok-free.app",
            "ngrok.app",
            "trycloudflare.com",
            "argotunnel.com",
            "localtunnel.me",
            "serveo.net",
            "localhost.run",
            "pagekite.me",
            "loca.lt",
            "bore.pub",
            "playit.gg",
        ],
        ..NONE
    },
    Kind {
        title: "Mesh network",
        udp: &[41641, 9993],
        names: &["tailscale.com", "zerotier.com", "netbird.io", "hamachi.cc"],
        ..NONE
    },
    Kind {
        title: "OpenVPN",
        protocols: &["openvpn"],
        tcp: &[1194],
        udp: &[1194],
        ..NONE
    },
    Kind {
        title: "WireGuard",
        protocols: &["wg"],
        udp: &[51820],
        ..NONE
    },
    Kind {
        title: "IPsec",
        protocols: &["isakmp", "udpencap", "esp"],
        udp: &[500, 4500],
        ..NONE
    },
    Kind {
        title: "PPTP or L2TP",
        tcp: &[1723],
        udp: &[1701],
        ..NONE
    },
    Kind {
        title: "SOCKS proxy",
        protocols: &["socks"],
        tcp: &[1080],
        ..NONE
    },
    Kind {
        title: "HTTP proxy",
        tcp: &[3128, 8118],
        ..NONE
    },
    Kind {
        title: "Tor",
        tcp: &[9001, 9030, 9050, 9150],
        names: &["torproject.org"],
        ..NONE
    },
    Kind {
        title: "Teredo",
        protocols: &["teredo"],
        udp: &[3544],
        ..NONE
    },
    Kind {
        title: "VXLAN, Geneve or GTP",
        protocols: &["vxlan", "geneve", "gtp"],
        udp: &[4789, 6081, 2152],
        ..NONE
    },
];

/// Which kind a flow is of. `name`: the registered domain of its server, where it is known.
pub(super) fn kind(f: &Flow, name: Option<&str>) -> Option<(&'static Kind, By)> {
    let said = spoken(f);
    let of = |by: By, fits: &dyn Fn(&Kind) -> bool| ALL.iter().find(|k| fits(k)).map(|k| (k, by));
    if let Some(said) = said
        && let Some(found) = of(By::Content, &|k| k.protocols.contains(&said))
    {
        return Some(found);
    }
    if let Some(name) = name
        && let Some(found) = of(By::Name, &|k| k.names.contains(&name))
    {
        return Some(found);
    }
    // What speaks something else there is something else; HTTP is what proxies and WinRM speak.
    let open = said.is_none() || matches!(said, Some("http" | "tls"));
    let port = f.server.1;
    of(By::Port, &|k| match f.transport {
        Transport::Tcp => open && k.tcp.contains(&port),
        Transport::Udp => open && k.udp.contains(&port),
    })
}
