//! Fields of the Internet Message Format, and which header is which.

use weir_model::{Field, Holds, Kind};

/// What a header's value is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Made {
    Text,
    /// One mailbox.
    Mailbox,
    /// Mailboxes with commas between.
    Mailboxes,
    /// Mailboxes and groups.
    Addresses,
    ContentType,
}

pub(super) static CONTENT_TYPE_TYPE: Field =
    Field::new("imf.content.type.type", Kind::Text, "Type");
pub(super) static CONTENT_TYPE_PARAMETERS: Field =
    Field::new("imf.content.type.parameters", Kind::Text, "Parameters");
pub(super) static EXTENSION: Field =
    Field::new("imf.extension", Kind::Text, "Unknown-Extension").holds(Holds::Name);
pub(super) static EXTENSION_TYPE: Field = Field::new("imf.extension.type", Kind::Text, "Type");
pub(super) static EXTENSION_VALUE: Field =
    Field::new("imf.extension.value", Kind::Text, "Value").holds(Holds::Name);
pub(super) static DISPLAY_NAME: Field =
    Field::new("imf.display_name", Kind::Text, "Display-Name").holds(Holds::Name);
pub(super) static ADDRESS: Field =
    Field::new("imf.address", Kind::Text, "Address").holds(Holds::Name);
pub(super) static ADDRESS_ITEM: Field =
    Field::new("imf.address_list.item", Kind::Text, "Item").holds(Holds::Name);
pub(super) static MAILBOX_ITEM: Field =
    Field::new("imf.mailbox_list.item", Kind::Text, "Item").holds(Holds::Name);
pub(super) static MESSAGE_TEXT: Field = Field::new("imf.message_text", Kind::None, "Message-Text");
pub(super) static DATE: Field = Field::new("imf.date", Kind::Text, "Date");
pub(super) static FROM: Field = Field::new("imf.from", Kind::Text, "From").holds(Holds::Name);
pub(super) static SENDER: Field = Field::new("imf.sender", Kind::Text, "Sender").holds(Holds::Name);
pub(super) static REPLY_TO: Field =
    Field::new("imf.reply_to", Kind::Text, "Reply-To").holds(Holds::Name);
pub(super) static TO: Field = Field::new("imf.to", Kind::Text, "To").holds(Holds::Name);
pub(super) static CC: Field = Field::new("imf.cc", Kind::Text, "Cc").holds(Holds::Name);
pub(super) static BCC: Field = Field::new("imf.bcc", Kind::Text, "Bcc").holds(Holds::Name);
pub(super) static MESSAGE_ID: Field = Field::new("imf.message_id", Kind::Text, "Message-ID");
pub(super) static IN_REPLY_TO: Field = Field::new("imf.in_reply_to", Kind::Text, "In-Reply-To");
pub(super) static REFERENCES: Field = Field::new("imf.references", Kind::Text, "References");
pub(super) static SUBJECT: Field =
    Field::new("imf.subject", Kind::Text, "Subject").holds(Holds::Content);
pub(super) static COMMENTS: Field =
    Field::new("imf.comments", Kind::Text, "Comments").holds(Holds::Content);
pub(super) static USER_AGENT: Field = Field::new("imf.user_agent", Kind::Text, "User-Agent");
pub(super) static KEYWORDS: Field =
    Field::new("imf.keywords", Kind::Text, "Keywords").holds(Holds::Content);
pub(super) static RESENT_DATE: Field = Field::new("imf.resent.date", Kind::Text, "Resent-Date");
pub(super) static RESENT_FROM: Field =
    Field::new("imf.resent.from", Kind::Text, "Resent-From").holds(Holds::Name);
pub(super) static RESENT_SENDER: Field =
    Field::new("imf.resent.sender", Kind::Text, "Resent-Sender").holds(Holds::Name);
pub(super) static RESENT_TO: Field =
    Field::new("imf.resent.to", Kind::Text, "Resent-To").holds(Holds::Name);
pub(super) static RESENT_CC: Field =
    Field::new("imf.resent.cc", Kind::Text, "Resent-Cc").holds(Holds::Name);
pub(super) static RESENT_BCC: Field =
    Field::new("imf.resent.bcc", Kind::Text, "Resent-Bcc").holds(Holds::Name);
pub(super) static RESENT_MESSAGE_ID: Field =
    Field::new("imf.resent.message_id", Kind::Text, "Resent-Message-ID");
pub(super) static RETURN_PATH: Field =
    Field::new("imf.return_path", Kind::Text, "Return-Path").holds(Holds::Name);
pub(super) static RECEIVED: Field = Field::new("imf.received", Kind::Text, "Received");
pub(super) static CONTENT_TYPE: Field = Field::new("imf.content.type", Kind::Text, "Content-Type");
pub(super) static CONTENT_DESCRIPTION: Field =
    Field::new("imf.content.description", Kind::Text, "Content-Description").holds(Holds::Content);
