//! Mails as a log: what their heads say.

use super::{Mail, PROTOCOL};
use crate::context::Ctx;
use crate::facts::MessageMeta;
use crate::facts::row::row;

row! {
    /// A mail that was fetched. First: the packet with its first byte; last: with its last.
    pub struct Letter of PROTOCOL {
        by: &'static str = "Protocol that carried it",
        date: Box<str> = "Date in its head",
        from: Box<str> = "From in its head",
        to: Box<str> = "To in its head",
        cc: Box<str> = "Cc in its head",
        reply_to: Box<str> = "Reply-To in its head",
        msg_id: Box<str> = "Message-ID in its head",
        in_reply_to: Box<str> = "In-Reply-To in its head",
        subject: Box<str> = "Subject in its head",
        x_originating_ip: Box<str> = "X-Originating-IP in its head",
        user_agent: Box<str> = "User-Agent or X-Mailer in its head",
        bytes: u64 = "Bytes of it that are in the capture",
    }
    |l| format!("{} → {}: {}", l.from, l.to, l.subject)
}

/// Bytes of a value that are kept.
const VALUE: usize = 1024;

/// A text, cut.
pub(crate) fn cut(text: &str) -> Box<str> {
    let mut end = text.len().min(VALUE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().into()
}

impl Letter {
    /// The row of a mail that has ended.
    pub(crate) fn of(meta: MessageMeta, by: &'static str, mail: &Mail) -> Self {
        let value = |name| cut(&mail.value(name));
        let agent = mail.value("user-agent");
        Self {
            meta,
            by,
            date: value("date"),
            from: value("from"),
            to: value("to"),
            cc: value("cc"),
            reply_to: value("reply-to"),
            msg_id: value("message-id"),
            in_reply_to: value("in-reply-to"),
            subject: value("subject"),
            x_originating_ip: value("x-originating-ip"),
            user_agent: if agent.is_empty() {
                value("x-mailer")
            } else {
                cut(&agent)
            },
            bytes: mail.bytes(),
        }
    }
}

/// A fetched mail has ended: its files and its row.
pub(crate) fn fetched(
    ctx: &mut Ctx<'_>,
    mail: Mail,
    meta: MessageMeta,
    by: &'static str,
    how: crate::facts::Completeness,
) {
    let letter = Letter::of(meta, by, &mail);
    let files = mail.end(ctx, how);
    let row = ctx.emit(letter);
    ctx.carried_by(&files, row);
}
