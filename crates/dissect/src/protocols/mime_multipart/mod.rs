//! MIME multiparts (RFC 2046 section 5.1): where the parts of a body begin and what their heads say.

use crate::protocol::Protocol;
use weir_model::{Field, Holds, Kind};

pub(crate) static TYPE: Field = Field::new("mime_multipart.type", Kind::Text, "Type");
pub(crate) static PART: Field = Field::new(
    "mime_multipart.part",
    Kind::Text,
    "Encapsulated multipart part",
);
pub(crate) static DESCRIPTION: Field = Field::new(
    "mime_multipart.header.content-description",
    Kind::Text,
    "Content-Description",
)
.holds(Holds::Content);
pub(crate) static DISPOSITION: Field = Field::new(
    "mime_multipart.header.content-disposition",
    Kind::Text,
    "Content-Disposition",
)
.holds(Holds::Name);
pub(crate) static ENCODING: Field = Field::new(
    "mime_multipart.header.content-encoding",
    Kind::Text,
    "Content-Encoding",
);
pub(crate) static ID: Field =
    Field::new("mime_multipart.header.content-id", Kind::Text, "Content-Id");
pub(crate) static LANGUAGE: Field = Field::new(
    "mime_multipart.header.content-language",
    Kind::Text,
    "Content-Language",
);
pub(crate) static LENGTH: Field = Field::new(
    "mime_multipart.header.content-length",
    Kind::Text,
    "Content-Length",
);
pub(crate) static TRANSFER_ENCODING: Field = Field::new(
    "mime_multipart.header.content-transfer-encoding",
    Kind::Text,
    "Content-Transfer-Encoding",
);
pub(crate) static CONTENT_TYPE: Field = Field::new(
    "mime_multipart.header.content-type",
    Kind::Text,
    "Content-Type",
);
pub(crate) static FIRST_BOUNDARY: Field = Field::new(
    "mime_multipart.first_boundary",
    Kind::Text,
    "First boundary",
);
pub(crate) static BOUNDARY: Field = Field::new("mime_multipart.boundary", Kind::Text, "Boundary");
pub(crate) static LAST_BOUNDARY: Field =
    Field::new("mime_multipart.last_boundary", Kind::Text, "Last boundary");

/// The fields of a part's headers, by their names in small letters.
pub(crate) static HEADERS: &[(&str, &Field)] = &[
    ("content-description", &DESCRIPTION),
    ("content-disposition", &DISPOSITION),
    ("content-encoding", &ENCODING),
    ("content-id", &ID),
    ("content-language", &LANGUAGE),
    ("content-length", &LENGTH),
    ("content-transfer-encoding", &TRANSFER_ENCODING),
    ("content-type", &CONTENT_TYPE),
];

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2046 section 5.1",
    fields: &[
        &TYPE,
        &PART,
        &DESCRIPTION,
        &DISPOSITION,
        &ENCODING,
        &ID,
        &LANGUAGE,
        &LENGTH,
        &TRANSFER_ENCODING,
        &CONTENT_TYPE,
        &FIRST_BOUNDARY,
        &BOUNDARY,
        &LAST_BOUNDARY,
    ],
    #[cfg(test)]
    sample: Some(super::imf::sample::SAMPLE),
    ..Protocol::new(
        "mime_multipart",
        "MIME Multipart Media Encapsulation",
        // The packet is called after the protocol that carries it.
        "",
    )
};