pub(super) static CONTENT_ID: Field = Field::new("imf.content.id", Kind::Text, "Content-ID");
pub(super) static CONTENT_TRANSFER_ENCODING: Field = Field::new(
    "imf.content.transfer_encoding",
    Kind::Text,
    "Content-Transfer-Encoding",
);
pub(super) static MIME_VERSION: Field = Field::new("imf.mime_version", Kind::Text, "MIME-Version");
pub(super) static AUTOFORWARDED: Field =
    Field::new("imf.autoforwarded", Kind::Text, "Autoforwarded");
pub(super) static AUTOSUBMITTED: Field =
    Field::new("imf.autosubmitted", Kind::Text, "Autosubmitted");
pub(super) static X400_CONTENT_IDENTIFIER: Field = Field::new(
    "imf.x400_content_identifier",
    Kind::Text,
    "X400-Content-Identifier",
);
pub(super) static CONTENT_LANGUAGE: Field =
    Field::new("imf.content_language", Kind::Text, "Content-Language");
pub(super) static CONVERSION: Field = Field::new("imf.conversion", Kind::Text, "Conversion");
pub(super) static CONVERSION_WITH_LOSS: Field = Field::new(
    "imf.conversion_with_loss",
    Kind::Text,
    "Conversion-With-Loss",
);
pub(super) static DELIVERY_DATE: Field =
    Field::new("imf.delivery_date", Kind::Text, "Delivery-Date");
pub(super) static DISCARDED_X400_IPMS_EXTENSIONS: Field = Field::new(
    "imf.discarded_x400_ipms_extensions",
    Kind::Text,
    "Discarded-X400-IPMS-Extensions",
);
pub(super) static DISCARDED_X400_MTS_EXTENSIONS: Field = Field::new(
    "imf.discarded_x400_mts_extensions",
    Kind::Text,
    "Discarded-X400-MTS-Extensions",
);
pub(super) static DL_EXPANSION_HISTORY: Field = Field::new(
    "imf.dl_expansion_history",
    Kind::Text,
    "DL-Expansion-History",
);
pub(super) static DEFERRED_DELIVERY: Field =
    Field::new("imf.deferred_delivery", Kind::Text, "Deferred-Delivery");
pub(super) static EXPIRES: Field = Field::new("imf.expires", Kind::Text, "Expires");
pub(super) static IMPORTANCE: Field = Field::new("imf.importance", Kind::Text, "Importance");
pub(super) static INCOMPLETE_COPY: Field =
    Field::new("imf.incomplete_copy", Kind::Text, "Incomplete-Copy");
pub(super) static LATEST_DELIVERY_TIME: Field = Field::new(
    "imf.latest_delivery_time",
    Kind::Text,
    "Latest-Delivery-Time",
);
pub(super) static MESSAGE_TYPE: Field = Field::new("imf.message_type", Kind::Text, "Message-Type");
pub(super) static ORIGINAL_ENCODED_INFORMATION_TYPES: Field = Field::new(
    "imf.original_encoded_information_types",
    Kind::Text,
    "Original-Encoded-Information-Types",
);
pub(super) static ORIGINATOR_RETURN_ADDRESS: Field = Field::new(
    "imf.originator_return_address",
    Kind::Text,
    "Originator-Return-Address",
)
.holds(Holds::Name);
pub(super) static PRIORITY: Field = Field::new("imf.priority", Kind::Text, "Priority");
pub(super) static REPLY_BY: Field = Field::new("imf.reply_by", Kind::Text, "Reply-By");
pub(super) static SENSITIVITY: Field = Field::new("imf.sensitivity", Kind::Text, "Sensitivity");
pub(super) static SUPERSEDES: Field = Field::new("imf.supersedes", Kind::Text, "Supersedes");
pub(super) static X400_CONTENT_TYPE: Field =
    Field::new("imf.x400_content_type", Kind::Text, "X400-Content-Type");
pub(super) static X400_MTS_IDENTIFIER: Field =
    Field::new("imf.x400_mts_identifier", Kind::Text, "X400-MTS-Identifier");
pub(super) static X400_ORIGINATOR: Field =
    Field::new("imf.x400_originator", Kind::Text, "X400-Originator").holds(Holds::Name);
pub(super) static X400_RECEIVED: Field =
    Field::new("imf.x400_received", Kind::Text, "X400-Received");
pub(super) static X400_RECIPIENTS: Field =
    Field::new("imf.x400_recipients", Kind::Text, "X400-Recipients").holds(Holds::Name);
pub(super) static DELIVERED_TO: Field =
    Field::new("imf.delivered_to", Kind::Text, "Delivered-To").holds(Holds::Name);
