//! What mail sessions did: mails and log-ins. No password is kept.

use super::PROTOCOL;
use crate::facts::row::row;

row! {
    /// A mail that was handed over, or tried to be. First: MAIL, or RCPT without one; last: the final reply.
    pub struct Mail of PROTOCOL {
        trans_depth: u32 = "Which mail of its connection, from 1",
        helo: Box<str> = "How the client called itself",
        mailfrom: Box<str> = "Sender on the envelope",
        rcptto: Vec<Box<str>> = "Receivers on the envelope",
        date: Box<str> = "Date in its head",
        from: Box<str> = "From in its head",
        to: Box<str> = "To in its head",
        cc: Box<str> = "Cc in its head",
        reply_to: Box<str> = "Reply-To in its head",
        msg_id: Box<str> = "Message-ID in its head",
        in_reply_to: Box<str> = "In-Reply-To in its head",
        subject: Box<str> = "Subject in its head",
        x_originating_ip: Box<str> = "X-Originating-IP in its head",
        last_reply: Box<str> = "Last reply to it",
        user_agent: Box<str> = "User-Agent or X-Mailer in its head",
        bytes: u64 = "Bytes of it that are in the capture",
    }
    |m| format!("{} → {}: {} ({})", m.mailfrom, m.rcptto.join(", "), m.subject, m.last_reply)
}

row! {
    /// An attempt to log in (RFC 4954). First: AUTH; last: its final reply.
    pub struct Login of PROTOCOL {
        mechanism: Box<str> = "How: LOGIN, PLAIN …",
        user: Box<str> = "As whom, where that is readable",
        success: Option<bool> = "Let in?",
    }
    |l| {
        let how = match l.success {
            Some(true) => "let in",
            Some(false) => "turned away",
            None => "no answer",
        };
        format!("{} by {}: {how}", l.user, l.mechanism)
    }
}

row! {
    /// A conversation in which a client said who it is, with mails or without. First: EHLO; last: the last reply.
    pub struct Hello of PROTOCOL {
        helo: Box<str> = "How the client called itself, at last",
        banner: Box<str> = "How the server greeted it",
        mails: u32 = "Mails begun in clear",
        tls: bool = "Did TLS begin?",
    }
    |h| format!("{} at {}, {} mails", h.helo, h.banner, h.mails)
}