pub(super) static EXT_MAILER: Field = Field::new("imf.ext.mailer", Kind::Text, "X-Mailer");
pub(super) static EXT_MIMEOLE: Field = Field::new("imf.ext.mimeole", Kind::Text, "X-MimeOLE");
pub(super) static EXT_EXPIRY_DATE: Field =
    Field::new("imf.ext.expiry-date", Kind::Text, "Expiry-Date");
pub(super) static EXT_TNEF_CORRELATOR: Field = Field::new(
    "imf.ext.tnef-correlator",
    Kind::Text,
    "X-MS-TNEF-Correlator",
);
pub(super) static EXT_UIDL: Field = Field::new("imf.ext.uidl", Kind::Text, "X-UIDL");
pub(super) static EXT_AUTHENTICATION_WARNING: Field = Field::new(
    "imf.ext.authentication_warning",
    Kind::Text,
    "X-Authentication-Warning",
);
pub(super) static EXT_VIRUS_SCANNED: Field =
    Field::new("imf.ext.virus_scanned", Kind::Text, "X-Virus-Scanned");
pub(super) static EXT_ORIGINAL_TO: Field =
    Field::new("imf.ext.original-to", Kind::Text, "X-Original-To").holds(Holds::Name);
pub(super) static THREAD_INDEX: Field = Field::new("imf.thread-index", Kind::Text, "Thread-Index");
pub(super) static LINES: Field = Field::new("imf.lines", Kind::Text, "Lines");
pub(super) static PRECEDENCE: Field = Field::new("imf.precedence", Kind::Text, "Precedence");

/// Header names in small letters, each with its field and what its value is made of.
pub(super) static HEADERS: &[(&str, &Field, Made)] = &[
    ("date", &DATE, Made::Text),
    ("from", &FROM, Made::Mailboxes),
    ("sender", &SENDER, Made::Mailbox),
    ("reply-to", &REPLY_TO, Made::Addresses),
    ("to", &TO, Made::Addresses),
    ("cc", &CC, Made::Addresses),
    ("bcc", &BCC, Made::Addresses),
    ("message-id", &MESSAGE_ID, Made::Text),
    ("in-reply-to", &IN_REPLY_TO, Made::Text),
    ("references", &REFERENCES, Made::Text),
    ("subject", &SUBJECT, Made::Text),
    ("comments", &COMMENTS, Made::Text),
    ("user-agent", &USER_AGENT, Made::Text),
    ("keywords", &KEYWORDS, Made::Text),
    ("resent-date", &RESENT_DATE, Made::Text),
    ("resent-from", &RESENT_FROM, Made::Mailboxes),
    ("resent-sender", &RESENT_SENDER, Made::Mailbox),
    ("resent-to", &RESENT_TO, Made::Addresses),
    ("resent-cc", &RESENT_CC, Made::Addresses),
    ("resent-bcc", &RESENT_BCC, Made::Addresses),
    ("resent-message-id", &RESENT_MESSAGE_ID, Made::Text),
    ("return-path", &RETURN_PATH, Made::Text),
    ("received", &RECEIVED, Made::Text),
    ("content-type", &CONTENT_TYPE, Made::ContentType),
    ("content-description", &CONTENT_DESCRIPTION, Made::Text),
    ("content-id", &CONTENT_ID, Made::Text),
    (
        "content-transfer-encoding",
        &CONTENT_TRANSFER_ENCODING,
        Made::Text,
    ),
    ("mime-version", &MIME_VERSION, Made::Text),
    ("autoforwarded", &AUTOFORWARDED, Made::Text),
    ("autosubmitted", &AUTOSUBMITTED, Made::Text),
    (
        "x400-content-identifier",
        &X400_CONTENT_IDENTIFIER,
        Made::Text,
    ),
    ("content-language", &CONTENT_LANGUAGE, Made::Text),
    ("conversion", &CONVERSION, Made::Text),
    ("conversion-with-loss", &CONVERSION_WITH_LOSS, Made::Text),
    ("delivery-date", &DELIVERY_DATE, Made::Text),
    (
        "discarded-x400-ipms-extensions",
        &DISCARDED_X400_IPMS_EXTENSIONS,
        Made::Text,
    ),
    (
        "discarded-x400-mts-extensions",
        &DISCARDED_X400_MTS_EXTENSIONS,
        Made::Text,
    ),
    ("dl-expansion-history", &DL_EXPANSION_HISTORY, Made::Text),
    ("deferred-delivery", &DEFERRED_DELIVERY, Made::Text),
    ("expires", &EXPIRES, Made::Text),
    ("importance", &IMPORTANCE, Made::Text),
    ("incomplete-copy", &INCOMPLETE_COPY, Made::Text),
    ("latest-delivery-time", &LATEST_DELIVERY_TIME, Made::Text),
    ("message-type", &MESSAGE_TYPE, Made::Text),
    (
        "original-encoded-information-types",
        &ORIGINAL_ENCODED_INFORMATION_TYPES,
        Made::Text,
    ),
    (
        "originator-return-address",
        &ORIGINATOR_RETURN_ADDRESS,
        Made::Text,
    ),
    ("priority", &PRIORITY, Made::Text),
    ("reply-by", &REPLY_BY, Made::Text),
    ("sensitivity", &SENSITIVITY, Made::Text),
    ("supersedes", &SUPERSEDES, Made::Text),
    ("x400-content-type", &X400_CONTENT_TYPE, Made::Text),
    ("x400-mts-identifier", &X400_MTS_IDENTIFIER, Made::Text),
    ("x400-originator", &X400_ORIGINATOR, Made::Text),
    ("x400-received", &X400_RECEIVED, Made::Text),
    ("x400-recipients", &X400_RECIPIENTS, Made::Text),
    ("delivered-to", &DELIVERED_TO, Made::Text),
    ("x-mailer", &EXT_MAILER, Made::Text),
    ("x-mimeole", &EXT_MIMEOLE, Made::Text),
    ("expiry-date", &EXT_EXPIRY_DATE, Made::Text),
    ("x-ms-tnef-correlator", &EXT_TNEF_CORRELATOR, Made::Text),
    ("x-uidl", &EXT_UIDL, Made::Text),
    (
        "x-authentication-warning",
        &EXT_AUTHENTICATION_WARNING,
        Made::Text,
    ),
    ("x-virus-scanned", &EXT_VIRUS_SCANNED, Made::Text),
    ("x-original-to", &EXT_ORIGINAL_TO, Made::Text),
    ("thread-index", &THREAD_INDEX, Made::Text),
    ("lines", &LINES, Made::Text),
    ("precedence", &PRECEDENCE, Made::Text),
];

pub(super) static ALL: &[&Field] = &[
    &DATE,
    &FROM,
    &SENDER,
    &REPLY_TO,
    &TO,
    &CC,
    &BCC,
    &MESSAGE_ID,
    &IN_REPLY_TO,
    &REFERENCES,
    &SUBJECT,
    &COMMENTS,
    &USER_AGENT,
    &KEYWORDS,
    &RESENT_DATE,
    &RESENT_FROM,
    &RESENT_SENDER,
    &RESENT_TO,
    &RESENT_CC,
    &RESENT_BCC,
    &RESENT_MESSAGE_ID,
    &RETURN_PATH,
    &RECEIVED,
    &CONTENT_TYPE,
    &CONTENT_DESCRIPTION,
    &CONTENT_ID,
    &CONTENT_TRANSFER_ENCODING,
    &MIME_VERSION,
    &AUTOFORWARDED,
    &AUTOSUBMITTED,
    &X400_CONTENT_IDENTIFIER,
    &CONTENT_LANGUAGE,
    &CONVERSION,
    &CONVERSION_WITH_LOSS,
    &DELIVERY_DATE,
    &DISCARDED_X400_IPMS_EXTENSIONS,
    &DISCARDED_X400_MTS_EXTENSIONS,
    &DL_EXPANSION_HISTORY,
    &DEFERRED_DELIVERY,
    &EXPIRES,
    &IMPORTANCE,
    &INCOMPLETE_COPY,
    &LATEST_DELIVERY_TIME,
    &MESSAGE_TYPE,
    &ORIGINAL_ENCODED_INFORMATION_TYPES,
    &ORIGINATOR_RETURN_ADDRESS,
    &PRIORITY,
    &REPLY_BY,
    &SENSITIVITY,
    &SUPERSEDES,
    &X400_CONTENT_TYPE,
    &X400_MTS_IDENTIFIER,
    &X400_ORIGINATOR,
    &X400_RECEIVED,
    &X400_RECIPIENTS,
    &DELIVERED_TO,
    &EXT_MAILER,
    &EXT_MIMEOLE,
    &EXT_EXPIRY_DATE,
    &EXT_TNEF_CORRELATOR,
    &EXT_UIDL,
    &EXT_AUTHENTICATION_WARNING,
    &EXT_VIRUS_SCANNED,
    &EXT_ORIGINAL_TO,
    &THREAD_INDEX,
    &LINES,
    &PRECEDENCE,
    &CONTENT_TYPE_TYPE,
    &CONTENT_TYPE_PARAMETERS,
    &EXTENSION,
    &EXTENSION_TYPE,
    &EXTENSION_VALUE,
    &DISPLAY_NAME,
    &ADDRESS,
    &ADDRESS_ITEM,
    &MAILBOX_ITEM,
    &MESSAGE_TEXT,
];
